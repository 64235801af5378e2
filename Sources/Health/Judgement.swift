import Fleet

/// The state of an instance at one moment, worked out anew from what is known of it.
///
/// Each thing that is wrong is a finding with the state that it alone would mean; the worst one is
/// the verdict, and the others say the rest of the why.
struct Judgement {
  private(set) var state: HealthState = .unknown
  private(set) var reasons: [String] = []
  private(set) var graveReasons = 0
  private(set) var debounce: InstanceHealth.Debounce?
  private(set) var fault: Fault?
  /// A timer runs or a text tells a time: the next moment may read otherwise, without any news.
  private(set) var runsWithTime = false

  /// What is judged, without what it was judged by: who keeps that too cannot write to it in place.
  struct Result {
    var state: HealthState
    var reasons: [String]
    var graveReasons: Int
    var debounce: InstanceHealth.Debounce?
    var fault: Fault?
    var runsWithTime: Bool
    var cause: String
  }

  var result: Result {
    Result(
      state: state, reasons: reasons, graveReasons: graveReasons, debounce: debounce,
      fault: fault, runsWithTime: runsWithTime, cause: cause)
  }

  /// What a transition into `state` gives as its cause.
  private var cause: String {
    if graveReasons > 0, let first = reasons.first { return first }
    return state == .healthy ? "all that is asked passes" : "no answer yet"
  }

  private struct Finding {
    var state: HealthState
    var reason: String
    var fault: Fault?
  }

  private let health: InstanceHealth
  private let now: Instant
  private var findings: [Finding] = []
  private var hasHealthRoute = false
  /// In a phase that explains failing checks: the state that they then mean.
  private var excuse: HealthState?

  static let longestReason = 60
  static let reasonsKept = 12
  /// So many changes among so many answers are worth a remark.
  static let flapChanges = 4
  static let flapAnswers = 10

  init(of health: InstanceHealth, at now: Instant) {
    self.health = health
    self.now = now
    hasHealthRoute = health.liveness.lastAnswer != nil || health.readiness.lastAnswer != nil
    switch health.readiness.current?.phase ?? health.liveness.current?.phase {
    case .warming: excuse = .warming
    case .draining: excuse = .draining
    default: break
    }
    judgeLiveness()
    judgeReadiness()
    judgeMetrics()
    judgeReports()
    remark()
    conclude()
  }

  private mutating func add(_ state: HealthState, _ reason: String, _ fault: Fault? = nil) {
    findings.append(Finding(state: state, reason: reason, fault: fault))
  }

  private mutating func conclude() {
    let isMissing =
      health.expected.liveness && health.liveness.lastAnswer == nil
      || health.expected.readiness && health.readiness.lastAnswer == nil
    let passes =
      health.liveness.verdict == .pass || health.readiness.verdict == .pass
      || health.metrics.verdict == .pass
    if isMissing || !passes, findings.allSatisfy({ $0.state == .healthy }) {
      if hasHealthRoute || health.metrics.lastAnswer != nil || isMissing {
        add(.unknown, isMissing ? "not every route has answered yet" : "no route has passed yet")
      }
    }
    let sorted = worstFirst
    state = sorted.first?.state ?? (passes ? .healthy : .unknown)
    fault = sorted.first { $0.fault != nil }?.fault
    for finding in sorted where reasons.count < Self.reasonsKept {
      let reason = Words.clipped(finding.reason, to: Self.longestReason)
      if reasons.contains(reason) { continue }
      reasons.append(reason)
      if finding.state != .healthy { graveReasons += 1 }
    }
  }

  /// Of those that are as bad as each other, the one that was found first.
  private var worstFirst: [Finding] {
    guard findings.count > 1 else { return findings }
    return findings.enumerated().sorted {
      let (a, b) = ($0.element.state.severity, $1.element.state.severity)
      return a == b ? $0.offset < $1.offset : a > b
    }.map(\.element)
  }

  // MARK: Routes

  private mutating func judgeLiveness() {
    let route = health.liveness
    guard !isStale(route, "liveness") else { return }
    switch route.verdict {
    case .fail:
      if let excuse, route.current?.phase != nil, route.fault?.kind == .httpStatus {
        add(excuse, "liveness \(route.cause ?? "fails")", route.fault)
      } else {
        judgeReach(route, "liveness", elseState: .unhealthy)
      }
    case .unknown:
      if route.fault != nil { add(.degraded, "liveness \(route.cause ?? "")", route.fault) }
    case .pass: break
    }
  }

