import Conditions
import Testing

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
    var answers = ConditionTable.Answers()
    var stirred = 0
    for a in Self.values {
      for b in Self.values {
        for c in Self.words {
          let facts = Known(facts: ["a": a, "b": b, "c": c])
          table.begin(&answers)
          for (place, condition) in conditions.enumerated() {
            var run = ConditionRun()
            run.advance(condition, facts, at: 0)
            let stirs = table.stirs(place, facts, &answers)
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

  @Test func whatIsNilRests() {
    let table = ConditionTable([nil])
    var answers = ConditionTable.Answers()
    table.begin(&answers)
    #expect(!table.stirs(0, Known(facts: [:]), &answers))
  }
}
