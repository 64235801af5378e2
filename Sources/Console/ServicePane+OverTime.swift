import Canvas
import Exposition
import Fleet
import Health
import Incident
import Telemetry

/// How the service went over time: latency, errors, runtime, polls, what changed.
extension ServicePane {
  func timeBlocks(width: Int) -> [Block] {
    var blocks = [latency(), errors(width: width), lately(), runtime(), polls()]
    let exemplars = exemplars()
    if !exemplars.isEmpty { blocks.append(Block(.exemplars, lines: exemplars)) }
    blocks.append(Block(.scrapes, lines: scrapes()))
    return blocks
  }

  /// Rows of a latency chart.
  private static let chartRows = 8
  private static let sparkSteps = 24

  /// Points for charts: the last five minutes, and once watched for longer the last hour.
  private func points() -> (points: [RequestHistory.Point], span: String) {
    let name = service.definition.name
    if now.seconds(since: present.began) > 600 {
      return (Lookback.minutes(of: name, count: 60, state), "1h")
    }
    return (Lookback.recent(of: name, count: 60, state), "5m")
  }

  /// Whether any metrics have come.
  var isScraped: Bool { service.instances.contains { $0.scraping.successes > 0 } }

  // MARK: Requests

  private func latency() -> Block {
    let requests = service.requests
    let (points, span) = points()
    var title = [Run("\(span)  ", Style.dim)]
    for (name, quantile, role) in [
      ("p50", requests.p50, Role.series1), ("p95", requests.p95, .series2),
      ("p99", requests.p99, .series3),
    ] {
      title += [
        Run(name, role),
        Run(" \(requests.rate == 0 ? Quantity.noTraffic : Figures.words(quantile))  ", Style.text),
      ]
    }
    if case .summary(_, let instance) = requests.p99 {
      title.append(Run("w: worst instance, \(ServicePane.address(instance))", Style.dim))
    }
    let known = points.contains { $0.p99 != .none }
    guard known else {
      let text =
        !isScraped
        ? "no scrape has come yet"
        : requests.p99 == .none
          ? (requests.rate == nil
            ? "no latency measured: no histogram or summary was recognised"
            : "no traffic in the last minute")
          : "a chart needs half a minute of histograms"
      return Block(.latency, title: title, lines: [[Run(text, Style.dim)]])
    }
    func series(
      _ name: String, _ path: KeyPath<RequestHistory.Point, LatencyQuantile>,
      _ role: Role, _ letter: Unicode.Scalar
    ) -> Chart.Series {
      Chart.Series(
        name, points.map { $0[keyPath: path].seconds.map { $0 * 1000 } }, role, letter: letter)
    }
    let threshold = service.definition.threshold
    if let threshold {
      title.append(Run("╌ \(Quantity.time(seconds: threshold)) SLO", .threshold))
    }
    let chart = Chart(
      [
        series("p50", \.p50, .series1, "."), series("p95", \.p95, .series2, "-"),
        series("p99", \.p99, .series3, "*"),
      ], scale: .logarithmic, threshold: threshold.map { $0 * 1000 },
      label: { Quantity.time(seconds: $0 / 1000) })
    return Block(.latency, title: title, height: ServicePane.chartRows) { chart.draw(on: $0) }
  }

  private func errors(width: Int) -> Block {
    let requests = service.requests
    let (points, span) = points()
    let ratios = points.map(\.errorRatio)
    let top = ratios.compactMap { $0 }.max() ?? 0
    let figures = Figures(service, at: now)
    var line = figures.errors(requests.errorRatio, rate: requests.rate)
    if requests.errorRatio != nil { line.append(Run(" %", Style.dim)) }
    let steps = max(8, min(60, width - 34))
    if ratios.contains(where: { $0 != nil }) {
      line.append(
        Run(
          "  " + Sparkline(ratios).text(width: min(steps, ratios.count), glyphs: console.glyphs),
          .sparkline))
      line.append(Run("  \(span), top \(Quantity.percent(top)) %", Style.dim))
    }
    var lines = [line]
    if requests.rate != nil, requests.errorRatio == nil, requests.rate != 0 {
      lines.append([
        Run(
          "nothing tells errors apart; say what does under requests: in the fleet file", Style.dim)
      ])
    } else if let rule = service.instances.lazy.compactMap({ $0.meter.recognised.requests }).first {
      lines.append([
        Run(
          "counted by \(rule.family)" + (rule.error.map { ", errors told by \($0)" } ?? ""),
          Style.dim)
      ])
    }
    return Block(.errors, title: [Run("last 1m", Style.dim)], lines: lines)
  }

  // MARK: Runtime

