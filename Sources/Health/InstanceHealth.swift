public import Canonical
public import Fleet

/// Everything known about the health of one instance, and the one word for it.
///
/// Feed it what the polls bring (`observe`) and the passing of time (`advance`); it reads no clock.
/// Liveness is strict: one hard failure counts. Readiness is debounced: it counts once it has
/// failed for the grace period, and passes again with the first answer that passes. An instance
/// that was never seen ready has no flap to wait out: its second failing answer settles it.
public struct InstanceHealth: Sendable, Hashable {
  /// Another one, as a reloaded fleet file gives, counts from the next answer or moment on.
  public var policy: HealthPolicy { didSet { due = 0 } }
  public private(set) var state: HealthState = .unknown
  /// When `state` began; nil before the first answer.
  public private(set) var since: Instant?
  /// Why it is in this state, worst first, each short; remarks that change no state come last.
  public private(set) var reasons: [String] = []
  /// How many of `reasons`, from the first, are why the state is not healthy; the rest are remarks.
  public private(set) var graveReasons = 0
  public private(set) var liveness = Route()
  public private(set) var readiness = Route()
  public private(set) var metrics = Route()
  /// The grace period that runs, if one does.
  public private(set) var debounce: Debounce?
  /// The fault of the worst route that has one.
  public private(set) var fault: Fault?
  /// Seconds the service's clock is ahead (or behind, below zero) beyond the round trip.
  public private(set) var clockSkew: Double?
  /// Changes of the state, oldest first; the last 32.
  public private(set) var transitions: [Transition] = []
  /// Changes of routes, breakers, fallbacks, phase and version, oldest first; the last 32.
  public private(set) var changes: [Change] = []
  /// Versions seen, oldest first; the last 8.
  public private(set) var versions: [VersionSeen] = []

  /// Required checks that fail, by name, and since when they were seen failing.
  var failing: [FailingCheck] = []
  /// The offset before which the mere passing of time changes nothing.
  var due: Int64 = 0
  /// A timer runs, or a reason tells a time.
  var runsWithTime = false
  /// Routes that are known to be asked: silence of one of them is not health.
  var expected = Expected()

  /// A grace period: what fails now counts from `until` on.
  public struct Debounce: Sendable, Hashable {
    public var since: Instant
    public var until: Instant

    /// Seconds of grace left at `now`, never below zero.
    public func remaining(at now: Instant) -> Double { max(0, until.seconds(since: now)) }
  }

  public struct VersionSeen: Sendable, Hashable {
    public var version: String
    public var since: Instant
  }

  struct FailingCheck: Sendable, Hashable {
    var name: String
    var since: Instant
  }

  struct Expected: Sendable, Hashable {
    var liveness = false
    var readiness = false
    var metrics = false
  }

  static let transitionsKept = 32
  static let versionsKept = 8

  public init(policy: HealthPolicy = HealthPolicy()) { self.policy = policy }

  // MARK: What happens

  /// Says which routes are asked from now on. What is no longer asked is forgotten, so that it does
  /// not turn stale; what is asked and has not answered keeps the instance from being healthy.
  public mutating func watch(
    liveness: Bool, readiness: Bool, metrics: Bool, at now: Instant
  ) {
    if !liveness { self.liveness = Route() }
    if !readiness { self.readiness = Route() }
    if !metrics { self.metrics = Route() }
    expected = Expected(liveness: liveness, readiness: readiness, metrics: metrics)
    updateFailingChecks(at: now)
    settle(at: now)
  }

  /// Takes what one poll of a health route brought.
  ///
  /// - Returns: whether it is news; else it says what that route's last answer said, and nothing
  ///   follows from it but that it came.
  @discardableResult
  public mutating func observe(_ probe: Probe, at now: Instant) -> Bool {
    if isCalm(at: now), case .response(let status, let report) = probe.answer,
      report.version == nil || report.version == version, isClockRight(report, probe, at: now),
      repeats(probe, status, report, at: now)
    {
      measureClock(report, duration: probe.duration, at: now)
      setPace(of: probe)
      return false
    }
    let outcome = Outcome(probe)
    let before = (verdict: self[probe.kind].verdict, report: self[probe.kind].report)
    self[probe.kind].record(
      outcome, path: probe.path, duration: probe.isBeat ? 0 : probe.duration,
      at: probe.heard(at: now))
    note(
      probe.kind == .liveness ? .liveness : .readiness, from: before.verdict.rawValue,
      to: outcome.verdict.rawValue, cause: outcome.cause, at: now)
    if let report = self[probe.kind].current {
      compare(before.report, report, at: now)
      measureClock(report, duration: probe.duration, at: now)
    }
    updateFailingChecks(at: now)
    // A beat may have come long ago: whether that is too long ago depends on the pace that it named.
    if probe.isBeat { setPace(of: probe) }
    settle(at: now)
    setPace(of: probe)
    return true
  }

