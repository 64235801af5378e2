public import Conditions
public import Fleet

/// What becomes of it by time, and by what is measured.
extension ActionRun {
  /// Lets time pass: what waits too long ends, and what is looked at goes on.
  ///
  /// - Parameter facts: of `service`.
  public mutating func advance(_ facts: some Facts, at now: Instant) {
    let waited = now.seconds(since: since)
    switch state {
    case .planned, .approved, .confirmed:
      if waited > ActionRun.patience {
        go(to: .expired, at: now, because: "nobody went on with it")
      }
    case .awaitingApproval:
      if waited > plan.policy.patience {
        go(to: .expired, at: now, because: "nobody approved it in time")
      }
    case .intended, .sent:
      if waited > longest { return nobodyKnows("no answer came in time", at: now) }
      check(facts, at: now)
    case .reverting:
      if waited > longestBack { go(to: .revertFailed, at: now, because: "no answer came in time") }
    case .verifying: verify(facts, at: now)
    case .watching, .recovered: watch(facts, at: now)
    case .applied, .failed, .unknown, .verified, .regressed, .inconclusive, .reverted,
      .revertFailed, .expired, .cancelled, .relapsed:
      break
    }
  }

  /// What has to hold between two steps: where it does not in time, the rest is not sent.
  private mutating func check(_ facts: some Facts, at now: Instant) {
    guard var gate, let check = plan.steps[gate.place].check else { return }
    let truth = gate.run.advance(check.whole, facts, at: now.seconds)
    self.gate = gate
    if truth == .yes {
      checks[gate.place] = .yes
      self.gate = nil
      return
    }
    guard now.seconds(since: gate.since) > check.patience else { return }
    let isKnown = check.whole.truthInTime(facts) == .no
    checks[gate.place] = isKnown ? .no : .unknown
    let why =
      "\(words(ofStep: gate.place)): what should hold before the next step "
      + (isKnown ? "does not" : "is not known, or has not held for long enough")
      + ": \(check.whole.text)"
    for place in answers.indices where answers[place] == nil { answers[place] = .unsent(why) }
    go(to: .failed, at: now, because: why)
  }

  /// `weight 25`, `restart on cart`
  private func words(ofStep place: Int) -> String {
    let step = plan.steps[place]
    if plan.parts.indices.contains(step.part) { return plan.parts[step.part].words }
    return step.read.map { "\(plan.action) \($0.expected.words)" } ?? step.target
  }

  private mutating func verify(_ facts: some Facts, at now: Instant) {
    guard let whole = plan.proof?.whole, let patience = plan.proof?.patience else { return }
    proof.advance(whole, facts, at: now.seconds)
    if proof.truth == .yes {
      if plan.recovery != nil { return beginWatching(at: now) }
      return go(to: .verified, at: now)
    }
    guard now.seconds(since: since) > patience else { return }
    let truth = whole.truthInTime(facts)
    go(
      to: truth == .no ? .regressed : .inconclusive, at: now,
      because: truth == .no
        ? "what should prove it does not hold"
        : "what should prove it is not known, or has not held for long enough")
  }

  // MARK: What was lost

  private mutating func watch(_ facts: some Facts, at now: Instant) {
    guard let recovery = plan.recovery, var watch, isMoving(at: now) else { return }
    watch.whole.advance(recovery.whole, facts, at: now.seconds)
    watch.now.advance(recovery.now, facts, at: now.seconds)
    if watch.calm == nil, watch.whole.truth == .yes { watch.calm = now }
    if case .condition(let condition) = recovery.confirmation {
      watch.confirmation.advance(condition, facts, at: now.seconds)
    }
    self.watch = watch
    if watch.calm != nil, watch.now.truth == .no {
      return go(
        to: .relapsed, at: now, because: "what was back is gone again: \(recovery.now.text)")
    }
    guard state == .watching else { return }
    if case .condition = recovery.confirmation, watch.whole.truth == .yes,
      watch.confirmation.truth == .yes
    {
      return go(to: .recovered, at: now)
    }
    guard now.seconds(since: since) > recovery.patience else { return }
    if watch.calm != nil {
      go(to: .inconclusive, at: now, because: "nobody confirmed that it has recovered")
    } else if recovery.whole.truthInTime(facts) == .no {
      go(to: .relapsed, at: now, because: "what was lost is not back: \(recovery.now.text)")
    } else {
      go(
        to: .inconclusive, at: now,
        because: "it is not known, or has not held for long enough, that it has recovered")
    }
  }

  mutating func recover(by who: String, at now: Instant) {
    watch?.by = who
    go(to: .recovered, at: now)
  }
}
