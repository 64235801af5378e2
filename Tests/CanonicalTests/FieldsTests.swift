import Canonical
import Testing

@Suite("Values that name their fields")
struct FieldsTests {
  @Test("have the bytes that the compiler's own conformance makes, and read back from them")
  func same() throws {
    for tools in [
      [], [Tool.Other(name: "pump", weight: 3.5, state: .open, parts: [1, -2], note: nil)],
    ] {
      let own = Box.Other(
        tools: tools, best: tools.first, count: UInt64.max, flags: [true, false],
        names: ["pump", "", "pump"])
      let fields = Box(
        tools: tools.map(Tool.init), best: tools.first.map(Tool.init), count: UInt64.max,
        flags: [true, false], names: ["pump", "", "pump"])
      let bytes = try CanonicalEncoder.bytes(of: fields)
      #expect(try bytes == CanonicalEncoder.bytes(of: own))
      #expect(try CanonicalDecoder.value(Box.self, from: bytes) == fields)
      #expect(try CanonicalDecoder.value(Box.Other.self, from: bytes) == own)
      for count in bytes.indices {
        #expect(throws: Malformed.self) {
          try CanonicalDecoder.value(Box.self, from: Array(bytes[..<count]))
        }
      }
    }
  }

  @Test("are found at fault where they break a rule, and only when they are read")
  func rules() throws {
    let bytes = try CanonicalEncoder.bytes(of: Even(number: 3))
    #expect(throws: Malformed.self) { try CanonicalDecoder.value(Even.self, from: bytes) }
    let ajar = try CanonicalEncoder.bytes(of: ["ajar"])
    #expect(try CanonicalDecoder.value([String].self, from: ajar) == ["ajar"])
    #expect(throws: (any Error).self) { try CanonicalDecoder.value([Tool.State].self, from: ajar) }
  }

  @Test("what begins as an array of many is no more than its bytes are")
  func endless() {
    #expect(throws: Malformed.self) {
      try CanonicalDecoder.value(Box.self, from: Array(repeating: 1, count: 100_000))
    }
  }
}

private struct Even: FieldCoded {
  var number: Int
  static var blank: Self { Self(number: 0) }

  mutating func pass(_ fields: Fields) throws {
    try fields.pass(&number)
    try fields.require(number % 2 == 0, "\(number) is odd")
  }
}

private struct Tool: FieldCoded, Equatable {
  enum State: String, CanonicalCodable { case open, shut }

  struct Other: Codable, Equatable {
    var name: String
    var weight: Double
    var state: State
    var parts: [Int]
    var note: String?
  }

  var name: String
  var weight: Double
  var state: State
  var parts: [Int]
  var note: String?

  init(_ other: Other) {
    (name, weight, state) = (other.name, other.weight, other.state)
    (parts, note) = (other.parts, other.note)
  }

  static var blank: Self {
    Self(Other(name: "", weight: 0, state: .shut, parts: [], note: nil))
  }

  mutating func pass(_ fields: Fields) throws {
    try fields.pass(&name, &weight, &state)
    try fields.pass(&parts, &note)
  }
}

private struct Box: FieldCoded, Equatable {
  struct Other: Codable, Equatable {
    var tools: [Tool.Other]
    var best: Tool.Other?
    var count: UInt64
    var flags: [Bool]
    var names: [String]
  }

  var tools: [Tool]
  var best: Tool?
  var count: UInt64
  var flags: [Bool]
  var names: [String]

  static var blank: Self { Self(tools: [], best: nil, count: 0, flags: [], names: []) }

  mutating func pass(_ fields: Fields) throws {
    try fields.pass(&tools, &best)
    try fields.pass(coded: &count)
    try fields.pass(&flags, &names)
  }
}
