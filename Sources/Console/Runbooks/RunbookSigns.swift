import Canvas
import Conditions
import Fleet
import Health
import Incident
import Markdown
import Runbooks
import Telemetry

/// What a runbook looks at while it is followed: indicators, timers, what proves it, what is due.
extension RunbookView {
  /// Sections with their lines, the most pressing first.
  func signs(width: Int) -> [[Run]] {
    var lines: [[Run]] = []
    func add(_ section: [[Run]]) {
      guard !section.isEmpty else { return }
      if !lines.isEmpty { lines.append([]) }
      lines += section
    }
    add(timers(width: width))
    add(indicators(width: width))
    add(verification(width: width))
    add(notes(width: width))
    if let impact = runbook.impact {
      add(LineBreaker.lines([Run("IMPACT  ", .title), Run(impact)], width: width, indent: 8))
    }
    add(links(width: width))
    return lines
  }

  // MARK: Indicators

  /// `✖ p99        2.4s  over 800ms   6m ▁▂▅▇▇`
  private func indicators(width: Int) -> [[Run]] {
    guard !card.indicators.isEmpty else { return [] }
    let runs = present.runbookParts(of: card.hash, service: place.service)?.indicators ?? []
    let names = min(24, max(10, card.indicators.map { $0.name.count }.max() ?? 0) + 1)
    let isRoomy = width >= names + 34
    var lines: [[Run]] = [
      [
        Run("INDICATORS".padded(to: names + 2), .title), Run("now".padded(to: 9), .dim),
        Run("limit".padded(to: 12), .dim), Run(isRoomy ? "since" : "", .dim),
      ]
    ]
    for (place, indicator) in card.indicators.enumerated() {
      let truth = indicator.condition.truthInTime(facts)
      for (row, term) in indicator.condition.terms.enumerated() {
        let name = row == 0 ? indicator.name : "  " + FactWords.name(term.reference)
        var line = [
          row == 0 ? RunbookView.mark(truth, isGood: false) : Run("  "),
          Run(DisplayCut.clip(name, to: names - 1).padded(to: names)),
          Run(FactWords.now(term, facts).padded(to: 9), style(of: term)),
          Run(FactWords.limit(term).padded(to: 12), .dim),
        ]
        if isRoomy {
          let since = place < runs.count && truth == .yes ? runs[place].since : nil
          line.append(
            Run(
              (since.map {
                Quantity.duration(now.seconds - $0 + indicator.condition.longestHold)
              } ?? "").padded(to: 6),
              truth == .yes ? .text : .dim))
          line.append(Run(spark(term.reference, columns: min(24, width - names - 29)), .sparkline))
        }
        lines.append(line)
      }
    }
    return lines
  }

  private func style(of term: Term) -> Style {
    switch term.truth(facts) {
    case .yes: Style(.bad)
    case .no: .text
    case .unknown: Style(.unknown)
    }
  }

  /// How a figure went in the last minutes; nothing where nobody keeps it.
  private func spark(_ reference: Reference, columns: Int) -> String {
    let columns = max(0, columns)
    let service = reference.service ?? place.service
    let steps = Sparkline.values(in: columns, glyphs: console.glyphs)
    let recent = { Lookback.recent(of: service, count: 36, state) }
    let values: [Double?] =
      switch reference.kind {
      case "rate": recent().map(\.rate)
      case "error_ratio": recent().map(\.errorRatio)
      case "p50_ms": recent().map(\.p50.seconds)
      case "p99_ms": recent().map(\.p99.seconds)
      default: Lookback.signal(reference.kind, of: service, steps: 24, state)
      }
    guard !console.awaitsHistory, values.contains(where: { $0 != nil }) else { return "" }
    return Sparkline(Lookback.resampled(values, to: steps))
      .text(width: columns, glyphs: console.glyphs)
  }

  // MARK: What proves it

  private func verification(width: Int) -> [[Run]] {
    guard let verification = card.verification else {
      return [[Run("VERIFIED WHEN", .title), Run("  nothing proves it: somebody decides", .dim)]]
    }
    let window = Quantity.countdown(verification.window)
    var lines: [[Run]] = [[Run("VERIFIED WHEN", .title), Run("  all hold for \(window)", .dim)]]
    for part in verification.parts {
      let terms = part.terms
      let truth = part.truthInTime(facts)
      var line = [RunbookView.mark(truth), Run(part.text)]
      if let term = terms.first, terms.count == 1 {
        line.append(Run("  now \(FactWords.now(term, facts))", truth == .no ? .bad : .dim))
      }
      lines.append(line)
    }
    guard let work else {
      lines.append([Run("  counted once somebody takes it up", .dim)])
      return lines
    }
    switch work.phase {
    case .verified(let at):
      lines.append([Run("✔ verified at \(Clock.utc(at))", .good)])
    case .closed(let closing):
      lines += LineBreaker.lines(
        [Run("laid down at \(Clock.utc(closing.at)) by \(closing.by): \(closing.reason)", .dim)],
        width: width, indent: 2)
    case .working:
      let held = work.run.held
      lines.append([
        held.map {
          Run("  held \(Quantity.countdown($0.seconds)) of \(Quantity.countdown($0.of))", .info)
        } ?? Run("  not all hold yet", .dim)
      ])
    }
    return lines
  }

  // MARK: Timers

  /// Who is called next and what has to be decided by when.
  private func timers(width: Int) -> [[Run]] {
    var lines: [[Run]] = []
    if let box = TriageClock(self) { lines += box.lines(width: width) }
    lines += EscalationClock(card.escalation, from: start, at: now).lines(width: width)
    let due = criteriaMet
    for calls in due {
      lines += LineBreaker.lines(
        [Run("▲ it is time to \(calls.what): ", .warning), Run(calls.because)], width: width,
        indent: 2)
    }
    return lines
  }

  /// What the criteria that are met call for.
  var criteriaMet: [(what: String, because: String)] {
    let runs = present.runbookParts(of: card.hash, service: place.service)?.criteria ?? []
    return zip(card.criteria.all, runs).compactMap { criterion, run in
      // What is done already is not asked for.
      if criterion.calls == "declare an incident", present.openIncident != nil { return nil }
      return run.truth == .yes ? (criterion.calls, criterion.condition.text) : nil
    }
  }

  // MARK: What was written down

  private func notes(width: Int) -> [[Run]] {
    guard let work, !work.notes.isEmpty else { return [] }
    var lines: [[Run]] = [[Run("NOTES", .title)]]
    for note in work.notes.suffix(4).reversed() {
      let about = note.step.map { " \($0.replacing(".", with: " "))" } ?? ""
      lines += LineBreaker.lines(
        [
          Run("\(Clock.time(note.at)) ", .dim), Run(note.by, .strong), Run(about, .dim),
          Run(" \(note.text)"),
        ], width: width, indent: 2)
    }
    return lines
  }

  private func links(width: Int) -> [[Run]] {
    let dashboards = card.indicators.compactMap { indicator in
      indicator.dashboard.map { (indicator.name, $0) }
    }
    let named = runbook.links.map { ($0.title ?? "link", $0.url) }
    guard !(dashboards + named).isEmpty else { return [] }
    return [[Run("LINKS", .title), Run("  \(console.keys.sign(.copy)) copies one", .dim)]]
      + (named + dashboards).prefix(6).map { title, url in
        [Run("  \(title) ", .dim), Run(url, .link)]
      }
  }
}
