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
    await tryTakingBack(id, by: by).trouble
  }

  /// What came of taking a run back.
  package struct TakingBack: Sendable {
    /// What the responder should know; nil where everything is as it was before.
    package var trouble: String?
    /// A target is neither as it was before nor as it was made: to try it again by itself is no use.
    package var isSomebodyElses = false

    init(_ trouble: String?) { self.trouble = trouble }
  }

  /// As `takeBack`, and tells whether there is any use in trying again.
  package func tryTakingBack(_ id: String, by: String) async -> TakingBack {
    guard let run = await ledger.run(id) else { return TakingBack("there is no action \(id)") }
    let plan = run.plan
    let intend = ActionMove(run: id, by: by, step: .intendRevert(hash: plan.hash))
    if let refusal = run.refusal(of: intend, at: run.since) { return TakingBack(refusal) }
    let way = run.wayBack
    for place in way {
      guard let order = plan.steps[place].revert, run.takeBacks > 0 else { continue }
      let name = SendingName(of: plan, revertOf: place, run.takeBacks)
      if await executor.outcome(of: name, order) == .running {
        return TakingBack("\(plan.steps[place].target) is being taken back still")
      }
    }
    let found = await readings(plan) { way.contains($0) }
    for place in way {
      if let objection = objection(to: place, run, found[place]) {
        var told = TakingBack("\(objection.words); nothing was taken back")
        told.isSomebodyElses = objection.isSomebodyElses
        return told
      }
    }
    if let refusal = await ledger.enter(intend) { return TakingBack(refusal) }
    return TakingBack(await takeBack(way, run, found))
  }

  private func takeBack(
    _ way: [Int], _ run: ActionRun, _ found: [Result<Argument, ReadingError>?]
  ) async -> String? {
    let plan = run.plan

    var trouble: String?
    for place in way {
      let step = plan.steps[place]
      let answer: ActionAnswer
      if let before = plan.course(of: place)?.captured, case .success(let value)? = found[place],
        value.isSame(as: before)
      {
        answer = .already("it is \(value.words)")
      } else if let revert = step.revert {
        answer = await executor.send(
          revert, as: SendingName(of: plan, revertOf: place, run.takeBacks + 1),
          key: IdempotencyKey(plan, step: place, isRevert: true).text, timeout: plan.timeout
        ) { await enter(.sendRevert(target: step.target, step: place), plan) }
      } else {
        answer = .unsent("nothing says how it is taken back")
      }
      let refusal = await enter(.answerRevert(target: step.target, step: place, answer), plan)
      if answer.isDone {
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

  private struct Objection {
    var words: String
    /// It was read, and says so itself.
    var isSomebodyElses: Bool
  }

  /// Why a target is not ours to take back any more.
  private func objection(
    to place: Int, _ run: ActionRun, _ found: Result<Argument, ReadingError>?
  ) -> Objection? {
    let step = run.plan.steps[place]
    guard let read = step.read, let found else { return nil }
    switch found {
    case .failure(let error):
      return Objection(
        words:
          "\(step.target): it cannot be read whether somebody has changed it since: \(error.reason)",
        isSomebodyElses: false)
    case .success(let value):
      let before = run.plan.course(of: place)?.captured
      var ours = [read.expected, before].compactMap(\.self)
      // Where it may not have been done, what it was to follow may still be there.
      if run.answers[place]?.isDone != true, let captured = step.captured { ours.append(captured) }
      if ours.contains(where: value.isSame) { return nil }
      let words = before.map { " nor \($0.words)" } ?? ""
      return Objection(
        words: "\(step.target) says \(value.words), not \(read.expected.words)\(words): "
          + "somebody has changed it since", isSomebodyElses: true)
    }
  }

  /// Looks up the steps of which nobody knows whether they were done: in what was written down of them, else at the
  /// target, where something says how.
  ///
  /// - Returns: what nobody knows still; nil where every target could be asked.
  package func reconcile(_ id: String) async -> String? {
    guard let run = await ledger.run(id) else { return "there is no action \(id)" }
    guard run.state == .unknown else { return "it is known what came of it: \(run.state.rawValue)" }
    let plan = run.plan
    var open = plan.steps.indices.filter { run.answers[$0]?.isUnknown ?? true }
    var trouble: String?
    for place in open {
      let step = plan.steps[place]
      switch await executor.outcome(of: SendingName(run: plan.id, place: place), step.order) {
      case .none, .ended(.unknown): continue
      case .running:
        trouble = trouble ?? "\(step.target): it goes on still"
        open.removeAll { $0 == place }
      case .ended(let answer):
        open.removeAll { $0 == place }
        if let refusal = await enter(.answer(target: step.target, step: place, answer), plan) {
          trouble = trouble ?? refusal
        }
      }
    }
    let found = await readings(plan) { open.contains($0) }
    for place in open {
      let target = plan.steps[place].target
      switch found[place] {
      case nil: trouble = trouble ?? "\(target): nothing says how to look that up"
      case .failure(let error)?:
        trouble = trouble ?? "\(target): it cannot be read: \(error.reason)"
      case .success(let value)?:
        let move = ActionMove.Step.reconcile(target: target, step: place, found: value)
        if let refusal = await enter(move, plan) { trouble = trouble ?? refusal }
      }
    }
    return trouble
  }
}

extension SendingName {
  /// Each time that a run is taken back is another: what failed is tried again.
  fileprivate init(of plan: ActionPlan, revertOf place: Int, _ time: Int) {
    self.init(
      run: time > 1 ? "\(plan.id).again-\(time)" : plan.id, place: place, isRevert: true)
  }
}
