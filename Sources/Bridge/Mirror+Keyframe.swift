import Recording

/// The state anew: asked for, put together beside the one that is shown, and put in its place.
extension Mirror {
  /// States in a row that cannot be read before the connection is given up.
  private static let mostFlaws = 3
  /// Parts of the history that are waited for before a state is shown.
  private static let little = 64

  /// What charts look back on is wanted from now on.
  package func wantHistory() {
    guard !wantsHistory else { return }
    wantsHistory = true
    if !link.hasHistory, arrival == nil { needsKeyframe = true }
    nudge()
  }

  /// One comes unasked.
  func expectKeyframe() {
    needsKeyframe = true
    awaitsKeyframe = true
    askedAt = .now
  }

  func askForKeyframe(at now: ContinuousClock.Instant) {
    guard needsKeyframe, arrival == nil, isAttached else { return }
    // One that was asked for may take its time: others are ahead.
    let wait = limits.keyframe * (awaitsKeyframe ? 5 : 1)
    guard (now - askedAt) / .seconds(1) >= wait else { return }
    askedAt = now
    awaitsKeyframe = ask(.keyframe(wantsHistory: wantsHistory)) == nil
  }

  func unpack(_ bytes: [UInt8]) {
    guard let arrival, case .coming = arrival.stage else { return }
    let format = arrival.format
    let handover = Handover(
      { try Keyframe(unpacking: bytes, format: format) }, ring: { [weak self] in self?.nudge() })
    self.arrival?.stage = .unpacking(handover)
  }

  /// Takes the state that is on its way as far as it comes.
  func settle() async {
    if case .unpacking(let handover) = arrival?.stage, let made = handover.take() {
      switch made {
      case .success(let keyframe): gather(keyframe)
      case .failure(let error): turnBack("\(error)")
      }
    }
    if case .reading(let keyframe, let handover) = arrival?.stage, let made = handover.take() {
      switch made {
      case .success(let reflection):
        arrival?.reflection = reflection
        arrival?.stage = .catchingUp(keyframe)
      case .failure(let error): turnBack("\(error)")
      }
    }
    guard case .catchingUp(let keyframe) = arrival?.stage else { return }
    while let batch = arrival?.nextBatch() {
      if let flaw = await catchUp(batch) { return turnBack(flaw) }
    }
    show(keyframe)
  }

  /// Asks for what is missing of a state: at first for what it needs to be shown.
  private func gather(_ keyframe: Keyframe) {
    guard keyframe.chunks.count <= Arrival.mostNames else {
      return turnBack("its history has too many parts")
    }
    arrival?.names = Set(keyframe.chunks.map(\.hash))
    let missing = missing(of: keyframe)
    let needed = missing.filter(\.isNeeded)
    // Charts that are there do not go for a moment where little of them is missing.
    let isPatient =
      wantsHistory && link.hasHistory && missing.count - needed.count <= Mirror.little
    arrival?.isReadAgain = wantsHistory && !isPatient && needed.count < missing.count
    gather(keyframe, (isPatient ? missing : needed).map(\.hash))
  }

  private func missing(of keyframe: Keyframe) -> [Keyframe.ChunkName] {
    var seen: Set<ContentHash> = []
    return keyframe.chunks.filter { shelf[$0.hash] == nil && seen.insert($0.hash).inserted }
  }

  private func gather(_ keyframe: Keyframe, _ missing: [ContentHash]) {
    arrival?.stage = .gathering(keyframe, asked: [], next: missing)
    gatherOn()
  }

  /// Asks for the next parts once the last ones have come, and reads the state once it has all.
  private func gatherOn() {
    guard case .gathering(let keyframe, let asked, var next) = arrival?.stage, asked.isEmpty else {
      return
    }
    arrival?.movedAt = .now
    guard next.isEmpty else {
      let now = Array(next.prefix(StreamAsk.mostChunks))
      next.removeFirst(now.count)
      arrival?.stage = .gathering(keyframe, asked: Set(now), next: next)
      if ask(.chunks(now.map(\.name))) != nil { turnBack("its history cannot be asked for") }
      return
    }
    let chunks = keyframe.chunks.map { shelf[$0.hash] }
    arrival?.isWhole = chunks.allSatisfy { $0 != nil }
    let sequence = arrival?.sequence ?? 0
    let handover = Handover(
      { try Arrival.read(keyframe, chunks, after: sequence) },
      ring: { [weak self] in self?.nudge() })
    arrival?.stage = .reading(keyframe, handover)
  }

  func receive(_ bytes: [UInt8], as hash: ContentHash) {
    guard case .gathering(let keyframe, var asked, let next) = arrival?.stage,
      arrival?.names.contains(hash) == true
    else { return }
    shelf.put(bytes, as: hash)
    guard shelf.weight <= limits.history else {
      // So much is never all in use: what charts look back on is done without.
      shelf.keep(only: [])
      wantsHistory = false
      return turnBack("its history is too large for this screen")
    }
    asked.remove(hash)
    arrival?.stage = .gathering(keyframe, asked: asked, next: next.filter { $0 != hash })
    arrival?.movedAt = .now
    gatherOn()
  }

  /// Parts of the history are not to be had any more.
  func miss(_ names: [String]) {
    guard case .gathering(_, let asked, _) = arrival?.stage else { return }
    let gone = Set(names)
    guard asked.contains(where: { gone.contains($0.name) }) else { return }
    arrival = nil
    needsKeyframe = true
  }

  /// The state that was on its way is none.
  private func turnBack(_ why: String) {
    arrival = nil
    needsKeyframe = true
    flaws += 1
    guard flaws >= Mirror.mostFlaws else {
      if !followsOn { trouble = "the state of the session cannot be read (\(why)): asking again" }
      return
    }
    flaws = 0
    part("the state of the session cannot be read (\(why)): is the same release on both sides?")
  }

  /// Puts the state that has arrived in the place of the one that was shown.
  private func show(_ keyframe: Keyframe) {
    guard var new = arrival?.reflection, let names = arrival?.names else { return }
    let (isWhole, isReadAgain) = (arrival?.isWhole == true, arrival?.isReadAgain == true)
    arrival?.reflection = nil
    swap(&new, &reflection)
    // What so many arrays take to be let go of is nobody's here to wait for.
    Task.detached { [new] in withExtendedLifetime(new) {} }
    shelf.keep(only: names)
    hasState = true
    followsOn = true
    trouble = ""
    flaws = 0
    link.attempt = 0
    link.hasHistory = isWhole
    guard isReadAgain else {
      arrival = nil
      needsKeyframe = wantsHistory && !isWhole
      return
    }
    // While what charts look back on comes, what is shown goes on.
    arrival?.rewind()
    gather(keyframe, missing(of: keyframe).map(\.hash))
  }
}
