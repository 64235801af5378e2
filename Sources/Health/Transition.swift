public import Fleet

/// A change of an instance's state: from what to what, when, why, and how it ended.
public struct Transition: Sendable, Hashable, Codable {
  public var from: HealthState
  public var to: HealthState
  public var at: Instant
  /// The worst reason at that moment.
  public var cause: String
  /// When `to` was left again; nil while it lasts.
  public var endedAt: Instant?
  /// What ended it: `healthy: readiness passes`.
  public var resolution: String?
}

/// A change of one part of what an instance says: a route's verdict, a breaker, a fallback.
public struct Change: Sendable, Hashable, Codable {
  public enum Subject: Sendable, Hashable, Codable {
    case liveness, readiness, metrics, phase, version
    case breaker(String)
    case fallback(String)

    /// `readiness`, `breaker postgres`: as a timeline says it.
    public var label: String {
      switch self {
      case .liveness: "liveness"
      case .readiness: "readiness"
      case .metrics: "metrics"
      case .phase: "phase"
      case .version: "version"
      case .breaker(let name): "breaker \(name)"
      case .fallback(let name): "fallback \(name)"
      }
    }
  }

  public var subject: Subject
  public var from: String
  public var to: String
  public var at: Instant
  public var cause: String?
  /// When the same subject changed again; nil while it lasts.
  public var endedAt: Instant?
}
