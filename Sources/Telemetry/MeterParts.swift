public import Canonical

/// What was recognised where requests enter: one convention, and which of its families count.
struct MeteredSurface: Sendable, Hashable {
  var surface: Convention.Surface
  /// Position of the convention in the table that recognised it; lower ones are preferred.
  var rank: Int
  var convention: String
  /// Seconds in one unit of its latency.
  var unit: Double
  var requests: Family?
  var latency: Family?
  var errors: Family?
  /// The labels that were used, as first met.
  var endpointLabel: String?
  var errorLabel: String?
  /// Request counters say whether a request failed; so do the latency's counts.
  var requestsTell = false
  var latencyTells = false
  /// The counter of errors is split by endpoint.
  var errorsByEndpoint = false
  var isSummary = false

  struct Family: Sendable, Hashable, Comparable {
    var rank: Int
    var name: String
    static func < (a: Family, b: Family) -> Bool { (a.rank, a.name) < (b.rank, b.name) }
  }

  /// Counts come from the requests family, unless only the latency's tells errors apart.
  var countsFromLatency: Bool {
    requests == nil || (!requestsTell && latencyTells && errors == nil)
  }
  var errorsKnown: Bool { errors != nil || (countsFromLatency ? latencyTells : requestsTell) }
  var errorsKnownByEndpoint: Bool { errors == nil ? errorsKnown : errorsByEndpoint }
}

/// An endpoint as a meter keeps it.
struct MeteredEndpoint: Sendable, Hashable {
  var name: String
  /// Has had traffic ever, watched or before.
  var isUsed = false
  /// Has columns of its own.
  var isAlive = false
}

/// What tells one state of the configuration from another.
struct SettingCell: Sendable, Hashable {
  var name: String
  var value: Double?
  /// A hash that a label holds.
  var text: String?
}

/// A setting as the metrics tell it: when its value is another, the configuration is.
public struct SettingReading: Sendable, Hashable {
  /// The metric's name.
  public var name: String
  public var value: String
}

/// A used and a limit that belong together.
struct SaturationCell: Sendable, Hashable {
  var pair: Int
  var key: String
  var name: String
  var used: Double?
  var limit: Double?

  /// 0 empty, 1 full; nil without a limit, which may be told as 0 or as a number no machine could reach.
  var ratio: Double? {
    guard let used, let limit, limit > 0, limit < 9e15, used >= 0 else { return nil }
    return used / limit
  }
}

/// A quantile that the instance computes itself, the worst over its label sets.
struct SummaryCell: Sendable, Hashable {
  var endpoint: Int
  var quantile: Double
  /// Seconds; nil where the last scrape had none.
  var value: Double?
  var surface: Int
}

/// A limit that is either reached or not.
struct LimitCell: Sendable, Hashable {
  var name: String
  var isReached = false
}

/// How full a limited thing is, by its used and limit gauges.
public struct SaturationReading: Sendable, Hashable, Codable {
  public var name: String
  /// 0 empty, 1 full; more is possible.
  public var ratio: Double
}

/// A slow request that a trace can be opened for.
public struct TracedRequest: Sendable, Hashable {
  public var traceID: String
  /// Seconds it took.
  public var duration: Double
  public var endpoint: String
  /// When it was first scraped, on the clock of `ingest`.
  public var seen: Double
  /// Unix seconds, where the service said.
  public var timestamp: Double?
}

/// What was recognised of a target, for `inspect`.
public struct Roles: Sendable, Hashable, Codable {
  public struct Requests: Sendable, Hashable, Codable {
    /// The family that counts them.
    public var family: String
    public var endpointLabel: String?
    /// What tells errors, in a few words (`code 5xx`); nil where nothing does.
    public var error: String?
    public var convention: String
  }

  public struct Latency: Sendable, Hashable, Codable {
    public enum Kind: String, Sendable, Hashable, Codable { case histogram, summary }
    public var family: String
    public var kind: Kind
  }

  public var language: RuntimeLanguage?
  public var version: String?
  /// Of the first surface; `surfaces` has them all.
  public var requests: Requests?
  public var latency: Latency?
  /// The names of the conventions in use, one for each surface.
  public var conventions: [String]
  public var runtime: [String]
  public var fallbacks: [String]
  public var breakers: [String]
}

// MARK: As bytes

extension MeteredSurface: FieldCoded {
  static var blank: Self { Self(surface: .other, rank: 0, convention: "", unit: 1) }

  mutating func pass(_ fields: Fields) throws {
    try fields.pass(&surface, &rank, &convention, &unit)
    try fields.pass(&requests, &latency, &errors)
    try fields.pass(&endpointLabel, &errorLabel)
    try fields.pass(&requestsTell, &latencyTells, &errorsByEndpoint, &isSummary)
  }
}

extension MeteredSurface.Family: FieldCoded {
  static var blank: Self { Self(rank: 0, name: "") }
  mutating func pass(_ fields: Fields) throws { try fields.pass(&rank, &name) }
}

extension MeteredEndpoint: FieldCoded {
  static var blank: Self { Self(name: "") }
  mutating func pass(_ fields: Fields) throws { try fields.pass(&name, &isUsed, &isAlive) }
}

extension SettingCell: FieldCoded {
  static var blank: Self { Self(name: "") }
  mutating func pass(_ fields: Fields) throws { try fields.pass(&name, &value, &text) }
}

extension SaturationCell: FieldCoded {
  static var blank: Self { Self(pair: 0, key: "", name: "") }

  mutating func pass(_ fields: Fields) throws {
    try fields.pass(&pair, &key, &name)
    try fields.pass(&used, &limit)
  }
}

extension SummaryCell: FieldCoded {
  static var blank: Self { Self(endpoint: 0, quantile: 0, surface: 0) }

  mutating func pass(_ fields: Fields) throws {
    try fields.pass(&endpoint, &quantile, &value, &surface)
  }
}

extension LimitCell: FieldCoded {
  static var blank: Self { Self(name: "") }
  mutating func pass(_ fields: Fields) throws { try fields.pass(&name, &isReached) }
}

extension TracedRequest: FieldCoded {
  public static var blank: Self { Self(traceID: "", duration: 0, endpoint: "", seen: 0) }

  public mutating func pass(_ fields: Fields) throws {
    try fields.pass(&traceID, &duration, &endpoint, &seen)
    try fields.pass(&timestamp)
  }
}

extension SettingReading: FieldCoded {
  public static var blank: Self { Self(name: "", value: "") }
  public mutating func pass(_ fields: Fields) throws { try fields.pass(&name, &value) }
}
