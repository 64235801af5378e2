import Conditions

/// Facts that other parts of the state know.
extension FleetFacts {
  /// `burn(fast, 1h)`, `budget(fast)`, `alert(fast)` of one service.
  func budgetFact(_ reference: Reference, of row: Int) -> Fact { .unknown }

  /// What belongs to the fleet rather than to a service: journeys and capabilities; nil for all that
  /// is a service's.
  func fleetFact(_ reference: Reference) -> Fact? {
    switch reference.kind {
    case "capability":
      guard let found = present.capabilities.first(where: { $0.id == reference.argument }),
        found.state != .unknown
      else { return .unknown }
      return .word(found.state.rawValue)
    case "journey": return .unknown
    default: return nil
    }
  }
}
