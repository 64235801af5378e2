import Exposition
import Fleet
import Health
import Telemetry

/// What an answer or a second that passed makes of one service. In place: a service is read and
/// written where it lies, for each of a thousand is.
extension ServicePresent {
  mutating func observe(_ scrape: Scrape, of instance: Int, at now: Instant) {
    instances[instance].observe(scrape, roles: roles, at: now)
    readRequests(at: now)
  }

  /// The offset from which on time alone changes something of it: fallbacks and a trouble that rests
  /// are looked at every second. It writes nothing, as `mustFollowFallbacks`; a method that says so,
  /// asked of an element of an array, would be given a copy of the whole element.
  mutating func findNextMove() -> Int64 {
    if followsFallbacks || trouble?.isResting == true { return .min }
    var next = Int64.max
    for index in instances.indices {
      next = min(next, instances[index].sharedHealth.read { $0.nextMove })
    }
    return next
  }

  mutating func mustFollowFallbacks() -> Bool { followsFallbacks }

  /// Moves the timers of its instances that have run out.
  ///
  /// - Returns: how many, whether it follows fallbacks, and whether its trouble rests.
  mutating func moveTimers(
    to now: Instant
  ) -> (moved: Int, followsFallbacks: Bool, rests: Bool) {
    var moved = 0
    for index in instances.indices where instances[index].sharedHealth.read({ $0.isDue(at: now) }) {
      instances[index].health.advance(to: now)
      moved += 1
    }
    return (moved, followsFallbacks, trouble?.isResting == true)
  }

  /// Takes the verdict from those of its instances and what its fallbacks make of it.
  ///
  /// - Returns: the change; nil where the state stays.
  mutating func judge(at now: Instant) -> StateChange? {
    if isPlainlyHealthy { return nil }
    var (state, reasons) = ServiceHealth.combine(
      instances.indices.map { index in
        instances[index].sharedHealth.read {
          ServiceHealth.Member(state: $0.state, reasons: $0.reasons, isCanary: $0.isCanary)
        }
      })
    health = state
    if !fallbackTracks.isEmpty { (state, reasons) = weigh(state, reasons, at: now) }
    verdict.reasons = reasons
    let before = verdict.state
    guard before != state else { return nil }
    verdict.state = state
    verdict.since = now
    return StateChange(
      service: definition.name, from: before, to: state, at: now, cause: reasons.first ?? "")
  }

  /// It is healthy and so are all its instances, with nothing to say: the rule, and nothing to judge.
  private var isPlainlyHealthy: Bool {
    guard verdict.state == .healthy, health == .healthy, verdict.reasons.isEmpty,
      fallbackTracks.isEmpty, !instances.isEmpty
    else { return false }
    for index in instances.indices {
      guard instances[index].state == .healthy,
        instances[index].sharedHealth.read({ $0.reasons.isEmpty })
      else { return false }
    }
    return true
  }

  /// What fallbacks make of a service: one that goes beyond what was planned makes it unhealthy,
  /// whatever its instances say; one in use or still recovering keeps it from being healthy.
  private func weigh(
    _ state: HealthState, _ reasons: [String], at now: Instant
  ) -> (HealthState, [String]) {
    var state = state
    var reasons = reasons
    var place = 0
    for track in fallbackTracks where track.isInUse {
      guard let finding = track.finding(at: now) else { continue }
      let least: HealthState = track.isCritical(at: now) ? .unhealthy : .degraded
      // Of what is not heard nobody knows whether it still falls back.
      if state < least, state != .stale, state != .unknown {
        state = least
        reasons.insert(finding, at: place)
        place += 1
      } else if least == .unhealthy {
        reasons.insert(finding, at: place)
        place += 1
      } else if !reasons.contains(where: { $0.tells(of: track) }) {
        reasons.append(finding)
      }
    }
    return (state, reasons)
  }

  /// Follows what is wrong with it.
  ///
  /// - Returns: whether a symptom came or went.
  mutating func sense(at now: Instant) -> Bool {
    guard mayBeInTrouble else { return false }
    let found = symptoms(at: now)
    guard trouble == nil else { return trouble?.follow(found, at: now) == true }
    guard !found.isEmpty else { return false }
    trouble = Trouble(found, at: now)
    return true
  }
}

extension String {
  /// Whether it is a reason that names the fallback. By bytes: characters would have to be found first.
  fileprivate func tells(of track: FallbackTrack) -> Bool {
    var named = "fallback \(track.name) "
    var text = self
    return text.withUTF8 { text in
      named.withUTF8 { named in
        guard text.count >= named.count else { return false }
        return (0...text.count - named.count).contains { start in
          named.elementsEqual(text[start..<start + named.count])
        }
      }
    }
  }
}
