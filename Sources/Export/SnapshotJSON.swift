import Containment
import Fleet
import Health
package import Incident
package import Telemetry

/// One evaluation of the fleet as the JSON of `damcon snapshot`: times RFC 3339 UTC, ratios 0…1,
/// durations in the unit their name ends in, `null` where unknown or not yet known to Damcon.
package enum SnapshotJSON {
  package static func document(of present: Present, window: Window) -> JSONText {
    .object([
      ("at", time(present.now)),
      ("fleet", .string(present.fleet.name)),
      ("services", .array(present.services.map { service($0, in: present, window: window) })),
      ("capabilities", .array(present.capabilities.map(StakesJSON.capability))),
      ("journeys", .array(present.journeys.map { journey($0, at: present.now) })),
      ("alerts", .array(StakesJSON.alerts(of: present))),
      ("actions", .array(present.actionRuns.map(action))),
    ])
  }

  private static func service(
    _ service: ServicePresent, in present: Present, window: Window
  ) -> JSONText {
    .object(members(of: service, in: present, window: window))
  }

  /// One service with all that is known of it.
  static func members(
    of service: ServicePresent, in present: Present, window: Window
  ) -> [(String, JSONText)] {
    let now = present.now
    return [
      ("name", .string(service.definition.name)),
      ("tier", .string(service.definition.tier.rawValue)),
      ("language", .string(service.language?.rawValue)),
      ("health", .string(service.verdict.state.rawValue)),
      ("reasons", .strings(service.verdict.reasons)),
      ("versions", .strings(service.versions)),
      ("age_seconds", .number(service.age(at: now))),
      ("origin", .bool(isOrigin(service, in: present))),
      ("blast_radius", .strings(present.dependents(of: service.definition.name))),
      ("instances", .array(service.instances.map { instance($0, at: now, window: window) })),
      ("requests", requests(service.statistics(window, at: now))),
      (
        "endpoints",
        .array(
          service.endpoints.map { name in
            let statistics = service.statistics(window, endpoint: name, at: now)
            return .object([
              ("name", .string(name)),
              ("rate", .number(statistics.rate)),
              ("error_ratio", .number(statistics.errorRatio)),
              ("latency_ms", latency(statistics)),
            ])
          })
      ),
      ("signals", signals(of: service, at: now)),
      (
        "saturation",
        .array(
          service.saturations.map {
            .object([("name", .string($0.name)), ("ratio", .number($0.ratio))])
          })
      ),
      ("slos", .array(service.slos.map(StakesJSON.slo))),
      ("fallbacks", .array(fallbacks(of: service, at: now))),
      ("breakers", .array(service.breakers.map(HealthReportJSON.breaker))),
      ("flags", .array(service.flags.map(flag))),
      (
        "runbooks",
        .array(
          present.runbookMatches(of: service.definition.name).filter { !$0.isComing }.map(runbook))
      ),
    ]
  }

  private static func action(_ run: ActionRun) -> JSONText {
    .object([
      ("id", .string(run.plan.id)), ("action", .string(run.plan.action)),
      ("target", .string(run.plan.service)), ("state", .string(run.state.rawValue)),
      ("by", .string(run.plan.by)), ("since", time(run.since)),
    ])
  }

  private static func runbook(_ match: RunbookMatch) -> JSONText {
    .object([
      ("id", .string(match.id)), ("score", .number(Double(match.score))),
      ("because", .strings(match.because)),
    ])
  }

  private static func instance(
    _ instance: InstancePresent, at now: Instant, window: Window
  ) -> JSONText {
    let report = instance.health.report
    return .object([
      ("url", .string(instance.definition.url)),
      ("health", .string(instance.health.state.rawValue)),
      ("liveness", verdict(instance.health.liveness.verdict)),
      ("readiness", verdict(instance.health.readiness.verdict)),
      ("phase", .string(report?.phase?.rawValue)),
      ("version", .string(instance.version)),
      ("age_seconds", .number(instance.lastAnswered.map { now.seconds(since: $0) })),
      ("message", .string(report?.message)),
      ("fault", fault(instance.fault)),
      ("track", .string(report?.rollout?.track)),
      (
        "checks",
        .array(
          (report?.checks ?? []).map {
            .object([
              ("name", .string($0.name)),
              ("status", .string($0.status.rawValue)),
              ("required", .bool($0.required)),
            ])
          })
      ),
      (
        "requests",
        requests(instance.meter.statistics(window: window, at: now.seconds, endpoint: nil))
      ),
    ])
  }

  /// Whether a trouble of now began there, or may have.
  private static func isOrigin(_ service: ServicePresent, in present: Present) -> Bool {
    guard case .origin(let candidate) = present.origins.place(of: service.definition.name) else {
      return false
    }
    return candidate.isOrigin
  }

  private static func journey(_ journey: JourneyPresent, at now: Instant) -> JSONText {
    .object(members(of: journey, at: now))
  }

  static func members(of journey: JourneyPresent, at now: Instant) -> [(String, JSONText)] {
    [
      ("name", .string(journey.definition.name)),
      ("ok", journey.isPassing.map { .bool($0) } ?? .null),
      (
        "latency_ms",
        .number(journey.isPassing == true ? (journey.last?.duration).map { $0 * 1000 } : nil)
      ),
      ("tier", .string(journey.definition.tier.rawValue)),
      ("because", .strings(journey.why.map { [$0] } ?? [])),
      ("availability", .number(journey.score(over: 3600, at: now).availability)),
      ("age_seconds", .number(journey.lastAt.map { now.seconds(since: $0) })),
    ]
  }

  /// A verdict as a word of the contract, `null` while nothing has answered.
  private static func verdict(_ verdict: Route.Verdict) -> JSONText {
    verdict == .unknown ? .null : .string(verdict.rawValue)
  }

  private static func fault(_ fault: Fault?) -> JSONText { .string(fault?.kind.rawValue) }

  /// The window is the time really watched, so that `rate × window_seconds` is what was counted.
  private static func requests(_ statistics: RequestStatistics) -> JSONText {
    .object([
      ("window_seconds", .number((statistics.covered * 1000).rounded() / 1000)),
      ("rate", .number(statistics.rate)),
      ("error_ratio", .number(statistics.errorRatio)),
      ("latency_ms", latency(statistics)),
      ("beyond_ms", .number(beyond(statistics).map { $0 * 1000 })),
    ])
  }

  private static let quantiles: [(String, Double)] = [
    ("p50", 0.5), ("p90", 0.9), ("p95", 0.95), ("p99", 0.99), ("p99.9", 0.999),
  ]

  private static func latency(_ statistics: RequestStatistics) -> JSONText {
    .object(
      quantiles.map { name, q in
        (name, .number(statistics.latency(q).seconds.map { $0 * 1000 }))
      })
  }

  /// The last finite bound in seconds where any of the quantiles lies past it.
  private static func beyond(_ statistics: RequestStatistics) -> Double? {
    for (_, q) in quantiles.reversed() {
      if case .beyond(let bound) = statistics.latency(q) { return bound }
    }
    return nil
  }

  /// Signals by name; of several instances the largest value, which is the one to worry about.
  private static func signals(of service: ServicePresent, at now: Instant) -> JSONText {
    .object(service.signals(at: now).map { ($0.name, .number($0.value)) })
  }

  private static func fallbacks(of service: ServicePresent, at now: Instant) -> [JSONText] {
    service.fallbacks.map { fallback in
      let left = fallback.tolerance.flatMap { tolerance in
        fallback.since.map { tolerance - (now.unixSeconds - $0) }
      }
      return .object([
        ("name", .string(fallback.name)),
        ("active", .bool(fallback.active)),
        ("since", time(unix: fallback.since)),
        ("reason", .string(fallback.reason)),
        ("mode", .string(fallback.mode)),
        ("dependency", .string(fallback.dependency)),
        ("tolerance_seconds", .number(fallback.tolerance)),
        ("tolerance_left_seconds", .number(fallback.active ? left : nil)),
      ])
    }
  }

  private static func flag(_ flag: HealthReport.Flag) -> JSONText {
    .object([
      ("name", .string(flag.name)), ("on", .bool(flag.on)), ("exposure", .number(flag.exposure)),
    ])
  }

  static func time(_ instant: Instant) -> JSONText {
    .string(CivilTime(unixNanoseconds: instant.wall).rfc3339)
  }

  /// From Unix seconds as a service said them, however far off they are.
  static func time(unix seconds: Double?) -> JSONText {
    guard let seconds, abs(seconds) < 9e9 else { return .null }
    return .string(CivilTime(unixNanoseconds: Int64(seconds * 1e9)).rfc3339)
  }
}
