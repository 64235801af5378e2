import Fleet

extension Present {
  /// What journeys say; a journey tries a capability as a user would, so it is believed over the
  /// health of services where it says worse.
  ///
  /// One run that fails may be chance: it makes less of the capability, and loses it once a second
  /// one fails too. A run that passed too slowly makes less of it.
  func journeyVerdicts(of capability: String) -> [JourneyVerdict] {
    var verdicts: [JourneyVerdict] = []
    for journey in journeys where journey.definition.capability == capability {
      let state: CapabilityPresent.State
      switch journey.isPassing {
      case nil: state = .unknown
      case false?: state = journey.streak > 1 ? .lost : .degraded
      case true?:
        let isSlow =
          journey.last?.duration ?? 0 > journey.definition.objective?.threshold ?? .infinity
        state = isSlow ? .degraded : .whole
      }
      verdicts.append(
        JourneyVerdict(capability: capability, journey: journey.definition.name, state: state))
    }
    return verdicts
  }
}
