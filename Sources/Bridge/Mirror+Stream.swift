import Dispatch
import Recording
import Session

/// The connection: how it is had, what comes by it, and how it is had again.
extension Mirror {
  /// Connects where that is due.
  func connect(at now: ContinuousClock.Instant) {
    guard stream == nil, !isOver, now >= retryAt else { return }
    attachment.wantsHistory = wantsHistory
    stream = StreamClient(to: place, attachment, limits: limits) { [weak self] in self?.nudge() }
    heardAt = now
  }

  func hear(_ event: StreamEvent) async {
    heardAt = .now
    switch event {
    case .attached(let welcome, _, let onlyLooks):
      isAttached = true
      followedAt = .now
      trouble = ""
      link.welcome = welcome
      link.onlyLooks = onlyLooks
      expectKeyframe()
      presentAgain()
    case .announced(let sequence, let format):
      followedAt = .now
      arrival = Arrival(sequence: sequence, format: format, at: .now)
      needsKeyframe = false
      awaitsKeyframe = false
    case .keyframe(let bytes):
      followedAt = .now
      unpack(bytes)
    case .chunk(let hash, let bytes): receive(bytes, as: hash)
    case .batch(let batch):
      followedAt = .now
      arrival?.add(batch)
      if let weight = arrival?.weight, weight > limits.waiting {
        arrival = nil
        needsKeyframe = true
      }
      if followsOn { await take(batch) }
    case .news(let news): hear(news)
    case .ended(let error): part("\(error)", error.cause)
    }
  }

  private func hear(_ news: StreamNews) {
    switch news {
    case .keyframe: break
    case .outcome(let id, let outcome):
      asked.removeValue(forKey: id)?.answer.resume(returning: outcome)
    case .attendance(let attendance): link.attendance = attendance
    case .recordingHangs(let hangs): tell(recordingHangs: hangs)
    case .gone(let names): miss(names)
    case .behind:
      lose("this screen fell behind, and a part of what happened was left out")
      // What follows on the state that was on its way is not all there; another comes by itself.
      arrival = nil
      expectKeyframe()
    case .parting(let reason, let returns):
      part(reason)
      if !returns {
        isOver = true
        link.attempt = 0
      }
    }
  }

  /// The connection has ended, or is wanted no more.
  func part(_ why: String, _ cause: BridgeError.Cause = .broken) {
    stream?.stop()
    stream = nil
    isAttached = false
    followsOn = false
    isSilent = false
    arrival = nil
    needsKeyframe = false
    awaitsKeyframe = false
    trouble = why
    link.attendance = nil
    tell(recordingHangs: false)
    let left = asked.values
    asked = [:]
    for question in left {
      question.answer.resume(
        returning: IntentOutcome(
          refusal:
            "nobody knows whether the session has heard it (\(question.intent.summary)): \(why)"
        ))
    }
    let attempt = link.attempt
    link.attempt += 1
    // Whoever does not want to talk does not change their mind within a moment.
    let isHopeless = cause == .refused || cause == .unsafe || cause == .denied
    let wait =
      isHopeless
      ? limits.slowest : min(limits.slowest, limits.quickest * Double(1 << min(attempt, 16)))
    // Many that were sent away together do not come back together.
    let delay = wait * Double.random(in: 0.5...1)
    retryAt = .now + .seconds(delay)
    DispatchQueue.global().asyncAfter(deadline: .now() + delay + 0.001) { [bell] in bell.yield() }
  }

  /// What time alone changes.
  func keepTime(at now: ContinuousClock.Instant) {
    for (id, question) in asked where now >= question.deadline {
      asked[id] = nil
      question.answer.resume(
        returning: IntentOutcome(
          refusal:
            "the session has not answered in \(Int(limits.answer)) s: nobody knows whether it was "
            + "done (\(question.intent.summary))"))
    }
    guard isAttached else { return }
    // Who is here, and that somebody is, is no news of the fleet.
    isSilent = (now - followedAt) / .seconds(1) > limits.silence
    if (now - heardAt) / .seconds(1) > limits.patience {
      return part("nothing has come for \(Int(limits.patience)) s: connecting anew")
    }
    if let arrival, case .gathering = arrival.stage,
      (now - arrival.movedAt) / .seconds(1) > limits.patience
    {
      self.arrival = nil
      needsKeyframe = true
    }
    askForKeyframe(at: now)
  }
}
