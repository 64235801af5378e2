import Conditions
import Containment
import Fleet
import Testing

/// Every interleaving of what two responders, the executor, the clock, a crash and an emergency stop can do to an
/// action, down to a depth: what must always be true is so in each state.
@Suite("The life of an action, model-checked") struct ModelTests {
  /// How many things happen at most.
  private static let depth = 9

  static let targets = ["http://a", "http://b"]

  /// At two targets, with something that has to hold between them.
  static func plan(
    approvals: Int, proof: Bool = true, check: Bool = false, recovery: Bool = false,
    expiry: Double? = nil
  ) throws -> ActionPlan {
    var action = Action(
      name: "cap", kind: .capConcurrency,
      order: .http(HTTPOrder(method: "POST", url: try Template("{instance}/limits"))))
    action.policy.approvals = approvals
    let part = try Condition("p99_ms < 800")
    if proof { action.proof = try .init([part], window: 2, patience: 20) }
    if recovery {
      action.recovery = try Recovery([part], watch: 2, patience: 20, confirmation: .person)
    }
    var plan = ActionPlan(
      id: "t.1", of: action, service: "pricing",
      steps: targets.map { target in
        var step = ActionPlan.Step(
          target: target, service: "pricing", kind: .capConcurrency,
          order: .http(PlannedRequest(method: "POST", url: target + "/limits")))
        step.revert = .http(PlannedRequest(method: "POST", url: target + "/limits", body: "{}"))
        step.captured = .integer(256)
        step.read = PlannedReading(
          order: .http(PlannedRequest(method: "GET", url: target)), place: .pointer("/n"),
          expected: .integer(32))
        return step
      }, by: "ann")
    if check { plan.steps[0].check = try .init([part], window: 2, patience: 20) }
    plan.arguments = [.init(name: "limit", value: .integer(32))]
    plan.expiry = expiry
    return plan
  }

  private static func steps(hash: String) -> [ModelWalk.Step] {
    var steps: [ModelWalk.Step] = []
    func add(_ who: String, _ step: ActionMove.Step) {
      steps.append(.move(.init(run: "t.1", by: who, step: step)))
    }
    for who in ["ann", "bob", "cid"] { add(who, .approve(hash: hash)) }
    add("bob", .approve(hash: "other"))
    add("bob", .reject(reason: "no"))
    for who in ["ann", "bob"] { add(who, .confirm(hash: hash)) }
    add("ann", .confirm(hash: "other"))
    for hash in [hash, "other"] { add("damcon", .intend(hash: hash)) }
    for (place, target) in targets.enumerated() {
      add("damcon", .send(target: target))
      add("damcon", .sendRevert(target: target))
      // An emergency stop is what keeps it from leaving: then nothing was sent.
      for answer in [
        ActionAnswer.applied("200"), .failed("409"), .unknown("timeout"), .unsent("stopped"),
        .already("32"),
      ] {
        add("damcon", .answer(target: target, step: place, answer))
      }
      for answer in [ActionAnswer.applied("200"), .failed("409"), .unsent("stopped")] {
        add("damcon", .answerRevert(target: target, step: place, answer))
      }
      for found in [Int64(32), 256, 64] {
        add("damcon", .reconcile(target: target, found: .integer(found)))
      }
    }
    for hash in [hash, "other"] { add("bob", .intendRevert(hash: hash)) }
    add("ann", .cancel(reason: "not now"))
    // What stops everything calls off what is not sent yet.
    add("damcon", .cancel(reason: "stopped"))
    add("damcon", .lose)
    add("bob", .recover(hash: hash))
    for fact in [Fact.unknown, .number(100), .number(5000), .number(.nan)] {
      steps.append(.wait(3, fact))
    }
    steps.append(.wait(30, .number(5000)))
    steps.append(.wait(1000, .unknown))
    return steps
  }

  @Test(
    "what must always be true is so in every state",
    arguments: [
      (0, false, nil), (0, false, 10), (0, true, nil), (1, false, nil), (2, false, nil),
    ] as [(Int, Bool, Double?)])
  func everyState(approvals: Int, check: Bool, expiry: Double?) throws {
    let plan = try Self.plan(approvals: approvals, check: check, recovery: check, expiry: expiry)
    let hash = plan.hash
    let steps = Self.steps(hash: hash)
    let first = ModelWalk(ActionRun(plan, hash: hash, at: .zero))
    var seen: Set<ModelWalk.Key> = [first.key]
    var frontier = [first]
    var met: Set<ActionRun.State> = [first.run.state]
    var kept = 0
    for _ in 0..<Self.depth {
      var next: [ModelWalk] = []
      for walk in frontier {
        for step in steps {
          guard let after = walk.after(step), seen.insert(after.key).inserted else { continue }
          if let broken = after.broken(from: walk, step, approvals) {
            Issue.record("\(broken): \(walk.run.state) and \(step) make \(after.run.state)")
            return
          }
          met.insert(after.run.state)
          if after.run.keptBy != nil { kept += 1 }
          next.append(after)
        }
      }
      frontier = next
    }
    // Everything that can be come to was come to.
    let start: Set<ActionRun.State> = approvals == 0 ? [.awaitingApproval, .approved] : [.planned]
    let end: Set<ActionRun.State> = check ? [.verified] : [.watching, .recovered, .relapsed]
    // The longest lives are longer than this is deep.
    let far: Set<ActionRun.State> = check ? [.recovered] : approvals == 2 ? [.reverted] : []
    let can = Set(ActionRun.State.allCases).subtracting(start).subtracting(end).subtracting([
      .applied
    ])
    #expect(met.isSubset(of: can))
    #expect(can.subtracting(far).isSubset(of: met))
    #expect(seen.count > 2000)
    #expect((kept > 0) == (expiry != nil), "what is overdue can be left as it is, and nothing else")
  }

  @Test("every life ends", arguments: [(true, false), (false, false), (true, true)])
  func ends(proof: Bool, recovery: Bool) throws {
    let plan = try Self.plan(approvals: 0, proof: proof, recovery: recovery)
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
      run.advance(ModelWalk.Known(fact: .unknown), at: now)
    }
    #expect(run.state == (proof ? .inconclusive : .applied))
  }
}
