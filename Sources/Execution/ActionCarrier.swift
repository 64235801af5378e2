import Conditions
import Containment

/// Carries out what was confirmed, and takes it back: each step once, and each entered before it leaves.
///
/// It decides nothing by itself but to stop. However often it is asked for the same run, one of them gets to
/// enter that it is being sent, and only that one sends.
package struct ActionCarrier: Sendable {
  let executor: any OrderExecutor
  let ledger: any ActionLedger

  /// Between two looks at whether what has to hold between two steps does.
  private static let pace = Duration.milliseconds(200)

  package init(executor: any OrderExecutor, ledger: any ActionLedger) {
    self.executor = executor
    self.ledger = ledger
  }

  /// Sends the steps of a confirmed run, one after the other, up to the first that is not done. A target that is so
  /// already is sent nothing.
  ///
  /// - Returns: what the responder should know; nil where every target says that it was done.
  package func carry(_ id: String) async -> String? {
    guard let run = await ledger.run(id) else { return "there is no action \(id)" }
    let plan = run.plan
    let intend = ActionMove(run: id, by: ActionMove.itself, step: .intend(hash: plan.hash))
    if let refusal = run.refusal(of: intend, at: run.since) { return refusal }
    if let change = await change(since: plan) { return await cancel(plan, because: change) }
    // Who enters it asks once more whether all that it depends on holds: with the first byte next to it.
    if let refusal = await ledger.enter(intend) {
      // Nothing was sent: it must not stand in the way of what is asked for next.
      return await cancel(plan, because: refusal)
    }
    return await send(plan)
  }

  private func cancel(_ plan: ActionPlan, because reason: String) async -> String {
    // Where that is refused another is at it: it is not called off by who came second.
    _ = await enter(.cancel(reason: reason), plan)
    return "not done: \(reason)"
  }

  /// How a target is otherwise than when it was planned, and than it is to be; nil where none is, or where nobody
  /// knew.
  private func change(since plan: ActionPlan) async -> String? {
    let courses = plan.targets
    let firsts = Set(courses.compactMap(\.places.first))
    let found = await readings(plan) { firsts.contains($0) && plan.steps[$0].captured != nil }
    for course in courses {
      guard let place = course.places.first, let captured = course.captured,
        let found = found[place]
      else { continue }
      switch found {
      case .failure(let error):
        return
          "\(course.target): it cannot be read whether it is as it was planned: \(error.reason)"
      case .success(let value):
        guard plan.standing(of: place, found: value) == .elsewhere else { continue }
        return
          "\(course.target) was \(captured.words) when it was planned and is \(value.words) now"
      }
    }
    return nil
  }

  private func send(_ plan: ActionPlan) async -> String? {
    /// Why the steps that are left are not sent.
    var stop: String?
    var trouble: String?
    for (place, step) in plan.steps.enumerated() {
      if stop == nil, place > 0, plan.steps[place - 1].check != nil,
        let failure = await failure(ofCheckAfter: place - 1, plan)
      {
        guard failure.isStillSending else { return failure.words }
        (stop, trouble) = (failure.words, failure.words)
      }
      let answer: ActionAnswer
      if let stop { answer = .unsent(stop) } else { answer = await self.answer(to: place, plan) }
      let refusal = await enter(.answer(target: step.target, step: place, answer), plan)
      guard stop == nil else { continue }
      switch answer {
      case .applied, .already:
        guard let refusal else { continue }
        stop = "what came of \(step.target) before it could not be kept"
        trouble = "\(step.target): \(answer.words), but that could not be kept: \(refusal)"
      case .failed, .unsent:
        stop = "\(step.target) before it was not done"
        trouble = "\(step.target): \(answer.words)"
      case .unknown:
        stop = "nobody knows if \(step.target) before it was done"
        trouble = "\(step.target): \(answer.words)"
      }
    }
    return trouble
  }

  /// Reads the target once more, and sends the step where it is what it was planned from.
  private func answer(to place: Int, _ plan: ActionPlan) async -> ActionAnswer {
    let step = plan.steps[place]
    if let read = step.read {
      switch await executor.read(read, timeout: plan.timeout) {
      case .failure(let error):
        // Where nobody could read it when it was planned, whoever confirmed it was told so.
        if step.captured != nil {
          return .unsent("it cannot be read whether it is as it was planned: \(error.reason)")
        }
      case .success(let found):
        if plan.standing(of: place, found: found) == .done {
          return .already("it says \(found.words)")
        }
        if let captured = step.captured, !captured.isSame(as: found) {
          return .unsent("it was to be \(captured.words) by now and is \(found.words)")
        }
      }
    }
    let answer = await executor.send(
      step.order, as: SendingName(run: plan.id, place: place),
      key: IdempotencyKey(plan, step: place).text, timeout: plan.timeout
    ) { await enter(.send(target: step.target, step: place), plan) }
    // What could not be read before may not be there at all: that the order was taken says nothing of it.
    guard case .applied(let words) = answer, step.captured == nil, let read = step.read else {
      return answer
    }
    if case .success(let found) = await executor.read(read, timeout: plan.timeout),
      plan.standing(of: place, found: found) == .done
    {
      return answer
    }
    return .unknown("\(words), and it cannot be read whether it is so")
  }

  private struct CheckFailure {
    var words: String
    /// The steps that are left wait for their answers.
    var isStillSending: Bool
  }

  /// Waits until it is decided whether what has to hold after a step does; nil where the next may be sent.
  private func failure(ofCheckAfter place: Int, _ plan: ActionPlan) async -> CheckFailure? {
    guard let check = plan.steps[place].check else { return nil }
    // The run itself gives it up sooner: this is for one that nobody moves.
    let end = ContinuousClock.now + .seconds(check.patience + 60)
    while true {
      guard let run = await ledger.run(plan.id) else {
        return CheckFailure(words: "there is no action \(plan.id)", isStillSending: false)
      }
      guard run.state == .intended || run.state == .sent else {
        return CheckFailure(
          words: run.reason ?? "it is not being sent: it is \(run.state.rawValue)",
          isStillSending: false)
      }
      if run.checks[place] == .yes { return nil }
      guard run.checking == place, ContinuousClock.now < end, !Task.isCancelled else {
        return CheckFailure(
          words: "nobody said in time whether \(check.whole.text)", isStillSending: true)
      }
      try? await Task.sleep(for: ActionCarrier.pace)
    }
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
