import Canvas
import Fleet
import Health
import Incident

/// One of the two health answers over all instances of a service: never merged with the other.
struct RouteSummary {
  private let kind: ProbeKind
  private let service: ServicePresent
  private let now: Instant

  init(_ kind: ProbeKind, _ service: ServicePresent, _ now: Instant) {
    self.kind = kind
    self.service = service
    self.now = now
  }

  /// `readiness  ✖ 2 of 3 fail  503: pool saturated  failing 4s of 10s grace`
  var line: [Run] {
    let title = kind == .liveness ? "liveness   " : "readiness  "
    var runs = [Run(title, Style.dim)]
    let routes = service.instances.map { $0.health[kind] }
    let asked = routes.filter { $0.lastAnswer != nil }
    guard !asked.isEmpty else {
      let isAsked = service.instances.contains {
        kind == .liveness ? $0.routes?.liveness != nil : $0.routes?.readiness != nil
      }
      let isSearching = service.instances.contains { $0.routes == nil }
      runs.append(
        Run(
          isAsked || isSearching
            ? "? asked, no answer yet"
            : "– not asked: no route found; name one under health: in the fleet file", Style.dim))
      return runs
    }
    let failing = asked.filter { $0.verdict == .fail }
    let unclear = asked.filter { $0.verdict == .unknown }
    if failing.isEmpty && unclear.isEmpty {
      runs += [
        Run("●", .healthy), Run(" "),
        Run(asked.count == 1 ? "passes" : "\(asked.count) of \(routes.count) pass", Style.dim),
      ]
      // How quick it is, POLLS tells; here only what is slow enough to ask about.
      if let slowest = asked.compactMap(\.lastDuration).max(), slowest >= 0.1 {
        runs.append(Run("  in \(Quantity.time(seconds: slowest))", Style.dim))
      }
    } else {
      let worst = failing.first ?? unclear[0]
      runs += [
        Run(failing.isEmpty ? "◐ " : "✖ ", failing.isEmpty ? .degraded : .unhealthy),
        Run(words(failing: failing.count, unclear: unclear.count, of: asked.count), .strong),
      ]
      if let status = worst.httpStatus, worst.cause?.hasPrefix("\(status)") != true {
        runs.append(Run("  \(status)", Style.text))
      }
      if let cause = worst.cause { runs.append(Run("  \(cause)", .reason)) }
      if let since = worst.since {
        runs.append(Run("  for \(Quantity.duration(now.seconds(since: since)))", Style.dim))
      }
    }
    if kind == .readiness, let debounce { runs.append(Run("  \(debounce)", .warning)) }
    return runs
  }

  private func words(failing: Int, unclear: Int, of count: Int) -> String {
    if failing > 0 { return count == 1 ? "fails" : "\(failing) of \(count) fail" }
    return count == 1 ? "answers unclearly" : "\(unclear) of \(count) answer unclearly"
  }

  private var debounce: String? {
    service.instances.compactMap { RouteSummary.debounce($0.health, now) }.first
  }

  /// `failing 4s of 10s grace`
  static func debounce(_ health: InstanceHealth, _ now: Instant) -> String? {
    guard let debounce = health.debounce else { return nil }
    let whole = debounce.until.seconds(since: debounce.since)
    let gone = min(whole, max(0, now.seconds(since: debounce.since)))
    return "failing \(Quantity.duration(gone)) of \(Quantity.duration(whole)) grace"
  }
}

/// What to do next about what is wrong, in one sentence.
enum Advice {
  static func sentence(for service: ServicePresent) -> String? {
    guard !service.verdict.state.isQuiet else { return nil }
    for instance in service.instances {
      if let hint = instance.health.report?.hint { return hint }
    }
    let troubled = service.instances.sorted { $0.state > $1.state }
      .first { $0.health.fault != nil }
    if let troubled, let fault = troubled.health.fault {
      return troubled.definition.isBeacon && fault.isSoft
        ? "its beats stopped: is the process up, and does it reach where they are taken?"
        : words(for: fault.kind)
    }
    let scrapes = service.instances.compactMap(\.scraping.fault)
    if let fault = scrapes.first { return "metrics: " + words(for: fault.kind) }
    switch service.verdict.state {
    case .stale: return "nothing was heard lately: see POLLS below; p asks now"
    case .unknown: return "p asks now; the log (3) tells what was tried"
    case .healthy, .warming, .degraded, .draining, .notReady, .unhealthy, .unreachable: return nil
    }
  }

  private static func words(for kind: Fault.Kind) -> String {
    switch kind {
    case .refused: "nothing listens there: is the process up, and is the port right?"
    case .reset: "it closed the connection: look for a crash or a proxy in between"
    case .timeout: "it is reachable but too slow: look at saturation and what it needs"
    case .dns: "the name does not resolve: check the URL and this host's resolver"
    case .tls: "check the certificate, its dates and name, and tls: in the fleet file"
    case .httpStatus: "read the answer's reason above; check what it needs below"
    case .protocol: "what answers does not speak HTTP: check the port"
    case .payload: "the answer contradicts itself or cannot be read: ask its owner"
    case .misconfigured: "it says that it is misconfigured: look at its last change"
    case .panic: "it panicked: look at its log and its last change"
    }
  }
}
