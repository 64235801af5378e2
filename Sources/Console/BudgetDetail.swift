import Canvas
import Fleet
import Incident
import Telemetry

/// One objective at length: what fires and why, each window, its policy, and its burning over time.
struct BudgetDetail {
  private let state: State
  private let row: BudgetPane.Row
  private var slo: SLOPresent { row.slo }

  init(_ state: State, _ row: BudgetPane.Row) {
    self.state = state
    self.row = row
  }

  /// Where it is low it takes three lines, and a chart below them needs four.
  static let wastedHeights = 4..<7

  func draw(on canvas: Canvas) {
    var area = Rect(canvas.size)
    let isLow = area.height < 14
    var lines = [title(isLow: isLow)]
    if !isLow { lines += facts(width: canvas.width) + [[]] }
    lines += windows(width: canvas.width, isLow: isLow)
    let text: Rect
    (text, area) = area.splitTop(min(lines.count, area.height))
    for (y, line) in lines.prefix(text.height).enumerated() { canvas.put(line, at: Point(0, y)) }
    // Low, the chart stands close below.
    let gap = isLow ? 0 : 1
    guard area.height >= 4 + gap else { return }
    drawHistory(on: canvas.sub(area.splitTop(gap).rest))
  }

  private func title(isLow: Bool) -> [Run] {
    let window = BurnText.window(slo.definition.windowMinutes)
    return [
      Run("\(row.owner.name) \(slo.name)", .title),
      Run("  \(slo.definition.objective)% over \(window)", Style.dim),
      Run(isLow ? "  \(goal)" : "", Style.dim),
    ]
  }

  /// What a good event is, in words.
  private var goal: String {
    switch slo.definition.counts {
    case .requests(let endpoint): "requests without error" + at(endpoint)
    case .latency(let threshold, let endpoint):
      "requests within \(Quantity.bound(seconds: threshold))" + at(endpoint)
    case .selected: "as the fleet file counts"
    }
  }

  private func at(_ endpoint: String?) -> String { endpoint.map { " at \($0)" } ?? "" }

  private func facts(width: Int) -> [[Run]] {
    var lines: [[Run]] = []
    func add(_ title: String, _ text: String, _ style: Style = .text) {
      for (i, part) in DisplayCut.wrap(text, to: max(10, width - 10)).enumerated() {
        lines.append([Run((i == 0 ? title : "").padded(to: 9), Style.dim), Run(part, style)])
      }
    }
    let reading = slo.reading
    if let alert = slo.alert {
      let age = Quantity.duration(state.present.now.seconds(since: alert.since))
      add(
        alert.severity.rawValue, "\(reading.because ?? "") for \(age)",
        Style(alert.severity == .page ? .bad : .warning))
    } else if let held = reading.heldBack(by: slo.definition.burn) {
      add("held", held, Style(.warning))
    }
    add("good", goal)
    add("left", left, Style(BudgetTable.role(slo)))
    if let spend = slo.incidentSpend {
      add(
        "incident",
        "has spent \(Quantity.wholePercent(spend))% of \(slo.definition.span)")
    }
    add("seen", seen)
    if let basis { add("counted", basis) }
    if case .service(let name) = row.owner,
      let match = state.present.runbookMatches(of: name).best
    {
      add("runbook", "\(match.id): \(match.because.joined(separator: "; "))")
    }
    add("policy", policy)
    if slo.refusedMinutes > 0 {
      let minutes = slo.refusedMinutes == 1 ? "1 minute" : "\(slo.refusedMinutes) minutes"
      add("refused", "\(minutes) that had been counted before", Style(.warning))
    }
    return lines
  }

  private var left: String {
    guard let remaining = slo.remaining else { return "not known: no event was seen" }
    let exhaustion = BudgetTable.exhaustion(slo)
    let events = slo.reading.events
    let share = Quantity.wholePercent(remaining) + "%"
    let count =
      "\(Quantity.number(Double(events.bad))) bad of \(Quantity.number(Double(events.total)))"
    switch exhaustion {
    case "spent": return "\(share), spent; \(count)"
    case "lasts": return "\(share), lasts at this pace; \(count)"
    default: return "\(share), gone in \(exhaustion) at this pace; \(count)"
    }
  }

  /// A budget says how much of its window it has seen.
  private var seen: String {
    let minutes = slo.definition.windowMinutes
    var text = "\(Quantity.duration(slo.reading.covered)) of \(BurnText.window(minutes))"
    if minutes > 3 * 1440 { text += "; what is older than 3d is exact to the hour" }
    return text
  }

  private var basis: String? {
    guard slo.basis != nil else { return nil }
    return slo.caveat ?? "exactly: the threshold is a bucket's bound"
  }

