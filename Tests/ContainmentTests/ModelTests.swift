import Conditions
import Containment
import Fleet
import Testing

/// Every interleaving of what two responders, the executor, the clock and a crash can do to an action, down to
/// a depth: what must always be true is so in each state.
@Suite("The life of an action, model-checked") struct ModelTests {
  /// What a run has gone through, beside what it is.
  private struct Walk: Hashable {
    var run: ActionRun
    var now: Instant
    var approvers: Set<String> = []
    var confirms = 0
    var intents = 0
    var takeBacks = 0
    var wasRejected = false
    /// Facts were known to hold at some moment while it was being verified.
    var couldBeProved = false
  }

  private enum Step {
    case move(ActionMove)
    case wait(Double, Fact)
  }

  private struct Known: Facts {
    var fact: Fact
    func fact(_: Reference) -> Fact { fact }
  }

  private static let targets = ["http://a", "http://b"]

  static func plan(approvals: Int, proof: Bool = true) throws -> ActionPlan {
    var action = Action(
      name: "cap", kind: .capConcurrency,
      order: Order(method: "POST", url: try Template("{instance}/limits")))
    action.policy.approvals = approvals
    if proof { action.proof = try .init([try Condition("p99_ms < 800")], window: 2, patience: 20) }
    var plan = ActionPlan(
      id: "t.1", of: action, service: "pricing",
      steps: targets.map { target in
        var step = ActionPlan.Step(
          target: target, request: PlannedRequest(method: "POST", url: target + "/limits"))
        step.revert = PlannedRequest(method: "POST", url: target + "/limits", body: "{}")
        step.captured = .integer(256)
        step.read = PlannedReading(
          request: PlannedRequest(method: "GET", url: target), pointer: "/n", expected: .integer(32)
        )
        return step
      }, by: "ann")
    plan.arguments = [.init(name: "limit", value: .integer(32))]
    return plan
  }

  private static func steps(hash: String) -> [Step] {
    var steps: [Step] = []
    for who in ["ann", "bob", "cid"] {
      steps.append(.move(.init(run: "t.1", by: who, step: .approve(hash: hash))))
    }
    steps.append(.move(.init(run: "t.1", by: "bob", step: .approve(hash: "other"))))
    steps.append(.move(.init(run: "t.1", by: "bob", step: .reject(reason: "no"))))
    for who in ["ann", "bob"] {
      steps.append(.move(.init(run: "t.1", by: who, step: .confirm(hash: hash))))
    }
    steps.append(.move(.init(run: "t.1", by: "ann", step: .confirm(hash: "other"))))
    steps.append(.move(.init(run: "t.1", by: "damcon", step: .intend(hash: hash))))
    steps.append(.move(.init(run: "t.1", by: "damcon", step: .intend(hash: "other"))))
    for target in targets {
      steps.append(.move(.init(run: "t.1", by: "damcon", step: .send(target: target))))
      for answer in [ActionAnswer.applied("200"), .failed("409"), .unknown("timeout")] {
        steps.append(.move(.init(run: "t.1", by: "damcon", step: .answer(target: target, answer))))
        steps.append(
          .move(.init(run: "t.1", by: "damcon", step: .answerRevert(target: target, answer))))
      }
      for found in [Int64(32), 256, 64] {
        steps.append(
          .move(
            .init(
              run: "t.1", by: "damcon", step: .reconcile(target: target, found: .integer(found))))
        )
      }
    }
    steps.append(.move(.init(run: "t.1", by: "damcon", step: .intendRevert(hash: hash))))
    steps.append(.move(.init(run: "t.1", by: "ann", step: .cancel(reason: "not now"))))
    steps.append(.move(.init(run: "t.1", by: "damcon", step: .lose)))
    for fact in [Fact.unknown, .number(100), .number(5000), .number(.nan)] {
      steps.append(.wait(3, fact))
    }
    steps.append(.wait(30, .number(5000)))
    steps.append(.wait(1000, .unknown))
    return steps
  }