  /// The strict reading of a failing route: the first hard failure counts, a timeout is given time.
  private mutating func judgeReach(_ route: Route, _ name: String, elseState: HealthState) {
    let reason = "\(name) \(route.cause ?? "fails")"
    switch route.fault?.kind {
    // Who misses beats has waited for several of them.
    case .timeout where route.isTold: add(.unreachable, reason, route.fault)
    case .timeout:
      let elapsed = route.since.map { now.seconds(since: $0) } ?? 0
      // A timeout after a hard failure is no improvement.
      let isOnlySlow = route.timeouts == route.streak
      if isOnlySlow, route.timeouts < health.policy.softTimeouts,
        elapsed < health.policy.readinessGrace
      {
        runsWithTime = true
        add(.degraded, reason, route.fault)
      } else {
        add(.unreachable, "\(reason), \(route.timeouts) in a row", route.fault)
      }
    case .refused, .reset, .dns, .tls: add(.unreachable, reason, route.fault)
    default: add(elseState, reason, route.fault)
    }
  }

  private mutating func judgeReadiness() {
    let route = health.readiness
    // What failed at its end has failed, however late it comes again.
    guard !isStale(route, "readiness") || route.isAtRest else { return }
    if route.verdict == .unknown, route.fault != nil {
      add(.degraded, "readiness \(route.cause ?? "")", route.fault)
    }
    guard route.verdict == .fail else { return }
    let reason = "readiness \(route.cause ?? "fails")"
    if let excuse, route.isReportCurrent {
      add(excuse, reason, route.fault)
      return
    }
    switch route.fault?.kind {
    case .misconfigured: add(.unhealthy, reason, route.fault)
    case .timeout, .refused, .reset, .dns, .tls:
      // With no liveness route to tell, readiness is the word on whether the process is there.
      if health.liveness.lastAnswer == nil {
        judgeReach(route, "readiness", elseState: .notReady)
      } else {
        debounceReadiness(route, reason)
      }
    default: debounceReadiness(route, reason)
    }
  }

  private mutating func debounceReadiness(_ route: Route, _ reason: String) {
    let since = route.since ?? now
    let grace = health.policy.readinessGrace
    if isReadinessSettled(route) || route.isAtRest || now.seconds(since: since) >= grace {
      add(.notReady, reason, route.fault)
    } else {
      let cause = route.cause.map { ": \($0)" } ?? ""
      add(.degraded, "readiness failing \(elapsed(since, of: grace))\(cause)", route.fault)
      keep(since: since, grace: grace)
    }
  }

  /// Never seen ready and not ready twice in a row: there is no flap to wait out.
  private func isReadinessSettled(_ route: Route) -> Bool {
    route.verdict == .fail && !route.hasPassed && route.streak >= 2
  }

  /// `2026-11-23T02:00Z`
  private static func minute(_ instant: Instant) -> String {
    String(CivilTime(unixNanoseconds: instant.wall).rfc3339Seconds.prefix(16)) + "Z"
  }

  private func elapsed(_ since: Instant, of grace: Double) -> String {
    let passed = Words.wholeDuration(now.seconds(since: since))
    return "\(passed) of \(Words.wholeDuration(grace)) grace"
  }

  /// Of several grace periods the one that ends first is shown.
  private mutating func keep(since: Instant, grace: Double) {
    runsWithTime = true
    let until = since.advanced(by: grace)
    if let debounce, debounce.until.offset <= until.offset { return }
    debounce = InstanceHealth.Debounce(since: since, until: until)
  }

  private mutating func judgeMetrics() {
    let route = health.metrics
    if hasHealthRoute {
      // The service is judged by its health routes; that its metrics are missing is said.
      if route.verdict == .fail { add(.healthy, "metrics \(route.cause ?? "fails")", route.fault) }
      return
    }
    guard !isStale(route, "metrics") else { return }
    if route.verdict == .fail { judgeReach(route, "metrics", elseState: .degraded) }
  }

  private mutating func isStale(_ route: Route, _ name: String) -> Bool {
    guard let silence = route.silence(at: now), silence > health.patience(for: route) else {
      return false
    }
    runsWithTime = true
    if route.isAtRest {
      let late = silence - health.patience(for: route)
      add(.stale, "the next run is late by \(Words.wholeDuration(late))")
      return true
    }
    let last = route.cause.map { ", last \($0)" } ?? ""
    add(.stale, "\(name) silent for \(Words.wholeDuration(silence))\(last)")
    return true
  }

  // MARK: What the service says

