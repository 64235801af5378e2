/// What was last known of each of a row of numbers that come again and again: the series of a target,
/// or the numbers of a health report.
struct NumberTrack: Sendable, Hashable {
  /// As they were.
  var last: [Double] = []
  /// Decimal places that they are written with, or `raw`.
  private(set) var scales: [UInt8] = []
  /// Polls since each changed, and whether it grows with the one before: what to expect of it next.
  private(set) var ages: [UInt8] = []
  /// Bits of the last difference.
  private(set) var lengths: [UInt8] = []
  /// Cumulative buckets: it grows at least as much as the one before.
  private(set) var chained: [Bool] = []

  static let raw: UInt8 = 15
  /// A number that is not known to have changed ever.
  static let unmoved: UInt8 = 7

  var count: Int { last.count }

  mutating func append(chained isChained: Bool, scale: UInt8 = 0) {
    last.append(0)
    scales.append(scale)
    ages.append(Self.unmoved)
    lengths.append(0)
    chained.append(isChained)
  }

  mutating func reserve(_ count: Int) {
    last.reserveCapacity(count)
    scales.reserveCapacity(count)
    ages.reserveCapacity(count)
    lengths.reserveCapacity(count)
    chained.reserveCapacity(count)
  }

  mutating func resize(to count: Int) {
    if count < self.count { self = NumberTrack() }
    while self.count < count { append(chained: false) }
  }

  /// Forgets what was expected, which a keyframe does not keep; the numbers stay.
  mutating func forgetHabits() {
    for place in ages.indices {
      ages[place] = Self.unmoved
      lengths[place] = 0
    }
  }

  /// `value` times ten to the power of `scale`, where that is a whole number and leads back to it.
  @inline(__always)
  static func mantissa(_ value: Double, _ scale: UInt8) -> Int64? {
    if scale == 0 {
      guard value.magnitude < 0x1p53 else { return nil }
      let whole = Int64(value)
      return Double(whole).bitPattern == value.bitPattern ? whole : nil
    }
    let power = powers[Int(scale)]
    let scaled = (value * power).rounded()
    // Minus zero would come back as zero.
    guard scaled.magnitude < 0x1p53, scaled != 0 || value.sign == .plus else { return nil }
    return (scaled / power).bitPattern == value.bitPattern ? Int64(scaled) : nil
  }

  static func value(_ mantissa: Int64, _ scale: UInt8) -> Double {
    scale == 0 ? Double(mantissa) : Double(mantissa) / powers[Int(scale)]
  }

  private static let powers: [Double] = (0..<13).reduce(into: []) { powers, place in
    powers.append(place == 0 ? 1 : powers[place - 1] * 10)
  }
  static let most: UInt8 = 12

  /// Written with decimal places, rather than as whole numbers or bits.
  static func isDecimal(_ scale: UInt8) -> Bool { (1...most).contains(scale) }

  /// The fewest decimal places that say it exactly.
  static func scale(of value: Double) -> UInt8 {
    for scale in 0...most where mantissa(value, scale) != nil { return scale }
    return raw
  }

  /// What is expected of numbers, whichever row they stand in.
  struct Models: Sendable {
    fileprivate var changes = [BitModel](repeating: .even, count: 8 * 2 * 2)
    fileprivate var fits = [BitModel](repeating: .even, count: 2)
    fileprivate var scales = [BitModel](repeating: .even, count: 16)
    fileprivate var signs = [BitModel](repeating: .even, count: 3 * 20)
    fileprivate var sizes = [NumberModel](repeating: NumberModel(), count: 3 * 20)
    fileprivate var raw = NumberModel()

    mutating func forget() { self = Models() }
  }

  /// How the number before this one in the row moved: cumulative buckets move together.
  struct Neighbour {
    fileprivate var moved = false
    fileprivate var difference: Int64 = 0
    init() {}
  }

  /// Passes the number at `place`.
  @inline(__always)
  mutating func pass(
    _ value: Double, at place: Int, _ neighbour: inout Neighbour, _ models: inout Models,
    _ channel: inout some BitChannel
  ) -> Double {
    let isChained = chained[place]
    let age = Int(ages[place])
    let before = last[place]
    let moves = channel.pass(
      value.bitPattern != before.bitPattern,
      &models.changes[age * 4 + (neighbour.moved ? 2 : 0) + (isChained ? 1 : 0)])
    guard moves else {
      if age < Int(Self.unmoved) { ages[place] += 1 }
      neighbour.moved = false
      neighbour.difference = 0
      return before
    }
    let expected = isChained && neighbour.moved ? neighbour.difference : 0
    let result = passChange(value, at: place, expected, isChained, &neighbour, &models, &channel)
    ages[place] = 0
    last[place] = result
    neighbour.moved = true
    return result
  }

  @inline(__always)
  private mutating func passChange(
    _ value: Double, at place: Int, _ expected: Int64, _ isChained: Bool,
    _ neighbour: inout Neighbour, _ models: inout Models, _ channel: inout some BitChannel
  ) -> Double {
    var scale = scales[place]
    let fits = channel.pass(
      scale == Self.raw ? Self.scale(of: value) == Self.raw : Self.mantissa(value, scale) != nil,
      &models.fits[scale == Self.raw ? 1 : 0])
    if !fits {
      let wanted = Int(Self.scale(of: value))
      var node = 1
      for level in stride(from: 3, through: 0, by: -1) {
        let bit = channel.pass(wanted >> level & 1 == 1, &models.scales[node])
        node = node << 1 | (bit ? 1 : 0)
      }
      scale = UInt8(node & 15)
      if scale > Self.most { scale = Self.raw }
      scales[place] = scale
    }
    let before = last[place]
    if scale == Self.raw {
      let word = models.raw.pass(value.bitPattern ^ before.bitPattern, &channel)
      neighbour.difference = 0
      return Double(bitPattern: word ^ before.bitPattern)
    }
    let old = Self.mantissa(before, scale) ?? 0
    let new = Self.mantissa(value, scale) ?? 0
    let kind = isChained ? (expected > 0 ? 0 : 1) : 2
    let context = kind * 20 + min(19, Int(lengths[place]))
    let surprise = (new &- old) &- expected
    let isLess = channel.pass(surprise < 0, &models.signs[context])
    let size = models.sizes[context].pass(surprise.magnitude, &channel)
    let read = isLess ? 0 &- Int64(truncatingIfNeeded: size) : Int64(truncatingIfNeeded: size)
    let difference = read &+ expected
    lengths[place] = UInt8(64 - size.leadingZeroBitCount)
    neighbour.difference = difference
    return Self.value(old &+ difference, scale)
  }
}
