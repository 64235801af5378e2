import Conditions
import Fleet
import Telemetry

/// Facts that other parts of the state know.
extension FleetFacts {
  func budget(_ objective: String, of row: Int) -> Fact {
    slo(objective, of: row)?.remaining.map(Fact.number) ?? .unknown
  }

  /// Whether no more of a budget is lost than its window gives back.
  func healing(_ objective: String, of row: Int) -> Fact {
    guard let slo = slo(objective, of: row), slo.remaining != nil,
      let isHealing = slo.isHealing, services[row].instances.hasFreshScrape(at: now)
    else { return .unknown }
    return .word(isHealing ? "yes" : "no")
  }

  /// - Parameter window: by its name, such as `1h`.
  func burn(_ objective: String, _ window: String, of row: Int) -> Fact {
    guard
      let burn = slo(objective, of: row)?.reading.burns.first(where: { $0.name == window }),
      let rate = burn.rate
    else { return .unknown }
    return .number(rate)
  }

  func alert(_ objective: String, of row: Int) -> Fact {
    guard let slo = slo(objective, of: row) else { return .unknown }
    if let alert = slo.alert { return .word(alert.severity.rawValue) }
    return slo.remaining == nil ? .unknown : .word("none")
  }

  private func slo(_ name: String, of row: Int) -> SLOPresent? {
    services[row].slos.first { $0.name == name }
  }

  // MARK: What belongs to the fleet rather than to a service

  func capability(_ id: String) -> Fact {
    guard let found = capabilities.first(where: { $0.id == id }), found.state != .unknown else {
      return .unknown
    }
    return .word(found.state.rawValue)
  }

  func journey(_ name: String) -> Fact {
    guard let journey = journeys.first(where: { $0.definition.name == name }),
      !journey.isStale(at: now), let passes = journey.isPassing
    else { return .unknown }
    return .word(passes ? "pass" : "fail")
  }
}
