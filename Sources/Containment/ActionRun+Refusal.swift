import Conditions
public import Fleet

/// What is allowed.
extension ActionRun {
  /// Why a move is not allowed; nil where it is.
  public func refusal(of move: ActionMove, at now: Instant) -> String? {
    switch move.step {
    case .plan: return "there is a plan of that name already"
    case .approve(let hash):
      guard state == .awaitingApproval else {
        return "nobody is asked to approve: it is \(state.rawValue)"
      }
      guard hash == self.hash else { return "the plan is another one now" }
      guard move.by != plan.by else { return "\(move.by) asked for it, and cannot approve it" }
      guard !standing(at: now).contains(where: { $0.by == move.by }) else {
        return "\(move.by) has approved it already"
      }
    case .reject:
      guard state.isBeforeSending, state != .confirmed else {
        return "it cannot be rejected any more: it is \(state.rawValue)"
      }
    case .confirm(let hash):
      guard hash == self.hash else { return "the plan is another one now" }
      guard state == .planned || state == .approved else {
        return state == .awaitingApproval
          ? "it waits for \(plan.policy.approvals - standing(at: now).count) more to approve it"
          : "it cannot be confirmed: it is \(state.rawValue)"
      }
      guard isApproved(at: now) else { return "the approvals have expired" }
      if let flaw = plan.requirements.first(where: { $0.truth != .yes }) { return flaw.words }
      guard plan.isPermitted else { return "a precondition does not hold" }
    case .intend(let hash):
      guard hash == self.hash else { return "the plan is another one now" }
      guard state == .confirmed else { return "it is not confirmed: it is \(state.rawValue)" }
      guard isApproved(at: now) else { return "the approvals have expired" }
    case .send(let target, let step): return refusal(ofSendingTo: target, step)
    case .sendRevert(let target, let step):
      guard state == .reverting else {
        return "it is not being taken back: it is \(state.rawValue)"
      }
      guard let place = place(of: target, step) else { return unknownTarget(target) }
      guard reverts[place] == nil else { return "\(target) has answered already" }
      guard !begunReverts[place] else { return "it was sent to \(target) already" }
    case .answer(let target, let step, _):
      guard state == .intended || state == .sent || state == .unknown else {
        return "no answer is waited for: it is \(state.rawValue)"
      }
      guard let place = place(of: target, step) else { return unknownTarget(target) }
      if let answer = answers[place], !answer.isUnknown {
        return "\(target) has answered already"
      }
    case .reconcile(let target, let step, _):
      guard state == .unknown else { return "it is known what came of it: \(state.rawValue)" }
      guard let place = place(of: target, step) else { return unknownTarget(target) }
      guard plan.steps[place].read != nil else { return "nothing says how to look that up" }
      if let answer = answers[place], !answer.isUnknown {
        return "\(target) has answered already"
      }
    case .intendRevert(let hash):
      guard hash == self.hash else { return "the plan is another one now" }
      return refusalOfTakingBack
    case .answerRevert(let target, let step, _):
      guard state == .reverting || state == .revertFailed else {
        return "it is not being taken back: it is \(state.rawValue)"
      }
      guard let place = place(of: target, step) else { return unknownTarget(target) }
      if let answer = reverts[place], answer.isDone || answer.isUnsent {
        return "\(target) has answered already"
      }
    case .recover(let hash):
      guard hash == self.hash else { return "the plan is another one now" }
      return refusalOfRecovering(by: move.by)
    case .tried(let target, _):
      guard state.isBeforeSending else { return "it is tried out before it is sent" }
      guard plan.steps.contains(where: { $0.target == target }) else {
        return unknownTarget(target)
      }
    case .cancel:
      // Where nothing says how to look it up, a person looks and says so: else nothing of its kind goes on.
      if state == .unknown, move.by != ActionMove.itself { return nil }
      // What cannot be taken back, because it is somebody else's by now, is left as it is by a person alone.
      if isOverdue(at: now), move.by != ActionMove.itself { return nil }
      guard state.isBeforeSending else { return "it was sent: it can only be taken back" }
    case .lose:
      guard state == .intended || state == .sent || state == .reverting else {
        return "nothing of it was under way"
      }
    }
    return nil
  }

  private func unknownTarget(_ target: String) -> String { "\(target) is none of its targets" }

  /// Each step once, in their order, each after what is before it is done and holds.
  private func refusal(ofSendingTo target: String, _ step: Int?) -> String? {
    guard state == .intended || state == .sent else {
      return "it is not being sent: it is \(state.rawValue)"
    }
    guard let place = place(of: target, step) else { return unknownTarget(target) }
    guard answers[place] == nil else { return "\(target) has answered already" }
    guard !begun[place] else { return "it was sent to \(target) already" }
    if let gate, gate.place < place, let check = plan.steps[gate.place].check {
      return "it is not known yet whether \(check.whole.text)"
    }
    guard
      let before = plan.steps.indices.first(where: {
        $0 < place && answers[$0]?.isDone != true
      })
    else { return nil }
    return "\(plan.steps[before].target) before it is not done"
  }

  /// Why it cannot be taken back; nil where it can, or a part of it.
  private var refusalOfTakingBack: String? {
    if plan.parts.isEmpty, !plan.isReversible {
      return plan.steps.contains { $0.revert == nil }
        ? "nothing says how it is taken back"
        : "nothing says how to learn whether somebody has changed it since: it is not taken back"
    }
    guard isInForce || state == .failed || state == .unknown || state == .revertFailed else {
      return "there is nothing to take back: it is \(state.rawValue)"
    }
    guard answers.contains(where: { $0?.isUnsent == false }) else {
      return "nothing of it was sent: there is nothing to take back"
    }
    guard wayBack.isEmpty, let words = barrierWords else { return nil }
    return "\(words), and nothing after it was sent: what is done stays"
  }

  private func refusalOfRecovering(by who: String) -> String? {
    guard state == .watching, let recovery = plan.recovery, let watch else {
      return "nobody watches for what was lost: it is \(state.rawValue)"
    }
    guard recovery.confirmation == .person else { return "a condition says so, and nobody else" }
    guard who != ActionMove.itself else { return "a person has to say so" }
    guard watch.calm != nil, watch.whole.truth == .yes else {
      return "it is not known to have been back for as long as is asked: \(recovery.whole.text)"
    }
    return nil
  }
}
