import Conditions
public import Fleet

/// What becomes of it by what somebody does, or what is heard.
extension ActionRun {
  /// Takes a move that is allowed; any other changes nothing.
  ///
  /// - Returns: why it is not allowed.
  @discardableResult
  public mutating func take(_ move: ActionMove, at now: Instant) -> String? {
    if let refusal = refusal(of: move, at: now) { return refusal }
    switch move.step {
    case .plan: break
    case .approve:
      approvals = standing(at: now) + [Approval(by: move.by, at: now)]
      if isApproved(at: now) { go(to: .approved, at: now) }
    case .reject(let reason):
      go(to: .cancelled, at: now, because: "\(move.by) rejected it: \(reason)")
    case .confirm:
      confirmedBy = move.by
      go(to: .confirmed, at: now)
    case .intend: go(to: .intended, at: now)
    case .send(let target, let step):
      if let place = place(of: target, step) { begun[place] = true }
      if state == .intended { go(to: .sent, at: now) }
    case .sendRevert(let target, let step):
      if let place = place(of: target, step) { begunReverts[place] = true }
    case .answer(let target, let step, let answer):
      if let place = place(of: target, step) { take(answer, of: place, at: now) }
    case .reconcile(let target, let step, let found):
      if let place = place(of: target, step) { reconcile(place, found, at: now) }
    case .intendRevert: beginTakingBack(at: now)
    case .answerRevert(let target, let step, let answer):
      if let place = place(of: target, step) { reverts[place] = answer }
      settleRevert(at: now)
    case .recover: recover(by: move.by, at: now)
    case .tried(let target, let said):
      trials.removeAll { $0.target == target }
      trials.append(Trial(target: target, said: said))
    case .cancel(let reason):
      if state == .unknown {
        go(to: .inconclusive, at: now, because: "\(move.by) looked: \(reason)")
      } else if isOverdue(at: now) {
        keptBy = move.by
        go(
          to: .inconclusive, at: now,
          because: "\(move.by) leaves it as it is: \(reason)")
      } else {
        go(to: .cancelled, at: now, because: reason)
      }
    case .lose:
      if state == .reverting {
        go(to: .revertFailed, at: now, because: "what sent it is gone, and its answer with it")
      } else {
        nobodyKnows("what sent it is gone, and its answer with it", at: now)
      }
    }
    return nil
  }

  mutating func go(to next: State, at now: Instant, because reason: String? = nil) {
    state = next
    since = now
    self.reason = reason
    gate = nil
  }

  /// Of the targets that were not heard of, some may have done it.
  mutating func nobodyKnows(_ reason: String, at now: Instant) {
    for place in answers.indices where answers[place] == nil { answers[place] = .unknown(reason) }
    go(to: .unknown, at: now, because: reason)
  }

  private mutating func take(_ answer: ActionAnswer, of place: Int, at now: Instant) {
    answers[place] = answer
    if answer.isDone, state != .unknown, place < plan.steps.count - 1,
      plan.steps[place].check != nil
    {
      gate = Gate(place: place, since: now)
    }
    settle(at: now)
  }

  /// Everything is stopped: what waits between two steps does not go on, also once that is lifted.
  public mutating func stopBetweenSteps(because why: String, at now: Instant) {
    guard state == .sent || state == .intended, gate != nil else { return }
    for place in answers.indices where answers[place] == nil { answers[place] = .unsent(why) }
    settle(at: now)
  }

  /// Once every target was heard of.
  private mutating func settle(at now: Instant) {
    guard !answers.contains(nil) else { return }
    var (unknown, failed): (String?, String?) = (nil, nil)
    for case let answer? in answers {
      switch answer {
      case .applied, .already: break
      case .failed(let reason), .unsent(let reason): failed = failed ?? reason
      case .unknown(let reason): unknown = unknown ?? reason
      }
    }
    if let unknown { return go(to: .unknown, at: now, because: unknown) }
    if let failed { return go(to: .failed, at: now, because: failed) }
    applied = now
    proof = ConditionRun()
    if plan.proof != nil {
      go(to: .verifying, at: now)
    } else if plan.recovery != nil {
      beginWatching(at: now)
    } else {
      go(to: .applied, at: now)
    }
  }

  mutating func beginWatching(at now: Instant) {
    watch = Watch()
    go(to: .watching, at: now)
  }

  /// A target that nobody knew of says what is so there.
  private mutating func reconcile(_ place: Int, _ found: Argument, at now: Instant) {
    switch plan.standing(of: place, found: found) {
    case .done: answers[place] = .applied("it says \(found.words)")
    case .before:
      let isAsBefore = plan.steps[place].captured?.isSame(as: found) == true
      answers[place] = .failed("it says \(found.words)\(isAsBefore ? ", as before" : "")")
    case .elsewhere:
      answers[place] = .unknown(
        "it says \(found.words): neither what was so before nor what was asked for")
    }
    settle(at: now)
  }

  // MARK: Taking it back

  /// What is left as it is has its answer at once.
  private mutating func beginTakingBack(at now: Instant) {
    let way = Set(wayBack)
    let barrier = barrier.flatMap { part in plan.steps.lastIndex { $0.part == part } }
    let words = barrierWords ?? ""
    takeBacks += 1
    begunReverts = Array(repeating: false, count: plan.steps.count)
    reverts = plan.steps.indices.map { place in
      if way.contains(place) { return nil }
      if answers[place]?.isUnsent ?? true { return .already("nothing was sent there") }
      if let barrier, place <= barrier {
        return .unsent("\(words), and what was done before it stays with it")
      }
      return .already("it is taken back with the last that was sent there")
    }
    go(to: .reverting, at: now)
    settleRevert(at: now)
  }

  private mutating func settleRevert(at now: Instant) {
    guard !reverts.contains(nil) else { return }
    for place in wayBack {
      switch reverts[place] {
      case .applied, .already, nil: break
      case .failed(let reason), .unknown(let reason), .unsent(let reason):
        return go(to: .revertFailed, at: now, because: reason)
      }
    }
    go(
      to: .reverted, at: now,
      because: barrierWords.map { "\($0): it stays, and so does what was done before it" })
  }
}
