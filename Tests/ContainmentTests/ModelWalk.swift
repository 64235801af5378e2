import Conditions
import Containment
import Fleet

/// What a run has gone through, beside what it is.
struct ModelWalk {
  var run: ActionRun
  var now = Instant.zero
  private var approvers: Set<String> = []
  private var confirms = 0
  private var intents = 0
  /// By the places of the steps, and of taking them back since that was last begun.
  private var sends: [Int]
  private var reverts: [Int]
  private var wasRejected = false
  /// Facts were known to hold at some moment while it was being verified, looked at between two steps, or watched.
  private var couldBeProved = false
  private var couldPass = false
  private var couldBeBack = false

  enum Step {
    case move(ActionMove)
    case wait(Double, Fact)
  }

  struct Known: Facts {
    var fact: Fact
    func fact(_: Reference) -> Fact { fact }
  }

  /// All that what comes of it depends on: of instants how long ago they are.
  struct Key: Hashable {
    var state: ActionRun.State
    var waited: Int64
    var approvals: [String: Int64]
    var answers: [ActionAnswer?]
    var reverts: [ActionAnswer?]
    var begun: [Bool]
    var checks: [Truth?]
    var gate: ActionRun.Gate?
    var watch: ActionRun.Watch?
    var proof: ConditionRun?
    var clock: Int64
    /// Until it takes itself back, nothing below 0; nil where it never does.
    var left: Int64?
    var keptBy: String?
    var ghosts: [Int]
    var approvers: Set<String>
  }

  init(_ run: ActionRun) {
    self.run = run
    sends = Array(repeating: 0, count: run.plan.steps.count)
    reverts = sends
  }

  var key: Key {
    let isTimed =
      run.gate != nil || run.state == .verifying || run.state == .watching
      || run.state == .recovered
    return Key(
      state: run.state, waited: now.offset - run.since.offset,
      approvals: Dictionary(
        run.approvals.map { ($0.by, now.offset - $0.at.offset) }, uniquingKeysWith: { a, _ in a }),
      answers: run.answers, reverts: run.reverts, begun: run.begun + run.begunReverts,
      checks: run.checks, gate: run.gate, watch: isTimed ? run.watch : nil,
      proof: run.state == .verifying ? run.proof : nil, clock: isTimed ? now.offset : 0,
      left: run.expires.map { max(0, $0.offset - now.offset) }, keptBy: run.keptBy,
      ghosts: [
        confirms, intents, wasRejected ? 1 : 0, couldBeProved ? 1 : 0, couldPass ? 1 : 0,
        couldBeBack ? 1 : 0,
      ] + sends + reverts, approvers: approvers)
  }

  /// nil where nothing comes of it.
  func after(_ step: Step) -> ModelWalk? {
    var after = self
    switch step {
    case .wait(let seconds, let fact):
      after.now = now.advanced(by: seconds)
      if case .number(let value) = fact, value < 800 {
        if run.state == .verifying { after.couldBeProved = true }
        if run.state == .watching { after.couldBeBack = true }
        if run.gate != nil { after.couldPass = true }
      }
      after.run.advance(Known(fact: fact), at: after.now)
      // Where time is all that has passed in an ended state, that is the same state, but for what falls due.
      let falls = run.expires != nil && !run.isOverdue(at: now)
      return after.run == run && run.state.isEnded && !falls ? nil : after
    case .move(let move):
      guard after.run.take(move, at: now) == nil else {
        precondition(after.run == run, "a move that is refused changed something")
        return nil
      }
      switch move.step {
      case .approve: after.approvers.insert(move.by)
      case .reject: after.wasRejected = true
      case .confirm: after.confirms += 1
      case .intend: after.intents += 1
      case .send(let target, _): after.sends[place(of: target)] += 1
      case .sendRevert(let target, _): after.reverts[place(of: target)] += 1
      case .intendRevert: after.reverts = Array(repeating: 0, count: reverts.count)
      default: break
      }
      return after
    }
  }

  private func place(of target: String) -> Int {
    run.plan.steps.firstIndex { $0.target == target } ?? 0
  }

  // MARK: What must always be true

