/// Takes what a `ByteWriter` put, from bytes that anybody may have written.
///
/// Every length is checked against what is left before anything is made of it.
public struct ByteReader: Sendable {
  public let bytes: [UInt8]
  public private(set) var place: Int
  private let end: Int

  public init(_ bytes: [UInt8]) {
    self.bytes = bytes
    place = 0
    end = bytes.count
  }

  public var left: Int { end - place }
  public var isAtEnd: Bool { place == end }

  @inline(__always)
  public mutating func byte() throws(Malformed) -> UInt8 {
    guard place < end else { throw Malformed("it ends too soon", at: place) }
    defer { place += 1 }
    return bytes[place]
  }

  @inline(__always)
  public mutating func word() throws(Malformed) -> UInt64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while true {
      let byte = try byte()
      // The tenth byte has room for one bit.
      guard shift < 63 || byte <= 1 else { throw Malformed("a number is too large", at: place) }
      value |= UInt64(byte & 0x7f) << shift
      if byte < 0x80 { return value }
      shift += 7
      guard shift < 64 else { throw Malformed("a number is too long", at: place) }
    }
  }

  @inline(__always)
  public mutating func integer() throws(Malformed) -> Int64 { Zigzag.unfold(try word()) }

  @inline(__always)
  public mutating func double() throws(Malformed) -> Double {
    let word = try word()
    if word & 1 == 0 { return Double(Zigzag.unfold(word >> 1)) }
    guard word == 1 else { throw Malformed("this is no number", at: place) }
    return Double(bitPattern: try rawWord())
  }

  public mutating func rawWord() throws(Malformed) -> UInt64 {
    guard left >= 8 else { throw Malformed("it ends too soon", at: place) }
    var word: UInt64 = 0
    for offset in 0..<8 { word |= UInt64(bytes[place + offset]) << UInt64(8 * offset) }
    place += 8
    return word
  }

  /// A number of things of which each takes a byte at least.
  public mutating func count() throws(Malformed) -> Int {
    let word = try word()
    guard word <= UInt64(left) else { throw Malformed("a length goes past the end", at: place) }
    return Int(word)
  }

  public mutating func plain(_ count: Int) throws(Malformed) -> ArraySlice<UInt8> {
    guard count >= 0, count <= left else { throw Malformed("it ends too soon", at: place) }
    defer { place += count }
    return bytes[place..<place + count]
  }

  /// Bytes with their number before them.
  public mutating func counted() throws(Malformed) -> ArraySlice<UInt8> { try plain(try count()) }

  public mutating func text() throws(Malformed) -> String {
    let start = place
    let bytes = try counted()
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw Malformed("a text is not UTF-8", at: start)
    }
    return text
  }
}

/// Bytes that are not what they should be, and where.
public struct Malformed: Error, Sendable, Hashable, CustomStringConvertible {
  public var reason: String
  /// In bytes from the beginning.
  public var place: Int

  public init(_ reason: String, at place: Int) {
    self.reason = reason
    self.place = place
  }

  public var description: String { "\(reason) (byte \(place))" }
}
