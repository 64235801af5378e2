/// Reads what `CanonicalEncoder` wrote; bytes that anybody may have written cost an error and no more
/// memory than a small multiple of their number.
public final class CanonicalDecoder: Decoder {
  public let codingPath: [any CodingKey] = []
  public let userInfo: [CodingUserInfoKey: Any] = [:]
  private var reader: ByteReader
  private var texts: [String] = []
  private var lists: [[UInt64]] = []
  private var offset: Int64 = 0
  private var lead: Int64 = 0
  /// Bytes of memory that may still be made of what takes less room than itself.
  private var allowance: Int
  private var depth = 0
  private var marksNext = false

  /// Deeper than any value of ours; a stack is not without end.
  private static let deepest = 200

  private static let allowedEach = 128
  private static let allowedAlways = 1 << 20

  private init(_ bytes: [UInt8]) {
    reader = ByteReader(bytes)
    allowance = Self.allowedAlways + Self.allowedEach * bytes.count
  }

  public static func value<Value: Decodable>(
    _ type: Value.Type, from bytes: [UInt8]
  ) throws -> Value {
    let decoder = CanonicalDecoder(bytes)
    let value = try decoder.read(type)
    guard decoder.reader.isAtEnd else {
      throw Malformed("something follows the end", at: decoder.reader.place)
    }
    return value
  }

  public func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedDecodingContainer<Key> {
    KeyedDecodingContainer(Keyed(decoder: self))
  }

  public func unkeyedContainer() -> any UnkeyedDecodingContainer { Unkeyed(decoder: self) }

  public func singleValueContainer() -> any SingleValueDecodingContainer {
    defer { marksNext = false }
    return Single(decoder: self, marks: marksNext)
  }

  /// What `CanonicalEncoder.put(_:)` put.
  public func numbers() throws -> [Double] {
    let numbers = try reader.steps(atMost: allowance / 8)
    allowance -= 8 * numbers.count
    return numbers
  }

  public func smallNumbers() throws -> [Int32] { try reader.planes() }

  /// What `CanonicalEncoder.put(shared:)` put. Lists that are the same lie in one place.
  public func sharedWords() throws -> [UInt64] {
    let number = try reader.word()
    if number == 0 {
      let words = try words()
      lists.append(words)
      return words
    }
    guard number <= UInt64(lists.count) else {
      throw Malformed("a list is not known", at: reader.place)
    }
    let words = lists[Int(number - 1)]
    // They take no room here, but whoever asks for them looks through them.
    try spend(words.count)
    return words
  }

  /// What `CanonicalEncoder.put(offset:wall:)` put.
  public func moment() throws -> (offset: Int64, wall: Int64) {
    offset &+= try reader.integer()
    lead &+= try reader.integer()
    return (offset, offset &+ lead)
  }

  /// Counts memory that is about to be made of fewer bytes: nobody can ask for endless room.
  public func spend(_ count: Int) throws {
    guard count <= allowance else {
      throw Malformed("it asks for too much room", at: reader.place)
    }
    allowance -= count
  }

  public func words() throws -> [UInt64] {
    let count = try reader.count()
    var words: [UInt64] = []
    words.reserveCapacity(count)
    for _ in 0..<count { words.append(try reader.word()) }
    return words
  }

  fileprivate func read<Value: Decodable>(_ type: Value.Type) throws -> Value {
    depth += 1
    defer { depth -= 1 }
    guard depth <= CanonicalDecoder.deepest else {
      throw Malformed("it is nested too deep", at: reader.place)
    }
    if _isOptional(type) { marksNext = true }
    return try Value(from: self)
  }

  fileprivate func text() throws -> String {
    let number = try reader.word()
    if number == 0 {
      let text = try reader.text()
      texts.append(text)
      return text
    }
    guard number <= UInt64(texts.count) else {
      throw Malformed("a text is not known", at: reader.place)
    }
    return texts[Int(number - 1)]
  }

  fileprivate func bool() throws -> Bool {
    let byte = try reader.byte()
    guard byte <= 1 else { throw Malformed("neither yes nor no", at: reader.place) }
    return byte == 1
  }

  fileprivate func double() throws -> Double { try reader.double() }

