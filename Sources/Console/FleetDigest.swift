import Canvas
import Fleet
import Health
import Incident

/// What the whole fleet comes to, read in one walk over it: for the header and the strip.
struct FleetDigest {
  /// How many services are in each state, worst first; states with none are absent.
  private(set) var counts: [(state: HealthState, count: Int)] = []
  private(set) var fallbacks: [ActiveFallback] = []
  /// Services with a fallback in use, a breaker not closed, or an instance that drains or warms.
  private(set) var degraded: [Int] = []
  private(set) var targets = 0
  /// Seconds by which the most overdue target is late; as `Present.pollLag`.
  private(set) var lag = 0.0
  private(set) var answered = 0

  struct ActiveFallback {
    var service: String
    var name: String
    /// Seconds; nil where the service does not say since when.
    var age: Double?
    var tolerance: Double?
    /// Out of use, and counted as over in so many seconds.
    var recoversIn: Double?
    /// What of it is no longer as planned, beside its time.
    var breach: String?

    init(_ track: FallbackTrack, of service: String, at now: Instant) {
      self.service = service
      name = track.name
      age = track.age(at: now)
      tolerance = track.tolerance
      recoversIn = track.recoversIn(at: now)
      guard !track.isOverdue(at: now) else { return }
      if track.isTooOld, let dataAge = track.dataAge, let maxAge = track.maxAge {
        breach =
          "data \(Quantity.duration(dataAge)) old, \(Quantity.duration(maxAge)) allowed"
      } else if track.isUnacceptable {
        breach = "no longer acceptable"
      }
    }

    init(_ fallback: HealthReport.Fallback, of service: String, at now: Instant) {
      self.service = service
      name = fallback.name
      age = fallback.since.map { max(0, now.unixSeconds - $0) }
      tolerance = fallback.tolerance
    }

    /// It goes on for longer than is tolerable.
    var isOverdue: Bool { (left ?? 0) < 0 }

    var isRecovering: Bool { recoversIn != nil }

    /// It goes beyond what was planned.
    var isCritical: Bool { isOverdue || breach != nil }

    /// Below zero once it goes on for longer than is tolerable.
    var left: Double? {
      guard let age, let tolerance, !isRecovering else { return nil }
      return tolerance - age
    }
  }

  init(_ present: Present) {
    var tally = [Int](repeating: 0, count: HealthState.allCases.count)
    // By index throughout: a copy of a service retains all that it holds.
    for service in present.services.indices {
      tally[present.services[service].verdict.state.severity] += 1
      let mayFallBack = !present.services[service].fallbackTracks.isEmpty
      var isReduced = false
      for instance in present.services[service].instances.indices {
        targets += 1
        let heard = present.services[service].instances[instance].lastHeard
        if heard != nil { answered += 1 }
        let polling = present.services[service].instances[instance].definition.polling
        lag = max(
          lag,
          present.now.seconds(since: heard ?? present.began) - polling.interval - polling.timeout)
        let state = present.services[service].instances[instance].state
        if state == .draining || state == .warming
          || present.services[service].instances[instance].hasOpenBreaker
        {
          isReduced = true
        }
      }
      if mayFallBack || isReduced { degraded.append(service) }
      guard mayFallBack else { continue }
      let name = present.services[service].definition.name
      for track in present.services[service].fallbackTracks where track.isInUse {
        fallbacks.append(ActiveFallback(track, of: name, at: present.now))
      }
    }
    for state in HealthState.allCases.sorted(by: >) where tally[state.severity] > 0 {
      counts.append((state, tally[state.severity]))
    }
  }

  /// The one that has to be looked at first: overdue or soonest to be, else the oldest.
  var mostPressing: ActiveFallback? {
    fallbacks.min { a, b in
      if a.isCritical != b.isCritical { return a.isCritical }
      if a.isRecovering != b.isRecovering { return b.isRecovering }
      let left = (a.left ?? .infinity, b.left ?? .infinity)
      return left.0 != left.1 ? left.0 < left.1 : (a.age ?? 0) > (b.age ?? 0)
    }
  }

  var oldestFallback: Double? { fallbacks.compactMap(\.age).max() }
}