  private mutating func setPace(of probe: Probe) {
    // Whoever sends beats keeps its own pace, in trouble too.
    let pace =
      switch probe.answer {
      case .response(_, let report) where probe.isRest: report.nextCheck ?? Self.endless
      case .response where probe.isBeat, .fault where probe.isBeat:
        policy.pace(wished: wishedPace, isWell: true)
      case .response, .fault: nextCheckHint
      }
    switch probe.kind {
    case .liveness: liveness.pace = pace
    case .readiness: readiness.pace = pace
    }
    due = nextChange
  }

  /// The rule: an answer that passes once more. What it says is compared rather than judged again, so
  /// nothing of the verdict may hang on the time, and no remark on a number that moves.
  private func isCalm(at now: Instant) -> Bool {
    since != nil && !isDue(at: now) && !runsWithTime && failing.isEmpty
      && isWithinTolerance(clockSkew)
  }

  private func isWithinTolerance(_ skew: Double?) -> Bool {
    skew.map { abs($0) <= policy.clockTolerance } ?? true
  }

  private func isClockRight(_ report: HealthReport, _ probe: Probe, at now: Instant) -> Bool {
    isWithinTolerance(skew(of: report, duration: probe.duration, at: now))
  }

  /// Seconds for which nobody waits: a hundred years.
  private static let endless = 3e9

  /// Takes an answer into its route if it says what the last one said.
  private mutating func repeats(
    _ probe: Probe, _ status: Int, _ report: HealthReport, at now: Instant
  ) -> Bool {
    switch probe.kind {
    case .liveness: liveness.repeats(probe, status, report, at: probe.heard(at: now))
    case .readiness:
      // Flapping is remarked on with a number, which falls as answers pass.
      readiness.changes(among: Judgement.flapAnswers) < Judgement.flapChanges
        && readiness.repeats(probe, status, report, at: probe.heard(at: now))
    }
  }

  /// Takes the outcome of a metrics scrape: nil where it went well. For an instance with no health
  /// routes it is the only word on whether the process can be reached.
  public mutating func observeScrape(_ fault: Fault?, duration: Double = 0, at now: Instant) {
    let outcome = fault.map { Outcome($0) } ?? .scraped
    let before = metrics.verdict
    let isSettled = since != nil && !isDue(at: now)
    metrics.record(outcome, path: nil, duration: duration, at: now)
    // The rule: once more it went well, and no timer ran out meanwhile.
    if isSettled, before == .pass, outcome.verdict == .pass {
      due = nextChange
      return
    }
    note(
      .metrics, from: before.rawValue, to: outcome.verdict.rawValue, cause: outcome.cause, at: now)
    settle(at: now)
  }

  /// Lets time pass: grace periods run out, and what is not heard turns stale.
  ///
  /// Called every second for every instance, it costs one comparison while no timer runs.
  public mutating func advance(to now: Instant) {
    if isDue(at: now) { settle(at: now) }
  }

  /// A timer of its runs out by now: `advance` may change it.
  public func isDue(at now: Instant) -> Bool { now.offset >= due }

  /// The offset from which on `isDue`.
  public var nextMove: Int64 { due }

  // MARK: What is known

  public subscript(kind: ProbeKind) -> Route {
    get { kind == .liveness ? liveness : readiness }
    set { if kind == .liveness { liveness = newValue } else { readiness = newValue } }
  }

  // MARK: Keeping

  private mutating func settle(at now: Instant) {
    let judgement = Judgement(of: self, at: now).result
    runsWithTime = judgement.runsWithTime
    defer { due = nextChange }
    reasons = judgement.reasons
    graveReasons = judgement.graveReasons
    debounce = judgement.debounce
    fault = judgement.fault
    if since == nil, lastAnswer == nil { return }
    guard judgement.state != state || since == nil else { return }
    let cause = judgement.cause
    if let last = transitions.indices.last {
      transitions[last].endedAt = now
      transitions[last].resolution =
        judgement.state == .healthy ? cause : "became \(judgement.state.rawValue): \(cause)"
    }
    if transitions.count == Self.transitionsKept { transitions.removeFirst() }
    transitions.append(Transition(from: state, to: judgement.state, at: now, cause: cause))
    state = judgement.state
    since = now
  }

  /// Where no timer runs only silence can change the state.
  private var nextChange: Int64 {
    if runsWithTime { return 0 }
    return min(silence(of: liveness), silence(of: readiness), silence(of: metrics))
  }

