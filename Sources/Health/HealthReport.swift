public import Canonical

/// What a health body says, in the words of the health contract, whatever dialect it was written in.
///
/// Unknown fields are ignored; a field of the wrong type is left nil and named in `defects`.
/// Strings are verbatim: what they hold is made harmless where it is shown.
public struct HealthReport: Sendable, Hashable {
  public enum Dialect: String, Sendable, Hashable, CanonicalCodable {
    case damcon, ietf, spring, microprofile, kubernetes, generic
    /// `ok`, `Prometheus Server is Ready.`: text with no structure.
    case text
    case empty
    /// The body is not what its type says, or is nothing that can be read (HTML, broken JSON).
    case unreadable
  }

  public enum Status: String, Sendable, Hashable, CanonicalCodable { case pass, warn, fail }
  public enum Phase: String, Sendable, Hashable, CanonicalCodable {
    case warming, serving, draining, misconfigured
  }

  public var dialect: Dialect
  /// What the body claims, apart from the HTTP status; nil where it claims nothing.
  public var status: Status?
  /// Unix seconds.
  public var timestamp: Double?
  public var message: String?
  public var hint: String?
  public var nextCheck: Double?
  public var phase: Phase?
  public var service: String?
  public var version: String?
  public var build: String?
  public var language: String?
  public var apiVersions: [String]
  public var checks: [Check]
  public var fallbacks: [Fallback]
  public var breakers: [Breaker]
  public var flags: [Flag]
  public var rollout: Rollout?
  public var saturation: [Saturation]
  /// What was wrong with the body, a sentence each: `checks[2].status: expected text, found 3`.
  public var defects: [String]

  public init(dialect: Dialect, status: Status? = nil) {
    self.dialect = dialect
    self.status = status
    apiVersions = []
    checks = []
    fallbacks = []
    breakers = []
    flags = []
    saturation = []
    defects = []
  }

  /// One dependency or self-test. Times are Unix seconds, durations seconds.
  public struct Check: Sendable, Hashable {
    public var name: String
    public var status: Status
    /// A required check that fails makes the service not ready; an optional one degrades it.
    public var required: Bool
    public var transient: Bool?
    public var observed: Double?
    public var since: Double?
    public var message: String?
    public var retryAfter: Double?
    public init(
      name: String, status: Status, required: Bool = true, transient: Bool? = nil,
      observed: Double? = nil, since: Double? = nil, message: String? = nil,
      retryAfter: Double? = nil
    ) {
      self.name = name
      self.status = status
      self.required = required
      self.transient = transient
      self.observed = observed
      self.since = since
      self.message = message
      self.retryAfter = retryAfter
    }
  }

  /// A degraded mode in use.
  public struct Fallback: Sendable, Hashable {
    public var name: String
    public var active: Bool
    public var since: Double?
    public var reason: String?
    /// `cache`, `static`, `reduced`, `queue`, `stale`, or what the service says.
    public var mode: String?
    /// Seconds this may go on.
    public var tolerance: Double?
    public var dependency: String?
    public var userMessage: String?
    /// Seconds: how old the data is that it serves.
    public var dataAge: Double?
    public init(
      name: String, active: Bool, since: Double? = nil, reason: String? = nil, mode: String? = nil,
      tolerance: Double? = nil, dependency: String? = nil, userMessage: String? = nil,
      dataAge: Double? = nil
    ) {
      self.name = name
      self.active = active
      self.since = since
      self.reason = reason
      self.mode = mode
      self.tolerance = tolerance
      self.dependency = dependency
      self.userMessage = userMessage
      self.dataAge = dataAge
    }
  }

  public struct Breaker: Sendable, Hashable {
    public enum State: String, Sendable, Hashable, CanonicalCodable {
      case closed, open
      case halfOpen = "half-open"
    }
    public var name: String
    public var state: State
    public var since: Double?
    public init(name: String, state: State, since: Double? = nil) {
      self.name = name
      self.state = state
      self.since = since
    }
  }

  public struct Flag: Sendable, Hashable {
    public var name: String
    public var on: Bool
    /// Share of traffic, 0…1.
    public var exposure: Double?
    public var owner: String?
    public init(name: String, on: Bool, exposure: Double? = nil, owner: String? = nil) {
      self.name = name
      self.on = on
      self.exposure = exposure
      self.owner = owner
    }
  }

  public struct Rollout: Sendable, Hashable {
    /// `stable`, `canary`, `blue`, `green`, or what the service says.
    public var track: String?
    public var weight: Double?
    public var previousVersion: String?
    public init(track: String? = nil, weight: Double? = nil, previousVersion: String? = nil) {
      self.track = track
      self.weight = weight
      self.previousVersion = previousVersion
    }
  }

  public struct Saturation: Sendable, Hashable {
    public var name: String
    public var used: Double
    public var limit: Double?
    public init(name: String, used: Double, limit: Double? = nil) {
      self.name = name
      self.used = used
      self.limit = limit
    }
    /// 0…, or nil where the limit is not known.
    public var ratio: Double? {
      guard let limit, limit > 0 else { return nil }
      return used / limit
    }
  }
}

// MARK: As bytes

extension HealthReport: FieldCoded {
  public static var blank: Self { Self(dialect: .empty) }

  public mutating func pass(_ fields: Fields) throws {
    try fields.pass(&dialect, &status, &timestamp, &message)
    try fields.pass(&hint, &nextCheck, &phase, &service)
    try fields.pass(&version, &build, &language, &apiVersions)
    try fields.pass(&checks, &fallbacks, &breakers, &flags)
    try fields.pass(&rollout, &saturation, &defects)
  }
}

extension HealthReport.Check: FieldCoded {
  public static var blank: Self { Self(name: "", status: .pass) }

  public mutating func pass(_ fields: Fields) throws {
    try fields.pass(&name, &status, &required, &transient)
    try fields.pass(&observed, &since, &message, &retryAfter)
  }
}

extension HealthReport.Fallback: FieldCoded {
  public static var blank: Self { Self(name: "", active: false) }

  public mutating func pass(_ fields: Fields) throws {
    try fields.pass(&name, &active, &since, &reason)
    try fields.pass(&mode, &tolerance, &dependency, &userMessage)
    try fields.pass(&dataAge)
  }
}

extension HealthReport.Breaker: FieldCoded {
  public static var blank: Self { Self(name: "", state: .closed) }

  public mutating func pass(_ fields: Fields) throws { try fields.pass(&name, &state, &since) }
}

extension HealthReport.Flag: FieldCoded {
  public static var blank: Self { Self(name: "", on: false) }

  public mutating func pass(_ fields: Fields) throws {
    try fields.pass(&name, &on, &exposure, &owner)
  }
}

extension HealthReport.Rollout: FieldCoded {
  public static var blank: Self { Self() }

  public mutating func pass(_ fields: Fields) throws {
    try fields.pass(&track, &weight, &previousVersion)
  }
}

extension HealthReport.Saturation: FieldCoded {
  public static var blank: Self { Self(name: "", used: 0) }

  public mutating func pass(_ fields: Fields) throws { try fields.pass(&name, &used, &limit) }
}