  func broken(from before: ModelWalk, _ step: Step, _ approvals: Int) -> String? {
    brokenConsent(approvals) ?? brokenSending(from: before, step) ?? brokenProof
      ?? brokenKeeping(from: before, step) ?? brokenEnd(from: before, step)
  }

  private func brokenConsent(_ approvals: Int) -> String? {
    if intents > confirms { return "it is sent without being confirmed" }
    if intents > 1 { return "it is sent twice" }
    if confirms > 1 { return "it is confirmed twice" }
    if approvers.contains("ann") { return "who asked has approved" }
    if confirms > 0, approvers.count < approvals { return "it is confirmed unapproved" }
    if wasRejected, intents > 0 { return "it is sent though it was rejected" }
    return nil
  }

  private func brokenSending(from before: ModelWalk, _ step: Step) -> String? {
    if (sends + reverts).contains(where: { $0 > 1 }) { return "a step is sent twice" }
    if intents == 0, sends.contains(1) || run.answers.contains(where: { $0 != nil }) {
      return "something was sent, or answered, before it was to be"
    }
    for (place, sent) in sends.enumerated() where sent > before.sends[place] {
      if run.answers[..<place].contains(where: { $0?.isDone != true }) {
        return "a step is sent though the one before it is not done"
      }
      if place > 0, run.plan.steps[place - 1].check != nil, !couldPass {
        return "a step is sent though what has to hold before it never did"
      }
    }
    for (old, new) in zip(before.run.answers, run.answers) {
      if let old, !old.isUnknown, new != old { return "an answer has become another" }
    }
    guard case .move(let move) = step else { return nil }
    switch move.step {
    case .approve("other"), .confirm("other"), .intend("other"), .intendRevert("other"):
      return "another plan was meant"
    default: return nil
    }
  }

  private var brokenProof: String? {
    switch run.state {
    case .verified where !couldBeProved: return "nothing proved it"
    case .watching where run.plan.proof != nil && !couldBeProved: return "nothing proved it"
    case .recovered where !couldBeBack: return "nothing is back"
    default: break
    }
    if run.isInForce, run.state != .inconclusive, !run.answers.allSatisfy({ $0?.isDone == true }) {
      return "it counts as done where it is not"
    }
    if run.state == .reverted, !run.wayBack.allSatisfy({ run.reverts[$0]?.isDone == true }) {
      return "it counts as taken back where it is not"
    }
    return nil
  }

  /// What is in force is left to itself by a person alone, and once its time is over.
  private func brokenKeeping(from before: ModelWalk, _ step: Step) -> String? {
    if run.keptBy != nil, run.expires != nil { return "what stays takes itself back" }
    if run.keptBy != before.run.keptBy {
      guard case .move(let move) = step, case .cancel = move.step else {
        return "it is left as it is without anybody saying so"
      }
      if move.by == ActionMove.itself { return "nobody said that it stays" }
      if run.state != .inconclusive { return "what stays is not told as such" }
      if !before.run.isOverdue(at: before.now) { return "it stays before its time is over" }
    } else if case .move(let move) = step, case .cancel = move.step, before.run.isInForce {
      return "what is in force is cancelled"
    }
    return nil
  }

  /// What may follow what has ended.
  private func brokenEnd(from before: ModelWalk, _ step: Step) -> String? {
    if case .wait(1000, _) = step, !run.state.isEnded, run.state == before.run.state {
      return "it waits for ever"
    }
    guard before.run.state.isEnded, before.run.state != run.state else { return nil }
    // When that may be is looked at in itself.
    if run.keptBy != before.run.keptBy { return nil }
    let next: Set<ActionRun.State>
    switch before.run.state {
    case .cancelled, .expired, .reverted: next = []
    case .unknown:
      next = [
        .applied, .verifying, .watching, .failed, .inconclusive, .reverting, .reverted,
      ]
    case .revertFailed: next = [.reverted, .reverting]
    case .recovered: next = [.relapsed, .reverting, .reverted]
    default: next = [.reverting, .reverted]
    }
    return next.contains(run.state) ? nil : "what has ended goes on"
  }
}