  private func runtime() -> Block {
    let signals = service.signals(at: now)
    var lines: [[Run]] = []
    for signal in signals {
      let steps = ServicePane.sparkSteps
      let values = Lookback.signal(
        signal.name, of: service.definition.name, steps: steps, state)
      var line = [
        Run(signal.name.padded(to: 28), Style.dim),
        Run(ServicePane.value(of: signal).padded(to: 12), signal.isAlarming ? .bad : .text),
      ]
      if values.contains(where: { $0 != nil }) {
        line.append(Run(Sparkline(values).text(width: steps, glyphs: console.glyphs), .sparkline))
        line.append(Run("  2m", Style.dim))
      }
      lines.append(line)
    }
    for saturation in service.saturations {
      let bar = BarText.bar(saturation.ratio, width: 12)
      lines.append([
        Run("\(saturation.name) full".padded(to: 28), Style.dim),
        Run(
          "\(Quantity.wholePercent(saturation.ratio)) %".padded(to: 12),
          saturation.ratio >= 0.9 ? .bad : saturation.ratio >= 0.75 ? .warning : .text),
        Run(bar, .sparkline),
      ])
    }
    if lines.isEmpty {
      lines = [[Run("its metrics tell nothing of its runtime", Style.dim)]]
    }
    let several =
      service.instances.count > 1 ? [Run("the largest of its instances", Style.dim)] : nil
    return Block(.runtime, title: several, lines: lines)
  }

  private static func value(of signal: Signal) -> String {
    switch signal.unit {
    case "ms": Quantity.time(seconds: signal.value / 1000)
    case "bytes":
      Quantity.bytes(signal.value) + (signal.name.hasSuffix("_per_s") ? "/s" : "")
    case "ratio": Quantity.percent(signal.value) + " %"
    case "cores": Quantity.number(signal.value) + " cores"
    case "per_s": Quantity.number(signal.value) + "/s"
    default: Int(exactly: signal.value).map(Quantity.count) ?? Quantity.number(signal.value)
    }
  }

  // MARK: Polls

  private func polls() -> Block {
    struct Row {
      var instance: String
      var what: String
      var path: String
      var last: Double?
      var durations: [Double]
      /// Seconds at which it is given up: the top of the sparkline.
      var limit: Double
      var successes: Int
      var failures: Int
      var cause: String?
    }
    var rows: [Row] = []
    for instance in service.instances {
      let address = ServicePane.address(instance.definition.url)
      let health = instance.health
      let policy = health.policy
      for (what, route) in [("live", health.liveness), ("ready", health.readiness)]
      where route.lastAnswer != nil {
        rows.append(
          Row(
            instance: address, what: what, path: route.path ?? "", last: route.lastDuration,
            durations: route.durations,
            limit: what == "live" ? policy.livenessTimeout : policy.readinessTimeout,
            successes: route.successes, failures: route.failures,
            cause: route.cause))
      }
      let scraping = instance.scraping
      if scraping.last != nil {
        rows.append(
          Row(
            instance: address, what: "scrape", path: instance.routes?.metrics ?? "",
            last: scraping.duration, durations: health.metrics.durations,
            limit: instance.definition.polling.timeout,
            successes: scraping.successes, failures: scraping.failures,
            cause: scraping.fault.map { "\($0.kind.rawValue): \($0.detail)" }))
      }
    }
    guard !rows.isEmpty else {
      return Block(.checks, lines: [[Run("nothing has been answered yet", Style.dim)]])
    }
    let table = Table(
      [
        Column("INSTANCE", minimum: 8, ideal: 16, weight: 95),
        Column("ROUTE", minimum: 6, weight: 100),
        Column("PATH", minimum: 6, ideal: 9, weight: 40),
        Column("LAST", .right, minimum: 6, ideal: 7, weight: 90),
        Column("0..LIMIT", minimum: 12, weight: 50),
        Column("OK", .right, minimum: 4, weight: 70),
        Column("FAILED", .right, minimum: 6, weight: 75),
        Column("", minimum: 8, weight: 60, grows: 1),
      ], gap: 1)
    return Block(.checks, height: rows.count + 1) { canvas in
      table.draw(on: canvas, rows: rows.count) { index in
        let row = rows[index]
        return [
          [Run(row.instance, Style.dim)],
          [Run(row.what)],
          [Run(row.path, Style.dim)],
          [Run(Quantity.time(seconds: row.last))],
          [
            Run(
              Sparkline(row.durations.suffix(12), scale: 0...max(row.limit, 1e-3)).text(width: 12),
              .sparkline)
          ],
          [Run(Quantity.count(row.successes), Style.dim)],
          [Run(Quantity.count(row.failures), row.failures > 0 ? Style(.warning) : .dim)],
          [Run(row.cause ?? "", .reason)],
        ]
      }
    }
  }

  // MARK: What changed