  /// The offset from which on a route that says nothing is stale.
  private func silence(of route: borrowing Route) -> Int64 {
    guard let last = route.lastAnswer else { return .max }
    return last.offset.plus(Int64(nanosecondsOf: patience(for: route)))
  }

  /// Keeps a change of `subject`; the first word of something unknown is none.
  private mutating func note(
    _ subject: Change.Subject, from: String, to: String, cause: String? = nil, at now: Instant
  ) {
    guard from != to, from != Route.Verdict.unknown.rawValue else { return }
    if let last = changes.lastIndex(where: { $0.subject == subject }) {
      changes[last].endedAt = now
    }
    if changes.count == Self.transitionsKept { changes.removeFirst() }
    changes.append(Change(subject: subject, from: from, to: to, at: now, cause: cause))
  }

  private mutating func compare(_ old: HealthReport?, _ new: HealthReport, at now: Instant) {
    if let version = new.version, version != self.version {
      if let previous = self.version { note(.version, from: previous, to: version, at: now) }
      if versions.count == Self.versionsKept { versions.removeFirst() }
      versions.append(VersionSeen(version: version, since: now))
    }
    guard let old else { return }
    let was = old.phase ?? .serving
    let phase = new.phase ?? .serving
    note(.phase, from: was.rawValue, to: phase.rawValue, cause: new.message, at: now)
    if old.breakers != new.breakers {
      let states = Dictionary(old.breakers.map { ($0.name, $0.state) }) { _, last in last }
      for breaker in new.breakers {
        let was = states[breaker.name] ?? .closed
        note(.breaker(breaker.name), from: was.rawValue, to: breaker.state.rawValue, at: now)
      }
    }
    if old.fallbacks != new.fallbacks {
      let states = Dictionary(old.fallbacks.map { ($0.name, $0.active) }) { _, last in last }
      for fallback in new.fallbacks {
        note(
          .fallback(fallback.name), from: states[fallback.name] == true ? "active" : "idle",
          to: fallback.active ? "active" : "idle", cause: fallback.reason, at: now)
      }
    }
  }

  /// The body was written between the first byte sent and the last received.
  private mutating func measureClock(_ report: HealthReport, duration: Double, at now: Instant) {
    if let skew = skew(of: report, duration: duration, at: now) { clockSkew = skew }
  }

  private func skew(of report: HealthReport, duration: Double, at now: Instant) -> Double? {
    guard let timestamp = report.timestamp else { return nil }
    let received = now.unixSeconds
    let asked = received - duration
    return timestamp > received ? timestamp - received : timestamp < asked ? timestamp - asked : 0
  }

  private mutating func updateFailingChecks(at now: Instant) {
    var names: Set<String> = []
    for report in [readiness.current, liveness.current] {
      for check in report?.checks ?? [] where check.status == .fail && check.required {
        names.insert(check.name)
      }
    }
    if names.isEmpty, failing.isEmpty { return }
    let known = Dictionary(failing.map { ($0.name, $0.since) }) { first, _ in first }
    failing = names.sorted().map { FailingCheck(name: $0, since: known[$0] ?? now) }
  }
}

// MARK: As bytes

extension InstanceHealth: FieldCoded {
  public static var blank: Self { Self() }

  public mutating func pass(_ fields: Fields) throws {
    // Another policy would be due at once.
    var policy = policy
    try fields.pass(&policy)
    if fields.isReading { self.policy = policy }
    try fields.pass(&state, &since, &reasons, &graveReasons)
    try fields.pass(&liveness, &readiness, &metrics)
    try fields.pass(&debounce, &fault, &clockSkew)
    try fields.pass(&transitions, &changes, &versions)
    try fields.pass(&failing, &due, &runsWithTime, &expected)
  }
}

extension InstanceHealth.Debounce: FieldCoded {
  public static var blank: Self { Self(since: .zero, until: .zero) }
  public mutating func pass(_ fields: Fields) throws { try fields.pass(&since, &until) }
}

extension InstanceHealth.VersionSeen: FieldCoded {
  public static var blank: Self { Self(version: "", since: .zero) }
  public mutating func pass(_ fields: Fields) throws { try fields.pass(&version, &since) }
}

extension InstanceHealth.FailingCheck: FieldCoded {
  static var blank: Self { Self(name: "", since: .zero) }
  mutating func pass(_ fields: Fields) throws { try fields.pass(&name, &since) }
}

extension InstanceHealth.Expected: FieldCoded {
  static var blank: Self { Self() }

  mutating func pass(_ fields: Fields) throws {
    try fields.pass(&liveness, &readiness, &metrics)
  }
}
