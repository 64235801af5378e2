import Conditions
import Fleet
import Runbooks
import Testing

/// Progress is what responders did, and whether it helped.
@Suite struct RunbookWorkTests {
  private struct Known: Facts {
    var p99: Fact
    func fact(_ reference: Reference) -> Fact { p99 }
  }

  private static func verify(_ work: inout RunbookWork, _ facts: Known, at seconds: Double) {
    var run = work.run
    if let whole = work.verification?.whole { run.advance(whole, facts, at: seconds) }
    work.take(run, at: at(seconds))
  }

  private static func at(_ seconds: Double) -> Instant { Instant.zero.advanced(by: seconds) }

  private static func work() throws -> RunbookWork {
    var card = RunbookCard(id: "slow", title: "Slow", hash: [1])
    card.verification = try Verification([try Condition("p99_ms < 800ms")], window: 60)
    let act = RunbookAct(by: "ana", service: "pricing", runbook: .init(card), deed: .begin)
    return RunbookWork(act, verification: card.verification, at: at(0))
  }

  private static func act(_ deed: RunbookAct.Deed, by: String = "ana") -> RunbookAct {
    let card = RunbookCard(id: "slow", title: "Slow", hash: [1])
    return RunbookAct(by: by, service: "pricing", runbook: .init(card), deed: deed)
  }

  @Test func theLastWordOnAStepCounts() throws {
    var work = try Self.work()
    let step = "containment.1"
    work.take(Self.act(.mark(StepMark(step: step, title: "cap", outcome: .done))), at: Self.at(1))
    #expect(work.mark(of: step)?.by == "ana")
    #expect(work.isDecided)
    work.take(
      Self.act(.mark(StepMark(step: step, title: "cap", outcome: .open)), by: "jon"), at: Self.at(2)
    )
    #expect(work.mark(of: step) == nil)
    #expect(!work.isDecided)
    work.take(
      Self.act(.mark(StepMark(step: step, title: "cap", outcome: .skipped(reason: "drained")))),
      at: Self.at(3))
    #expect(work.mark(of: step)?.mark.outcome == .skipped(reason: "drained"))
    #expect(work.marks.count == 1)
  }

  @Test func whatIsUnknownNeverCountsAsHeld() throws {
    var work = try Self.work()
    for second in 0..<300 { Self.verify(&work, Known(p99: .unknown), at: Double(second)) }
    #expect(work.phase == .working)
    for second in 300..<340 { Self.verify(&work, Known(p99: .number(100)), at: Double(second)) }
    Self.verify(&work, Known(p99: .unknown), at: 400)
    #expect(work.phase == .working)
  }

  @Test func itIsVerifiedOnceAllHeldForTheWindow() throws {
    var work = try Self.work()
    for second in 0..<60 { Self.verify(&work, Known(p99: .number(100)), at: Double(second)) }
    #expect(work.phase == .working)
    Self.verify(&work, Known(p99: .number(100)), at: 60)
    #expect(work.phase == .verified(Self.at(60)))
  }

  @Test func whatComesBackIsOpenAgain() throws {
    var work = try Self.work()
    for second in 0...60 { Self.verify(&work, Known(p99: .number(100)), at: Double(second)) }
    work.comeBack(at: Self.at(90))
    #expect(work.phase == .working)
    #expect(work.recurrences == 1)
    #expect(work.cameBack == Self.at(90))
    // It has to be proved anew, from the beginning.
    Self.verify(&work, Known(p99: .number(100)), at: 91)
    #expect(work.phase == .working)
  }

  @Test func whatIsOpenDoesNotComeBack() throws {
    var work = try Self.work()
    work.comeBack(at: Self.at(5))
    #expect(work.recurrences == 0)
  }

  @Test func anAddressNamesARunbookByItsLastPart() {
    let card = RunbookCard(id: "KubePodCrashLooping", title: "")
    #expect(card.isNamed(byAddress: "https://runbooks.example/kubernetes/kubepodcrashlooping/"))
    #expect(card.isNamed(byAddress: "https://x/KubePodCrashLooping.md#meaning"))
    #expect(!card.isNamed(byAddress: "https://x/KubePodCrashLooping/other"))
    #expect(!card.isNamed(byAddress: ""))
  }
}
