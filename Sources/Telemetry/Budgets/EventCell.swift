public import Canonical

/// What the last scrape added to one objective, as its meter counts it.
struct EventCell: Sendable, Hashable {
  /// The rule it counts by; positions are those of `RoleTable.rules`.
  var rule: EventRule
  /// Series that say how many, how many good and how many bad were met.
  var tells = Parts()
  /// For speed: of all histograms the least exact.
  var basis: LatencyBasis?

  struct Parts: OptionSet, Sendable, Hashable, CanonicalCodable {
    var rawValue: UInt8
    static let total = Parts(rawValue: 1)
    static let good = Parts(rawValue: 2)
    static let bad = Parts(rawValue: 4)
  }

  init(_ rule: EventRule) { self.rule = rule }

  /// Whether an endpoint of the meter is among those it counts.
  func takes(endpoint name: String) -> Bool {
    guard let endpoint = rule.endpoint else { return true }
    return endpoint == name || NamedEndpoint(name: "", routes: [endpoint]).takes(name)
  }
}

/// Events that one scrape of one process brought.
public struct ScrapedEvents: Sendable, Hashable {
  public var total: Double
  public var bad: Double
  /// For speed: how exactly it could be counted.
  public var basis: LatencyBasis?

  public init(total: Double, bad: Double, basis: LatencyBasis? = nil) {
    self.total = total
    self.bad = bad
    self.basis = basis
  }
}

extension EventCell: FieldCoded {
  static var blank: Self { Self(.requests(endpoint: nil)) }
  mutating func pass(_ fields: Fields) throws { try fields.pass(&rule, &tells, &basis) }
}
