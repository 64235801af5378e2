import Conditions
import Foundation
import Testing

@Suite("Conditions over time")
struct RunTests {
  private let facts: [Truth: Fact] = [.yes: .word("x"), .no: .word("y"), .unknown: .unknown]

  @Test("for holds once its part has held that long, whatever the steps, as brute force tells")
  func bruteForce() throws {
    var dice = Seeded(11)
    let condition = try Condition("a is x for 60s")
    for _ in 0..<300 {
      var run = ConditionRun()
      var at = 0.0
      var past: [(at: Double, truth: Truth)] = []
      for _ in 0..<80 {
        let roll = Int.random(in: 0...9, using: &dice)
        let truth: Truth = roll == 0 ? .no : roll <= 2 ? .unknown : .yes
        at += [0, 1, 5, 5, 15].randomElement(using: &dice)!
        past.append((at, truth))
        let answer = run.advance(condition, Table(["a": facts[truth]!]), at: at)

        // Since it was last known not to hold, the time between moments at both of which it held.
        let begun = past.lastIndex { $0.truth == .no }.map { $0 + 1 } ?? 0
        var held = 0.0
        for (before, after) in zip(past[begun...], past[begun...].dropFirst())
        where before.truth == .yes && after.truth == .yes {
          held += after.at - before.at
        }
        let expected: Truth =
          truth == .unknown ? .unknown : truth == .no ? .no : held >= 60 ? .yes : .no
        #expect(answer == expected)
        #expect(run.truth == expected)
      }
    }
  }

  @Test("the timer starts again when the part is false and is kept while nobody can tell")
  func timer() throws {
    let condition = try Condition("p99_ms > 800 for 5m")
    var run = ConditionRun()
    func at(_ seconds: Double, _ fact: Fact) -> Truth {
      run.advance(condition, Table(["p99_ms": fact]), at: seconds)
    }
    #expect(at(0, .number(900)) == .no)
    #expect(at(220, .number(900)) == .no)
    #expect(run.held?.seconds == 220)
    #expect(run.held?.of == 300)
    #expect(at(225, .unknown) == .unknown)
    #expect(run.held?.seconds == 220)
    #expect(at(10_000, .unknown) == .unknown)
    #expect(at(10_005, .number(900)) == .no)
    #expect(at(10_085, .number(900)) == .yes)
    #expect(run.since == 10_085)
    #expect(run.held == nil)
    #expect(at(10_090, .number(.nan)) == .unknown)
    #expect(at(10_095, .number(900)) == .yes)
    #expect(at(10_096, .number(800)) == .no)
    #expect(run.held == nil)
    #expect(at(10_097, .number(900)) == .no)
    #expect(run.held?.seconds == 0)
  }

  @Test("hysteresis: what began above one limit ends below another, for as long as is asked")
  func hysteresis() throws {
    let condition = try Condition("p99_ms > 800 until < 600 for 2m")
    var run = ConditionRun()
    func at(_ seconds: Double, _ value: Double?) -> Truth {
      run.advance(condition, Table(["p99_ms": value.map(Fact.number) ?? .unknown]), at: seconds)
    }
    #expect(at(0, 700) == .no)
    #expect(at(1, 801) == .yes)
    #expect(at(2, 700) == .yes)
    #expect(at(3, 599) == .yes)
    #expect(at(100, 599) == .yes)
    #expect(at(110, 650) == .yes)
    #expect(at(120, 500) == .yes)
    #expect(at(130, nil) == .unknown)
    #expect(at(135, 500) == .yes)
    #expect(at(254, 500) == .yes)
    #expect(at(255, 500) == .no)
    #expect(at(256, 700) == .no)
    #expect(at(257, nil) == .unknown)
    #expect(at(258, 900) == .yes)
  }

  @Test("timers run in every part, also where the answer is settled by another")
  func everyPartRuns() throws {
    let condition = try Condition("a is x or b is x for 10s")
    var run = ConditionRun()
    #expect(run.advance(condition, Table(["a": .word("x"), "b": .word("x")]), at: 0) == .yes)
    #expect(run.advance(condition, Table(["a": .word("x"), "b": .word("x")]), at: 10) == .yes)
    #expect(run.advance(condition, Table(["a": .word("y"), "b": .word("x")]), at: 11) == .yes)
  }

  @Test("time that goes back or is no number moves no timer")
  func oddTimes() throws {
    let condition = try Condition("a is x for 10s")
    let table = Table(["a": .word("x")])
    var run = ConditionRun()
    run.advance(condition, table, at: 100)
    run.advance(condition, table, at: 105)
    run.advance(condition, table, at: 50)
    #expect(run.held?.seconds == 5)
    #expect(run.advance(condition, table, at: .nan) == .no)
    #expect(run.advance(condition, table, at: 109) == .no)
    #expect(run.advance(condition, table, at: 110) == .yes)
  }

  @Test("a run that goes on with another condition starts anew")
  func anotherCondition() throws {
    let table = Table(["a": .word("x")])
    var run = ConditionRun()
    run.advance(try Condition("a is x for 10s"), table, at: 0)
    run.advance(try Condition("a is x for 10s"), table, at: 9)
    #expect(run.advance(try Condition("a is x for 9s"), table, at: 10) == .no)
    #expect(run.held?.seconds == 0)
  }

  @Test("a run encodes whole and is of the size of its condition")
  func codable() throws {
    let condition = try Condition("all(a is x for 10s, b is x for 1m until b is y)")
    var run = ConditionRun()
    let table = Table(["a": .word("x"), "b": .word("x")])
    for second in 0..<100_000 { run.advance(condition, table, at: Double(second)) }
    let bytes = try JSONEncoder().encode(run)
    #expect(bytes.count < 400)
    #expect(try JSONDecoder().decode(ConditionRun.self, from: bytes) == run)
    #expect(run.truth == .yes)
    #expect(run.since == 60)
  }
}
