/// Reads what `CanonicalEncoder` wrote; bytes that anybody may have written cost an error and no more
/// memory than a small multiple of their number.
public final class CanonicalDecoder: Decoder {
  public let codingPath: [any CodingKey] = []
  public let userInfo: [CodingUserInfoKey: Any] = [:]
  /// Outside of the object, so that no access to it is checked for being the only one: a decoder is
  /// used by who made it alone, and each of a hundred thousand parts would pay for the check.
  private let core: UnsafeMutablePointer<Core>

  private struct Core {
    var reader: ByteReader
    var texts: [String] = []
    var lists: [[UInt64]] = []
    var offset: Int64 = 0
    var lead: Int64 = 0
    /// Bytes of memory that may still be made of what takes less room than itself.
    var allowance: Int
    var depth = 0
    var marksNext = false
    /// What becomes of each text, once for all of its places.
    var mapping: (String) -> String = { $0 }
    /// Containers by the type of their keys: they hold nothing but the decoder.
    var containers: [ObjectIdentifier: AnyObject] = [:]
    /// In which form the whole was written, for those that have become others since.
    var form = Int.max
    /// What lies apart.
    var chunks: [ChunkKey: ByteReader] = [:]
    /// Of what lies apart, that which is not here.
    var absent: Set<ChunkKey> = []
  }

  /// Deeper than any value of ours; a stack is not without end.
  private static let deepest = 200

  private static let allowedEach = 128
  private static let allowedAlways = 1 << 20

  private init(_ bytes: [UInt8]) {
    core = .allocate(capacity: 1)
    core.initialize(
      to: Core(
        reader: ByteReader(bytes),
        allowance: Self.allowedAlways + Self.allowedEach * bytes.count))
  }

  deinit {
    core.deinitialize(count: 1)
    core.deallocate()
  }

  /// - Parameter mapping: given each different text, what it is to be: a value with other words.
  public static func value<Value: Decodable>(
    _ type: Value.Type, from bytes: [UInt8], mapping: (String) -> String = { $0 }
  ) throws -> Value {
    try withoutActuallyEscaping(mapping) { mapping in
      let decoder = CanonicalDecoder(bytes)
      decoder.core.pointee.mapping = mapping
      defer {
        // They hold the decoder, which holds them; and a mapping lives no longer than this.
        decoder.core.pointee.containers = [:]
        decoder.core.pointee.mapping = { $0 }
      }
      return try decoder.whole(type)
    }
  }

  /// What `CanonicalEncoder.parts` made of a value.
  ///
  /// - Parameters:
  ///   - absent: of what lies apart, that which is not here: the value is made without it.
  ///   - form: the one that it was written in, where that is not the present one.
  public static func value<Value: Decodable>(
    _ type: Value.Type, from bytes: [UInt8], chunks: [ChunkKey: [UInt8]] = [:],
    absent: Set<ChunkKey> = [], form: Int
  ) throws -> Value {
    let decoder = CanonicalDecoder(bytes)
    decoder.core.pointee.form = form
    decoder.core.pointee.absent = absent
    defer { decoder.core.pointee.containers = [:] }
    for (key, bytes) in chunks {
      decoder.core.pointee.chunks[key] = ByteReader(bytes)
      decoder.core.pointee.allowance += allowedEach * bytes.count
    }
    let value = try decoder.whole(type)
    guard decoder.core.pointee.chunks.values.allSatisfy(\.isAtEnd) else {
      throw Malformed("a chunk holds more than is asked for", at: bytes.count)
    }
    return value
  }

  fileprivate var form: Int { core.pointee.form }

  private func whole<Value: Decodable>(_ type: Value.Type) throws -> Value {
    let decoder = self
    let value = try decoder.read(type)
    guard decoder.reader.isAtEnd else {
      throw Malformed("something follows the end", at: decoder.reader.place)
    }
    return value
  }

  public func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedDecodingContainer<Key> {
    // A container is one reference. To make it takes several look-ups of generic types.
    guard MemoryLayout<KeyedDecodingContainer<Key>>.size == MemoryLayout<AnyObject>.size else {
      return KeyedDecodingContainer(Keyed(decoder: self))
    }
    let name = ObjectIdentifier(type)
    if let known = core.pointee.containers[name] {
      return unsafeBitCast(known, to: KeyedDecodingContainer<Key>.self)
    }
    let made = KeyedDecodingContainer(Keyed<Key>(decoder: self))
    core.pointee.containers[name] = unsafeBitCast(made, to: AnyObject.self)
    return made
  }

  fileprivate var reader: ByteReader {
    @inline(__always) _read { yield core.pointee.reader }
    @inline(__always) _modify { yield &core.pointee.reader }
  }

  public func unkeyedContainer() -> any UnkeyedDecodingContainer { Unkeyed(decoder: self) }

  public func singleValueContainer() -> any SingleValueDecodingContainer {
    defer { core.pointee.marksNext = false }
    return Single(decoder: self, marks: core.pointee.marksNext)
  }

