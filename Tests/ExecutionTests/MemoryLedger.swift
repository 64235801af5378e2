import Conditions
import Containment
import Execution
import Fleet

/// An owner that keeps runs by their own rules, and nothing on a disk.
actor MemoryLedger: ActionLedger {
  private var runs: [String: ActionRun] = [:]
  /// Those that were entered, in their order.
  private(set) var moves: [ActionMove] = []
  /// Why nothing may be sent; nil: it may.
  private var obstacle: String?
  private var refusal: @Sendable (ActionMove) -> String? = { _ in nil }
  /// What happens right after the first answer was entered.
  private var aftermath: [ActionMove.Step]
  private var now = Instant.zero

  init(
    obstacle: String? = nil, refusing refusal: (@Sendable (ActionMove) -> String?)? = nil,
    aftermath: [ActionMove.Step] = []
  ) {
    self.obstacle = obstacle
    self.aftermath = aftermath
    if let refusal { self.refusal = refusal }
  }

  func enter(_ move: ActionMove) -> String? {
    if let refusal = refusal(move) { return refusal }
    if let obstacle, case .intend = move.step { return obstacle }
    now = now.advanced(by: 0.001)
    if case .plan(let plan, let hash) = move.step {
      runs[plan.id] = ActionRun(plan, hash: hash, at: now)
    } else if let refusal = runs[move.run]?.take(move, at: now) {
      return refusal
    }
    moves.append(move)
    if case .answer = move.step {
      let next = aftermath
      aftermath = []
      for step in next { _ = enter(ActionMove(run: move.run, by: "bob", step: step)) }
    }
    return nil
  }

  func run(_ id: String) -> ActionRun? { runs[id] }

  /// Lets time pass, with facts that all are this.
  func wait(_ seconds: Double, _ fact: Fact) {
    now = now.advanced(by: seconds)
    for id in runs.keys { runs[id]?.advance(OneFact(fact: fact), at: now) }
  }

  /// Plans and confirms, as somebody would.
  func confirm(_ plan: ActionPlan) {
    _ = enter(ActionMove(run: plan.id, by: "ann", step: .plan(plan, hash: plan.hash)))
    _ = enter(ActionMove(run: plan.id, by: "ann", step: .confirm(hash: plan.hash)))
  }

  func lose(_ id: String) { _ = enter(ActionMove(run: id, by: ActionMove.itself, step: .lose)) }

  func state(_ id: String) -> ActionRun.State? { runs[id]?.state }

  /// What was entered after it was confirmed, in one word each.
  var story: [String] {
    moves.compactMap { move in
      switch move.step {
      case .plan, .approve, .reject, .confirm, .tried: nil
      case .intend: "intend"
      case .send, .sendRevert: "send"
      case .answer(_, _, let answer), .answerRevert(_, _, let answer): answer.word
      case .reconcile: "reconcile"
      case .intendRevert: "intendRevert"
      case .cancel: "cancel"
      case .recover: "recover"
      case .lose: "lose"
      }
    }
  }
}

/// Everything that is asked is the same.
private struct OneFact: Facts {
  var fact: Fact
  func fact(_: Reference) -> Fact { fact }
}

extension ActionAnswer {
  fileprivate var word: String {
    switch self {
    case .applied: "applied"
    case .failed: "failed"
    case .unknown: "unknown"
    case .unsent: "unsent"
    case .already: "already"
    }
  }
}
