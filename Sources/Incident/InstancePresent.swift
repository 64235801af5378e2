public import Canonical
public import Exposition
public import Fleet
public import Health
public import Telemetry

/// One polled process as it stands.
public struct InstancePresent: Sendable, Hashable, Identifiable {
  /// As the fleet has it; encoded there alone.
  public internal(set) var definition = Instance(url: "")
  /// `health` and `meter` are copied to be asked anything; these are asked in place (`read`).
  private(set) var sharedHealth: Shared<InstanceHealth>
  private(set) var sharedMeter: Shared<InstanceMeter>
  /// What is asked; nil until discovery has found it.
  public internal(set) var routes: Routes?
  public internal(set) var scraping: ScrapeRecord
  /// The last time anything was heard of it, a fault included.
  public internal(set) var lastHeard: Instant?
  /// The last time it answered.
  public internal(set) var lastAnswered: Instant?

  /// The state of its health, and what it tells of, kept beside them for whoever asks of a thousand.
  public private(set) var state = HealthState.unknown
  /// It tells of a fallback in use.
  public private(set) var isFallingBack = false
  /// It tells of a breaker that is not closed.
  public private(set) var hasOpenBreaker = false
  private var reported: Traits = [] { didSet { sumUp() } }
  private var measured: Traits = [] { didSet { sumUp() } }
  /// The expected signals that its reports stand for.
  private(set) var reportedExports: Exports = []
  /// Differs when it names other things that it needs.
  private(set) var linkMark: UInt64 = 0
  /// What was last known of it beside its health.
  var known = KnownFacts()

  /// Parts of events that make no whole one yet, by the position of the rule.
  var carried: [EventCarry] = []

  public var id: String { definition.url }

  init(_ definition: Instance) {
    self.definition = definition
    sharedHealth = Shared(InstanceHealth(policy: HealthPolicy(definition.polling)))
    sharedMeter = Shared(InstanceMeter(instance: definition.url))
    scraping = ScrapeRecord()
  }

  public internal(set) var health: InstanceHealth {
    _read { yield sharedHealth.value }
    _modify {
      defer { state = sharedHealth.read { $0.state } }
      yield &sharedHealth.value
    }
  }

  public internal(set) var meter: InstanceMeter {
    _read { yield sharedMeter.value }
    _modify { yield &sharedMeter.value }
  }

  /// It tells of a check that fails, required or not.
  var hasFailingCheck: Bool { reported.contains(.failingCheck) }
  /// It may tell of something limited that is full.
  var mayBeFull: Bool { reported.union(measured).contains(.full) }

  /// What its health report says, else what its metrics say.
  public var version: String? {
    sharedHealth.read { $0.version } ?? sharedMeter.read { $0.version }
  }

  /// What its metrics show, else what its health report says.
  @inline(__always)
  public var language: Language? {
    if let shown = sharedMeter.read({ $0.language }) { return Language(shown) }
    guard let said = sharedHealth.read({ $0.report?.language })?.lowercased() else { return nil }
    return Language(rawValue: said) ?? (said == "golang" ? .go : .other)
  }

  /// What keeps it from being heard or read now; nil when all that is asked of it answers.
  public var fault: Fault? { health.fault ?? scraping.fault }

  /// Everything limited that it tells of, from its report and its metrics, fullest first.
  public var saturations: [Saturation] {
    Saturation.all(
      reported: sharedHealth.read { $0.saturation }, measured: sharedMeter.read { $0.saturation }
    ).sorted { ($1.ratio, $0.name) < ($0.ratio, $1.name) }
  }

  /// The ratio of the limited thing of that name, without a name of the fullest. What `saturations` say,
  /// found without making them.
  @inline(__always)
  func fullness(of name: String?) -> Double? {
    let reported = sharedHealth.read { $0.saturation }
    var fullest: Double?
    for said in reported where name == nil || name == said.name {
      if let ratio = said.ratio, ratio > fullest ?? -.infinity { fullest = ratio }
    }
    let measured = sharedMeter.read { meter in
      meter.fullness(of: name) { own in
        reported.contains { $0.name == own && $0.ratio != nil }
      }
    }
    if let measured, measured > fullest ?? -.infinity { return measured }
    return fullest
  }

  mutating func adopt(_ definition: Instance) {
    self.definition = definition
    health.policy = HealthPolicy(definition.polling)
  }

  /// Its metrics mean something else from now on: what they were taken for is no measure of it.
  mutating func forgetMeasurements() {
    meter = InstanceMeter(instance: definition.url)
    measured = []
  }

  mutating func adopt(_ routes: Routes, at instant: Instant) {
    self.routes = routes
    health.watch(
      liveness: routes.liveness != nil, readiness: routes.readiness != nil,
      metrics: routes.metrics != nil, at: instant)
    sumUpReports()
  }

  mutating func observe(_ probe: Probe, at instant: Instant) {
    let heard = probe.heard(at: instant)
    lastHeard = heard
    if case .response = probe.answer { lastAnswered = heard }
    if health.observe(probe, at: instant) { return sumUpReports() }
    // An answer that says what the last one said tells other numbers.
    let isFull = sharedHealth.read { $0.mayBeFull(from: ServicePresent.full) }
    if isFull != reported.contains(.full) { reported.formSymmetricDifference(.full) }
  }

