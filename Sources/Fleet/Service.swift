public import Canonical
public import Telemetry

/// One service: what it is worth, who owns it, where its instances are and how each is asked.
public struct Service: Sendable, Hashable {
  public var name: String
  public var tier: Tier
  /// As the fleet file says; nil means it is worked out from the metrics.
  public var language: Language?
  public var owner: Owner?
  public var instances: [Instance]
  public var dependsOn: [String]
  /// What health checks of others call it, where that is not its name.
  public var aliases: [String] = []
  /// Overrules the conventions for this service's request metrics.
  public var requests: Convention?
  /// What people call its endpoints, where the metrics' own names are not it.
  public var endpoints: [NamedEndpoint]
  public var slos: [SLO]
  /// What its fallbacks mean to users.
  public var fallbacks: [FallbackPlan] = []
  /// How its breakers are told, where the built-in table does not know.
  public var breakers: [BreakerConvention] = []
  /// Who releases it, when, and what would take a release back.
  public var release: Release?
  /// Signals of its own, beside the fleet's and the built-in ones.
  public var signals: [SignalRule] = []
  /// How it tells of itself; nil where it is only asked. Encoding leaves it out.
  public var beacon: Beacon?

  public init(
    name: String, tier: Tier = .important, language: Language? = nil, owner: Owner? = nil,
    instances: [Instance] = [], dependsOn: [String] = [], requests: Convention? = nil,
    endpoints: [NamedEndpoint] = [], slos: [SLO] = [], release: Release? = nil
  ) {
    self.name = name
    self.tier = tier
    self.language = language
    self.owner = owner
    self.instances = instances
    self.dependsOn = dependsOn
    self.requests = requests
    self.endpoints = endpoints
    self.slos = slos
    self.release = release
  }
}

extension Service {
  /// What its metrics mean, given what the whole fleet's do: its own selector stands before them.
  ///
  /// - Parameter rules: what objectives count of it, those of capabilities included
  ///   (`Fleet.rules(of:)`); its own objectives' where nil.
  public func roles(in fleet: RoleTable, rules: [EventRule]? = nil) -> RoleTable {
    let metrics = fallbacks.flatMap(\.metrics)
    var table = fleet
    if requests != nil || !breakers.isEmpty || !metrics.isEmpty || !signals.isEmpty {
      let shared = fleet.signals.filter { rule in !signals.contains { $0.name == rule.name } }
      table = RoleTable(
        own: requests, fleet: fleet.fleet,
        given: RoleTable.Given(
          breakers: breakers + fleet.given.breakers, fallbacks: metrics + fleet.given.fallbacks),
        signals: shared + signals)
    }
    table.endpoints = endpoints
    table.rules = rules ?? slos.map(\.counts)
    return table
  }
}

/// A service's or capability's business value.
public enum Tier: String, Sendable, Hashable, CanonicalCodable, CaseIterable, Comparable {
  case critical, important, optional

  public static func < (a: Tier, b: Tier) -> Bool { a.rank < b.rank }
  /// 0 for the most valuable.
  public var rank: Int { Tier.allCases.firstIndex(of: self)! }
}

/// The language a service is written in, as far as Damcon treats them apart.
public enum Language: String, Sendable, Hashable, CanonicalCodable, CaseIterable {
  case go, rust, other

  /// The one-letter mark of the fleet table: `G`, `R` or `·`.
  public var mark: String {
    switch self {
    case .go: "G"
    case .rust: "R"
    case .other: "·"
    }
  }
}

public struct Owner: Sendable, Hashable {
  public var team: String?
  public var primary: String?
  public var secondary: String?
  public var channel: String?

  public init(
    team: String? = nil, primary: String? = nil, secondary: String? = nil, channel: String? = nil
  ) {
    self.team = team
    self.primary = primary
    self.secondary = secondary
    self.channel = channel
  }
}

// MARK: As bytes

extension Service: FieldCoded {
  public static var blank: Self { Self(name: "") }

  public mutating func pass(_ fields: Fields) throws {
    try fields.pass(&name, &tier, &language, &owner)
    try fields.pass(&instances, &dependsOn, &aliases)
    try fields.pass(coded: &requests)
    try fields.pass(&endpoints, &slos)
    try fields.pass(coded: &fallbacks)
    try fields.pass(coded: &breakers)
    try fields.pass(coded: &release)
    try fields.pass(&signals)
  }
}

extension Owner: FieldCoded {
  public static var blank: Self { Self() }

  public mutating func pass(_ fields: Fields) throws {
    try fields.pass(&team, &primary, &secondary, &channel)
  }
}
