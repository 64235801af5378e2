public import Canonical
public import Fleet

/// A change of an instance's state: from what to what, when, why, and how it ended.
public struct Transition: Sendable, Hashable {
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
public struct Change: Sendable, Hashable {
  public enum Subject: Sendable, Hashable {
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

extension Transition: FieldCoded {
  public static var blank: Self { Self(from: .unknown, to: .unknown, at: .zero, cause: "") }

  public mutating func pass(_ fields: Fields) throws {
    try fields.pass(&from, &to, &at, &cause)
    try fields.pass(&endedAt, &resolution)
  }
}

extension Change: FieldCoded {
  public static var blank: Self { Self(subject: .phase, from: "", to: "", at: .zero) }

  public mutating func pass(_ fields: Fields) throws {
    try fields.pass(&subject, &from, &to, &at)
    try fields.pass(&cause, &endedAt)
  }
}

extension Change.Subject: CanonicalOnly {
  public func write(to encoder: CanonicalEncoder) {
    switch self {
    case .liveness: encoder.write("liveness")
    case .readiness: encoder.write("readiness")
    case .metrics: encoder.write("metrics")
    case .phase: encoder.write("phase")
    case .version: encoder.write("version")
    case .breaker(let name):
      encoder.write("breaker")
      encoder.write(name)
    case .fallback(let name):
      encoder.write("fallback")
      encoder.write(name)
    }
  }

  public init(canonical decoder: CanonicalDecoder) throws {
    switch try decoder.text() {
    case "liveness": self = .liveness
    case "readiness": self = .readiness
    case "metrics": self = .metrics
    case "phase": self = .phase
    case "version": self = .version
    case "breaker": self = .breaker(try decoder.text())
    case "fallback": self = .fallback(try decoder.text())
    default: throw Malformed("this is no subject of a change", at: decoder.place)
    }
  }
}
