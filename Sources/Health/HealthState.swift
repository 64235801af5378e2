public import Canonical

/// The one word for how a service or instance is, worst last in `severity`.
public enum HealthState: String, Sendable, Hashable, CanonicalCodable, CaseIterable, Comparable {
  case healthy, warming, degraded, draining
  case notReady = "not-ready"
  case unhealthy, unreachable, stale, unknown

  /// Higher is worse: what an on-call engineer must see first. `unknown` (nothing heard yet)
  /// ranks above `healthy` and below anything known to be wrong.
  public var severity: Int {
    switch self {
    case .healthy: 0
    case .unknown: 1
    case .warming: 2
    case .draining: 3
    case .stale: 4
    case .degraded: 5
    case .notReady: 6
    case .unhealthy: 7
    case .unreachable: 8
    }
  }

  public static func < (a: HealthState, b: HealthState) -> Bool { a.severity < b.severity }
}

/// The one error vocabulary.
public struct Fault: Sendable, Hashable {
  public enum Kind: String, Sendable, Hashable, CanonicalCodable, CaseIterable {
    case refused, reset, timeout, dns, tls
    case httpStatus = "http-status"
    case `protocol`, payload, misconfigured, panic
  }

  public var kind: Kind
  /// One plain clause for a person, without the kind: `no answer in 2.0 s`, `503`, `certificate expired 3 days ago`.
  public var detail: String

  public init(_ kind: Kind, _ detail: String) {
    self.kind = kind
    self.detail = detail
  }

  /// Too slow rather than broken: told apart everywhere.
  public var isSoft: Bool { kind == .timeout }
}

extension Fault: FieldCoded {
  public static var blank: Self { Self(.payload, "") }
  public mutating func pass(_ fields: Fields) throws { try fields.pass(&kind, &detail) }
}
