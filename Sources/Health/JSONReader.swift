/// Reads one JSON text (RFC 8259) from bytes, with bounds on depth and on how much is kept.
///
/// What lies past the bounds is still checked but not stored, so that a body of a hundred thousand
/// checks costs a scan and not its size again in memory, and what comes after them is still read.
package struct JSONReader {
  /// What is wrong and at which byte.
  package struct Failure: Error, Hashable {
    package var offset: Int
    package var reason: String

    package init(offset: Int, reason: String) {
      self.offset = offset
      self.reason = reason
    }
  }

  static let deepest = 64
  /// Of one text.
  static let valuesKept = 20_000
  /// Of one list or object.
  static let entriesKept = 1024
  static let longestString = 4096

  private var offset = 0
  private var values = 0
  /// Inside something that is not kept.
  private var isSkimming = false
  /// Something was left out of the value for its size.
  package private(set) var isCut = false
  /// Bytes that are not UTF-8, or half of a surrogate pair, were replaced by U+FFFD.
  package private(set) var isRepaired = false

  package init() {}

  /// The one value that `bytes` holds, white space around it allowed.
  package mutating func read(_ bytes: Span<UInt8>) throws(Failure) -> JSONValue {
    skipSpace(bytes)
    let result = try value(bytes, depth: 0)
    skipSpace(bytes)
    if offset < bytes.count { throw failure("expected the end, found more") }
    return result
  }

  private func failure(_ reason: String) -> Failure { Failure(offset: offset, reason: reason) }

  private mutating func skipSpace(_ bytes: Span<UInt8>) {
    while offset < bytes.count {
      switch bytes[offset] {
      case 0x20, 0x09, 0x0A, 0x0D: offset += 1
      default: return
      }
    }
  }

  private mutating func value(_ bytes: Span<UInt8>, depth: Int) throws(Failure) -> JSONValue {
    guard offset < bytes.count else { throw failure("ends where a value was expected") }
    if depth > Self.deepest { throw failure("is nested deeper than \(Self.deepest)") }
    if !isSkimming { values += 1 }
    switch bytes[offset] {
    case UInt8(ascii: "{"): return .object(try object(bytes, depth: depth))
    case UInt8(ascii: "["): return .array(try array(bytes, depth: depth))
    case UInt8(ascii: "\""): return .string(try string(bytes))
    case UInt8(ascii: "t"): return try literal("true", .bool(true), bytes)
    case UInt8(ascii: "f"): return try literal("false", .bool(false), bytes)
    case UInt8(ascii: "n"): return try literal("null", .null, bytes)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number(bytes)
    default: throw failure("expected a value")
    }
  }

  private mutating func object(
    _ bytes: Span<UInt8>, depth: Int
  ) throws(Failure) -> JSONObject {
    offset += 1
    var members: [JSONObject.Member] = []
    skipSpace(bytes)
    if take(UInt8(ascii: "}"), bytes) { return JSONObject() }
    while true {
      skipSpace(bytes)
      guard offset < bytes.count, bytes[offset] == UInt8(ascii: "\"") else {
        throw failure("expected a name in quotes")
      }
      let key = try string(bytes)
      skipSpace(bytes)
      guard take(UInt8(ascii: ":"), bytes) else { throw failure("expected ':'") }
      skipSpace(bytes)
      if let member = try entry(bytes, depth: depth + 1, after: members.count) {
        members.append(.init(key: key, value: member))
      }
      skipSpace(bytes)
      if take(UInt8(ascii: ","), bytes) { continue }
      if take(UInt8(ascii: "}"), bytes) { return JSONObject(members) }
      throw failure(offset < bytes.count ? "expected ',' or '}'" : "ends inside an object")
    }
  }

  private mutating func array(
    _ bytes: Span<UInt8>, depth: Int
  ) throws(Failure) -> [JSONValue] {
    offset += 1
    var elements: [JSONValue] = []
    skipSpace(bytes)
    if take(UInt8(ascii: "]"), bytes) { return [] }
    while true {
      skipSpace(bytes)
      if let element = try entry(bytes, depth: depth + 1, after: elements.count) {
        elements.append(element)
      }
      skipSpace(bytes)
      if take(UInt8(ascii: ","), bytes) { continue }
      if take(UInt8(ascii: "]"), bytes) { return elements }
      throw failure(offset < bytes.count ? "expected ',' or ']'" : "ends inside a list")
    }
  }

  /// A value inside a list or an object that holds `count` already; nil where it is not kept.
  private mutating func entry(
    _ bytes: Span<UInt8>, depth: Int, after count: Int
  ) throws(Failure) -> JSONValue? {
    if isSkimming {
      _ = try value(bytes, depth: depth)
      return nil
    }
    if count < Self.entriesKept, values < Self.valuesKept { return try value(bytes, depth: depth) }
    isCut = true
    isSkimming = true
    _ = try value(bytes, depth: depth)
    isSkimming = false
    return nil
  }

  private mutating func take(_ byte: UInt8, _ bytes: Span<UInt8>) -> Bool {
    guard offset < bytes.count, bytes[offset] == byte else { return false }
    offset += 1
    return true
  }

  private mutating func literal(
    _ text: StaticString, _ value: JSONValue, _ bytes: Span<UInt8>
  ) throws(Failure) -> JSONValue {
    guard offset + text.utf8CodeUnitCount <= bytes.count else { throw failure("expected a value") }
    for index in 0..<text.utf8CodeUnitCount
    where bytes[offset + index] != text.utf8Start[index] {
      throw failure("expected a value")
    }
    offset += text.utf8CodeUnitCount
    return value
  }

  private mutating func number(_ bytes: Span<UInt8>) throws(Failure) -> JSONValue {
    let start = offset
    _ = take(UInt8(ascii: "-"), bytes)
    let leading = offset
    guard digits(bytes) > 0 else { throw failure("expected a digit") }
    if bytes[leading] == UInt8(ascii: "0"), offset - leading > 1 {
      throw failure("a number may not start with 0")
    }
    if take(UInt8(ascii: "."), bytes), digits(bytes) == 0 { throw failure("expected a digit") }
    if take(UInt8(ascii: "e"), bytes) || take(UInt8(ascii: "E"), bytes) {
      if !take(UInt8(ascii: "+"), bytes) { _ = take(UInt8(ascii: "-"), bytes) }
      if digits(bytes) == 0 { throw failure("expected a digit") }
    }
    guard offset - start <= 64 else { throw failure("a number has over 64 digits") }
    return .number(Double(text(bytes, start..<offset)) ?? .nan)
  }

  private mutating func digits(_ bytes: Span<UInt8>) -> Int {
    let start = offset
    while offset < bytes.count, (0x30...0x39).contains(bytes[offset]) { offset += 1 }
    return offset - start
  }

  // MARK: Strings

  private mutating func string(_ bytes: Span<UInt8>) throws(Failure) -> String {
    offset += 1
    let start = offset
    // Most strings have no escapes: one scan, one copy.
    while offset < bytes.count {
      let byte = bytes[offset]
      if byte == UInt8(ascii: "\"") {
        let end = min(offset, start + Self.longestString)
        if end < offset { isCut = true }
        let result = text(bytes, start..<end)
        offset += 1
        return result
      }
      if byte == UInt8(ascii: "\\") { return try escaped(bytes, from: start) }
      if byte < 0x20 { throw failure("a control byte inside text") }
      offset += 1
    }
    throw failure("ends inside text")
  }

  private mutating func escaped(
    _ bytes: Span<UInt8>, from start: Int
  ) throws(Failure) -> String {
    var units: [UInt8] = []
    for index in start..<offset { units.append(bytes[index]) }
    while offset < bytes.count {
      let byte = bytes[offset]
      offset += 1
      switch byte {
      case UInt8(ascii: "\""):
        if units.count > Self.longestString {
          units.removeSubrange(Self.longestString...)
          isCut = true
        }
        return text(units.span, 0..<units.count)
      case UInt8(ascii: "\\"): try escape(bytes, into: &units)
      case 0..<0x20: throw failure("a control byte inside text")
      default: units.append(byte)
      }
    }
    throw failure("ends inside text")
  }

  private mutating func escape(
    _ bytes: Span<UInt8>, into units: inout [UInt8]
  ) throws(Failure) {
    guard offset < bytes.count else { throw failure("ends inside text") }
    let byte = bytes[offset]
    offset += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): units.append(byte)
    case UInt8(ascii: "b"): units.append(0x08)
    case UInt8(ascii: "f"): units.append(0x0C)
    case UInt8(ascii: "n"): units.append(0x0A)
    case UInt8(ascii: "r"): units.append(0x0D)
    case UInt8(ascii: "t"): units.append(0x09)
    case UInt8(ascii: "u"):
      var code = try hex(bytes)
      if (0xD800..<0xDC00).contains(code), offset + 1 < bytes.count,
        bytes[offset] == UInt8(ascii: "\\"), bytes[offset + 1] == UInt8(ascii: "u")
      {
        let first = offset
        offset += 2
        let low = try hex(bytes)
        if (0xDC00..<0xE000).contains(low) {
          code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
        } else {
          offset = first
        }
      }
      if let scalar = Unicode.Scalar(code) {
        units.append(contentsOf: scalar.utf8)
      } else {
        isRepaired = true
        units.append(contentsOf: [0xEF, 0xBF, 0xBD])
      }
    default: throw failure("an unknown escape inside text")
    }
  }

  private mutating func hex(_ bytes: Span<UInt8>) throws(Failure) -> UInt32 {
    guard offset + 4 <= bytes.count else { throw failure("ends inside text") }
    var code: UInt32 = 0
    for _ in 0..<4 {
      guard let digit = Character(Unicode.Scalar(bytes[offset])).hexDigitValue else {
        throw failure(#"expected four hex digits after \u"#)
      }
      code = code << 4 | UInt32(digit)
      offset += 1
    }
    return code
  }

  private mutating func text(_ bytes: Span<UInt8>, _ range: Range<Int>) -> String {
    let slice = bytes.extracting(range)
    return slice.withUnsafeBufferPointer { buffer in
      if let valid = String(validating: buffer, as: UTF8.self) { return valid }
      isRepaired = true
      return String(decoding: buffer, as: UTF8.self)
    }
  }
}
