import Conditions
import Testing

extension ConditionTable {
  fileprivate func stirred(
    among choice: Choice, _ facts: some Facts, _ answers: inout Answers
  ) -> [Int] {
    stirred(among: choice, &answers) { facts.fact(references[$0]) }
  }
}

/// The table says of many conditions which would do anything but rest: the same as their runs do.
@Suite struct ConditionTableTests {
  private struct Known: Facts {
    var facts: [String: Fact]
    func fact(_ reference: Reference) -> Fact { facts[reference.kind] ?? .unknown }
  }

  private static let texts = [
    "a > 1", "a > 1 for 5m", "not a > 1", "not (a > 1 for 5m)", "a > 1 and b > 1",
    "a > 1 or b > 1", "(a > 1 for 5m) and b > 1", "a > 1 until < 1 for 2m", "not (a > 1 or b < 1)",
    "any(a > 1, b > 1, all(a < 0, b < 0) for 1m)", "not not a > 1",
    "(not (a > 1 for 1m)) for 2m", "c is open", "c is not open and a > 1",
  ]

  private static let values: [Fact] = [.unknown, .number(0), .number(2), .number(-1)]
  private static let words: [Fact] = [.unknown, .word("open"), .word("closed")]

  @Test func whatStirsIsWhatARunDoesNotRestAt() throws {
    let conditions = try Self.texts.map { try Condition($0) }
    let table = ConditionTable(conditions)
    let all = table.choice(of: Array(conditions.indices))
    var answers = ConditionTable.Answers()
    var stirred = 0
    for a in Self.values {
      for b in Self.values {
        for c in Self.words {
          let facts = Known(facts: ["a": a, "b": b, "c": c])
          let found = table.stirred(among: all, facts, &answers)
          #expect(found == Set(found).sorted())
          for (place, condition) in conditions.enumerated() {
            var run = ConditionRun()
            run.advance(condition, facts, at: 0)
            let stirs = found.contains(place)
            #expect(stirs == !run.isAtRest, "\(condition.text) with a \(a), b \(b), c \(c)")
            stirred += stirs ? 1 : 0
          }
        }
      }
    }
    // Both answers are given.
    #expect(stirred > 100)
    #expect(stirred < 48 * conditions.count - 100)
  }

  @Test func aRunThatRestsIsTheSameAsNone() throws {
    let condition = try Condition("(a > 1 for 10s) or b > 1")
    var (kept, dropped) = (ConditionRun(), ConditionRun?.none)
    var state: UInt64 = 5
    for second in 0..<400 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let facts = Known(facts: [
        "a": Self.values[Int(state >> 33) % 4], "b": Self.values[Int(state >> 40) % 4],
      ])
      kept.advance(condition, facts, at: Double(second))
      var run = dropped ?? ConditionRun()
      run.advance(condition, facts, at: Double(second))
      #expect(run.truth == kept.truth)
      dropped = run.isAtRest ? nil : run
    }
  }

  /// At a limit, on both sides of it, and where many have the same one.
  @Test func limitsAreMetExactly() throws {
    let limits = [-3, 0, 0.5, 1, 1, 7.25, 1e300]
    let relations = ["<", "<=", ">", ">=", "==", "!="]
    let conditions = try limits.flatMap { limit in
      try relations.map { try Condition("a \($0) \(limit)") }
    }
    let table = ConditionTable(conditions)
    let all = table.choice(of: Array(conditions.indices))
    var answers = ConditionTable.Answers()
    let values =
      limits.flatMap { [$0.nextDown, $0, $0.nextUp] } + [.infinity, -.infinity, .nan, -0.0]
    for value in values {
      let facts = Known(facts: ["a": .number(value)])
      let expected = conditions.indices.filter {
        var run = ConditionRun()
        return run.advance(conditions[$0], facts, at: 0) == .yes
      }
      #expect(table.stirred(among: all, facts, &answers) == expected, "a is \(value)")
    }
  }

  /// Only those that were chosen are told of, though others hold by the same.
  @Test func aChoiceIsKeptTo() throws {
    let conditions = try (0..<200).map { number in
      try Condition(number % 3 == 0 ? "not b > 1" : "a > \(number % 5) or b > \(number)")
    }
    let table = ConditionTable(conditions)
    var answers = ConditionTable.Answers()
    let facts = Known(facts: ["a": .number(3), "b": .number(0)])
    let whole = table.stirred(among: table.choice(of: Array(0..<200)), facts, &answers)
    let odd = table.choice(of: stride(from: 1, to: 200, by: 2).map { $0 })
    #expect(table.stirred(among: odd, facts, &answers) == whole.filter { $0 % 2 == 1 })
    #expect(whole.count > 100 && whole.count < 200)
    #expect(odd.contains(63) && !odd.contains(64) && odd.contains(65))
  }

  /// A choice that was begun for many and goes on for one is the same as one that was made at once.
  @Test func aChoiceIsMadeInTwoParts() throws {
    let conditions = try (0..<70).map { number in
      try Condition(number % 7 == 0 ? "not c > \(number)" : "a > \(number) or b > \(number % 3)")
    }
    let table = ConditionTable(conditions)
    var answers = ConditionTable.Answers()
    let facts = Known(facts: ["a": .number(65), "b": .number(1), "c": .number(30)])
    let broad = table.choice(of: [1, 7, 42, 68])
    let own = [7, 8, 64, 69, 69]
    let together = table.choice(of: own, beside: broad)
    let at = table.choice(of: [1, 7, 8, 42, 64, 68, 69])
    let stirred = table.stirred(among: together, facts, &answers)
    #expect(stirred == table.stirred(among: at, facts, &answers))
    #expect(stirred == [1, 8, 42, 64, 69])
    #expect(conditions.indices.allSatisfy { together.contains($0) == at.contains($0) })
    #expect(!broad.contains(8), "the part is what it was")
  }

  /// What an earlier choice asked for is no answer for a later one.
  @Test func factsAreAskedForAnew() throws {
    let table = ConditionTable([try Condition("a > 1 and b > 1"), try Condition("b > 1")])
    var answers = ConditionTable.Answers()
    let (first, all) = (table.choice(of: [1]), table.choice(of: [0, 1]))
    let both = Known(facts: ["a": .number(2), "b": .number(2)])
    #expect(table.stirred(among: all, both, &answers) == [0, 1])
    #expect(table.stirred(among: first, Known(facts: ["b": .number(2)]), &answers) == [1])
    #expect(table.stirred(among: all, Known(facts: ["b": .number(2)]), &answers) == [1])
    let other = ConditionTable([try Condition("d > 1"), try Condition("e > 1"), nil])
    let d = Known(facts: ["d": .number(2)])
    #expect(other.stirred(among: other.choice(of: [0, 1, 2]), d, &answers) == [0])
  }

  @Test func whatIsNilRests() {
    let table = ConditionTable([nil])
    var answers = ConditionTable.Answers()
    #expect(table.stirred(among: table.choice(of: [0]), Known(facts: [:]), &answers).isEmpty)
  }
}