  private var policy: String {
    let policy = slo.definition.policy
    var parts: [String] = []
    if let warn = policy.warn { parts.append("warns at \(Quantity.wholePercent(warn))%") }
    if let freeze = policy.freeze {
      parts.append(
        freeze <= 0
          ? "freezes releases when spent" : "freezes releases at \(Quantity.wholePercent(freeze))%")
    }
    let floor = slo.definition.burn.floor
    if floor > 1 { parts.append("no alert below \(floor) bad events") }
    return parts.isEmpty ? "none" : parts.joined(separator: ", ")
  }

  // MARK: Windows

  /// Every window with its burn and what it counted; in one line each, or two in all where low.
  private func windows(width: Int, isLow: Bool) -> [[Run]] {
    let burns = slo.reading.burns.filter { $0.minutes <= slo.definition.windowMinutes }
    guard !isLow else {
      var line = [Run("burn ", Style.dim)]
      for burn in burns where burn.minutes < slo.definition.windowMinutes {
        line += [Run("\(burn.name) ", Style.dim), Run(rate(burn), style(burn)), Run("  ")]
      }
      return [line, [Run("seen \(seen)", Style.dim)]]
    }
    let counts = burns.map { burn in
      "\(Quantity.number(Double(burn.events.bad))) of "
        + Quantity.number(Double(burn.events.total))
    }
    let room = 2 + (counts.map(\.count) + ["BAD OF EVENTS".count]).reduce(0, max)
    let header = "WINDOW  BURN    " + "BAD OF EVENTS".padded(to: room) + "ALERTS OVER"
    var lines = [[Run(header, .header)]]
    for (burn, count) in zip(burns, counts) {
      let limits = slo.definition.burn.pairs.filter {
        $0.long == burn.minutes || $0.short == burn.minutes
      }
      let alerts = limits.map { "\($0.factor) \($0.severity.rawValue)" }.joined(separator: ", ")
      lines.append([
        Run(burn.name.padded(to: 8)), Run(rate(burn).padded(to: 8), style(burn)),
        Run(count.padded(to: room), Style.dim), Run(alerts, Style.dim),
      ])
    }
    return lines
  }

  private func rate(_ burn: BudgetReading.Burn) -> String {
    burn.rate.map(BurnText.rate) ?? Quantity.noTraffic
  }

  /// Over the factor of a pair it belongs to it is as grave as the pair; over 1 it is worth a look.
  private func style(_ burn: BudgetReading.Burn) -> Style {
    guard let rate = burn.rate else { return .dim }
    let over = slo.definition.burn.pairs.filter {
      ($0.long == burn.minutes || $0.short == burn.minutes) && rate > $0.factor.value
    }
    if over.contains(where: { $0.severity == .page }) { return Style(.bad) }
    if !over.isEmpty || rate > 1 { return Style(.warning) }
    return rate > 0 ? .text : .dim
  }

  // MARK: Over time

  /// The burn with a line for each factor that alerts, and what changed below it: over as
  /// much time as was watched, and no more than the alert looks at while one fires.
  private func drawHistory(on canvas: Canvas) {
    guard let ledger = state.ledger.account(of: row.owner, slo.name)?.ledger else { return }
    let watched = Int(nearest: (slo.reading.covered / 60).rounded(.down))
    let spans = [60, 360, 1440, 4320, slo.definition.windowMinutes].filter {
      $0 <= slo.definition.windowMinutes
    }
    let looked = min(watched, slo.alert?.pair.long ?? watched)
    let span = spans.first { $0 >= looked } ?? slo.definition.windowMinutes
    canvas.put(
      [
        Run("BURN", .header), Run("  last \(BurnText.window(span))", Style.dim),
        Run(span > 4320 ? ", by the hour" : "", Style.dim),
      ], at: Point(0, 0))
    let (_, below) = Rect(canvas.size).splitTop(1)
    let (area, _) = below.splitBottom(1)
    // Two dots stand beside each other in a cell: as many values as dots fill the plot exactly.
    let points = max(8, min(2 * area.width, 4096))
    let values = ledger.series(span: span, points: points).map {
      $0?.burn(of: slo.definition.objective)
    }
    let factors = Set(slo.definition.burn.pairs.map(\.factor.value)).sorted()
    let top = max(values.compactMap { $0 }.max() ?? 0, factors.first ?? 1)
    // Where it burns so fast that the factors would lie together at the foot, by powers.
    let isSteep = top > 2 * (factors.last ?? 1)
    var chart = Chart(
      [Chart.Series("burn", values, .series1)], scale: isSteep ? .logarithmic : .linear,
      range: (isSteep ? 0.5 : 0)...(top * 1.05), label: { BurnText.rate($0) })
    chart.thresholds = factors.filter { $0 <= top * 1.05 }
    let plot = chart.draw(on: canvas.sub(area))
    let marks = ChangeMarks.marks(of: row.service, over: Double(span) * 60, state.present)
    TimeAxis("\(BurnText.window(span)) ago", marks: marks)
      .draw(on: canvas, under: Rect(x: plot.x, y: area.y, width: plot.width, height: area.height))
  }
}
