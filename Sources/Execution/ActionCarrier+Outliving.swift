import Containment

/// Programs that go on after the process that began them has gone.
extension ActionCarrier {
  /// Seconds beyond its time that stopping a program and writing down its end may take.
  private static let grace = 15.0

  /// Waits while a program of a run of which nobody knows what came goes on still: until it has ended, but no longer
  /// than it may take.
  ///
  /// - Returns: whether one went on, so that there may be more to look up now.
  package func outwait(_ id: String, every pace: Duration = .seconds(5)) async -> Bool {
    guard let plan = await ledger.run(id)?.plan else { return false }
    let end = ContinuousClock.now + .seconds(Patience(seconds: plan.timeout).seconds + Self.grace)
    var wentOn = false
    while await goesOn(id), ContinuousClock.now < end, !Task.isCancelled {
      wentOn = true
      try? await Task.sleep(for: pace)
    }
    return wentOn
  }

  private func goesOn(_ id: String) async -> Bool {
    guard let run = await ledger.run(id), run.state == .unknown else { return false }
    for (place, step) in run.plan.steps.enumerated() where run.answers[place]?.isUnknown ?? true {
      let name = SendingName(run: run.plan.id, place: place)
      if await executor.outcome(of: name, step.order) == .running { return true }
    }
    return false
  }
}
