import Canonical
import Testing

@Suite("Any value, as bytes and back")
struct CoderTests {
  @Test("every scalar keeps its extremes")
  func scalars() throws {
    for extreme in [Scalars.least, .greatest, .ordinary] {
      #expect(try again(extreme) == extreme)
    }
  }

  @Test(
    "a double keeps its bit pattern: the sign of zero, what a NaN carries, the least and the last",
    arguments: Odd.doubles)
  func doubles(_ value: Double) throws {
    #expect(try again(value).bitPattern == value.bitPattern)
    #expect(try again([value, 1, value]).map(\.bitPattern) == [value, 1, value].map(\.bitPattern))
    let numbers = Numbers(doubles: [value, value, 7, value, 7, 7])
    let back = try again(numbers)
    #expect(back.doubles.map(\.bitPattern) == numbers.doubles.map(\.bitPattern))
  }

  @Test("doubles of every kind come back from a list, whatever stands before them")
  func lists() throws {
    var dice = Dice(seed: 3)
    for round in 0..<400 {
      var numbers = Numbers()
      var clock = 0.0
      for _ in 0..<dice.below(60) {
        clock = ((clock + Double(dice.below(6000)) / 1000) * 1000).rounded() / 1000
        switch dice.below(9) {
        case 0: numbers.doubles.append(Double(bitPattern: dice.next()))
        case 1: numbers.doubles.append(clock)
        case 2: numbers.doubles.append(clock - 3600.123)
        case 3: numbers.doubles.append(Double(dice.below(40)))
        case 4: numbers.doubles += Array(repeating: 0, count: dice.below(40))
        case 5: numbers.doubles.append(Double(Int64(bitPattern: dice.next()) >> 11))
        case 6: numbers.doubles += Array(repeating: clock, count: dice.below(4))
        case 7: numbers.doubles.append(-Double(dice.below(1 << 30)) / 1e6)
        default: numbers.doubles.append(numbers.doubles.last ?? -0.0)
        }
        let bits = dice.next() >> UInt64(dice.below(64))
        numbers.small.append(Int32(truncatingIfNeeded: bits))
        numbers.words.append(bits)
      }
      let back = try again(numbers)
      #expect(back.doubles.map(\.bitPattern) == numbers.doubles.map(\.bitPattern), "round \(round)")
      #expect(back.small == numbers.small && back.words == numbers.words)
    }
  }

  @Test("numbers that stay, clocks' differences and small numbers take few bytes")
  func sizes() throws {
    func bytes(_ numbers: [Double]) throws -> Int {
      try CanonicalEncoder.bytes(of: Numbers(doubles: numbers)).count
        - CanonicalEncoder.bytes(of: Numbers()).count
    }
    #expect(try bytes(Array(repeating: 0, count: 10_000)) <= 5)
    #expect(try bytes([3605.123 - 3600.12]) <= 6)
    #expect(try bytes([0.000_612]) <= 3)
    #expect(try bytes([1_000_000, 1_000_007, 1_000_012, 1_000_012]) <= 7)
  }

  @Test("what is not there and what is are told apart wherever they stand")
  func optionals() throws {
    let values = [
      Optionals(),
      Optionals(text: "", number: 0, flag: false, real: -0.0, part: .init(), color: .red),
      Optionals(text: "a", part: .init(name: nil, deep: [nil, [nil, 1], []]), color: .blue),
      Optionals(list: [nil, 1, nil, 2], twice: .some(nil)), Optionals(twice: .some(.some(3))),
    ]
    for value in values { #expect(try again(value) == value) }
    #expect(try again(values) == values)
    #expect(try again(Int?.none) == nil)
    #expect(try again(Int?.some(0)) == 0)
    #expect(try again([Int??.none, .some(nil), 5]) == [.none, .some(nil), 5])
  }

  @Test("cases and what they carry, one in another")
  func cases() throws {
    let trees: [Tree] = [
      .leaf, .number(-1), .named(name: "", size: nil), .named(name: "x", size: 2),
      .pair(.leaf, .pair(.number(3), .leaf)),
      .many([.leaf, .many([]), .maybe(nil), .maybe(.leaf)]),
    ]
    for tree in trees { #expect(try again(tree) == tree) }
    #expect(try again(Tree.many(trees)) == .many(trees))
  }

  @Test("seeded random values come back as they were")
  func random() throws {
    var dice = Dice(seed: 11)
    for round in 0..<2000 {
      let tree = Tree.random(&dice, depth: 6)
      #expect(try again(tree) == tree, "round \(round)")
    }
  }

  @Test("a text that came before is a number, and so is a list that others share")
  func repeats() throws {
    let long = String(repeating: "é", count: 100)
    let once = try CanonicalEncoder.bytes(of: [long])
    #expect(try CanonicalEncoder.bytes(of: [long, long, long]).count == once.count + 4)
    #expect(try again([long, "", long, "", "b"]) == [long, "", long, "", "b"])
    let words = (0..<300).map { UInt64($0) << 40 }
    let all = [Sharing(words: words), Sharing(words: []), Sharing(words: words)]
    let bytes = try CanonicalEncoder.bytes(of: all)
    #expect(bytes.count < 2 * (try CanonicalEncoder.bytes(of: [all[0]]).count))
    #expect(try again(all) == all)
  }

  @Test("moments on two clocks come back, those at the ends of time too")
  func moments() throws {
    let ends: [Int64] = [0, 1, -1, .max, .min, 1_795_000_000_000_000_000]
    let all = ends.flatMap { a in ends.map { Moment(offset: a, wall: $0) } }
    #expect(try again(all) == all)
    let near = (0..<100).map {
      Moment(offset: $0 * 1000, wall: 1_795_000_000_000_000_000 + $0 * 1000)
    }
    #expect(try CanonicalEncoder.bytes(of: near).count < 100 * 4 + 20)
  }

  @Test("the bytes are the same in every process and on every machine")
  func golden() throws {
    let value = Optionals(
      text: "ab", number: -3, flag: true, real: 0.25, part: .init(name: "ab", deep: [[1], nil]),
      color: .blue, list: [nil, 300], twice: .some(nil))
    let hex = try CanonicalEncoder.bytes(of: value).map { byte in
      let text = String(byte, radix: 16)
      return text.count == 1 ? "0" + text : text
    }.joined()
    // A text and its two letters, −3 folded to 5, yes, 250 thousandths missed by nothing, …
    let text = "0100026162" + "0105" + "0101" + "01a31f00"
    // … the text by its number and a list of lists, a case's name, a list, and something that is nil.
    let rest =
      "01" + "0101" + "0101010102000100" + "00" + "010004626c7565" + "01000101d80400" + "0100"
    #expect(hex == text + rest)
  }

  private func again<Value: Codable>(_ value: Value) throws -> Value {
    let bytes = try CanonicalEncoder.bytes(of: value)
    let back = try CanonicalDecoder.value(Value.self, from: bytes)
    #expect(try CanonicalEncoder.bytes(of: back) == bytes)
    return back
  }
}
