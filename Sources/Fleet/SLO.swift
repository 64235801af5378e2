public import Canonical
public import Telemetry

/// An objective as the fleet file states it: which events count, how many of them must be good over
/// which window, what wakes somebody, and what a spent budget means.
public struct SLO: Sendable, Hashable {
  /// One of its service, or of its capability.
  public var name: String
  public var objective: Objective
  public var counts: EventRule
  /// Whole minutes, in seconds; windows past three days are exact to the hour.
  public var window: Double
  public var burn: BurnPolicy
  public var policy: BudgetPolicy

  public init(
    name: String, objective: Objective, counts: EventRule = .requests(endpoint: nil),
    window: Double, burn: BurnPolicy? = nil, policy: BudgetPolicy = BudgetPolicy()
  ) {
    self.name = name
    self.objective = objective
    self.counts = counts
    self.window = window
    self.burn = burn ?? .usual(window: SLO.minutes(window))
    self.policy = policy
  }

  /// Of all requests of a service: availability, or speed where there is a `threshold` in seconds.
  public init(name: String, objective: Objective, threshold: Double?, window: Double) {
    self.init(
      name: name, objective: objective,
      counts: threshold.map { .latency(threshold: $0, endpoint: nil) } ?? .requests(endpoint: nil),
      window: window)
  }

  /// The same with an objective that is only known in binary; nil unless it is above 0 and below
  /// 100 %.
  public init?(name: String, percent: Double, threshold: Double?, window: Double) {
    guard let objective = Objective(percent: percent) else { return nil }
    self.init(name: name, objective: objective, threshold: threshold, window: window)
  }

  /// Seconds a request may take to count as good; nil where speed does not matter.
  public var threshold: Double? { counts.threshold }

  public var windowMinutes: Int { SLO.minutes(window) }

  /// Its window as people name it: `the month` for 28 to 31 days, `the week` for 7, else its length.
  public var span: String {
    switch windowMinutes {
    case 28 * 1440...31 * 1440: "the month"
    case 7 * 1440: "the week"
    case let minutes: BurnText.window(minutes)
    }
  }

  private static func minutes(_ seconds: Double) -> Int {
    min(max(Int(nearest: seconds / 60), 1), 366 * 1440)
  }
}

/// What it means that so much of a budget is left, as shares of it.
public struct BudgetPolicy: Sendable, Hashable {
  /// At or below this it is time to be careful; nil for never.
  public var warn: Double?
  /// At or below this nothing is released but what repairs; nil for never.
  public var freeze: Double?

  public init(warn: Double? = 0.25, freeze: Double? = 0) {
    self.warn = warn
    self.freeze = freeze
  }

  public func standing(remaining: Double?) -> BudgetStanding {
    guard let remaining else { return .fine }
    if let freeze, remaining <= freeze { return .frozen }
    if let warn, remaining <= warn { return .warned }
    return .fine
  }
}

/// What a budget's policy says now.
public enum BudgetStanding: String, Sendable, Hashable, Codable, CaseIterable, Comparable {
  case fine, warned, frozen

  public static func < (a: BudgetStanding, b: BudgetStanding) -> Bool { a.rank < b.rank }
  private var rank: Int {
    switch self {
    case .fine: 0
    case .warned: 1
    case .frozen: 2
    }
  }
}

/// An objective of a capability: counted where its users' requests enter.
public struct CapabilitySLO: Sendable, Hashable, Codable {
  public var capability: String
  public var slo: SLO
  /// The services whose events are summed, each once.
  public var services: [String]

  public init(capability: String, slo: SLO, services: [String]) {
    self.capability = capability
    self.slo = slo
    self.services = services
  }
}

// MARK: As bytes

extension SLO: FieldCoded {
  public static var blank: Self { Self(name: "", objective: 99, window: 60) }

  public mutating func pass(_ fields: Fields) throws {
    try fields.pass(&name, &objective, &counts)
    try fields.pass(&window, &burn, &policy)
  }
}

extension BudgetPolicy: FieldCoded {
  public static var blank: Self { Self() }
  public mutating func pass(_ fields: Fields) throws { try fields.pass(&warn, &freeze) }
}
