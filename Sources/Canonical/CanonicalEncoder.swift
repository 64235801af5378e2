/// Writes any `Encodable` value as bytes that are the same on every machine and in every process.
///
/// Values stand in the order in which they encode their parts, without names: what reads them back is
/// the same program, or one that knows it cannot. Optionals say whether they are there; arrays say
/// before each element that there is one; a text that came before is a number. Values must encode in
/// one order and decode in the same, as the compiler's own conformances do, and hold no dictionaries,
/// which have none.
public final class CanonicalEncoder: Encoder {
  public let codingPath: [any CodingKey] = []
  public let userInfo: [CodingUserInfoKey: Any] = [:]
  /// Outside of the object: see `CanonicalDecoder`.
  private let core: UnsafeMutablePointer<Core>

  private struct Core {
    var writer = ByteWriter()
    var texts: [String: UInt64] = [:]
    var lists: [[UInt64]: UInt64] = [:]
    /// The last instant: its offset, and how far the wall's clock is ahead of that.
    var offset: Int64 = 0
    var lead: Int64 = 0
    /// Arrays begun and not ended.
    var open = 0
    /// The next single value is an optional's.
    var marksNext = false
    /// Containers by the type of their keys: they hold nothing but the encoder.
    var containers: [ObjectIdentifier: AnyObject] = [:]
    /// What lies apart, and of which stretches: all that are over by then.
    var chunks: [ChunkKey: ByteWriter] = [:]
    var horizon = -Double.infinity
  }

  private init() {
    core = .allocate(capacity: 1)
    core.initialize(to: Core())
  }

  deinit {
    core.deinitialize(count: 1)
    core.deallocate()
  }

  public static func bytes(of value: some Encodable) throws -> [UInt8] {
    let encoder = CanonicalEncoder()
    // They hold the encoder, which holds them.
    defer { encoder.core.pointee.containers = [:] }
    try encoder.write(coded: value)
    return encoder.writer.bytes
  }

  /// The bytes of a value, and apart from them what it has of stretches of time that are over: that
  /// will be the same bytes the next time, however much else has come.
  ///
  /// - Parameter horizon: seconds on the clock of the stretches.
  public static func parts(
    of value: some Encodable, before horizon: Double
  ) throws -> (bytes: [UInt8], chunks: [ChunkKey: [UInt8]]) {
    let encoder = CanonicalEncoder()
    defer { encoder.core.pointee.containers = [:] }
    encoder.core.pointee.horizon = horizon
    try encoder.write(coded: value)
    return (encoder.writer.bytes, encoder.core.pointee.chunks.mapValues(\.bytes))
  }