  fileprivate func signed<Value: SignedInteger & FixedWidthInteger>(
    _ type: Value.Type
  ) throws -> Value {
    guard let value = Value(exactly: try reader.integer()) else {
      throw Malformed("a number is too large", at: reader.place)
    }
    return value
  }

  fileprivate func unsigned<Value: UnsignedInteger & FixedWidthInteger>(
    _ type: Value.Type
  ) throws -> Value {
    guard let value = Value(exactly: try reader.word()) else {
      throw Malformed("a number is too large", at: reader.place)
    }
    return value
  }

  private struct Keyed<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let decoder: CanonicalDecoder
    var codingPath: [any CodingKey] { [] }

    /// Of an enumeration, the case; asked for once, before what the case carries.
    var allKeys: [Key] {
      guard let name = try? decoder.text(), let key = Key(stringValue: name) else { return [] }
      return [key]
    }

    func contains(_ key: Key) -> Bool { true }
    func decodeNil(forKey key: Key) throws -> Bool { try !decoder.bool() }
    func decode(_ type: Bool.Type, forKey key: Key) throws -> Bool { try decoder.bool() }
    func decode(_ type: String.Type, forKey key: Key) throws -> String { try decoder.text() }
    func decode(_ type: Double.Type, forKey key: Key) throws -> Double { try decoder.double() }
    func decode(_ type: Float.Type, forKey key: Key) throws -> Float {
      Float(try decoder.double())
    }
    func decode(_ type: Int.Type, forKey key: Key) throws -> Int { try decoder.signed(type) }
    func decode(_ type: Int8.Type, forKey key: Key) throws -> Int8 { try decoder.signed(type) }
    func decode(_ type: Int16.Type, forKey key: Key) throws -> Int16 { try decoder.signed(type) }
    func decode(_ type: Int32.Type, forKey key: Key) throws -> Int32 { try decoder.signed(type) }
    func decode(_ type: Int64.Type, forKey key: Key) throws -> Int64 { try decoder.signed(type) }
    func decode(_ type: UInt.Type, forKey key: Key) throws -> UInt { try decoder.unsigned(type) }
    func decode(_ type: UInt8.Type, forKey key: Key) throws -> UInt8 {
      try decoder.unsigned(type)
    }
    func decode(_ type: UInt16.Type, forKey key: Key) throws -> UInt16 {
      try decoder.unsigned(type)
    }
    func decode(_ type: UInt32.Type, forKey key: Key) throws -> UInt32 {
      try decoder.unsigned(type)
    }
    func decode(_ type: UInt64.Type, forKey key: Key) throws -> UInt64 {
      try decoder.unsigned(type)
    }
    func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
      try decoder.read(type)
    }

    func decodeIfPresent(_ type: Bool.Type, forKey key: Key) throws -> Bool? {
      try decoder.bool() ? decode(type, forKey: key) : nil
    }
    func decodeIfPresent(_ type: String.Type, forKey key: Key) throws -> String? {
      try decoder.bool() ? decode(type, forKey: key) : nil
    }
    func decodeIfPresent(_ type: Double.Type, forKey key: Key) throws -> Double? {
      try decoder.bool() ? decode(type, forKey: key) : nil
    }
    func decodeIfPresent(_ type: Float.Type, forKey key: Key) throws -> Float? {
      try decoder.bool() ? decode(type, forKey: key) : nil
    }
    func decodeIfPresent(_ type: Int.Type, forKey key: Key) throws -> Int? {
      try decoder.bool() ? decode(type, forKey: key) : nil
    }
    func decodeIfPresent(_ type: Int8.Type, forKey key: Key) throws -> Int8? {
      try decoder.bool() ? decode(type, forKey: key) : nil
    }
    func decodeIfPresent(_ type: Int16.Type, forKey key: Key) throws -> Int16? {
      try decoder.bool() ? decode(type, forKey: key) : nil
    }
    func decodeIfPresent(_ type: Int32.Type, forKey key: Key) throws -> Int32? {
      try decoder.bool() ? decode(type, forKey: key) : nil
    }
    func decodeIfPresent(_ type: Int64.Type, forKey key: Key) throws -> Int64? {
      try decoder.bool() ? decode(type, forKey: key) : nil
    }
    func decodeIfPresent(_ type: UInt.Type, forKey key: Key) throws -> UInt? {
      try decoder.bool() ? decode(type, forKey: key) : nil
    }
    func decodeIfPresent(_ type: UInt8.Type, forKey key: Key) throws -> UInt8? {
      try decoder.bool() ? decode(type, forKey: key) : nil
    }
    func decodeIfPresent(_ type: UInt16.Type, forKey key: Key) throws -> UInt16? {
      try decoder.bool() ? decode(type, forKey: key) : nil
    }
    func decodeIfPresent(_ type: UInt32.Type, forKey key: Key) throws -> UInt32? {
      try decoder.bool() ? decode(type, forKey: key) : nil
    }
    func decodeIfPresent(_ type: UInt64.Type, forKey key: Key) throws -> UInt64? {
      try decoder.bool() ? decode(type, forKey: key) : nil
    }
    func decodeIfPresent<Value: Decodable>(
      _ type: Value.Type, forKey key: Key
    ) throws -> Value? {
      try decoder.bool() ? decode(type, forKey: key) : nil
    }

    func nestedContainer<Nested: CodingKey>(
      keyedBy type: Nested.Type, forKey key: Key
    ) -> KeyedDecodingContainer<Nested> {
      KeyedDecodingContainer(Keyed<Nested>(decoder: decoder))
    }
    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedDecodingContainer {
      decoder.unkeyedContainer()
    }
    func superDecoder() -> any Decoder { decoder }
    func superDecoder(forKey key: Key) -> any Decoder { decoder }
  }

  private struct Unkeyed: UnkeyedDecodingContainer {
    let decoder: CanonicalDecoder
    var codingPath: [any CodingKey] { [] }
    let count: Int? = nil
    var currentIndex = 0
    /// Whether there is a next one, once that was asked.
    private var hasNext: Bool?

    init(decoder: CanonicalDecoder) {
      self.decoder = decoder
      look()
    }

    var isAtEnd: Bool { hasNext == false }

    /// Looks ahead: bytes that break off are found out by whoever reads on.
    private mutating func look() { hasNext = try? decoder.bool() }

    mutating func decodeNil() throws -> Bool { false }
    mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
      guard hasNext == true else {
        throw Malformed("an array ends too soon", at: decoder.reader.place)
      }
      let value = try decoder.read(type)
      currentIndex += 1
      look()
      return value
    }
    mutating func nestedContainer<Nested: CodingKey>(
      keyedBy type: Nested.Type
    ) throws -> KeyedDecodingContainer<Nested> {
      throw Malformed("nested containers of arrays are not used", at: decoder.reader.place)
    }
    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
      throw Malformed("nested containers of arrays are not used", at: decoder.reader.place)
    }
    mutating func superDecoder() throws -> any Decoder { decoder }
  }

  private struct Single: SingleValueDecodingContainer {
    let decoder: CanonicalDecoder
    let marks: Bool
    var codingPath: [any CodingKey] { [] }

    func decodeNil() -> Bool { marks ? (try? decoder.bool()) == false : false }
    func decode(_ type: Bool.Type) throws -> Bool { try decoder.bool() }
    func decode(_ type: String.Type) throws -> String { try decoder.text() }
    func decode(_ type: Double.Type) throws -> Double { try decoder.double() }
    func decode(_ type: Float.Type) throws -> Float { Float(try decoder.double()) }
    func decode(_ type: Int.Type) throws -> Int { try decoder.signed(type) }
    func decode(_ type: Int8.Type) throws -> Int8 { try decoder.signed(type) }
    func decode(_ type: Int16.Type) throws -> Int16 { try decoder.signed(type) }
    func decode(_ type: Int32.Type) throws -> Int32 { try decoder.signed(type) }
    func decode(_ type: Int64.Type) throws -> Int64 { try decoder.signed(type) }
    func decode(_ type: UInt.Type) throws -> UInt { try decoder.unsigned(type) }
    func decode(_ type: UInt8.Type) throws -> UInt8 { try decoder.unsigned(type) }
    func decode(_ type: UInt16.Type) throws -> UInt16 { try decoder.unsigned(type) }
    func decode(_ type: UInt32.Type) throws -> UInt32 { try decoder.unsigned(type) }
    func decode(_ type: UInt64.Type) throws -> UInt64 { try decoder.unsigned(type) }
    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try decoder.read(type) }
  }
}
