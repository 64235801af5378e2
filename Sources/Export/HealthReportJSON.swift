package import Health

/// A health report in the words of the health contract, whatever dialect it was written in.
package enum HealthReportJSON {
  package static func members(of report: HealthReport) -> [(String, JSONText)] {
    [
      ("dialect", .string(report.dialect.rawValue)),
      ("status", .string(report.status?.rawValue)),
      ("timestamp", SnapshotJSON.time(unix: report.timestamp)),
      ("message", .string(report.message)),
      ("hint", .string(report.hint)),
      ("next_check_seconds", .number(report.nextCheck)),
      ("phase", .string(report.phase?.rawValue)),
      ("service", .string(report.service)),
      ("version", .string(report.version)),
      ("build", .string(report.build)),
      ("language", .string(report.language)),
      ("api_versions", .strings(report.apiVersions)),
      ("checks", .array(report.checks.map(check))),
      ("fallbacks", .array(report.fallbacks.map(fallback))),
      ("breakers", .array(report.breakers.map(breaker))),
      ("flags", .array(report.flags.map(flag))),
      ("rollout", report.rollout.map(rollout) ?? .null),
      ("saturation", .array(report.saturation.map(saturation))),
      ("defects", .strings(report.defects)),
    ]
  }

  private static func check(_ check: HealthReport.Check) -> JSONText {
    .object([
      ("name", .string(check.name)), ("status", .string(check.status.rawValue)),
      ("required", .bool(check.required)),
      ("transient", check.transient.map { .bool($0) } ?? .null),
      ("observed_ms", .number(check.observed.map { $0 * 1000 })),
      ("since", SnapshotJSON.time(unix: check.since)), ("message", .string(check.message)),
      ("retry_after_seconds", .number(check.retryAfter)),
    ])
  }

  private static func fallback(_ fallback: HealthReport.Fallback) -> JSONText {
    .object([
      ("name", .string(fallback.name)), ("active", .bool(fallback.active)),
      ("since", SnapshotJSON.time(unix: fallback.since)), ("reason", .string(fallback.reason)),
      ("mode", .string(fallback.mode)), ("tolerance_seconds", .number(fallback.tolerance)),
      ("dependency", .string(fallback.dependency)), ("user_message", .string(fallback.userMessage)),
    ])
  }

  static func breaker(_ breaker: HealthReport.Breaker) -> JSONText {
    .object([
      ("name", .string(breaker.name)), ("state", .string(breaker.state.rawValue)),
      ("since", SnapshotJSON.time(unix: breaker.since)),
    ])
  }

  private static func flag(_ flag: HealthReport.Flag) -> JSONText {
    .object([
      ("name", .string(flag.name)), ("on", .bool(flag.on)), ("exposure", .number(flag.exposure)),
      ("owner", .string(flag.owner)),
    ])
  }

  private static func rollout(_ rollout: HealthReport.Rollout) -> JSONText {
    .object([
      ("track", .string(rollout.track)), ("weight", .number(rollout.weight)),
      ("previous_version", .string(rollout.previousVersion)),
    ])
  }

  private static func saturation(_ saturation: HealthReport.Saturation) -> JSONText {
    .object([
      ("name", .string(saturation.name)), ("used", .number(saturation.used)),
      ("limit", .number(saturation.limit)),
    ])
  }
}
