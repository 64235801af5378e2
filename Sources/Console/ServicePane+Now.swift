import Canvas
import Fleet
import Health
import Incident
import Telemetry

/// What the service is now: instances, neighbours, degraded modes, endpoints.
extension ServicePane {
  func nowBlocks(width: Int) -> [Block] {
    var blocks = [instances(), needs(width: width), neededBy(width: width)]
    let modes = modes()
    if !modes.isEmpty { blocks.append(Block(.fallbacks, lines: modes)) }
    blocks.append(endpoints())
    return blocks
  }

  // MARK: Instances

  private func instances() -> Block {
    let instances = service.instances
    guard !instances.isEmpty else {
      return Block(
        .instances, lines: [[Run("none; add instances: to it in the fleet file", .warning)]])
    }
    // An address that is cut cannot be read out to anybody: other columns make room for it.
    let longest = instances.map { instance in
      DisplayText.width(of: ServicePane.address(instance.definition.url))
    }.max()
    let address = max(8, min(48, longest ?? 0))
    let table = Table(
      [
        Column("", minimum: 1, weight: 100),
        Column("INSTANCE", minimum: address, weight: 99),
        Column("VERSION", minimum: 7, ideal: 9, weight: 60),
        Column("TRACK", minimum: 6, weight: 40),
        Column("LIVE", minimum: 4, weight: 80),
        Column("READY", minimum: 5, weight: 80),
        Column("AGE", .right, minimum: 4, weight: 70),
        Column("WHY", minimum: 10, ideal: 18, weight: 75, grows: 1),
      ], gap: 1)
    return Block(.instances, height: instances.count + 1) { canvas in
      table.draw(on: canvas, rows: instances.count) { cells(of: instances[$0]) }
    }
  }

  private func cells(of instance: InstancePresent) -> [[Run]] {
    let health = instance.health
    let polling = instance.definition.polling
    let quiet: Style = health.state.isQuiet ? Style.dim : .text
    var why = [Run(health.reasons.first ?? "", health.state.isQuiet ? .dim : .reason)]
    if let debounce = RouteSummary.debounce(health, now) {
      why = [Run("readiness \(debounce) ", .warning)] + why
    }
    return [
      [Run(health.state.mark, health.state.role)],
      [Run(ServicePane.address(instance.definition.url), quiet)],
      [Run(instance.version ?? Quantity.unknown, quiet)],
      [Run(health.report?.rollout?.track ?? "", health.isCanary ? .warning : .dim)],
      [health.liveness.mark],
      [health.readiness.mark],
      health.isAtRest
        ? []
        : Figures.age(
          instance.lastAnswered.map { now.seconds(since: $0) }, interval: polling.interval,
          timeout: polling.timeout),
      why,
    ]
  }

  /// `10.0.0.7:8080`: the scheme says nothing that helps, unless it is not plain HTTP. Of what sends beats: its name.
  static func address(_ url: String) -> String {
    Beacon.name(in: url) ?? (url.hasPrefix("http://") ? String(url.dropFirst(7)) : url)
  }

  // MARK: Neighbours

  private func needs(width: Int) -> Block {
    var lines: [[Run]] = []
    for check in checks() {
      let isWell = check.status == .pass
      var line = [
        Run(check.status.mark, check.status.role), Run(" "),
        Run(check.name, isWell ? .dim : .strong),
        Run(check.required ? "  required" : "  optional", Style.dim),
      ]
      if !isWell, OriginWords.isStranger(check.name, to: service, present) {
        line.append(Run("  not watched", Style.dim))
      }
      if let observed = check.observed {
        line.append(Run("  took \(Quantity.time(seconds: observed))", Style.dim))
      }
      if !isWell, let since = check.since {
        line.append(Run("  for \(Quantity.duration(now.unixSeconds - since))", Style.text))
      }
      if check.transient == true { line.append(Run("  transient", Style.dim)) }
      if let message = check.message { line.append(Run("  \(message)", isWell ? .dim : .reason)) }
      if let retry = check.retryAfter {
        line.append(Run("  retries in \(Quantity.duration(retry))", Style.dim))
      }
      lines.append(line)
    }
    for name in Neighbours.needed(by: service, present) {
      guard let needed = present.service(named: name) else {
        lines.append([
          Run("?", .unknown), Run(" "), Run(name),
          Run("  not watched: it is not in the fleet file", Style.dim),
        ])
        continue
      }
      let state = needed.verdict.state
      lines.append([
        Run(state.mark, state.role), Run(" "), Run(name, state.isQuiet ? .dim : .strong),
        Run("  \(state.rawValue)", state.isQuiet ? Style.dim : .text),
        Run("  " + (needed.verdict.reasons.first ?? ""), .reason),
      ])
    }
    if lines.isEmpty {
      lines = [[Run("nothing that its health report or the fleet file names", Style.dim)]]
    }
    return Block(.needs, lines: lines)
  }

  /// The checks of all instances by name; where they differ the worst counts.
  private func checks() -> [HealthReport.Check] {
    var found: [HealthReport.Check] = []
    for instance in service.instances {
      for check in instance.health.report?.checks ?? [] {
        guard let known = found.firstIndex(where: { $0.name == check.name }) else {
          found.append(check)
          continue
        }
        if check.status.rank > found[known].status.rank { found[known] = check }
      }
    }
    // Failing ones first, in the order of the report otherwise.
    return found.enumerated().sorted {
      ($1.element.status.rank, $0.offset) < ($0.element.status.rank, $1.offset)
    }.map(\.element)
  }

