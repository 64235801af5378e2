public import Canonical
import Fleet
import Health
import Telemetry

/// What is seen to be wrong with a service, out of what its instances say and its metrics show.
extension ServicePresent {
  /// Error ratio from which a service with no availability objective is in trouble.
  static let errorsWithoutObjective = 0.05
  /// A page's burn rate: an objective is missed by so much that an hour of it costs 2 % of a month.
  static let fastBurn = 14.4
  /// Failed requests in the last minute below which a ratio says nothing.
  static let fewestErrors = 5.0
  /// From here on a limited thing is full.
  static let full = 0.95

  /// Whether it is worth looking closer; the same few comparisons for each service at each entry.
  var mayBeInTrouble: Bool {
    if trouble != nil || !measured.isEmpty || verdict.state.isTrouble { return true }
    for index in instances.indices {
      if instances[index].hasFailingCheck || instances[index].hasOpenBreaker
        || instances[index].isFallingBack
      {
        return true
      }
    }
    return false
  }

  /// Everything that is wrong now; the same symptom of several instances is one.
  func symptoms(at now: Instant) -> [Symptom] {
    var found: [Symptom] = []
    func add(_ symptom: Symptom) {
      if let known = found.firstIndex(where: { $0.isSame(as: symptom) }) {
        found[known].instances += 1
      } else {
        found.append(symptom)
      }
    }
    for index in instances.indices
    where instances[index].hasFailingCheck || instances[index].hasOpenBreaker
      || instances[index].isFallingBack
    {
      let instance = instances[index]
      var named: Set<String> = []
      if instance.hasFailingCheck {
        for report in [instance.health.readiness.report, instance.health.liveness.report] {
          for check in report?.checks ?? [] where check.status == .fail {
            guard named.insert(check.name).inserted else { continue }
            add(Symptom(.check, check.name, at: now, dependency: check.name))
          }
        }
      }
      if instance.hasOpenBreaker {
        for breaker in instance.breakers where breaker.state != .closed {
          add(Symptom(.breaker, breaker.name, at: now, dependency: breaker.name))
        }
      }
      if instance.isFallingBack {
        for fallback in instance.fallbacks where fallback.active {
          add(Symptom(.fallback, fallback.name, at: now, dependency: fallback.dependency))
        }
      }
    }
    found += measured.filter(\.isConfirmed).map(\.symptom)
    if verdict.state.isTrouble {
      found.append(
        Symptom(
          .verdict, "", at: now, state: verdict.state,
          note: verdict.reasons.first.map { Words.clipped($0, to: 80) }))
    }
    return found
  }

  /// Compares the figures that were just read with what they should be.
  ///
  /// One reading may be chance: a symptom counts from its first reading on, once a second one
  /// confirms it.
  mutating func measureSymptoms(at now: Instant) {
    let found = metricSymptoms(at: now)
    if found.isEmpty, measured.isEmpty { return }
    measured = found.map { symptom in
      guard let known = measured.first(where: { $0.symptom.isSame(as: symptom) }) else {
        return Measured(symptom: symptom, isConfirmed: false)
      }
      var again = symptom
      again.at = known.symptom.at
      return Measured(symptom: again, isConfirmed: true)
    }
  }

  private func metricSymptoms(at now: Instant) -> [Symptom] {
    var found: [Symptom] = []
    if let ratio = requests.errorRatio, let rate = requests.rate, ratio > limits.errors,
      ratio * rate * requests.covered >= ServicePresent.fewestErrors
    {
      found.append(Symptom(.errors, "", at: now, value: ratio, limit: limits.errors))
    }
    if requests.rate ?? 0 > 0 {
      for index in limits.latencies.indices {
        let (quantile, limit) = (limits.latencies[index].quantile, limits.latencies[index].limit)
        guard let seconds = requests.seconds(quantile), seconds > limit else { continue }
        let name = quantile.rawValue
        if found.contains(where: { $0.kind == .latency && $0.subject == name }) { continue }
        found.append(Symptom(.latency, name, at: now, value: seconds, limit: limit))
      }
    }
    for index in instances.indices where instances[index].mayBeFull {
      for part in instances[index].sharedHealth.read({ $0.saturations }) {
        if let ratio = part.ratio, ratio >= ServicePresent.full { fill(part.name, ratio) }
      }
      for part in instances[index].sharedMeter.read({ $0.saturation })
      where part.ratio >= ServicePresent.full {
        fill(part.name, part.ratio)
      }
    }
    return found

    // A report's `workers` and a library's `limit workers` are one thing.
    func fill(_ name: String, _ ratio: Double) {
      if found.contains(where: { $0.kind == .saturation && name.hasSuffix(" " + $0.subject) }) {
        return
      }
      if let known = found.firstIndex(where: { $0.kind == .saturation && $0.subject == name }) {
        found[known].value = max(found[known].value ?? 0, ratio)
      } else {
        found.append(Symptom(.saturation, name, at: now, value: ratio))
      }
    }
  }
}

/// A symptom that one reading of figures showed.
struct Measured: Sendable, Hashable {
  var symptom: Symptom
  /// A later reading showed it too.
  var isConfirmed: Bool
}

extension HealthState {
  /// Worse than it should be. What warms or drains does so on purpose; of what is unknown nothing
  /// is known.
  var isTrouble: Bool {
    switch self {
    case .degraded, .notReady, .unhealthy, .unreachable, .stale: true
    case .healthy, .warming, .draining, .unknown: false
    }
  }
}

extension Measured: FieldCoded {
  static var blank: Self { Self(symptom: .blank, isConfirmed: false) }
  mutating func pass(_ fields: Fields) throws { try fields.pass(&symptom, &isConfirmed) }
}