  mutating func observe(_ scrape: Scrape, roles: RoleTable, at instant: Instant) {
    lastHeard = instant
    scraping.observe(scrape, at: instant)
    switch scrape.outcome {
    case .extracted(let extraction, _):
      lastAnswered = instant
      meter.ingest(extraction, at: instant.seconds, table: roles)
      health.observeScrape(nil, duration: scrape.duration, at: instant)
      measured = sharedMeter.read { Traits($0) }
    case .fault(let fault):
      health.observeScrape(fault, duration: scrape.duration, at: instant)
    }
  }

  private mutating func sumUp() {
    let all = reported.union(measured)
    isFallingBack = all.contains(.fallback)
    hasOpenBreaker = all.contains(.openBreaker)
  }

  private mutating func sumUpReports() {
    reported = Traits(health.readiness.report).union(Traits(health.liveness.report))
    reportedExports = health.report.map { Exports($0) } ?? []
    linkMark = freshLinkMark
  }
}

extension Language {
  fileprivate init(_ shown: RuntimeLanguage) {
    self =
      switch shown {
      case .go: .go
      case .rust: .rust
      case .other: .other
      }
  }
}

/// What of an instance is worth a closer look.
private struct Traits: OptionSet, Sendable, Hashable, CanonicalCodable {
  var rawValue: UInt8

  static let fallback = Traits(rawValue: 1)
  static let openBreaker = Traits(rawValue: 2)
  static let failingCheck = Traits(rawValue: 4)
  static let full = Traits(rawValue: 8)
}

extension Traits {
  init(_ report: HealthReport?) {
    self = []
    guard let report else { return }
    if report.fallbacks.contains(where: \.active) { insert(.fallback) }
    if report.breakers.contains(where: { $0.state != .closed }) { insert(.openBreaker) }
    if report.checks.contains(where: { $0.status == .fail }) { insert(.failingCheck) }
    if report.saturation.contains(where: { $0.ratio ?? 0 >= ServicePresent.full }) {
      insert(.full)
    }
  }

  init(_ meter: borrowing InstanceMeter) {
    self = []
    if meter.isAnyFallbackActive { insert(.fallback) }
    if meter.isAnyBreakerHoldingBack { insert(.openBreaker) }
    if meter.mayBeFull(from: ServicePresent.full) { insert(.full) }
  }
}

extension Exports {
  fileprivate init(_ report: HealthReport) {
    self = []
    switch report.dialect {
    case .damcon, .ietf, .spring, .microprofile, .kubernetes, .generic: insert(.health)
    case .text, .empty, .unreadable: break
    }
    if report.version != nil { insert(.version) }
    if report.saturation.contains(where: { $0.ratio != nil }) { insert(.saturation) }
    if report.saturation.contains(where: { $0.name.contains("queue") }) { insert(.queueDepth) }
  }
}

/// How the scrapes of one instance went.
public struct ScrapeRecord: Sendable, Hashable {
  public internal(set) var last: Instant?
  /// Seconds.
  public internal(set) var duration: Double?
  /// Of the last scrape; nil when it brought an exposition.
  public internal(set) var fault: Fault?
  public internal(set) var successes = 0
  public internal(set) var failures = 0
  /// Of the last exposition.
  public internal(set) var bytes = 0
  public internal(set) var samples = 0
  public internal(set) var violations: [Violation] = []
  public internal(set) var violationCount = 0
  public internal(set) var dropped = 0

  init() {}

  mutating func observe(_ scrape: Scrape, at instant: Instant) {
    last = instant
    duration = scrape.duration
    switch scrape.outcome {
    case .extracted(let extraction, let bytes):
      fault = nil
      successes += 1
      self.bytes = bytes
      samples = extraction.sampleCount
      violations = extraction.violations
      violationCount = extraction.violationCount
      dropped = extraction.dropped
    case .fault(let fault):
      self.fault = fault
      failures += 1
    }
  }
}

// MARK: As bytes

extension InstancePresent: FieldCoded {
  public static var blank: Self { Self(Instance(url: "")) }

  public mutating func pass(_ fields: Fields) throws {
    try fields.pass(&routes, &scraping, &lastHeard, &lastAnswered)
    try fields.pass(&sharedHealth, &sharedMeter)
    try fields.pass(&state, &isFallingBack, &hasOpenBreaker)
    try fields.pass(&reported)
    try fields.pass(&measured)
    try fields.pass(&reportedExports, &linkMark, &known, &carried)
  }
}

extension ScrapeRecord: FieldCoded {
  public static var blank: Self { Self() }

  public mutating func pass(_ fields: Fields) throws {
    try fields.pass(&last, &duration, &fault)
    try fields.pass(&successes, &failures, &bytes, &samples)
    try fields.pass(coded: &violations)
    try fields.pass(&violationCount, &dropped)
  }
}
