import Canvas
import Exposition
import Fleet
import Health
import Incident
import Telemetry

/// How the service went over time: latency, errors, runtime, polls, what changed.
extension ServicePane {
  func timeBlocks(width: Int) -> [Block] {
    var blocks = [
      latency(width: width), errors(width: width), lately(), runtime(width: width), polls(),
    ]
    let exemplars = exemplars()
    if !exemplars.isEmpty { blocks.append(Block(.exemplars, lines: exemplars)) }
    blocks.append(Block(.scrapes, lines: scrapes()))
    return blocks
  }

  private static let sparkSteps = 24

  /// What stands in the place of a chart whose samples have not come: an empty one would look like no traffic.
  var awaited: [Run] { [Run("history is on its way", .info)] }

  /// Whether any metrics have come.
  var isScraped: Bool { service.instances.contains { $0.scraping.successes > 0 } }

  // MARK: Requests

  private func errors(width: Int) -> Block {
    let requests = service.requests
    let (points, span) = points()
    let ratios = points.map(\.errorRatio)
    let top = ratios.compactMap { $0 }.max() ?? 0
    let figures = Figures(service, at: now)
    var mark: ((Canvas) -> Void)?
    var line = figures.errors(requests.errorRatio, rate: requests.rate)
    if requests.errorRatio != nil { line.append(Run(" %", Style.dim)) }
    if console.awaitsHistory {
      line += [Run("  ")] + awaited
    } else if ratios.contains(where: { $0 != nil }) {
      let columns = max(8, min(60, width - 40))
      let steps = Sparkline.values(in: columns, glyphs: console.glyphs)
      mark = ChangeMarks.line(
        of: service.definition.name, at: line.width(glyphs: console.glyphs) + 2, width: columns,
        over: points.reduce(0) { $0 + $1.length }, present, console.glyphs)
      let spark = Sparkline(Lookback.resampled(ratios, to: steps), scale: 0...max(top, 1e-9))
      line.append(Run("  " + spark.text(width: columns, glyphs: console.glyphs), .sparkline))
      line.append(Run("  \(span), 0 to \(Quantity.percent(top)) %", Style.dim))
    }
    if let allowed = service.definition.allowedErrors {
      line.append(Run("  ╌ \(Quantity.percent(allowed)) % SLO", .threshold))
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
    let title = [Run("last 1m  ", Style.dim)] + lateness
    guard let mark else { return Block(.errors, title: title, lines: lines) }
    return Block(.errors, title: title, height: lines.count + 1) { canvas in
      for (y, line) in lines.enumerated() { canvas.put(line, at: Point(0, y == 0 ? 0 : y + 1)) }
      mark(canvas.sub(Rect(x: 0, y: 1, width: canvas.width, height: 1)))
    }
  }

  // MARK: Runtime

  private func runtime(width: Int) -> Block {
    let names = width < 64 ? 24 : 28
    let values = width < 64 ? 10 : 12
    // Room for what the bars stand for comes first: `  2m, 0 to 68.2MB`.
    let columns = min(ServicePane.sparkSteps, width - names - values - 18)
    let signals = service.signals(at: now)
    var lines: [[Run]] = []
    for signal in signals {
      let steps = ServicePane.sparkSteps
      let past = Lookback.signal(
        signal.name, of: service.definition.name, steps: steps, state)
      var line = [
        Run(signal.name.padded(to: names), Style.dim),
        Run(
          ServicePane.value(signal.value, unit: signal.unit, signal.name).padded(to: values),
          signal.isAlarming ? Style(.bad) : isLate ? .dim : .text),
      ]
      if !console.awaitsHistory, columns >= 4, let top = past.compactMap({ $0 }).max() {
        let shown = Sparkline.values(in: columns, glyphs: console.glyphs)
        let bars = Sparkline(Lookback.resampled(past, to: shown), scale: 0...max(top, 1e-9))
        line.append(Run(bars.text(width: columns, glyphs: console.glyphs), .sparkline))
        line.append(
          Run("  2m, 0 to \(ServicePane.value(top, unit: signal.unit, signal.name))", Style.dim))
      }
      lines.append(line)
    }
    for saturation in service.saturations {
      let bar = BarGauge(saturation.ratio).text(width: 12, glyphs: console.glyphs)
      lines.append([
        Run("\(saturation.name) full".padded(to: names), Style.dim),
        Run(
          "\(Quantity.wholePercent(saturation.ratio)) %".padded(to: values),
          saturation.ratio >= 0.9 ? .bad : saturation.ratio >= 0.75 ? .warning : .text),
        Run(bar, .sparkline), Run("  of its limit", Style.dim),
      ])
    }
    if lines.isEmpty {
      lines = [[Run("its metrics tell nothing of its runtime", Style.dim)]]
    }
    let several = service.instances.count > 1 ? "the largest of its instances  " : ""
    let coming = console.awaitsHistory ? awaited + [Run("  ")] : []
    let title = [Run(several, Style.dim)] + coming + lateness
    let steps = Double(ServicePane.sparkSteps) * SignalHistory.seconds
    guard columns >= 4, !signals.isEmpty, !console.awaitsHistory,
      let mark = ChangeMarks.line(
        of: service.definition.name, at: names + values, width: columns, over: steps, present,
        console.glyphs)
    else { return Block(.runtime, title: title, lines: lines) }
    // The bars of all signals stand under each other: one row of marks is for all of them.
    return Block(.runtime, title: title, height: lines.count + 1) { canvas in
      for (y, line) in lines.enumerated() {
        canvas.put(line, at: Point(0, y < signals.count ? y : y + 1))
      }
      mark(canvas.sub(Rect(x: 0, y: signals.count, width: canvas.width, height: 1)))
    }
  }

  private static func value(_ value: Double, unit: String, _ name: String) -> String {
    switch unit {
    case "ms": Quantity.time(seconds: value / 1000)
    case "bytes": Quantity.bytes(value) + (name.hasSuffix("_per_s") ? "/s" : "")
    case "ratio": Quantity.percent(value) + " %"
    case "cores": Quantity.number(value) + " cores"
    case "per_s": Quantity.number(value) + "/s"
    default: Int(exactly: value).map(Quantity.count) ?? Quantity.number(value)
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
        Column("LAST 12", minimum: 12, weight: 50),
        Column("OK", .right, minimum: 4, weight: 70),
        Column("FAILED", .right, minimum: 6, weight: 75),
        Column("", minimum: 8, weight: 60, grows: 1),
      ], gap: 1)
    let limits = rows.map(\.limit)
    let (least, most) = (limits.min() ?? 0, limits.max() ?? 0)
    let scale =
      least == most
      ? "bars from 0 to \(Quantity.bound(seconds: most)), the timeout"
      : "bars from 0 to the timeout, \(Quantity.bound(seconds: least)) or "
        + Quantity.bound(seconds: most)
    return Block(.checks, title: [Run(scale, Style.dim)], height: rows.count + 1) { canvas in
      table.draw(on: canvas, rows: rows.count) { index in
        let row = rows[index]
        return [
          [Run(row.instance, Style.dim)],
          [Run(row.what)],
          [Run(row.path, Style.dim)],
          [Run(Quantity.time(seconds: row.last))],
          [
            Run(
              Sparkline(row.durations.suffix(12), scale: 0...max(row.limit, 1e-3))
                .text(width: 12, glyphs: console.glyphs), .sparkline)
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
    for change in present.changes(of: name) where change.service == name {
      switch change.kind {
      // Versions are told by the instances' own lines.
      case .deploy, .rollback, .reload: continue
      default: lines.append(LatelyList.Line(at: change.at, runs: ChangeMarks.words(change)))
      }
    }
    guard !lines.isEmpty else {
      return Block(.changes, lines: [[Run(LatelyList.nothing(present), Style.dim)]])
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
          Run("✖", .unhealthy), Run(" "), Run(address),
          Run("  \(fault.kind.rawValue) \(fault.detail)", .reason),
        ])
        continue
      }
      guard scraping.last != nil else { continue }
      lines.append([
        Run("●", .healthy), Run(" "), Run(address, Style.dim),
        Run(
          "  \(Quantity.count(scraping.samples)) samples, \(Quantity.bytes(Double(scraping.bytes)))",
          Style.dim),
      ])
      if scraping.violationCount > 0 {
        var text = "\(Quantity.count(scraping.violationCount)) lines could not be read"
        if let first = scraping.violations.first {
          text += "; first at \(first.line):\(first.column): \(first.reason)"
        }
        lines.append([Run("  ◐", .degraded), Run(" "), Run(text, .warning)])
      }
      if scraping.dropped > 0 {
        lines.append([
          Run("  ◐", .degraded), Run(" "),
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
