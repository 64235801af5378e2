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
    return try broken(word)
  }

  /// A number that is not whole, of which the first word was read.
  private mutating func broken(_ word: UInt64) throws(Malformed) -> Double {
    if word == 1 { return Double(bitPattern: try rawWord()) }
    guard let scale = NearDecimal.Scale(rawValue: word >> 1 & 3) else {
      throw Malformed("this is no number", at: place)
    }
    return NearDecimal.value(Zigzag.unfold(word >> 3), scale, missed: try integer())
  }

  /// What `put(steps:)` put.
  ///
  /// - Parameter limit: the most there may be: a few bytes can stand for many numbers.
  public mutating func steps(atMost limit: Int) throws(Malformed) -> [Double] {
    var numbers: [Double] = []
    try steps(atMost: limit, into: &numbers)
    return numbers
  }

  /// The same, after the numbers that are there.
  public mutating func steps(
    atMost limit: Int, into numbers: inout [Double]
  ) throws(Malformed) {
    let count = try word()
    guard count <= UInt64(max(0, limit)) else {
      throw Malformed("a list is too long", at: place)
    }
    let first = numbers.count
    numbers.append(contentsOf: repeatElement(0, count: Int(count)))
    let flaw = numbers.withUnsafeMutableBufferPointer { fill($0[first...]) }
    if let flaw { throw flaw }
  }

  /// - Returns: what is wrong with them.
  private mutating func fill(_ numbers: Slice<UnsafeMutableBufferPointer<Double>>) -> Malformed? {
    var (next, last) = (numbers.startIndex, Int64(0))
    do throws(Malformed) {
      while next < numbers.endIndex {
        let word = try word()
        if word & 1 == 0 {
          last &+= Zigzag.unfold(word >> 1)
          numbers.base[next] = Double(last)
          next += 1
        } else if word & 7 == 7 {
          let stays = word >> 3
          guard stays <= UInt64(numbers.endIndex - next) else {
            return Malformed("a list is longer than it says", at: place)
          }
          for place in next..<next + Int(stays) { numbers.base[place] = Double(last) }
          next += Int(stays)
        } else {
          numbers.base[next] = try broken(word)
          next += 1
        }
      }
      return nil
    } catch { return error }
  }

  /// What `put(planes:)` put.
  public mutating func planes() throws(Malformed) -> [Int32] {
    let count = try count()
    guard count > 0 else { return [] }
    let width = Int(try byte())
    guard (1...4).contains(width), count <= left / width else {
      throw Malformed("a list goes past the end", at: place)
    }
    var words = Array(repeating: UInt64(0), count: count)
    for plane in 0..<width {
      for index in 0..<count { words[index] |= UInt64(bytes[place + index]) << UInt64(8 * plane) }
      place += count
    }
    return words.map { Int32(truncatingIfNeeded: Zigzag.unfold($0)) }
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
