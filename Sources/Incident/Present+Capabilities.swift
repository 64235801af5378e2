public import Fleet
import Health
import Telemetry

/// Working out what users can do from the services that each capability needs.
extension Present {
  /// Requests in the last minute below which an endpoint's share of errors says nothing.
  static let enoughRequests = 10.0
  /// The share of failed requests at which an endpoint counts as lost.
  static let lostErrors = 0.5

  /// What users can do, as the fleet file names it; where it names nothing, the services that do
  /// not serve all they should, in the words of their own fallbacks.
  public var usersView: [CapabilityPresent] {
    guard capabilities.isEmpty else { return capabilities }
    return services.compactMap { service in
      var one = CapabilityPresent(
        Capability(
          name: service.definition.name, tier: service.definition.tier,
          needs: [Capability.Need(service: service.definition.name)]),
        at: service.verdict.since)
      one.isService = true
      one.take(causes(of: one.definition), at: service.verdict.since)
      return one.state == .whole ? nil : one
    }
  }

  /// Takes the fleet's capabilities, keeping since when those that stay are what they are.
  mutating func adoptCapabilities() {
    let known = capabilities
    capabilities = fleet.capabilities.map { definition in
      guard var kept = known.first(where: { $0.id == definition.name }) else {
        return CapabilityPresent(definition, at: now)
      }
      if kept.definition != definition {
        kept.definition = definition
        kept.status = CapabilityPresent.sentence(definition, kept.state, kept.causes)
      }
      return kept
    }
  }

  /// Looks at every capability anew; its cost is in proportion to what they need.
  mutating func followCapabilities() {
    capabilitiesAreDue = false
    for i in capabilities.indices {
      capabilities[i].take(causes(of: capabilities[i].definition), at: now)
    }
  }

  /// What journeys say; a journey tries a capability as a user would, so it is believed over the
  /// health of services where it says worse. One failed run is less, two in a row are a loss.
  private func journeyVerdicts(of capability: String) -> [JourneyVerdict] {
    journeys.compactMap { journey in
      guard journey.definition.capability == capability, !journey.isStale(at: now) else {
        return nil
      }
      let state: CapabilityPresent.State
      switch journey.isPassing {
      case true?: state = .whole
      case false?: state = journey.streak > 1 ? .lost : .degraded
      case nil: return nil
      }
      return JourneyVerdict(journey: journey.definition.name, state: state)
    }
  }

  /// Why a capability is not whole, in the order of its needs.
  func causes(of capability: Capability) -> [CapabilityPresent.Cause] {
    var causes: [CapabilityPresent.Cause] = []
    for need in capability.needs {
      guard let index = index(of: need.service) else {
        causes.append(
          .init(service: need.service, state: .unknown, words: "\(need.service) is not watched"))
        continue
      }
      guard var cause = cause(of: need, index, capability) else { continue }
      if cause.state == .lost, need.isOptional { cause.state = .degraded }
      // Another service that gets by without it turns its loss into less.
      if cause.state == .lost, let cover = cover(for: need.service, in: capability) {
        cause.state = .degraded
        cause.usersGet = cover.usersGet
      }
      if cause.state == .degraded, capability.toleratesDegraded { continue }
      causes.append(cause)
    }
    for journey in journeyVerdicts(of: capability.name)
    where journey.state == .lost || journey.state == .degraded {
      causes.append(
        .init(
          service: capability.needs.first?.service ?? "", state: journey.state,
          words: "the journey \(journey.journey) fails"))
    }
    return causes
  }

  private func cause(
    of need: Capability.Need, _ index: Int, _ capability: Capability
  ) -> CapabilityPresent.Cause? {
    let name = need.service
    let state = services[index].health
    switch state {
    case .unhealthy, .unreachable, .notReady, .draining, .warming:
      return .init(service: name, state: .lost, words: "\(name) is \(state.rawValue)")
    case .stale: return .init(service: name, state: .unknown, words: "\(name) is not heard")
    case .unknown:
      return .init(service: name, state: .unknown, words: "\(name) has not been heard yet")
    case .degraded, .healthy: break
    }
    if let endpoint = need.endpoint, let judged = judge(endpoint, index, capability) {
      guard judged != .whole else { return nil }
      return .init(
        service: name, state: judged,
        words: judged == .lost
          ? "most requests to \(endpoint) at \(name) fail"
          : "requests to \(endpoint) at \(name) fail")
    }
    if let track = services[index].fallbackTracks.filter(\.isInUse).first {
      let words =
        track.phase == .recovering
        ? "\(name) is coming back from \(track.name)" : "\(name) falls back on \(track.name)"
      return .init(
        service: name, state: .degraded, words: words, usersGet: track.usersGet,
        isRecovering: services[index].fallbackTracks.allSatisfy { $0.phase != .active })
    }
    return state == .degraded
      ? .init(service: name, state: .degraded, words: "\(name) is degraded") : nil
  }

  /// By the errors of an endpoint's own requests; nil where it has too few to tell.
  private func judge(
    _ endpoint: String, _ index: Int, _ capability: Capability
  ) -> CapabilityPresent.State? {
    let statistics = services[index].statistics(.minute, endpoint: endpoint, at: now)
    guard statistics.requests >= Present.enoughRequests, let errors = statistics.errorRatio else {
      return nil
    }
    if errors >= max(Present.lostErrors, capability.toleratedErrors) { return .lost }
    return errors > capability.toleratedErrors ? .degraded : .whole
  }

  /// A fallback in use, at another service that the capability needs, that stands in for a service.
  private func cover(for service: String, in capability: Capability) -> FallbackTrack? {
    for need in capability.needs where need.service != service {
      guard let index = index(of: need.service) else { continue }
      let cover = services[index].fallbackTracks.first {
        $0.isInUse && $0.dependency == service && !$0.isUnacceptable
      }
      if let cover { return cover }
    }
    return nil
  }
}
