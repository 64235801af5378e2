import Health
import Testing

@Suite("JSON, from bytes")
struct JSONReaderTests {
  private func read(_ text: String) throws -> JSONValue {
    var reader = JSONReader()
    return try reader.read(Array(text.utf8).span)
  }

  @Test("Members keep their order and their duplicates; the last one counts")
  func order() throws {
    guard case .object(let object) = try read(#"{"b":1,"a":2,"b":3}"#) else {
      Issue.record("expected an object")
      return
    }
    #expect(object.members.map(\.key) == ["b", "a", "b"])
    #expect(object["b"] == .number(3))
    #expect(object.duplicate == "b")
  }

  @Test(
    "Escapes and numbers",
    arguments: [
      (#""a\n\"\/\u00e9""#, JSONValue.string("a\n\"/é")),
      (#""\ud83d\ude00""#, .string("😀")),
      (#""\ud83d""#, .string("\u{FFFD}")), (#""\ud83dx""#, .string("\u{FFFD}x")),
      (#""\ude00\ud83d\ud83d\ude00""#, .string("\u{FFFD}\u{FFFD}😀")),
      ("-0.5e+2", .number(-50)), ("0", .number(0)), ("1e999", .number(.infinity)),
      ("[]", .array([])), ("{}", .object(JSONObject())), (" null ", .null),
      ("[1,true,false]", .array([.number(1), .bool(true), .bool(false)])),
    ])
  func values(_ text: String, _ value: JSONValue) throws {
    #expect(try read(text) == value)
  }

  @Test(
    "What is no JSON is refused with a place and a reason",
    arguments: [
      ("{", 1, "expected a name in quotes"), (#"{"a"}"#, 4, "expected ':'"),
      (#"{"a":1,}"#, 7, "expected a name in quotes"), ("[1 2]", 3, "expected ',' or ']'"),
      ("[1", 2, "ends inside a list"), ("01", 2, "a number may not start with 0"),
      ("1.", 2, "expected a digit"), ("tru", 0, "expected a value"), ("nul", 0, "expected a value"),
      (#""a"#, 2, "ends inside text"), (#""\x""#, 3, "an unknown escape inside text"),
      (#""\u12"#, 3, "ends inside text"), ("\"\u{1}\"", 1, "a control byte inside text"),
      ("1 x", 2, "expected the end, found more"), ("", 0, "ends where a value was expected"),
      ("NaN", 0, "expected a value"), ("-", 1, "expected a digit"),
      (#""\u12g4""#, 5, #"expected four hex digits after \u"#),
    ])
  func refuses(_ text: String, _ offset: Int, _ reason: String) {
    #expect(throws: JSONReader.Failure(offset: offset, reason: reason)) { try read(text) }
  }

  @Test("Depth is bounded")
  func depth() {
    let bomb = String(repeating: "[", count: 200_000)
    #expect(throws: JSONReader.Failure(offset: 65, reason: "is nested deeper than 64")) {
      try read(bomb)
    }
    let map = String(repeating: #"{"a":"#, count: 100_000)
    #expect(throws: JSONReader.Failure.self) { try read(map) }
  }

  @Test("Any cut and any changed byte of a body is read or refused, never more")
  func mutations() {
    let text = Array(
      #"{"status":"pass","n":-1.5e3,"t":"é\ud83d\ude00","l":[true,null,{"a":[]}]}"#.utf8)
    for end in 0...text.count {
      var reader = JSONReader()
      _ = try? reader.read(Array(text[..<end]).span)
    }
    for index in text.indices {
      for byte: UInt8 in [0, 0x22, 0x5C, 0x7B, 0x5D, 0x80, 0xED, 0xFF] {
        var changed = text
        changed[index] = byte
        _ = HealthReport(body: changed)
      }
    }
  }
}
