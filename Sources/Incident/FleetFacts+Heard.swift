import Fleet
import Health

/// What a service said last, and whether it still says so.
extension FleetFacts {
  /// Whether what such a fact is made of was heard lately.
  func isHeard(_ kind: FactSubject.Kind, of row: Int) -> Bool {
    let instances = services[row].instances
    return switch kind {
    case .phase, .track, .check, .flag: instances.hasFreshReport(at: now)
    case .version, .saturation, .fallback, .breaker:
      instances.hasFreshReport(at: now) || instances.hasFreshScrape(at: now)
    // That nothing burns, and that nothing is unusual, is known only while something is counted.
    case .unusual, .rising, .alert: instances.hasFreshScrape(at: now)
    // These look at the age of what they are made of by themselves, or are the answer to it.
    case .health, .liveness, .readiness, .age, .exports, .figure, .burn, .budget, .healing,
      .capability, .journey, .signal, .nothing:
      true
    }
  }
}

extension [InstancePresent] {
  /// Whether any instance has said lately how it is, in words that could be read.
  func hasFreshReport(at now: Instant) -> Bool {
    contains { instance in
      let health = instance.health
      let patience = Swift.max(health.policy.staleAfter, 2 * health.nextCheckHint)
      return [health.readiness, health.liveness].contains { route in
        route.isReportCurrent
          && (route.lastAnswer.map { now.seconds(since: $0) <= patience } ?? false)
      }
    }
  }
}
