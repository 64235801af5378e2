public import Exposition

/// Which metric names mean something, for one service: its own selector, the fleet's conventions,
/// then the built-in ones, and what runtimes tell.
///
/// It is passed to whoever needs it rather than kept in every meter. Only what the fleet file
/// adds is encoded. Lookups are by name, patterns with `*` after exact names.
public struct RoleTable: Sendable {
  /// The service's own selector: where there is one, no other convention is looked at.
  public let own: Convention?
  /// What the fleet file adds.
  public let fleet: [Convention]
  /// The service's endpoints by the names that the fleet file gives them, the first that takes a
  /// route winning.
  public var endpoints: [NamedEndpoint]
  /// Breakers and fallbacks that the fleet file maps, those of the service first.
  public let given: Given

  /// What a fleet file says of breakers and fallbacks.
  public struct Given: Sendable, Hashable, Codable {
    public var breakers: [BreakerConvention]
    public var fallbacks: [FallbackConvention]
    public init(breakers: [BreakerConvention] = [], fallbacks: [FallbackConvention] = []) {
      self.breakers = breakers
      self.fallbacks = fallbacks
    }
    var isEmpty: Bool { breakers.isEmpty && fallbacks.isEmpty }
  }
  /// Signals that the fleet file adds to the built-in ones.
  public let signals: [SignalRule]
  /// What its objectives count, by position.
  public var rules: [EventRule]

  /// In the order they are tried.
  let conventions: [Convention]
  let breakers: [BreakerConvention]
  let fallbacks: [FallbackConvention]
  private let index: Index

  /// The built-in table alone.
  public static let builtIn = RoleTable()

  public init(
    own: Convention? = nil, fleet: [Convention] = [], endpoints: [NamedEndpoint] = [],
    given: Given = Given(), signals: [SignalRule] = [], rules: [EventRule] = []
  ) {
    self.signals = signals
    self.own = own
    self.fleet = fleet
    self.endpoints = endpoints
    self.given = given
    self.rules = rules
    conventions = own.map { [$0] } ?? fleet + Convention.builtIn
    breakers = given.breakers + BreakerConvention.builtIn
    fallbacks = given.fallbacks + FallbackConvention.builtIn
    index =
      own == nil && fleet.isEmpty && given.isEmpty && signals.isEmpty
      ? .builtIn : Index(conventions, breakers, fallbacks, signals)
  }

  /// Whether a sample is worth extracting: it counts requests, measures their latency or is a
  /// runtime signal that is understood.
  public func wants(sampleName: String, family: String, type: FamilyType) -> Bool {
    if picks(sampleName) { return true }
    if sampleName.hasSuffix("_sum"), type == .histogram || type == .summary { return false }
    for meaning in index.meanings(of: sampleName) {
      switch meaning {
      // A runtime's whole prefix would be too much; what is understood of it is asked for by name.
      case .language where !index.hasExact(sampleName): continue
      default: return true
      }
    }
    return index.meanings(of: RoleTable.base(sampleName, family: family, type: type))
      .contains { if case .latency = $0 { true } else { false } }
  }

  /// Whether a family's help text is worth keeping: it may say which number means which state.
  public func keepsHelp(of family: String) -> Bool {
    index.meanings(of: family).contains {
      if case .breaker(_, .state) = $0 { true } else { false }
    }
  }

  /// An objective's own selectors name it.
  private func picks(_ sampleName: String) -> Bool {
    rules.contains { rule in
      guard case .selected(let selectors) = rule else { return false }
      return selectors.names.contains { Pattern($0).matches(sampleName) }
    }
  }

  /// Whether the same is recognised, whatever objectives count of it.
  public func recognisesTheSame(as other: RoleTable) -> Bool {
    own == other.own && fleet == other.fleet && endpoints == other.endpoints
      && given == other.given && signals == other.signals
  }

  /// What people call an endpoint of the metrics.
  func name(of endpoint: String) -> String {
    endpoints.first { $0.takes(endpoint) }?.name ?? endpoint
  }

  /// A signal by its position in the built-in table and, after it, this one's own.
  func signal(_ rule: Int) -> RuntimeSignal {
    let builtIn = RuntimeSignals.signals.count
    return rule < builtIn ? RuntimeSignals.signals[rule] : RuntimeSignal(signals[rule - builtIn])
  }

  /// What a sample may mean, in the order of the tables.
  func meanings(of definition: SeriesDefinition) -> [Meaning] {
    var found = index.meanings(of: definition.name).filter {
      if case .latency = $0 { false } else { true }
    }
    let base = RoleTable.base(definition.name, family: definition.family, type: definition.type)
    found += index.meanings(of: base).filter { if case .latency = $0 { true } else { false } }
    return found
  }

  /// The name of the histogram or summary that a sample is part of. Where the exposition gives no
  /// type, the suffix has to do.
  static func base(_ name: String, family: String, type: FamilyType) -> String {
    if type == .histogram || type == .summary || type == .gaugeHistogram { return family }
    for suffix in ["_bucket", "_count"] where name.hasSuffix(suffix) {
      return String(name.dropLast(suffix.count))
    }
    return name
  }

