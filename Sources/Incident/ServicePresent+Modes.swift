import Conditions
public import Fleet
public import Health
public import Telemetry

/// Fallbacks and breakers of a service, followed over time.
extension ServicePresent {
  /// Those in use, or recovering.
  public var fallbacksInUse: [FallbackTrack] { fallbackTracks.filter(\.isInUse) }

  /// Fallbacks followed at once; a service that names more of them is hostile.
  static let trackLimit = 64

  /// Whether any fallback has to be followed: the rest cost nothing.
  var followsFallbacks: Bool {
    if !fallbackTracks.isEmpty || !definition.fallbacks.isEmpty { return true }
    return instances.indices.contains { instances[$0].isFallingBack }
  }

  /// The fallbacks as they stand after what was heard last.
  func followed(_ facts: some Facts, at now: Instant) -> [FallbackTrack] {
    let words = words(at: now)
    var tracks = fallbackTracks
    for word in words where word.active > 0 {
      if !tracks.contains(where: { $0.name == word.name }), tracks.count < Self.trackLimit {
        tracks.append(FallbackTrack(word.name, plan: plan(of: word.name), at: now))
      }
    }
    for plan in definition.fallbacks where plan.enterWhen != nil {
      if !tracks.contains(where: { $0.name == plan.name }) {
        tracks.append(FallbackTrack(plan.name, plan: plan, at: now))
      }
    }
    for i in tracks.indices {
      tracks[i].follow(
        words.first { $0.name == tracks[i].name }, plan: plan(of: tracks[i].name), facts: facts,
        at: now)
    }
    tracks.removeAll { track in
      guard track.phase == .over, track.enter == nil else { return false }
      guard let ended = track.endedAt else { return true }
      return now.seconds(since: ended) > FallbackTrack.keptFor
    }
    return tracks
  }

  /// Takes a changed fleet file's plans for fallbacks that are in use already.
  mutating func adoptPlans() {
    for i in fallbackTracks.indices { fallbackTracks[i].adopt(plan(of: fallbackTracks[i].name)) }
  }

  private func plan(of name: String) -> FallbackPlan? {
    definition.fallbacks.first { $0.name == name }
  }

  /// What all instances say of each fallback, by name.
  private func words(at now: Instant) -> [FallbackWord] {
    var words: [FallbackWord] = []
    for instance in instances {
      for said in instance.saidFallbacks(at: now) {
        if !words.contains(where: { $0.name == said.fallback.name }) {
          words.append(FallbackWord(name: said.fallback.name))
        }
        if let place = words.firstIndex(where: { $0.name == said.fallback.name }) {
          words[place].add(said.fallback, age: said.age, dataAge: said.fallback.dataAge)
        }
      }
    }
    return words.sorted { $0.name < $1.name }
  }

  // MARK: Breakers

  /// Breakers of all instances by name, the worst state of each; worst first.
  public func breakerStatuses(at now: Instant) -> [BreakerStatus] {
    var found: [BreakerStatus] = []
    for instance in instances {
      for status in instance.breakerStatuses(at: now) {
        if let known = found.firstIndex(where: { $0.name == status.name }) {
          found[known].add(status)
        } else {
          found.append(status)
        }
      }
    }
    return found.sorted {
      ($1.state.severity, $0.name) < ($0.state.severity, $1.name)
    }
  }
}

extension InstancePresent {
  /// Its fallbacks as its report says them, those that only its metrics tell after them, each with
  /// the seconds that it has been in use for, where that is told.
  func saidFallbacks(at now: Instant) -> [(fallback: HealthReport.Fallback, age: Double?)] {
    let measured = meter.fallbacks(at: now.seconds)
    var said: [(fallback: HealthReport.Fallback, age: Double?)] = []
    let report = health.report
    let answered = health.readiness.lastAnswer ?? health.liveness.lastAnswer ?? now
    for var fallback in report?.fallbacks ?? [] {
      let age = fallback.since.map {
        max(0, (report?.timestamp ?? answered.unixSeconds) - $0) + now.seconds(since: answered)
      }
      fallback.dataAge =
        fallback.dataAge ?? measured.first { $0.name == fallback.name }?.dataAge
      said.append((fallback, age))
    }
    for one in measured where !said.contains(where: { $0.fallback.name == one.name }) {
      said.append(
        (
          HealthReport.Fallback(
            name: one.name, active: one.isActive, reason: one.reason, mode: one.mode,
            dataAge: one.dataAge), nil
        ))
    }
    return said
  }

  /// Its breakers as its report says them, with what its metrics count of them; those that only its
  /// metrics tell after them.
  func breakerStatuses(at now: Instant) -> [BreakerStatus] {
    let measured = meter.breakers(at: now.seconds)
    var found: [BreakerStatus] = []
    for reported in health.report?.breakers ?? [] {
      var status = BreakerStatus(reported, health, at: now)
      if let counted = measured.first(where: { $0.name == reported.name }), counted.isCounted {
        status.openedLately = counted.openedLately
        status.isCounted = true
      }
      found.append(status)
    }
    for one in measured where !found.contains(where: { $0.name == one.name }) {
      found.append(BreakerStatus(one, at: now))
    }
    return found
  }
}
