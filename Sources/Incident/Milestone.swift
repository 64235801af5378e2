public import Fleet
public import Health

/// Something that a recording is gone through by: what stands on its timeline, and what the keys for
/// the next and the previous event stop at.
public struct Milestone: Sendable, Hashable, Codable {
  public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
    /// A service went to a worse state, or to a better one.
    case worse, better
    /// An objective began to fire, or ceased.
    case alert, alertOver
    /// A fallback came into use, or went out of it.
    case fallback, fallbackOver
    /// Something about a service or the fleet is another than before: a version, a flag, a restart.
    case change
    /// An incident was opened or closed.
    case incident, incidentOver
    /// A responder had something done.
    case action
    /// A responder wrote something down.
    case note
    /// Recording began anew: Damcon was started.
    case began
  }

  public var kind: Kind
  /// The entry that brought it.
  public var sequence: UInt64
  public var instant: Instant
  /// nil: the fleet.
  public var service: String?
  /// One line: `degraded → unhealthy: pool saturated`.
  public var words: String

  public init(
    _ kind: Kind, sequence: UInt64, instant: Instant, service: String? = nil, words: String
  ) {
    self.kind = kind
    self.sequence = sequence
    self.instant = instant
    self.service = service
    self.words = words
  }
}

/// How the fleet was in one minute, for the small chart below a timeline.
public struct Pulse: Sendable, Hashable, Codable {
  public var instant: Instant
  /// The largest burn rate of any objective; nil where none is known.
  public var burn: Double?
  /// The worst state of any service.
  public var worst: HealthState

  public init(instant: Instant, burn: Double?, worst: HealthState) {
    self.instant = instant
    self.burn = burn
    self.worst = worst
  }
}
