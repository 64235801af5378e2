import Conditions
import Fleet
import Telemetry

/// Facts that other parts of the state know.
extension FleetFacts {
  /// `burn(fast, 1h)`, `budget(fast)`, `alert(fast)` of one service.
  func budgetFact(_ reference: Reference, of row: Int) -> Fact {
    let arguments = reference.arguments
    guard let name = arguments.first,
      let slo = present.services[row].slos.first(where: { $0.name == name })
    else { return .unknown }
    switch reference.kind {
    case "budget": return slo.remaining.map(Fact.number) ?? .unknown
    case "burn":
      guard arguments.count == 2,
        let burn = slo.reading.burns.first(where: { $0.name == arguments[1] }),
        let rate = burn.rate
      else { return .unknown }
      return .number(rate)
    default:
      if let alert = slo.alert { return .word(alert.severity.rawValue) }
      return slo.remaining == nil ? .unknown : .word("none")
    }
  }

  /// What belongs to the fleet rather than to a service: journeys and capabilities; nil for all that
  /// is a service's.
  func fleetFact(_ reference: Reference) -> Fact? {
    switch reference.kind {
    case "capability":
      guard let found = present.capabilities.first(where: { $0.id == reference.argument }),
        found.state != .unknown
      else { return .unknown }
      return .word(found.state.rawValue)
    case "journey":
      guard
        let journey = present.journeys.first(where: { $0.definition.name == reference.argument }),
        !journey.isStale(at: present.now), let passes = journey.isPassing
      else { return .unknown }
      return .word(passes ? "pass" : "fail")
    default: return nil
    }
  }
}