  /// One thing a name can stand for. Numbers are positions in the tables.
  enum Meaning: Sendable {
    case requests(convention: Int, rank: Int)
    case latency(convention: Int, rank: Int)
    case errors(convention: Int, rank: Int)
    case signal(Int)
    case used(Int)
    case limit(Int)
    case version(Int)
    case startTime
    case fallback(Int)
    case breaker(Int, BreakerPart)
    case setting
    case language(Int)

    var isRequestMeaning: Bool {
      switch self {
      case .requests, .latency, .errors: true
      default: false
      }
    }
  }

  /// Which of a breaker's metrics.
  enum BreakerPart: Sendable { case state, transitions, refused }

  /// Meanings by exact name, and those of patterns.
  private struct Index: Sendable {
    var exact: [String: [Meaning]] = [:]
    var patterns: [(Pattern, Meaning)] = []

    static let builtIn = Index(
      Convention.builtIn, BreakerConvention.builtIn, FallbackConvention.builtIn, [])

    init(
      _ conventions: [Convention], _ breakers: [BreakerConvention],
      _ fallbacks: [FallbackConvention], _ own: [SignalRule]
    ) {
      for (c, convention) in conventions.enumerated() {
        for (rank, name) in convention.requests.enumerated() {
          add(name, .requests(convention: c, rank: rank))
        }
        for (rank, name) in convention.latency.enumerated() {
          add(name, .latency(convention: c, rank: rank))
        }
        switch convention.error {
        case .family(let names), .statusFamily(let names, _):
          for (rank, name) in names.enumerated() {
            add(name, .errors(convention: c, rank: rank))
          }
        case .httpStatus, .grpcCode, .label, .none: break
        }
      }
      for (i, signal) in RuntimeSignals.signals.enumerated() {
        for name in signal.families { add(name, .signal(i)) }
      }
      for (i, rule) in own.enumerated() {
        for name in RuntimeSignal(rule).families {
          add(name, .signal(RuntimeSignals.signals.count + i))
        }
      }
      for name in RuntimeSignals.settings { add(name, .setting) }
      for (i, pair) in RuntimeSignals.saturations.enumerated() {
        add(pair.used, .used(i))
        add(pair.limit, .limit(i))
      }
      for (i, version) in RuntimeSignals.versions.enumerated() {
        add(version.family, .version(i))
      }
      for name in RuntimeSignals.startTimes { add(name, .startTime) }
      for (i, fallback) in fallbacks.enumerated() { add(fallback.metric, .fallback(i)) }
      for (i, breaker) in breakers.enumerated() {
        if let metric = breaker.metric { add(metric, .breaker(i, .state)) }
        if let metric = breaker.transitions { add(metric, .breaker(i, .transitions)) }
        if let metric = breaker.refused { add(metric, .breaker(i, .refused)) }
      }
      for (i, hint) in RuntimeSignals.languages.enumerated() { add(hint.family, .language(i)) }
    }

    private mutating func add(_ name: String, _ meaning: Meaning) {
      let pattern = Pattern(name)
      if pattern.isExact {
        exact[name, default: []].append(meaning)
      } else {
        patterns.append((pattern, meaning))
      }
    }

    func hasExact(_ name: String) -> Bool { exact[name] != nil }

    func meanings(of name: String) -> [Meaning] {
      var found = exact[name] ?? []
      for (pattern, meaning) in patterns where pattern.matches(name) {
        if meaning.isRequestMeaning, Index.outgoing.contains(where: { name.contains($0) }) {
          continue
        }
        found.append(meaning)
      }
      return found
    }

    /// Words of names that count what a process asks of others; a wildcard never takes those.
    private static let outgoing = ["client", "outgoing", "outbound", "upstream"]
  }
}

extension RoleTable: Hashable, Codable {
  private enum CodingKeys: String, CodingKey { case own, fleet, endpoints, given, signals, rules }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      own: try container.decodeIfPresent(Convention.self, forKey: .own),
      fleet: try container.decode([Convention].self, forKey: .fleet),
      endpoints: try container.decode([NamedEndpoint].self, forKey: .endpoints),
      given: try container.decode(Given.self, forKey: .given),
      signals: try container.decode([SignalRule].self, forKey: .signals),
      rules: try container.decode([EventRule].self, forKey: .rules))
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encodeIfPresent(own, forKey: .own)
    try container.encode(fleet, forKey: .fleet)
    try container.encode(endpoints, forKey: .endpoints)
    try container.encode(given, forKey: .given)
    try container.encode(signals, forKey: .signals)
    try container.encode(rules, forKey: .rules)
  }

  public static func == (a: RoleTable, b: RoleTable) -> Bool {
    a.recognisesTheSame(as: b) && a.rules == b.rules
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(own)
    hasher.combine(fleet)
    hasher.combine(endpoints)
    hasher.combine(given)
    hasher.combine(signals)
    hasher.combine(rules)
  }
}