  private func neededBy(width: Int) -> Block {
    let needing = Neighbours.needing(service.definition.name, present)
    guard !needing.isEmpty else {
      return Block(.neededBy, lines: [[Run("no service of the fleet file", Style.dim)]])
    }
    var lines = [Neighbours.runs(needing, present).trimmedStart]
    let all = present.dependents(of: service.definition.name)
    if all.count > needing.count {
      let beyond = all.filter { !needing.contains($0) }
      lines.append([Run("through them", Style.dim)] + Neighbours.runs(beyond, present))
    }
    let consequences = OriginWords.consequences(of: service, present)
    if !consequences.isEmpty { lines.append(consequences) }
    return Block(.neededBy, lines: lines)
  }

  // MARK: Degraded modes

  private func modes() -> [[Run]] {
    var lines: [[Run]] = []
    for track in service.fallbackTracks where track.isInUse {
      let active = FleetDigest.ActiveFallback(track, of: service.definition.name, at: now)
      var line = [
        active.isCritical
          ? Run("▲", .notReady)
          : active.isRecovering ? Run("↻", .warming) : Run("◐", .degraded),
        Run(" "), Run(track.name, .strong),
        Run("  \(track.phase.rawValue) \(Quantity.duration(active.age))"),
        Run(FallbackStrip.time(of: active), active.isCritical ? .bad : .text),
      ]
      if let mode = track.mode { line.append(Run("  \(mode)", Style.dim)) }
      if let reason = track.reason { line.append(Run("  \(reason)", .reason)) }
      lines.append(line)
      if let users = track.usersGet, track.phase == .active {
        lines.append([Run("  users get: \(users)", Style.dim)])
      }
    }
    let inUse = service.fallbacksInUse.map(\.name)
    let idle = service.fallbacks.filter { !$0.active && !inUse.contains($0.name) }.map(\.name)
    if !idle.isEmpty { lines.append([Run("● idle: " + idle.joined(separator: ", "), Style.dim)]) }
    let breakers = service.breakerStatuses(at: now)
    for breaker in breakers where breaker.state.holdsBack || breaker.state == .unknown {
      var line = [
        breaker.mark, Run(" "),
        Run("breaker \(breaker.name) \(breaker.stateWords)", .strong),
      ]
      if let since = breaker.since, breaker.state != .unknown {
        line.append(Run("  \(Quantity.duration(now.seconds(since: since)))"))
      }
      if let often = breaker.oftenWords { line.append(Run("  \(often)", Style.dim)) }
      if let question = breaker.question { line.append(Run("  \(question)", .reason)) }
      lines.append(line)
    }
    let closed = breakers.filter { !$0.state.holdsBack && $0.state != .unknown }.map(\.name)
    if !closed.isEmpty {
      lines.append([Run("● breakers closed: " + closed.joined(separator: ", "), Style.dim)])
    }
    for flag in service.flags where flag.on {
      var text = "  flag \(flag.name) on"
      if let exposure = flag.exposure { text += " for \(Quantity.wholePercent(exposure)) %" }
      if let owner = flag.owner { text += ", owner \(owner)" }
      lines.append([Run(text, Style.dim)])
    }
    return lines
  }

  // MARK: Endpoints

  private func endpoints() -> Block {
    let names = service.endpoints
    guard !names.isEmpty else {
      let isMeasured = service.requests.rate != nil
      return Block(
        .endpoints,
        lines: [
          [
            Run(
              !isScraped
                ? "no scrape has come yet"
                : isMeasured
                  ? "no request yet, or nothing tells them apart"
                  : "no request metrics recognised; name them under requests: in the fleet file",
              Style.dim)
          ]
        ])
    }
    let table = Table(
      [
        Column("ENDPOINT", minimum: 10, ideal: 24, weight: 100, grows: 1),
        Column("RATE/s", .decimal, minimum: 6, weight: 80),
        Column("ERR%", .decimal, minimum: 5, weight: 90),
        Column("p50ms", .decimal, minimum: 5, ideal: 6, weight: 50),
        Column("p95ms", .decimal, minimum: 5, ideal: 6, weight: 60),
        Column("p99ms", .decimal, minimum: 5, ideal: 6, weight: 85),
      ], gap: 1)
    let figures = Figures(service, at: now)
    let threshold = service.definition.threshold
    return Block(
      .endpoints, title: [Run("last 1m  ", Style.dim)] + lateness, height: names.count + 1
    ) { canvas in
      table.draw(on: canvas, rows: names.count) { row in
        let read = RequestSummary(
          service.statistics(.minute, endpoint: names[row], at: now), window: .minute)
        return [
          [Run(names[row], figures.plain)],
          figures.rate(read.rate),
          figures.errors(read.errorRatio, rate: read.rate),
          figures.latency(read.p50, rate: read.rate, threshold: threshold),
          figures.latency(read.p95, rate: read.rate, threshold: threshold),
          figures.latency(read.p99, rate: read.rate, threshold: threshold),
        ]
      }
    }
  }
}

extension HealthReport.Status {
  fileprivate var rank: Int {
    switch self {
    case .pass: 0
    case .warn: 1
    case .fail: 2
    }
  }
}

extension Array<Run> {
  /// Without the space that the first run begins with.
  fileprivate var trimmedStart: [Run] {
    var runs = self
    if let first = runs.first, first.text.hasPrefix(" ") { runs[0].text.removeFirst() }
    return runs
  }
}