  /// What `CanonicalEncoder.put(_:)` put.
  public func numbers() throws -> [Double] {
    let numbers = try reader.steps(atMost: core.pointee.allowance / 8)
    core.pointee.allowance -= 8 * numbers.count
    return numbers
  }

  /// What `CanonicalEncoder.put(of:_:)` put: `count` lists of numbers.
  ///
  /// - Parameters:
  ///   - numbers: what they are appended to.
  ///   - ends: is appended where each of them ends there.
  public func columns(
    _ count: Int, of key: ChunkKey, into numbers: inout [Double], ends: inout [Int]
  ) throws {
    let apart = core.pointee.chunks.index(forKey: key)
    for _ in 0..<count {
      let (first, limit) = (numbers.count, core.pointee.allowance / 8)
      if let apart {
        try core.pointee.chunks.values[apart].steps(atMost: limit, into: &numbers)
      } else {
        try reader.steps(atMost: limit, into: &numbers)
      }
      core.pointee.allowance -= 8 * (numbers.count - first)
      ends.append(numbers.count)
    }
  }

  /// Whether what was put of a stretch is not here: nothing of it can be read.
  public func lacks(_ key: ChunkKey) -> Bool { core.pointee.absent.contains(key) }

  public func smallNumbers() throws -> [Int32] { try reader.planes() }

  /// What `CanonicalEncoder.put(shared:)` put. Lists that are the same lie in one place.
  public func sharedWords() throws -> [UInt64] {
    let number = try reader.word()
    if number == 0 {
      let words = try words()
      core.pointee.lists.append(words)
      return words
    }
    guard number <= UInt64(core.pointee.lists.count) else {
      throw Malformed("a list is not known", at: reader.place)
    }
    let words = core.pointee.lists[Int(number - 1)]
    // They take no room here, but whoever asks for them looks through them.
    try spend(words.count)
    return words
  }

  /// What `CanonicalEncoder.put(offset:wall:)` put.
  public func moment() throws -> (offset: Int64, wall: Int64) {
    core.pointee.offset &+= try reader.integer()
    core.pointee.lead &+= try reader.integer()
    return (core.pointee.offset, core.pointee.offset &+ core.pointee.lead)
  }

  /// Counts memory that is about to be made of fewer bytes: nobody can ask for endless room.
  public func spend(_ count: Int) throws {
    guard count <= core.pointee.allowance else {
      throw Malformed("it asks for too much room", at: reader.place)
    }
    core.pointee.allowance -= count
  }

  public func words() throws -> [UInt64] {
    let count = try reader.count()
    var words: [UInt64] = []
    words.reserveCapacity(count)
    for _ in 0..<count { words.append(try reader.word()) }
    return words
  }

  func read<Value: Decodable>(_ type: Value.Type) throws -> Value {
    core.pointee.depth += 1
    defer { core.pointee.depth -= 1 }
    guard core.pointee.depth <= CanonicalDecoder.deepest else {
      throw Malformed("it is nested too deep", at: reader.place)
    }
    if _isOptional(type) { core.pointee.marksNext = true }
    return try Value(from: self)
  }

  public var place: Int { reader.place }

  public func text() throws -> String {
    let number = try reader.word()
    if number == 0 {
      let text = core.pointee.mapping(try reader.text())
      core.pointee.texts.append(text)
      return text
    }
    guard number <= UInt64(core.pointee.texts.count) else {
      throw Malformed("a text is not known", at: reader.place)
    }
    return core.pointee.texts[Int(number - 1)]
  }

  public func bool() throws -> Bool {
    let byte = try reader.byte()
    guard byte <= 1 else { throw Malformed("neither yes nor no", at: reader.place) }
    return byte == 1
  }

  public func double() throws -> Double { try reader.double() }

  func signed<Value: SignedInteger & FixedWidthInteger>(
    _ type: Value.Type
  ) throws -> Value {
    guard let value = Value(exactly: try reader.integer()) else {
      throw Malformed("a number is too large", at: reader.place)
    }
    return value
  }

  /// More than anything is counted to: what is added to such a number does not overflow.
  private static let most: UInt64 = 1 << 53

  public func count() throws -> Int {
    let value = try signed(Int.self)
    guard value.magnitude <= Self.most else {
      throw Malformed("a number is too large", at: reader.place)
    }
    return value
  }

  func unsigned<Value: UnsignedInteger & FixedWidthInteger>(
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
    func decode(_ type: Int.Type, forKey key: Key) throws -> Int { try decoder.count() }
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
    func decode(_ type: Int.Type) throws -> Int { try decoder.count() }
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

extension Decoder {
  /// In which form the whole was written; `.max` for the present one, and for what is not canonical.
  public var canonicalForm: Int { (self as? CanonicalDecoder)?.form ?? .max }

  /// Nothing follows: a value that stands last in its bytes was written when it had no more.
  public var isAtCanonicalEnd: Bool { (self as? CanonicalDecoder)?.reader.isAtEnd ?? false }
}
