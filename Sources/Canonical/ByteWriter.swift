/// Bytes as they are put one after another.
///
/// Whole numbers are written in groups of seven bits, lowest first, the top bit saying that more
/// follow (LEB128); signed ones fold their sign into the lowest bit first (zigzag), so that small ones
/// are short on both sides of zero.
public struct ByteWriter: Sendable {
  public private(set) var bytes: [UInt8] = []

  public init() {}

  public var count: Int { bytes.count }

  public mutating func reserve(_ count: Int) { bytes.reserveCapacity(count) }

  @inline(__always)
  public mutating func put(byte: UInt8) { bytes.append(byte) }

  @inline(__always)
  public mutating func put(_ value: UInt64) {
    var rest = value
    while rest > 0x7f {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(truncatingIfNeeded: rest))
  }

  @inline(__always)
  public mutating func put(_ value: Int64) { put(Zigzag.fold(value)) }

  /// A whole number as one, doubled. Any other has the lowest bit set and says above it how it goes
  /// on: 0, its bit pattern, lowest byte first; 1 and 2, thousandths or millionths, and by how many
  /// representable values it misses them.
  @inline(__always)
  public mutating func put(_ value: Double) {
    if let whole = WholeDouble.read(value) {
      put(Zigzag.fold(whole) << 1)
    } else {
      put(broken: value)
    }
  }

  private mutating func put(broken value: Double) {
    for scale in NearDecimal.Scale.allCases {
      guard let near = NearDecimal(value, scale) else { continue }
      put(Zigzag.fold(near.count) << 3 | scale.rawValue << 1 | 1)
      put(near.missed)
      return
    }
    bytes.append(1)
    put(raw: value.bitPattern)
  }

  /// Numbers that resemble the ones before them, as counters side by side and rows of a table do:
  /// how many, then the whole ones as the step from the last whole one, and the others as above.
  /// Several steps of nothing in a row are one word: how many, and 7 in its three lowest bits.
  public mutating func put(steps numbers: [Double]) { put(steps: numbers[...]) }

  public mutating func put(steps numbers: ArraySlice<Double>) {
    put(UInt64(numbers.count))
    var last: Int64 = 0
    var pattern = (0.0).bitPattern
    var stays: UInt64 = 0
    for number in numbers {
      if number.bitPattern == pattern {
        stays += 1
        continue
      }
      if stays > 0 {
        put(stays == 1 ? 0 : stays << 3 | 7)
        stays = 0
      }
      if let whole = WholeDouble.read(number) {
        put(Zigzag.fold(whole - last) << 1)
        last = whole
        pattern = number.bitPattern
      } else {
        put(broken: number)
      }
    }
    if stays > 0 { put(stays == 1 ? 0 : stays << 3 | 7) }
  }

  /// Small numbers byte by byte: how many, how many bytes each takes, the lowest bytes of all of them,
  /// then the next ones. What is packed finds more alike in bytes of one kind.
  public mutating func put(planes numbers: [Int32]) {
    put(UInt64(numbers.count))
    guard !numbers.isEmpty else { return }
    let words = numbers.map { Zigzag.fold(Int64($0)) }
    let width = max(1, (71 - (words.max() ?? 0).leadingZeroBitCount) / 8)
    bytes.append(UInt8(width))
    for plane in 0..<width {
      for word in words { bytes.append(UInt8(truncatingIfNeeded: word >> UInt64(8 * plane))) }
    }
  }

  @inline(__always)
  public mutating func put(raw word: UInt64) {
    withUnsafeBytes(of: word.littleEndian) { bytes.append(contentsOf: $0) }
  }

  public mutating func put(_ text: String) {
    var text = text
    text.withUTF8 {
      put(UInt64($0.count))
      bytes.append(contentsOf: $0)
    }
  }

  /// Bytes with their number before them.
  public mutating func put(counted more: [UInt8]) {
    put(UInt64(more.count))
    bytes.append(contentsOf: more)
  }

  public mutating func put(plain more: some Sequence<UInt8>) { bytes.append(contentsOf: more) }

  /// Forgets what was put and keeps the room.
  public mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }
}

public enum Zigzag {
  @inline(__always)
  public static func fold(_ value: Int64) -> UInt64 { UInt64(bitPattern: value << 1 ^ value >> 63) }
  @inline(__always)
  public static func unfold(_ word: UInt64) -> Int64 {
    Int64(bitPattern: word >> 1) ^ -Int64(bitPattern: word & 1)
  }
}

/// A double that is a whole number, and exactly so: −0 is none, for it would come back as 0.
public enum WholeDouble {
  @inline(__always)
  public static func read(_ value: Double) -> Int64? {
    guard value.magnitude < 0x1p53 else { return nil }
    let whole = Int64(value)
    return Double(whole).bitPattern == value.bitPattern ? whole : nil
  }
}