  public func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
    // A container is one reference. To make it takes several look-ups of generic types.
    guard MemoryLayout<KeyedEncodingContainer<Key>>.size == MemoryLayout<AnyObject>.size else {
      return KeyedEncodingContainer(Keyed(encoder: self))
    }
    let name = ObjectIdentifier(type)
    if let known = core.pointee.containers[name] {
      return unsafeBitCast(known, to: KeyedEncodingContainer<Key>.self)
    }
    let made = KeyedEncodingContainer(Keyed<Key>(encoder: self))
    core.pointee.containers[name] = unsafeBitCast(made, to: AnyObject.self)
    return made
  }

  private var writer: ByteWriter {
    @inline(__always) _read { yield core.pointee.writer }
    @inline(__always) _modify { yield &core.pointee.writer }
  }

  public func unkeyedContainer() -> any UnkeyedEncodingContainer {
    core.pointee.open += 1
    return Unkeyed(encoder: self)
  }

  public func singleValueContainer() -> any SingleValueEncodingContainer {
    defer { core.pointee.marksNext = false }
    return Single(encoder: self, marks: core.pointee.marksNext)
  }

  /// Many numbers at once: what a value that is made of them calls instead of asking for a container.
  public func put(_ numbers: [Double]) { writer.put(steps: numbers) }

  public func put(_ numbers: [Int32]) { writer.put(planes: numbers) }

  public func put(_ words: [UInt64]) {
    writer.put(UInt64(words.count))
    for word in words { writer.put(word) }
  }

  /// Words that others of the same kind hold as well: once, and then by their number.
  public func put(shared words: [UInt64]) {
    if let known = core.pointee.lists[words] { return writer.put(known) }
    core.pointee.lists[words] = UInt64(core.pointee.lists.count + 1)
    writer.put(UInt64(0))
    put(words)
  }

  /// What is of one stretch of time: in its place, or apart with all else of the same one.
  public func put(of key: ChunkKey, _ body: (inout ByteWriter) -> Void) {
    guard key.end <= core.pointee.horizon else { return body(&core.pointee.writer) }
    body(&core.pointee.chunks[key, default: ByteWriter()])
  }

  /// A moment on two clocks that go alike, as the step from the last one.
  public func put(offset: Int64, wall: Int64) {
    let lead = wall &- offset
    writer.put(offset &- core.pointee.offset)
    writer.put(lead &- core.pointee.lead)
    core.pointee.offset = offset
    core.pointee.lead = lead
  }

  func write<Value: Encodable>(coded value: Value) throws {
    let before = core.pointee.open
    if _isOptional(Value.self) { core.pointee.marksNext = true }
    try value.encode(to: self)
    while core.pointee.open > before {
      writer.put(byte: 0)
      core.pointee.open -= 1
    }
  }

  public func write(_ text: String) {
    if let known = core.pointee.texts[text] { return writer.put(known) }
    core.pointee.texts[text] = UInt64(core.pointee.texts.count + 1)
    writer.put(UInt64(0))
    writer.put(text)
  }

  public func write(_ value: Bool) { writer.put(byte: value ? 1 : 0) }
  public func write(_ value: Double) { writer.put(value) }
  public func write(_ value: Int64) { writer.put(value) }
  public func write(_ value: UInt64) { writer.put(value) }

  private struct Keyed<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let encoder: CanonicalEncoder
    var codingPath: [any CodingKey] { [] }

    func encodeNil(forKey key: Key) { encoder.write(false) }
    func encode(_ value: Bool, forKey key: Key) { encoder.write(value) }
    func encode(_ value: String, forKey key: Key) { encoder.write(value) }
    func encode(_ value: Double, forKey key: Key) { encoder.write(value) }
    func encode(_ value: Float, forKey key: Key) { encoder.write(Double(value)) }
    func encode(_ value: Int, forKey key: Key) { encoder.write(Int64(value)) }
    func encode(_ value: Int8, forKey key: Key) { encoder.write(Int64(value)) }
    func encode(_ value: Int16, forKey key: Key) { encoder.write(Int64(value)) }
    func encode(_ value: Int32, forKey key: Key) { encoder.write(Int64(value)) }
    func encode(_ value: Int64, forKey key: Key) { encoder.write(value) }
    func encode(_ value: UInt, forKey key: Key) { encoder.write(UInt64(value)) }
    func encode(_ value: UInt8, forKey key: Key) { encoder.write(UInt64(value)) }
    func encode(_ value: UInt16, forKey key: Key) { encoder.write(UInt64(value)) }
    func encode(_ value: UInt32, forKey key: Key) { encoder.write(UInt64(value)) }
    func encode(_ value: UInt64, forKey key: Key) { encoder.write(value) }
    func encode<Value: Encodable>(_ value: Value, forKey key: Key) throws {
      try encoder.write(coded: value)
    }

    private func mark<Value>(_ value: Value?) -> Value? {
      encoder.write(value != nil)
      return value
    }

    func encodeIfPresent(_ value: Bool?, forKey key: Key) { mark(value).map(encoder.write) }
    func encodeIfPresent(_ value: String?, forKey key: Key) { mark(value).map(encoder.write) }
    func encodeIfPresent(_ value: Double?, forKey key: Key) { mark(value).map(encoder.write) }
    func encodeIfPresent(_ value: Float?, forKey key: Key) {
      mark(value).map { encoder.write(Double($0)) }
    }
    func encodeIfPresent(_ value: Int?, forKey key: Key) { signed(value) }
    func encodeIfPresent(_ value: Int8?, forKey key: Key) { signed(value) }
    func encodeIfPresent(_ value: Int16?, forKey key: Key) { signed(value) }
    func encodeIfPresent(_ value: Int32?, forKey key: Key) { signed(value) }
    func encodeIfPresent(_ value: Int64?, forKey key: Key) { signed(value) }
    func encodeIfPresent(_ value: UInt?, forKey key: Key) { unsigned(value) }
    func encodeIfPresent(_ value: UInt8?, forKey key: Key) { unsigned(value) }
    func encodeIfPresent(_ value: UInt16?, forKey key: Key) { unsigned(value) }
    func encodeIfPresent(_ value: UInt32?, forKey key: Key) { unsigned(value) }
    func encodeIfPresent(_ value: UInt64?, forKey key: Key) { unsigned(value) }
    func encodeIfPresent<Value: Encodable>(_ value: Value?, forKey key: Key) throws {
      if let value = mark(value) { try encoder.write(coded: value) }
    }

    private func signed(_ value: (some SignedInteger)?) {
      mark(value).map { encoder.write(Int64($0)) }
    }
    private func unsigned(_ value: (some UnsignedInteger)?) {
      mark(value).map { encoder.write(UInt64($0)) }
    }

    /// A case of an enumeration: its name, then what it carries.
    func nestedContainer<Nested: CodingKey>(
      keyedBy type: Nested.Type, forKey key: Key
    ) -> KeyedEncodingContainer<Nested> {
      encoder.write(key.stringValue)
      return KeyedEncodingContainer(Keyed<Nested>(encoder: encoder))
    }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
      encoder.unkeyedContainer()
    }
    func superEncoder() -> any Encoder { encoder }
    func superEncoder(forKey key: Key) -> any Encoder { encoder }
  }

  private struct Unkeyed: UnkeyedEncodingContainer {
    let encoder: CanonicalEncoder
    var count = 0
    var codingPath: [any CodingKey] { [] }

    init(encoder: CanonicalEncoder) { self.encoder = encoder }

    private mutating func next() {
      encoder.write(true)
      count += 1
    }

    mutating func encodeNil() {
      next()
      encoder.write(false)
    }
    mutating func encode<Value: Encodable>(_ value: Value) throws {
      next()
      try encoder.write(coded: value)
    }
    mutating func nestedContainer<Nested: CodingKey>(
      keyedBy type: Nested.Type
    ) -> KeyedEncodingContainer<Nested> {
      next()
      return encoder.container(keyedBy: type)
    }
    mutating func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
      next()
      return encoder.unkeyedContainer()
    }
    mutating func superEncoder() -> any Encoder {
      next()
      return encoder
    }
  }

  private struct Single: SingleValueEncodingContainer {
    let encoder: CanonicalEncoder
    /// An optional's value says that it is there.
    let marks: Bool
    var codingPath: [any CodingKey] { [] }

    private func mark() { if marks { encoder.write(true) } }

    func encodeNil() { encoder.write(false) }
    func encode(_ value: Bool) {
      mark()
      encoder.write(value)
    }
    func encode(_ value: String) {
      mark()
      encoder.write(value)
    }
    func encode(_ value: Double) {
      mark()
      encoder.write(value)
    }
    func encode(_ value: Float) { encode(Double(value)) }
    func encode(_ value: Int) { encode(Int64(value)) }
    func encode(_ value: Int8) { encode(Int64(value)) }
    func encode(_ value: Int16) { encode(Int64(value)) }
    func encode(_ value: Int32) { encode(Int64(value)) }
    func encode(_ value: Int64) {
      mark()
      encoder.write(value)
    }
    func encode(_ value: UInt) { encode(UInt64(value)) }
    func encode(_ value: UInt8) { encode(UInt64(value)) }
    func encode(_ value: UInt16) { encode(UInt64(value)) }
    func encode(_ value: UInt32) { encode(UInt64(value)) }
    func encode(_ value: UInt64) {
      mark()
      encoder.write(value)
    }
    func encode<Value: Encodable>(_ value: Value) throws {
      mark()
      try encoder.write(coded: value)
    }
  }
}
