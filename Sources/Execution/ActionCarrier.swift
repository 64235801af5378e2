import Containment

/// Carries out what was confirmed, and takes it back: each request once, and each entered before it leaves.
///
/// It decides nothing by itself but to stop. However often it is asked for the same run, one of them gets to
/// enter that it is being sent, and only that one sends.
package struct ActionCarrier: Sendable {
  let executor: HTTPExecutor
  let ledger: any ActionLedger

  package init(executor: HTTPExecutor, ledger: any ActionLedger) {
    self.executor = executor
    self.ledger = ledger
  }

  /// Sends the requests of a confirmed run, one target after the other, up to the first that is not done.
  ///
  /// - Returns: what the responder should know; nil where every target says that it was done.
  package func carry(_ id: String) async -> String? {
    guard let run = await ledger.run(id) else { return "there is no action \(id)" }
    let plan = run.plan
    let intend = ActionMove(run: id, by: ActionMove.itself, step: .intend(hash: plan.hash))
    if let refusal = run.refusal(of: intend, at: run.since) { return refusal }
    if let change = await change(since: plan) { return await cancel(plan, because: change) }
    // Last, since it takes no time: what holds now holds when the first byte leaves.
    if let obstacle = await ledger.obstacle(to: plan) {
      return await cancel(plan, because: obstacle)
    }
    if let refusal = await ledger.enter(intend) {
      // Nothing was sent: it must not stand in the way of what is asked for next.
      _ = await enter(.cancel(reason: refusal), plan)
      return refusal
    }
    return await send(plan)
  }

  private func cancel(_ plan: ActionPlan, because reason: String) async -> String {
    if let refusal = await enter(.cancel(reason: reason), plan) { return refusal }
    return "not done: \(reason)"
  }

  /// How a target is otherwise than when it was planned; nil where none is, or where nobody knew.
  private func change(since plan: ActionPlan) async -> String? {
    let found = await readings(plan) { plan.steps[$0].captured != nil }
    for (step, found) in zip(plan.steps, found) {
      guard let captured = step.captured, let read = step.read, let found else { continue }
      switch found {
      case .failure(let error):
        return "\(step.target): it cannot be read whether it is as it was planned: \(error.reason)"
      case .success(let value):
        guard value.isSame(as: captured) || value.isSame(as: read.expected) else {
          return
            "\(step.target) was \(captured.words) when it was planned and is \(value.words) now"
        }
      }
    }
    return nil
  }

  private func send(_ plan: ActionPlan) async -> String? {
    /// Why the steps that are left are not sent.
    var stop: String?
    var trouble: String?
    for (place, step) in plan.steps.enumerated() {
      let answer: ActionAnswer
      if let stop {
        answer = .unsent(stop)
      } else {
        answer = await executor.send(
          step.request, key: IdempotencyKey(plan, step: place).text, timeout: plan.timeout
        ) { await enter(.send(target: step.target), plan) }
      }
      let refusal = await enter(.answer(target: step.target, answer), plan)
      guard stop == nil else { continue }
      switch answer {
      case .applied:
        guard let refusal else { continue }
        stop = "what came of \(step.target) before it could not be kept"
        trouble = "\(step.target): \(answer.words), but that could not be kept: \(refusal)"
      case .failed:
        stop = "\(step.target) before it was not done"
        trouble = "\(step.target): \(answer.words)"
      case .unknown:
        stop = "nobody knows if \(step.target) before it was done"
        trouble = "\(step.target): \(answer.words)"
      }
    }
    return trouble
  }

  // MARK: For all that it does

  func enter(_ step: ActionMove.Step, _ plan: ActionPlan) async -> String? {
    await ledger.enter(ActionMove(run: plan.id, by: ActionMove.itself, step: step))
  }

  /// What is so at the targets of a plan, by the places of its steps; nil where nothing says how to read it, or
  /// where it is not asked for.
  func readings(
    _ plan: ActionPlan, where isAsked: (Int) -> Bool
  ) async -> [Result<Argument, ReadingError>?] {
    let asked = plan.steps.enumerated().map { place, step in isAsked(place) ? step.read : nil }
    return await asked.mapAbreast(ActionPlanner.width) { read in
      guard let read else { return nil }
      return await executor.read(read, timeout: plan.timeout)
    }
  }
}
