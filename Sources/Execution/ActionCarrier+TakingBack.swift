import Containment

extension ActionCarrier {
  /// Takes a run back, the last target first, unless somebody has changed a target since.
  ///
  /// A target that is as it was before is left alone, and so is one that nothing was sent to. One that cannot be
  /// taken back keeps no other from it.
  ///
  /// - Parameter by: who wants it, as the operating system knows them.
  /// - Returns: what the responder should know; nil where everything is as it was before.
  package func takeBack(_ id: String, by: String) async -> String? {
    guard let run = await ledger.run(id) else { return "there is no action \(id)" }
    let plan = run.plan
    let intend = ActionMove(run: id, by: by, step: .intendRevert(hash: plan.hash))
    if let refusal = run.refusal(of: intend, at: run.since) { return refusal }
    let untouched = run.answers.map { $0?.isUnsent ?? false }
    let found = await readings(plan) { !untouched[$0] }
    for (step, found) in zip(plan.steps, found) {
      if let objection = objection(to: step, found) {
        return "\(objection); nothing was taken back"
      }
    }
    if let refusal = await ledger.enter(intend) { return refusal }

    var trouble: String?
    for place in plan.steps.indices.reversed() {
      let step = plan.steps[place]
      let answer: ActionAnswer
      if untouched[place] {
        answer = .applied("nothing was sent there")
      } else if let captured = step.captured, case .success(let value)? = found[place],
        value.isSame(as: captured)
      {
        answer = .applied("it is \(value.words) already")
      } else if let revert = step.revert {
        answer = await executor.send(
          revert, key: IdempotencyKey(plan, step: place, isRevert: true).text, timeout: plan.timeout
        ) { await enter(.sendRevert(target: step.target), plan) }
      } else {
        answer = .unsent("nothing says how it is taken back")
      }
      let refusal = await enter(.answerRevert(target: step.target, answer), plan)
      if case .applied = answer {
        if let refusal {
          trouble =
            trouble ?? "\(step.target): \(answer.words), but that could not be kept: \(refusal)"
        }
      } else {
        trouble = trouble ?? "taking it back, \(step.target): \(answer.words)"
      }
    }
    return trouble
  }

  /// Why a target is not ours to take back any more.
  private func objection(
    to step: ActionPlan.Step, _ found: Result<Argument, ReadingError>?
  ) -> String? {
    guard let read = step.read, let found else { return nil }
    switch found {
    case .failure(let error):
      return
        "\(step.target): it cannot be read whether somebody has changed it since: \(error.reason)"
    case .success(let value):
      if value.isSame(as: read.expected) { return nil }
      if let captured = step.captured, value.isSame(as: captured) { return nil }
      let before = step.captured.map { " nor \($0.words)" } ?? ""
      return "\(step.target) says \(value.words), not \(read.expected.words)\(before): "
        + "somebody has changed it since"
    }
  }

  /// Asks the targets of which nobody knows whether it was done, where something says how.
  ///
  /// - Returns: what nobody knows still; nil where every target could be asked.
  package func reconcile(_ id: String) async -> String? {
    guard let run = await ledger.run(id) else { return "there is no action \(id)" }
    guard run.state == .unknown else { return "it is known what came of it: \(run.state.rawValue)" }
    let plan = run.plan
    let open = plan.steps.indices.filter { place in
      switch run.answers[place] {
      case .applied, .failed: false
      case .unknown, nil: true
      }
    }
    let found = await readings(plan) { open.contains($0) }
    var trouble: String?
    for place in open {
      let target = plan.steps[place].target
      switch found[place] {
      case nil: trouble = trouble ?? "\(target): nothing says how to look that up"
      case .failure(let error)?:
        trouble = trouble ?? "\(target): it cannot be read: \(error.reason)"
      case .success(let value)?:
        if let refusal = await enter(.reconcile(target: target, found: value), plan) {
          trouble = trouble ?? refusal
        }
      }
    }
    return trouble
  }
}