  private func lately() -> Block {
    var lines: [LatelyList.Line] = []
    let name = service.definition.name
    for change in present.changes.reversed() where change.service == name {
      var runs = LatelyList.arrow(change.from, change.to)
      if !change.cause.isEmpty {
        runs.append(Run("  \(FleetPane.short(change.cause))", .reason))
      }
      if let ended = end(of: change) {
        runs.append(
          Run("  lasted \(Quantity.duration(ended.seconds(since: change.at)))", Style.dim))
      }
      lines.append(LatelyList.Line(at: change.at, runs: runs))
    }
    for instance in service.instances {
      let who = ServicePane.address(instance.definition.url)
      // The only instance changes with its service: one line is enough for both.
      for change in service.instances.count > 1 ? instance.health.transitions.reversed() : [] {
        var runs = [Run("\(who) ", Style.dim)] + LatelyList.arrow(change.from, change.to)
        if !change.cause.isEmpty { runs.append(Run("  \(change.cause)", .reason)) }
        if let ended = change.endedAt {
          runs.append(
            Run("  lasted \(Quantity.duration(ended.seconds(since: change.at)))", Style.dim))
        }
        lines.append(LatelyList.Line(at: change.at, runs: runs))
      }
      for change in instance.health.changes.reversed() {
        var runs = [
          Run("\(who) ", Style.dim), Run("\(change.subject.label) ", .strong),
          Run("\(change.from) → \(change.to)"),
        ]
        if let cause = change.cause { runs.append(Run("  \(cause)", .reason)) }
        if let ended = change.endedAt {
          runs.append(
            Run("  lasted \(Quantity.duration(ended.seconds(since: change.at)))", Style.dim))
        }
        lines.append(LatelyList.Line(at: change.at, runs: runs))
      }
    }
    guard !lines.isEmpty else {
      let since = Quantity.duration(now.seconds(since: present.began))
      return Block(.changes, lines: [[Run("nothing changed in \(since) of watching", Style.dim)]])
    }
    // Newest first; of one moment, the service's own change before those of its parts.
    let sorted = lines.enumerated().sorted {
      ($1.element.at.offset, $0.offset) < ($0.element.at.offset, $1.offset)
    }
    return Block(
      .changes, title: [Run("UTC", Style.dim)],
      lines: sorted.prefix(12).map {
        [Run(Clock.time($0.element.at) + "  ", Style.dim)] + $0.element.runs
      })
  }

  /// When the state that `change` began was left again.
  private func end(of change: StateChange) -> Instant? {
    present.changes.first {
      $0.service == change.service && $0.at.offset > change.at.offset
    }?.at
  }

  // MARK: Traces and scrapes

  private func exemplars() -> [[Run]] {
    let traced = service.instances.flatMap { $0.meter.exemplars(at: now.seconds) }
      .sorted { ($1.duration, $0.traceID) < ($0.duration, $1.traceID) }
    return traced.prefix(6).map { request in
      [
        Run(Quantity.time(seconds: request.duration).padded(to: 8), Style.text),
        Run(request.traceID, .link), Run("  \(request.endpoint)", Style.dim),
        Run("  \(Quantity.duration(now.seconds - request.seen)) ago", Style.dim),
      ]
    }
  }

  private func scrapes() -> [[Run]] {
    var lines: [[Run]] = []
    for instance in service.instances {
      let scraping = instance.scraping
      let address = ServicePane.address(instance.definition.url)
      if let fault = scraping.fault {
        lines.append([
          Run("✖ ", .unhealthy), Run(address),
          Run("  \(fault.kind.rawValue) \(fault.detail)", .reason),
        ])
        continue
      }
      guard scraping.last != nil else { continue }
      lines.append([
        Run("● ", .healthy), Run(address, Style.dim),
        Run(
          "  \(Quantity.count(scraping.samples)) samples, \(Quantity.bytes(Double(scraping.bytes)))",
          Style.dim),
      ])
      if scraping.violationCount > 0 {
        var text = "\(Quantity.count(scraping.violationCount)) lines could not be read"
        if let first = scraping.violations.first {
          text += "; first at \(first.line):\(first.column): \(first.reason)"
        }
        lines.append([Run("  ◐ ", .degraded), Run(text, .warning)])
      }
      if scraping.dropped > 0 {
        lines.append([
          Run("  ◐ ", .degraded),
          Run(
            "\(Quantity.count(scraping.dropped)) series beyond its limit of "
              + "\(Quantity.count(instance.definition.limits.series)) left out; raise limits: series",
            .warning),
        ])
      }
    }
    let conventions = Set(service.instances.flatMap(\.meter.conventions)).sorted()
    if !conventions.isEmpty {
      lines.append([Run("  read as \(conventions.joined(separator: ", "))", Style.dim)])
    }
    return lines.isEmpty ? [[Run("no metrics yet, or none are asked for", Style.dim)]] : lines
  }
}

extension Signal {
  /// Panics are never ordinary.
  fileprivate var isAlarming: Bool { name.hasSuffix("panics") && value > 0 }
}

extension String {
  /// Filled with spaces to `width` columns; never cut.
  func padded(to width: Int) -> String {
    self + String(repeating: " ", count: max(1, width - DisplayText.width(of: self)))
  }
}

/// A gauge as text, for lines that are made of runs.
enum BarText {
  static func bar(_ ratio: Double, width: Int) -> String {
    guard !ratio.isNaN else { return "" }
    let filled = Int((min(1, max(0, ratio)) * Double(width)).rounded())
    return String(repeating: "█", count: filled) + String(repeating: "·", count: width - filled)
  }
}