  private mutating func judgeReports() {
    guard health.readiness.isReportCurrent || health.liveness.isReportCurrent else { return }
    var reports: [(name: String, report: HealthReport)] = []
    for (name, route) in [("readiness", health.readiness), ("liveness", health.liveness)] {
      if let report = route.current, (route.silence(at: now) ?? 0) <= health.patience(for: route) {
        reports.append((name, report))
      }
    }
    guard let first = reports.first else { return }
    let merged = reports.dropFirst().reduce(first.report) { $0.merged(under: $1.report) }
    if let excuse {
      let why = merged.says.map { ": \($0)" } ?? ""
      add(excuse, "\(excuse.rawValue)\(why)")
    }
    for check in merged.checks { judge(check, in: merged) }
    for fallback in merged.fallbacks where fallback.active { judge(fallback, in: merged) }
    for breaker in merged.breakers {
      switch breaker.state {
      case .open: add(excuse ?? .degraded, "breaker \(breaker.name) open")
      case .halfOpen: add(.healthy, "breaker \(breaker.name) half-open")
      case .closed: break
      }
    }
    for (name, report) in reports where report.status == .warn {
      let why = report.says.map { ": \($0)" } ?? ""
      add(excuse ?? .degraded, "\(name) says warn\(why)")
    }
  }

  private mutating func judge(_ check: HealthReport.Check, in report: HealthReport) {
    let why = check.message.flatMap { $0.isEmpty ? nil : ", \($0)" } ?? ""
    switch check.status {
    case .pass: return
    case .warn: add(excuse ?? .degraded, "check \(check.name) warns\(why)")
    case .fail where !check.required:
      add(excuse ?? .degraded, "check \(check.name) failing (optional)\(why)")
    case .fail:
      if let excuse {
        add(excuse, "check \(check.name) failing (required)\(why)")
        return
      }
      let isTransient = check.transient == true
      let grace = isTransient ? health.policy.transientGrace : health.policy.readinessGrace
      let since = health.failing.first { $0.name == check.name }?.since ?? now
      let seen = now.seconds(since: since)
      // By the service's own clock, where it says both times.
      let told = check.since.map { (report.timestamp ?? now.unixSeconds) - $0 } ?? 0
      if seen >= grace || told >= grace || isReadinessSettled(health.readiness)
        || health.readiness.isAtRest
      {
        add(.notReady, "check \(check.name) failing (required)\(why)")
      } else {
        let kind = isTransient ? "transient" : "required"
        add(.degraded, "check \(check.name) failing \(elapsed(since, of: grace)) (\(kind))\(why)")
        keep(since: since, grace: grace)
      }
    }
  }

  private mutating func judge(_ fallback: HealthReport.Fallback, in report: HealthReport) {
    var reason = "fallback \(fallback.name) active"
    if let since = fallback.since, let tolerance = fallback.tolerance {
      runsWithTime = true
      let left = tolerance - ((report.timestamp ?? now.unixSeconds) - since)
      reason +=
        left >= 0
        ? ", \(Words.wholeDuration(left)) left of \(Words.wholeDuration(tolerance))"
        : ", \(Words.wholeDuration(-left)) over its \(Words.wholeDuration(tolerance))"
    } else if let why = fallback.reason, !why.isEmpty {
      reason += ": \(why)"
    }
    add(excuse ?? .degraded, reason)
  }

  // MARK: Remarks

  /// `at rest, the last run passed, next due 2026-11-23T02:00Z`
  private mutating func remarkOnRest(_ route: Route) {
    guard let end = route.lastAnswer else { return }
    let due =
      route.current?.nextCheck.map { ", next due \(Self.minute(end.advanced(by: $0)))" } ?? ""
    let went = route.verdict == .pass ? "passed" : "failed"
    add(.healthy, "at rest, the last run \(went)\(due)")
  }

  /// What is worth saying and wrong with nothing.
  private mutating func remark() {
    if health.isAtRest { remarkOnRest(health.readiness) }
    if let skew = health.clockSkew, abs(skew) > health.policy.clockTolerance {
      add(.healthy, "clock \(Words.wholeDuration(skew)) \(skew > 0 ? "ahead" : "behind")")
    }
    if let report = health.readiness.current ?? health.liveness.current {
      if let track = report.rollout?.track, track != "stable" {
        let weight = report.rollout?.weight.map { " at \(Words.percent($0))" } ?? ""
        add(.healthy, "\(track)\(weight)")
      }
      if let defect = report.defects.first { add(.healthy, "health body: \(defect)") }
    }
    let changes = health.readiness.changes(among: Self.flapAnswers)
    if changes >= Self.flapChanges {
      add(.healthy, "readiness changed \(changes) times in \(Self.flapAnswers) answers")
    }
  }
}
