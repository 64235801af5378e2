import Canvas
import Fleet
import Health
import Incident
import Telemetry

/// More of what the cursor stands on in the changes: where and when, what came after, what is out.
struct ChangeDetail {
  private let pane: ChangesPane
  private let id: String

  init(_ pane: ChangesPane, _ id: String) {
    self.pane = pane
    self.id = id
  }

  private var present: Present { pane.present }
  private var now: Instant { present.now }

  func draw(on canvas: Canvas) {
    var lines: [[Run]] = []
    var service: ServicePresent?
    if id.hasPrefix("change "), let number = Int(id.dropFirst(7)),
      let change = present.changeLog.entries.first(where: { $0.id == number })
    {
      service = change.service.flatMap(present.service)
      lines += self.lines(of: change)
    } else if let space = id.firstIndex(of: " ") {
      service = present.service(named: String(id[id.index(after: space)...]))
    }
    if let service {
      if id.hasPrefix("signals ") {
        lines += parity(service) + release(service)
      } else {
        lines += release(service) + unusual(service) + parity(service)
      }
    }
    for (y, line) in lines.prefix(canvas.height).enumerated() {
      canvas.put(line, at: Point(1, y))
    }
  }

  private func row(_ name: String, _ runs: [Run]) -> [Run] {
    [Run(name.padded(to: 11), Style.dim)] + runs
  }

  private func lines(of change: FleetChange) -> [[Run]] {
    var lines = [
      [Run("CHANGE  ", .title), Run(change.service ?? "the fleet", .strong)],
      row("what", ChangeMarks.words(change)),
    ]
    let ago = Quantity.duration(now.seconds(since: change.at))
    var when = [Run(Clock.utc(change.at)), Run("  \(ago) ago", Style.dim)]
    if change.last != change.at {
      when.append(Run("  the last at \(Clock.utc(change.last))", Style.dim))
    }
    lines.append(row("when", when))
    if !change.instances.isEmpty {
      let shown = change.instances.prefix(3).map(ServicePane.address).joined(separator: ", ")
      let more = change.instances.count > 3 ? " and \(change.instances.count - 3) more" : ""
      lines.append(row("where", [Run(shown + more)]))
    }
    if let trouble = present.trouble(after: change) {
      lines.append(row("then", ChangesPane.words(trouble)))
    } else if change.kind.canCause {
      lines.append(row("then", [Run("no trouble within 15m", Style.dim)]))
    }
    lines.append([])
    return lines
  }

  private func release(_ service: ServicePresent) -> [[Run]] {
    let release = service.definition.release
    let trial = service.trial(at: now)
    guard release != nil || trial != nil else { return [] }
    var lines = [[Run("RELEASE", .title)]]
    let owner = release?.owner ?? service.definition.owner?.primary
    if let owner { lines.append(row("owner", [Run(owner)])) }
    lines.append(
      row(
        "advice",
        ChangesPane.words(service.releaseAdvice(at: now))))
    if let release {
      let closure = release.schedule.closure(atUnixSeconds: now.unixSeconds)
      lines.append(row("schedule", [closure.map { Run($0, .warning) } ?? Run("open now", .good)]))
      if let gate = release.gate {
        let left = service.tightestBudget
        lines.append(
          row(
            "gate",
            [
              Run("\(ChangeMarks.share(gate) ?? "") of the budget"),
              Run(
                left.map { "  \(ChangeMarks.share($0.left) ?? "") of \($0.of) left" }
                  ?? "  no budget is known", Style.dim),
            ]))
      }
    }
    for trigger in service.rollbackTriggers {
      lines.append(row("trigger", ChangesPane.words(trigger.condition, trigger.run)))
    }
    lines.append([])
    if let trial { lines += comparison(service, trial.trial, trial.against) }
    return lines
  }

  /// What is on trial beside what it is to replace, figure by figure.
  private func comparison(_ service: ServicePresent, _ a: Cohort, _ b: Cohort) -> [[Run]] {
    let comparison = pane.comparison(of: service, a, b)
    let (x, y) = (CohortFigures(a), CohortFigures(b))
    let width = min(24, max(a.name.count, b.name.count, 8) + 2)
    func pair(_ name: String, _ left: String, _ right: String) -> [Run] {
      row(name, [Run(left.padded(to: width)), Run(right)])
    }
    func share(_ share: Double?) -> String { ChangeMarks.share(share) ?? Quantity.unknown }
    let over = comparison.slow.bound.map { "over \(Quantity.bound(seconds: $0))" } ?? "slow"
    var lines: [[Run]] = [
      [Run("SIDE BY SIDE  ", .title), Run("the last 5m", Style.dim)],
      row("", [Run(a.name.padded(to: width), .strong), Run(b.name, .strong)]),
      pair("instances", "\(a.instances.count)", "\(b.instances.count)"),
    ]
    if a.weight != nil || b.weight != nil {
      lines.append(pair("weight", share(a.weight), share(b.weight)))
    }
    lines += [
      pair("rate", x.rate, y.rate), pair("errors", x.errors, y.errors),
      row("", [ChangesPane.words(comparison.errors.verdict)]),
      pair(over, share(comparison.slow.trial), share(comparison.slow.against)),
      row("", [ChangesPane.words(comparison.slow.verdict)]),
      pair("p50", x.latency(0.5), y.latency(0.5)), pair("p99", x.latency(0.99), y.latency(0.99)),
      [],
    ]
    return lines
  }

  private func unusual(_ service: ServicePresent) -> [[Run]] {
    guard !service.deviations.isEmpty else { return [] }
    return [[Run("UNUSUAL", .title)]]
      + service.deviations.prefix(6).map { deviation in
        [
          Run(deviation.words, .warning),
          Run(
            "  for \(Quantity.duration(now.seconds - deviation.since)), against "
              + deviation.norm.basis.rawValue, Style.dim),
        ]
      } + [[]]
  }

  private func parity(_ service: ServicePresent) -> [[Run]] {
    let parity = service.parity
    guard parity.isKnown else { return [] }
    var rows: [[Run]] = []
    for (index, (signal, word)) in Exports.named.enumerated() {
      if index % 4 == 0 { rows.append([]) }
      let has = parity.has.contains(signal)
      let lost = parity.vanished.contains(signal)
      rows[rows.count - 1] += [
        Run(has ? "✔ " : lost ? "- " : "· ", has ? .good : lost ? .warning : .dim),
        Run(word.padded(to: 12), lost ? .warning : has ? .text : .dim),
      ]
    }
    return [[Run("SIGNALS IT EXPORTS", .title)]] + rows
  }
}
