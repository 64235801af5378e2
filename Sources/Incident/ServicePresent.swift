public import Conditions
public import Fleet
public import Health
public import Telemetry

/// One service as it stands.
public struct ServicePresent: Sendable, Hashable, Codable {
  public internal(set) var definition: Service
  public internal(set) var instances: [InstancePresent]
  public internal(set) var verdict: Verdict
  /// As its instances are together, whatever its fallbacks make of it.
  public internal(set) var health = HealthState.unknown
  /// Fallbacks in use, about to be, recovering, or over for a short while.
  public internal(set) var fallbackTracks: [FallbackTrack] = []
  /// What its metrics mean: its own selector, the fleet's conventions, the built-in ones.
  var roles: RoleTable
  /// Requests of all instances over the last minute, read after a scrape but not more often than
  /// `readEvery`: figures that change faster are noise to read and bytes to send.
  public internal(set) var requests: RequestSummary
  /// Its objectives, in the order of the fleet file.
  public internal(set) var slos: [SLOPresent] = []
  /// The ledger's accounts that its events go to, by the position of the rule in `roles`.
  var accounts: [Int] = []

  /// The stretch in which `requests` were read last.
  var readIn: Int64 = -1

  /// What is wrong with it since its first symptom; nil while nothing is, or was lately.
  public internal(set) var trouble: Trouble?
  /// What its figures showed when they were last read.
  var measured: [Measured] = []

  /// Seconds between two readings of `requests`.
  static let readEvery = 2.0

  /// Versions in the order in which the service came by them, as far as anybody saw.
  public internal(set) var seenVersions: [SeenVersion] = []
  /// What is usual for it, and what is not.
  public internal(set) var ordinary = Ordinary()
  /// What would take its release back, as far as each has come; in the order of the fleet file.
  public internal(set) var rollbackRuns: [ConditionRun] = []

  /// The one word for the service, since when, and why.
  public struct Verdict: Sendable, Hashable, Codable {
    public var state: HealthState
    public var since: Instant
    /// Worst first; empty when healthy.
    public var reasons: [String]
  }

  init(_ definition: Service, at now: Instant) {
    self.definition = definition
    instances = []
    roles = .builtIn
    verdict = Verdict(state: .unknown, since: now, reasons: [])
    requests = RequestSummary(window: .minute)
  }

  /// What the fleet file says, else what the metrics or the health report of any instance say.
  public var language: Language? {
    if let language = definition.language { return language }
    for instance in instances {
      if let language = instance.language { return language }
    }
    return nil
  }

  /// The distinct versions running, in the order of the instances.
  public var versions: [String] {
    var versions: [String] = []
    for instance in instances {
      if let version = instance.version, !versions.contains(version) { versions.append(version) }
    }
    return versions
  }

  /// Seconds since the instance that was silent for longest was last heard; nil before any was.
  public func age(at now: Instant) -> Double? {
    var oldest: Double?
    for instance in instances {
      guard let heard = instance.lastAnswered else { continue }
      oldest = max(oldest ?? 0, now.seconds(since: heard))
    }
    return oldest
  }

  /// Requests of all instances, of one endpoint or of all together.
  public func statistics(
    _ window: Window, endpoint: String? = nil, at now: Instant
  ) -> RequestStatistics {
    RequestStatistics.merge(
      instances.map { $0.meter.statistics(window: window, at: now.seconds, endpoint: endpoint) })
  }

  /// The endpoints that any instance knows, sorted by name.
  public var endpoints: [String] {
    Set(instances.flatMap(\.meter.endpoints)).sorted()
  }
}

/// How full a limited thing is.
public struct Saturation: Sendable, Hashable, Codable {
  public var name: String
  /// 0 empty, 1 full; more is possible.
  public var ratio: Double
  public init(name: String, ratio: Double) {
    self.name = name
    self.ratio = ratio
  }
}
