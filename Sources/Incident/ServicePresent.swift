public import Canonical
public import Conditions
public import Fleet
public import Health
public import Telemetry

/// One service as it stands.
public struct ServicePresent: Sendable, Hashable {
  public internal(set) var definition = Service(name: "")
  public internal(set) var instances: [InstancePresent]
  public internal(set) var verdict: Verdict
  /// As its instances are together, whatever its fallbacks make of it.
  public internal(set) var health = HealthState.unknown
  /// Fallbacks in use, about to be, recovering, or over for a short while.
  public internal(set) var fallbackTracks: [FallbackTrack] = []
  /// What its metrics mean: its own selector, the fleet's conventions, the built-in ones.
  var roles = RoleTable.builtIn
  /// Requests of all instances over the last minute, read after a scrape but not more often than
  /// `readEvery`: figures that change faster are noise to read and bytes to send.
  public internal(set) var requests: RequestSummary
  /// Its objectives, in the order of the fleet file.
  public internal(set) var slos: [SLOPresent] = []
  /// The ledger's accounts that its events go to, by the position of the rule in `roles`.
  var accounts: [Int] = []

  /// The stretch in which `requests` were read last.
  var readIn: Int64 = -1

  /// Reads the requests anew after one of its instances was scraped, if it is time.
  mutating func readRequests(at now: Instant) {
    let stretch = Int64(now.seconds / ServicePresent.readEvery)
    // What is not known yet is not kept waiting.
    guard stretch > readIn || requests.rate == nil else { return }
    readIn = stretch
    requests = RequestSummary(statistics(.minute, at: now), window: .minute)
    measureSymptoms(at: now)
  }

  /// What is wrong with it since its first symptom; nil while nothing is, or was lately.
  public internal(set) var trouble: Trouble?
  /// Nanoseconds by which its first symptom may be seen late: two polls and the time one may take.
  var slack: Int64 = 0
  /// What its figures showed when they were last read.
  var measured: [Measured] = []
  /// What they should not pass.
  var limits = FigureLimits()

  /// Takes what the fleet file says of it.
  mutating func adopt(_ definition: Service) {
    self.definition = definition
    measure(against: definition)
    adoptPlans()
  }

  private mutating func measure(against definition: Service) {
    limits = FigureLimits(definition.slos)
    let polling = definition.instances.first?.polling ?? PollPolicy()
    slack = Int64(
      nanosecondsOf: max(Origins.leastSlack, 2 * polling.interval + polling.timeout))
  }

  /// Takes back, once decoded, what it was encoded without.
  ///
  /// - Returns: false where it is not what was encoded.
  mutating func define(_ definition: Service, roles: RoleTable) -> Bool {
    guard instances.count == definition.instances.count, slos.count == definition.slos.count else {
      return false
    }
    self.definition = definition
    self.roles = roles
    measure(against: definition)
    for index in instances.indices {
      instances[index].definition = definition.instances[index]
    }
    for index in slos.indices {
      slos[index].define(definition.slos[index], of: .service(definition.name))
    }
    return true
  }

  /// Seconds between two readings of `requests`.
  static let readEvery = 2.0

  /// Versions in the order in which the service came by them, as far as anybody saw.
  public internal(set) var seenVersions: [SeenVersion] = []
  /// What is usual for it, and what is not.
  public internal(set) var ordinary = Ordinary()
  /// What would take its release back, as far as each has come; in the order of the fleet file.
  public internal(set) var rollbackRuns: [ConditionRun] = []

  /// Runbooks that match, or are about to, in the order of `Present.runbooks`.
  public internal(set) var runbookRuns: [RunbookRun] = []

  /// The one word for the service, since when, and why.
  public struct Verdict: Sendable, Hashable {
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
    definition.language ?? instances.language
  }

  /// The distinct versions running, in the order of the instances.
  public var versions: [String] {
    var versions: [String] = []
    for instance in instances {
      if let version = instance.version, !versions.contains(version) { versions.append(version) }
    }
    return versions
  }

  /// Seconds since the instance that was silent for longest was last heard; nil before any was. What rests is not
  /// silent.
  public func age(at now: Instant) -> Double? {
    var oldest: Double?
    for index in instances.indices {
      guard let heard = instances[index].lastAnswered,
        !instances[index].sharedHealth.read({ $0.isAtRest })
      else { continue }
      oldest = max(oldest ?? 0, now.seconds(since: heard))
    }
    return oldest
  }

  /// Whether any instance answered no longer ago than so many seconds.
  func isHeard(within seconds: Double, at now: Instant) -> Bool {
    instances.indices.contains { index in
      instances[index].lastAnswered.map { now.seconds(since: $0) < seconds } ?? false
    }
  }

  /// Requests of all instances, of one endpoint or of all together.
  public func statistics(
    _ window: Window, endpoint: String? = nil, at now: Instant
  ) -> RequestStatistics {
    guard !instances.isEmpty else { return RequestStatistics(window: window) }
    var merged = statistics(of: 0, window, endpoint, at: now)
    for index in instances.indices.dropFirst() {
      merged.merge(statistics(of: index, window, endpoint, at: now))
    }
    return merged
  }

  private func statistics(
    of instance: Int, _ window: Window, _ endpoint: String?, at now: Instant
  ) -> RequestStatistics {
    instances[instance].sharedMeter.read {
      $0.statistics(window: window, at: now.seconds, endpoint: endpoint)
    }
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

  /// Of one instance: what its report says, and of its metrics what the report does not speak of.
  static func all(
    reported: [HealthReport.Saturation], measured: [SaturationReading]
  ) -> [Saturation] {
    var found = reported.compactMap { said in
      said.ratio.map { Saturation(name: said.name, ratio: $0) }
    }
    for one in measured where !found.contains(where: { $0.name == one.name }) {
      found.append(Saturation(name: one.name, ratio: one.ratio))
    }
    return found
  }
}

extension [InstancePresent] {
  /// What the first that tells it is written in.
  var language: Language? {
    for index in indices {
      if let language = self[index].language { return language }
    }
    return nil
  }
}

// MARK: As bytes

/// What the fleet file says, and what follows from that alone, is not told: see `define`.
extension ServicePresent: FieldCoded {
  public static var blank: Self { Self(Service(name: ""), at: .zero) }

  public mutating func pass(_ fields: Fields) throws {
    try fields.pass(&instances, &verdict, &health)
    try fields.pass(coded: &fallbackTracks)
    try fields.pass(&requests, &slos, &accounts, &readIn)
    try fields.pass(&trouble, &measured, &seenVersions, &ordinary)
    try fields.pass(coded: &rollbackRuns)
    if fields.form >= 4 { try fields.pass(coded: &runbookRuns) }
  }
}

extension ServicePresent.Verdict: FieldCoded {
  public static var blank: Self { Self(state: .unknown, since: .zero, reasons: []) }
  public mutating func pass(_ fields: Fields) throws { try fields.pass(&state, &since, &reasons) }
}