  @Test(arguments: [0, 1, 2]) func whatMustAlwaysBeTrueIsSoInEveryState(approvals: Int) throws {
    let plan = try Self.plan(approvals: approvals)
    let hash = plan.hash
    let steps = Self.steps(hash: hash)
    let first = Walk(run: ActionRun(plan, hash: hash, at: .zero), now: .zero)
    var seen: Set<Walk> = [first]
    var frontier = [first]
    var met: Set<ActionRun.State> = [first.run.state]
    for _ in 0..<9 {
      var next: [Walk] = []
      for walk in frontier {
        for step in steps {
          let after = Self.after(walk, step)
          guard seen.count < 120_000, seen.insert(after).inserted else { continue }
          if let broken = Self.broken(after, from: walk, step, approvals) {
            Issue.record("\(broken): \(walk.run.state) and \(step) make \(after.run.state)")
            return
          }
          met.insert(after.run.state)
          next.append(after)
        }
      }
      frontier = next
    }
    // Everything that can be come to was come to.
    let never: Set<ActionRun.State> =
      approvals == 0 ? [.awaitingApproval, .approved, .applied] : [.planned, .applied]
    #expect(met == Set(ActionRun.State.allCases).subtracting(never))
    #expect(seen.count > 2000)
  }

  private static func after(_ walk: Walk, _ step: Step) -> Walk {
    var after = walk
    switch step {
    case .wait(let seconds, let fact):
      after.now = walk.now.advanced(by: seconds)
      if walk.run.state == .verifying, case .number(let value) = fact, value < 800 {
        after.couldBeProved = true
      }
      after.run.advance(Known(fact: fact), at: after.now)
    case .move(let move):
      guard after.run.take(move, at: walk.now) == nil else {
        precondition(after.run == walk.run, "a move that is refused changed something")
        return walk
      }
      switch move.step {
      case .approve: after.approvers.insert(move.by)
      case .reject: after.wasRejected = true
      case .confirm: after.confirms += 1
      case .intend: after.intents += 1
      case .intendRevert: after.takeBacks += 1
      default: break
      }
    }
    return after
  }

  private static func broken(
    _ walk: Walk, from before: Walk, _ step: Step, _ approvals: Int
  ) -> String? {
    let run = walk.run
    if walk.intents > walk.confirms { return "it is sent without being confirmed" }
    if walk.intents > 1 { return "it is sent twice" }
    if walk.confirms > 1 { return "it is confirmed twice" }
    if walk.approvers.contains("ann") { return "who asked has approved" }
    if walk.confirms > 0, walk.approvers.count < approvals { return "it is confirmed unapproved" }
    if walk.wasRejected, walk.intents > 0 { return "it is sent though it was rejected" }
    if run.answers.contains(where: { $0 != nil }), walk.intents == 0 {
      return "it was answered without being sent"
    }
    if run.state == .verified, !walk.couldBeProved { return "nothing proved it" }
    if run.state == .verified || run.state == .verifying || run.state == .applied,
      !run.answers.allSatisfy({ if case .applied? = $0 { true } else { false } })
    {
      return "it counts as done where it is not"
    }
    if case .move(let move) = step, before.run != run {
      switch move.step {
      case .approve("other"), .confirm("other"), .intend("other"): return "another plan was meant"
      default: break
      }
    }
    if case .wait(1000, _) = step, !run.state.isEnded, run.state == before.run.state {
      return "it waits for ever"
    }
    return nil
  }

  @Test func everyLifeEnds() throws {
    for proof in [true, false] {
      let plan = try Self.plan(approvals: 0, proof: proof)
      var run = ActionRun(plan, hash: plan.hash, at: .zero)
      run.take(.init(run: "t.1", by: "ann", step: .confirm(hash: plan.hash)), at: .zero)
      run.take(.init(run: "t.1", by: "damcon", step: .intend(hash: plan.hash)), at: .zero)
      var now = Instant.zero
      for target in Self.targets {
        run.take(
          .init(run: "t.1", by: "damcon", step: .answer(target: target, .applied("200"))), at: now)
      }
      #expect(run.state == (proof ? .verifying : .applied))
      for _ in 0..<10 {
        now = now.advanced(by: 5)
        run.advance(Known(fact: .unknown), at: now)
      }
      #expect(run.state == (proof ? .inconclusive : .applied))
    }
  }
}
