import Canvas
import Console
import Fleet
import Health
import Incident
import Telemetry

/// One evaluation of the fleet as plain text, worst service first.
enum SnapshotText {
  static func page(of present: Present, window: Window) -> String {
    let counts = present.counts.map { "\($0.state.mark) \($0.count) \($0.state.rawValue)" }
    var lines = [
      DisplayText.sanitised(present.fleet.name) + "  "
        + CivilTime(unixNanoseconds: present.now.wall).rfc3339Seconds + "  "
        + counts.joined(separator: "  "),
      "",
    ]
    var table = TextTable([
      ("", .left), ("SERVICE", .left), ("HEALTH", .left), ("TIER", .left), ("LANG", .left),
      ("VERSION", .left), ("RATE/s", .right), ("ERR%", .right), ("p50", .right), ("p95", .right),
      ("p99", .right), ("SAT%", .right), ("AGE", .right), ("WHY", .left),
    ])
    let services = present.services.enumerated().sorted {
      ($1.element.verdict.state, $0.element.definition.tier, $0.offset)
        < ($0.element.verdict.state, $1.element.definition.tier, $1.offset)
    }.map(\.element)
    for service in services { table.add(row(service, at: present.now, window: window)) }
    lines += table.lines
    for service in services {
      lines += service.verdict.reasons.dropFirst().map {
        "  \(DisplayText.sanitised(service.definition.name)): \(DisplayText.sanitised($0))"
      }
      lines += service.activeFallbacks.map { fallback(of: service, $0) }
    }
    let problems = present.notes.filter { $0.note.severity != .info }
    lines += problems.map { "note: \(DisplayText.sanitised($0.note.text))" }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func row(
    _ service: ServicePresent, at now: Instant, window: Window
  ) -> [String] {
    let requests = service.statistics(window, at: now)
    return [
      service.verdict.state.mark,
      service.definition.name,
      service.verdict.state.rawValue,
      service.definition.tier.rawValue,
      service.language?.rawValue ?? Quantity.unknown,
      service.versions.isEmpty ? Quantity.unknown : service.versions.joined(separator: ","),
      requests.traffic == .none ? Quantity.noTraffic : Quantity.rate(requests.rate),
      requests.traffic == .none ? Quantity.noTraffic : Quantity.percent(requests.errorRatio),
      latency(requests, 0.5),
      latency(requests, 0.95),
      latency(requests, 0.99),
      Quantity.wholePercent(service.saturation?.ratio),
      Quantity.duration(service.age(at: now)),
      service.verdict.reasons.first ?? "",
    ]
  }

  private static func latency(_ requests: RequestStatistics, _ q: Double) -> String {
    switch requests.latency(q) {
    case .none: requests.traffic == .none ? Quantity.noTraffic : Quantity.unknown
    case .within(let value, _, _): Quantity.time(seconds: value)
    case .beyond(let bound): Quantity.beyond(milliseconds: bound * 1000)
    case .summary(let value, _): "worst " + Quantity.time(seconds: value)
    }
  }

  private static func fallback(
    of service: ServicePresent, _ fallback: HealthReport.Fallback
  ) -> String {
    let reason = fallback.reason.map { ": \($0)" } ?? ""
    return DisplayText.sanitised(
      "  \(service.definition.name): fallback \(fallback.name) is active\(reason)")
  }
}
