public import Fleet
public import Health

/// What users can do of one thing now.
public struct CapabilityPresent: Sendable, Hashable, Codable, Identifiable {
  public enum State: String, Sendable, Hashable, Codable, CaseIterable {
    case whole, degraded, lost
    /// Something it needs has not been heard, so nobody can say: never shown as whole.
    case unknown = "not known"

    /// Higher is worse.
    public var severity: Int {
      switch self {
      case .whole: 0
      case .unknown: 1
      case .degraded: 2
      case .lost: 3
      }
    }
  }

  public internal(set) var definition: Capability
  public internal(set) var state: State = .unknown
  public internal(set) var since: Instant
  /// Why it is not whole, worst first.
  public internal(set) var causes: [Cause] = []
  /// What users get now: the same words whenever the same thing happens, so without any figure.
  public internal(set) var status: String
  /// Made of a service, where the fleet file names no capability.
  public internal(set) var isService = false

  public var id: String { definition.name }

  /// One reason why a capability is not whole.
  public struct Cause: Sendable, Hashable, Codable {
    public var service: String
    public var state: State
    /// `pricing is unhealthy`, `checkout falls back on cached-prices`; without figures.
    public var words: String
    /// What users get because of it, as a fallback says.
    public var usersGet: String?
    /// Everything that is wrong here is recovering already.
    public var isRecovering = false
  }

  init(_ definition: Capability, at now: Instant) {
    self.definition = definition
    since = now
    status = CapabilityPresent.sentence(definition, .unknown, [])
  }

  /// Takes the causes of this moment.
  mutating func take(_ causes: [Cause], at now: Instant) {
    guard causes != self.causes || state == .unknown else { return }
    let worst = causes.max { $0.state.severity < $1.state.severity }?.state ?? .whole
    if worst != state {
      state = worst
      since = now
    }
    self.causes = causes.enumerated().sorted {
      ($1.element.state.severity, $0.offset) < ($0.element.state.severity, $1.offset)
    }.map(\.element)
    status = CapabilityPresent.sentence(definition, worst, self.causes)
  }

  /// The one sentence for what users get, by the fleet file's words, else the service's, else ours.
  static func sentence(_ capability: Capability, _ state: State, _ causes: [Cause]) -> String {
    let first = causes.first { $0.state == state }
    switch state {
    case .whole: return "works as usual"
    case .unknown: return first.map { "not known: \($0.words)" } ?? "not known yet"
    case .degraded:
      return capability.usersGet.degraded
        ?? causes.lazy.filter { $0.state == .degraded }.compactMap(\.usersGet).first
        ?? "works with less: \(first?.words ?? "")"
    case .lost:
      return capability.usersGet.lost ?? "does not work: \(first?.words ?? "")"
    }
  }

  /// Seconds until it is expected back, below zero once that has passed; nil where nobody says.
  public func expected(at now: Instant) -> Double? {
    guard state == .degraded || state == .lost, let usual = definition.expectedRecovery else {
      return nil
    }
    return usual - now.seconds(since: since)
  }

  public var isRecovering: Bool {
    state != .whole && !causes.isEmpty && causes.allSatisfy(\.isRecovering)
  }
}

/// What a synthetic journey says of a capability, beside what its services say.
public struct JourneyVerdict: Sendable, Hashable, Codable {
  public var capability: String
  public var journey: String
  public var state: CapabilityPresent.State
  public init(capability: String, journey: String, state: CapabilityPresent.State) {
    self.capability = capability
    self.journey = journey
    self.state = state
  }
}
