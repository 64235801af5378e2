/// What was last known of each of a row of numbers that come again and again: the series of a target,
/// or the numbers of a health report.
struct NumberTrack: Sendable, Hashable {
  /// As they were.
  var last: [Double] = []
  private var habits: [Habit] = []

  /// How one of them is written, and what to expect of it next.
  struct Habit: Sendable, Hashable {
    /// Decimal places that it is written with, or `raw`.
    fileprivate(set) var scale: UInt8
    /// Cumulative buckets: it grows at least as much as the one before.
    let isChained: Bool
    /// Polls since it changed.
    fileprivate var age = NumberTrack.unmoved
    /// Bits of the last difference.
    fileprivate var length: UInt8 = 0

    init(scale: UInt8, isChained: Bool) {
      self.scale = scale
      self.isChained = isChained
    }
  }

  static let raw: UInt8 = 15
  /// A number that is not known to have changed ever.
  static let unmoved: UInt8 = 7

  init() {}

  /// Numbers that are told of these, zero as long as nobody says more.
  init(_ habits: [Habit]) {
    last = Array(repeating: 0, count: habits.count)
    self.habits = habits
  }

  var count: Int { last.count }

  func habit(_ place: Int) -> Habit { habits[place] }

  mutating func append(chained isChained: Bool) {
    last.append(0)
    habits.append(Habit(scale: 0, isChained: isChained))
  }

  mutating func resize(to count: Int) {
    if count < self.count { self = NumberTrack() }
    while self.count < count { append(chained: false) }
  }

  /// Forgets what was expected, which a keyframe does not keep; the numbers stay.
  mutating func forgetHabits() {
    for place in habits.indices {
      habits[place].age = Self.unmoved
      habits[place].length = 0
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

  /// What is expected of numbers, whichever row they stand in: all in one list, so that who passes a row
  /// asks once whose it is.
  struct Models: Sendable {
    fileprivate var bits = [BitModel](repeating: .even, count: Place.end)

    /// Where in the list those of each kind begin.
    fileprivate enum Place {
      static let changes = 0
      static let fits = changes + 8 * 2 * 2
      static let scales = fits + 2
      static let signs = scales + 16
      static let sizes = signs + contexts
      static let raw = sizes + contexts * NumberModel.size
      static let end = raw + NumberModel.size
    }

    /// Three kinds of numbers by the bits of their last differences.
    fileprivate static let contexts = 3 * 20
  }

  /// How the number before this one in the row moved: cumulative buckets move together.
  struct Neighbour {
    fileprivate var moved = false
    fileprivate var difference: Int64 = 0
    init() {}
  }

  /// Passes the number at `place`.
  mutating func pass(
    _ value: Double, at place: Int, _ neighbour: inout Neighbour, _ models: inout Models,
    _ channel: inout some BitChannel
  ) -> Double {
    withRow(&models, &channel) { row, channel in row.pass(value, at: place, &neighbour, &channel) }
  }

  /// Hands over the way to pass many numbers.
  @inline(__always)
  mutating func withRow<Result, Channel: BitChannel>(
    _ models: inout Models, _ channel: inout Channel, _ body: (Row, inout Channel) -> Result
  ) -> Result {
    last.withUnsafeMutableBufferPointer { last in
      habits.withUnsafeMutableBufferPointer { habits in
        models.bits.withUnsafeMutableBufferPointer { models in
          body(Row(last: last, habits: habits, models: models), &channel)
        }
      }
    }
  }

  /// The numbers as they lie, with nothing to be asked at each whose they are.
  struct Row {
    fileprivate let last: UnsafeMutableBufferPointer<Double>
    fileprivate let habits: UnsafeMutableBufferPointer<Habit>
    fileprivate let models: UnsafeMutableBufferPointer<BitModel>
  }
}

extension NumberTrack.Row {
  private typealias Place = NumberTrack.Models.Place

  /// Passes the number at `place`, which is one of the row.
  @inline(__always)
  func pass(
    _ value: Double, at place: Int, _ neighbour: inout NumberTrack.Neighbour,
    _ channel: inout some BitChannel
  ) -> Double {
    precondition(place < last.count, "a row ends before its numbers do")
    let isChained = habits[place].isChained
    let age = Int(habits[place].age)
    let before = last[place]
    let moves = channel.pass(
      value.bitPattern != before.bitPattern,
      &models[Place.changes + age * 4 + (neighbour.moved ? 2 : 0) + (isChained ? 1 : 0)])
    guard moves else {
      if age < Int(NumberTrack.unmoved) { habits[place].age += 1 }
      neighbour.moved = false
      neighbour.difference = 0
      return before
    }
    let expected = isChained && neighbour.moved ? neighbour.difference : 0
    let result = passChange(value, at: place, expected, &neighbour, &channel)
    habits[place].age = 0
    last[place] = result
    neighbour.moved = true
    return result
  }

  private func passChange(
    _ value: Double, at place: Int, _ expected: Int64, _ neighbour: inout NumberTrack.Neighbour,
    _ channel: inout some BitChannel
  ) -> Double {
    var scale = habits[place].scale
    let before = last[place]
    // Nearly always it has the places that the last one had: then that is what is written.
    let new = scale == NumberTrack.raw ? nil : NumberTrack.mantissa(value, scale)
    let fits = channel.pass(
      scale == NumberTrack.raw ? NumberTrack.scale(of: value) == NumberTrack.raw : new != nil,
      &models[Place.fits + (scale == NumberTrack.raw ? 1 : 0)])
    if !fits {
      let wanted = Int(NumberTrack.scale(of: value))
      var node = 1
      for level in stride(from: 3, through: 0, by: -1) {
        let bit = channel.pass(wanted >> level & 1 == 1, &models[Place.scales + node])
        node = node << 1 | (bit ? 1 : 0)
      }
      scale = UInt8(node & 15)
      if scale > NumberTrack.most { scale = NumberTrack.raw }
      habits[place].scale = scale
    }
    if scale == NumberTrack.raw {
      let word = NumberModel.pass(
        value.bitPattern ^ before.bitPattern, by: models[Place.raw..<Place.end], &channel)
      neighbour.difference = 0
      return Double(bitPattern: word ^ before.bitPattern)
    }
    let old = NumberTrack.mantissa(before, scale) ?? 0
    let now = (fits ? new : NumberTrack.mantissa(value, scale)) ?? 0
    let kind = habits[place].isChained ? (expected > 0 ? 0 : 1) : 2
    let context = kind * 20 + min(19, Int(habits[place].length))
    let surprise = (now &- old) &- expected
    let isLess = channel.pass(surprise < 0, &models[Place.signs + context])
    let sizes = Place.sizes + context * NumberModel.size
    let size = NumberModel.pass(
      surprise.magnitude, by: models[sizes..<sizes + NumberModel.size], &channel)
    let read = isLess ? 0 &- Int64(truncatingIfNeeded: size) : Int64(truncatingIfNeeded: size)
    let difference = read &+ expected
    habits[place].length = UInt8(64 - size.leadingZeroBitCount)
    neighbour.difference = difference
    return NumberTrack.value(old &+ difference, scale)
  }
}
