import Conditions
import Containment
import Fleet
import Testing

/// What was lost is back when it has been back for as long as is asked, and somebody says so.
@Suite("Recovered") struct RecoveryTests {
  private struct Known: Facts {
    var fact: Fact
    func fact(_: Reference) -> Fact { fact }
  }

  private struct Life {
    var run: ActionRun
    var now = Instant.zero

    mutating func pass(_ seconds: Int, _ fact: Fact) {
      for _ in 0..<seconds {
        now = now.advanced(by: 1)
        run.advance(Known(fact: fact), at: now)
      }
    }

    mutating func take(_ step: ActionMove.Step, by who: String = "ann") -> String? {
      run.take(ActionMove(run: run.plan.id, by: who, step: step), at: now)
    }
  }

  /// Done, and watched for a minute.
  private static func watched(_ confirmation: Recovery.Confirmation) throws -> Life {
    var plan = try ModelTests.plan(approvals: 0, proof: false)
    plan.recovery = try Recovery(
      [try Condition("p99_ms < 800"), try Condition("p50_ms < 900")], watch: 60, patience: 600,
      confirmation: confirmation)
    var life = Life(run: ActionRun(plan, hash: plan.hash, at: .zero))
    for step in [ActionMove.Step.confirm(hash: plan.hash), .intend(hash: plan.hash)] {
      #expect(life.take(step) == nil)
    }
    for target in ModelTests.targets {
      #expect(life.take(.answer(target: target, .applied("200"))) == nil)
    }
    #expect(life.run.state == .watching)
    return life
  }

  @Test("a person says so, once it has been back for as long as is asked")
  func person() throws {
    var life = try Self.watched(.person)
    life.pass(30, .number(5000))
    life.pass(59, .number(100))
    let early = life.take(.recover(hash: life.run.hash), by: "bob")
    #expect(early?.hasPrefix("it is not known to have been back for as long as is asked") == true)
    life.pass(2, .number(100))
    #expect(life.run.state == .watching)
    #expect(life.take(.recover(hash: "other"), by: "bob") == "the plan is another one now")
    #expect(life.take(.recover(hash: life.run.hash), by: "damcon") == "a person has to say so")
    #expect(life.take(.recover(hash: life.run.hash), by: "bob") == nil)
    #expect(life.run.state == .recovered)
    #expect(life.run.watch?.by == "bob")
  }

  @Test("a condition says so where that is declared, and no person")
  func condition() throws {
    var life = try Self.watched(.condition(try Condition("p99_ms < 200")))
    life.pass(90, .number(500))
    #expect(life.run.state == .watching)
    #expect(life.take(.recover(hash: life.run.hash), by: "bob") != nil)
    life.pass(1, .number(100))
    #expect(life.run.state == .recovered)
  }

  @Test("what was back and goes again is a relapse, for as long again as it was watched")
  func relapse() throws {
    var life = try Self.watched(.person)
    life.pass(70, .number(100))
    var other = life
    life.pass(1, .number(5000))
    #expect(life.run.state == .relapsed)
    #expect(life.run.reason?.hasPrefix("what was back is gone again") == true)
    #expect(life.run.isInForce)
    #expect(other.take(.recover(hash: other.run.hash), by: "bob") == nil)
    var later = other
    other.pass(50, .number(100))
    other.pass(1, .number(5000))
    #expect(other.run.state == .relapsed)
    later.pass(70, .number(100))
    later.pass(30, .number(5000))
    #expect(later.run.state == .recovered)
  }

  @Test("nothing waits for ever, and what is not known is not back")
  func ends() throws {
    var silent = try Self.watched(.person)
    silent.pass(601, .unknown)
    #expect(silent.run.state == .inconclusive)
    var bad = try Self.watched(.person)
    bad.pass(601, .number(5000))
    #expect(bad.run.state == .relapsed)
    var unsaid = try Self.watched(.person)
    unsaid.pass(601, .number(100))
    #expect(unsaid.run.state == .inconclusive)
    #expect(unsaid.run.reason == "nobody confirmed that it has recovered")
  }
}
