import Canonical
import Testing

@Suite("Bytes that anybody may have written")
struct HostileBytesTests {
  @Test("a value that is cut anywhere is an error")
  func cut() throws {
    var dice = Dice(seed: 5)
    for _ in 0..<40 {
      let bytes = try CanonicalEncoder.bytes(of: Tree.many([Tree.random(&dice, depth: 6), .leaf]))
      for count in 0..<bytes.count {
        #expect(throws: (any Error).self) {
          try CanonicalDecoder.value(Tree.self, from: Array(bytes[..<count]))
        }
      }
      #expect(throws: (any Error).self) {
        try CanonicalDecoder.value(Tree.self, from: bytes + [0])
      }
    }
  }

  @Test("flipped bits give an error or a value that encodes again")
  func flips() throws {
    var dice = Dice(seed: 6)
    var errors = 0
    for _ in 0..<4000 {
      var bytes = try CanonicalEncoder.bytes(of: Tree.random(&dice, depth: 5))
      for _ in 0...dice.below(3) { bytes[dice.below(bytes.count)] ^= 1 << UInt8(dice.below(8)) }
      do {
        let value = try CanonicalDecoder.value(Tree.self, from: bytes)
        let again = try CanonicalEncoder.bytes(of: value)
        let back = try CanonicalDecoder.value(Tree.self, from: again)
        #expect(try CanonicalEncoder.bytes(of: back) == again)
      } catch { errors += 1 }
    }
    #expect(errors > 400)
  }

  @Test("lists of numbers made of noise cost an error or what they say")
  func noise() throws {
    var dice = Dice(seed: 7)
    for _ in 0..<4000 {
      let bytes = (0..<dice.below(40)).map { _ in
        UInt8(truncatingIfNeeded: dice.next() & (dice.below(2) == 0 ? 0xff : 0x0f))
      }
      guard let value = try? CanonicalDecoder.value(Numbers.self, from: bytes) else { continue }
      let again = try CanonicalEncoder.bytes(of: value)
      let back = try CanonicalDecoder.value(Numbers.self, from: again)
      #expect(back.doubles.map(\.bitPattern) == value.doubles.map(\.bitPattern))
    }
  }

  struct Nested: Codable { var children: [Nested] }

  @Test("nothing is nested so deep that a stack would run out")
  func deep() {
    #expect(throws: Malformed.self) {
      try CanonicalDecoder.value(Nested.self, from: Array(repeating: 1, count: 1_000_000))
    }
  }

  @Test("a length that the bytes cannot hold is refused before room is made for it")
  func lengths() {
    func word(_ value: UInt64) -> [UInt8] {
      var writer = ByteWriter()
      writer.put(value)
      return writer.bytes
    }
    func stays(_ count: UInt64) -> [UInt8] { word((count << 3) | 7) }
    // Doubles: too many, a run beyond the list, a run of more than a few bytes may stand for.
    let longDoubles: [[UInt8]] = [
      word(1 << 60), word(UInt64.max), word(3) + stays(1 << 40), word(1 << 30) + stays(1 << 30),
    ]
    // Small numbers, then words, after no doubles.
    let longLists: [[UInt8]] = [
      [0] + word(1 << 62) + [4], [0] + word(2) + [9, 0, 0], [0] + word(2) + [0, 0, 0],
      [0, 0] + word(1 << 50),
    ]
    for bytes in longDoubles + longLists {
      #expect(throws: Malformed.self) { try CanonicalDecoder.value(Numbers.self, from: bytes) }
    }
    #expect(throws: Malformed.self) {
      try CanonicalDecoder.value(String.self, from: [0] + word(1 << 63))
    }
    #expect(throws: Malformed.self) { try CanonicalDecoder.value(String.self, from: [1]) }
    #expect(throws: Malformed.self) { try CanonicalDecoder.value(Sharing.self, from: [1]) }
  }

  @Test("a list that many refer to does not cost its length each time without end")
  func sharing() throws {
    var bytes: [UInt8] = [1, 0]
    var writer = ByteWriter()
    writer.put(UInt64(100_000))
    for _ in 0..<100_000 { writer.put(UInt64(0)) }
    bytes += writer.bytes
    for _ in 0..<100_000 { bytes += [1, 1] }
    bytes.append(0)
    #expect(throws: Malformed.self) { try CanonicalDecoder.value([Sharing].self, from: bytes) }
  }

  @Test(
    "a text is UTF-8, a yes is one, a number fits its type",
    arguments: [
      ([0, 2, 0xc3, 0x28] as [UInt8], "String"), ([2], "Bool"), ([0x80, 0x04], "UInt8"),
      ([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1], "UInt64"),
      ([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2], "UInt64"),
    ])
  func types(_ bytes: [UInt8], _ type: String) {
    #expect(throws: Malformed.self) {
      switch type {
      case "String": _ = try CanonicalDecoder.value(String.self, from: bytes)
      case "Bool": _ = try CanonicalDecoder.value(Bool.self, from: bytes)
      case "UInt8": _ = try CanonicalDecoder.value(UInt8.self, from: bytes)
      default: _ = try CanonicalDecoder.value(UInt64.self, from: bytes)
      }
    }
  }

  @Test("an error says what is wrong and at which byte")
  func words() {
    #expect(Malformed("it ends too soon", at: 7).description == "it ends too soon (byte 7)")
  }
}
