import Canvas
import Fleet
import Health
import Incident
import Telemetry

/// Every objective: what is left of its budget, how fast it goes, and what it has cost.
struct BudgetPane {
  private let state: State
  private let console: ConsoleState
  private let rows: [Row]

  /// One objective and whose it is.
  struct Row {
    var owner: SLOOwner
    var tier: Tier
    var slo: SLOPresent

    var id: String {
      switch owner {
      case .service(let name): "service/\(name)/\(slo.name)"
      case .capability(let name): "capability/\(name)/\(slo.name)"
      }
    }

    var service: String? { if case .service(let name) = owner { name } else { nil } }

    var urgency: (Int, Int, Double, Int) { Row.urgency(of: slo, tier) }

    /// What wakes somebody first, then what is nearest to being spent.
    static func urgency(of slo: SLOPresent, _ tier: Tier) -> (Int, Int, Double, Int) {
      let alert = slo.alert.map { $0.severity == .page ? 0 : 1 } ?? 2
      let standing = slo.standing == .frozen ? 0 : slo.standing == .warned ? 1 : 2
      return (alert, standing, slo.remaining ?? 2, tier.rank)
    }
  }

  init(_ state: State, _ console: ConsoleState) {
    self.state = state
    self.console = console
    rows = BudgetPane.rows(state.present)
  }

  /// All objectives, most urgent first.
  static func rows(_ present: Present) -> [Row] {
    var rows: [Row] = []
    for service in present.services.indices {
      let definition = present.services[service].definition
      for slo in present.services[service].slos {
        rows.append(Row(owner: .service(definition.name), tier: definition.tier, slo: slo))
      }
    }
    for (own, slo) in zip(present.fleet.capabilitySLOs, present.capabilitySLOs) {
      let tier = present.fleet.capabilities.first { $0.name == own.capability }?.tier
      rows.append(Row(owner: .capability(own.capability), tier: tier ?? .important, slo: slo))
    }
    return rows.enumerated().sorted {
      let (a, b) = ($0.element.urgency, $1.element.urgency)
      return a == b ? $0.offset < $1.offset : a < b
    }.map(\.element)
  }

  var list: BlockList {
    guard !rows.isEmpty else {
      return BlockList(absence: [
        [Run("No service has an objective.", .strong)],
        [Run("Name them under slos: of a service in the fleet file,", Style.dim)],
        [Run("such as {name: availability, objective: 99.9, window: 30d}.", Style.dim)],
      ])
    }
    let width =
      console.size.width >= BlockList.beside
      ? console.size.width * 11 / 20 : console.size.width
    let table = BudgetTable(rows, width: width, glyphs: console.glyphs)
    return BlockList(
      head: [summary] + incident(width: console.size.width) + [table.header],
      blocks: rows.map { row in
        BlockList.Block(
          id: row.id, service: row.service,
          lines: [table.line(row)] + remarks(row, width: width))
      },
      detail: { id, canvas in
        guard let row = rows.first(where: { $0.id == id }) else { return }
        BudgetDetail(state, row).draw(on: canvas)
      },
      wastedHeights: BudgetDetail.wastedHeights)
  }

  // MARK: The head

  private var summary: [Run] {
    let pages = rows.count { $0.slo.alert?.severity == .page }
    let tickets = rows.count { $0.slo.alert?.severity == .ticket }
    let frozen = rows.count { $0.slo.standing == .frozen }
    var line = [Run("BUDGETS", .title), Run("  ")]
    if pages > 0 { line += [Run("✖\(pages) \(pages == 1 ? "page" : "pages")", .bad), Run("  ")] }
    if tickets > 0 {
      line += [Run("▲\(tickets) \(tickets == 1 ? "ticket" : "tickets")", .warning), Run("  ")]
    }
    if pages + tickets == 0 { line += [Run("nothing burns too fast", Style.dim), Run("  ")] }
    if frozen > 0 { line += [Run("releases frozen for \(frozen)", .bad), Run("  ")] }
    let unknown = rows.count { $0.slo.remaining == nil }
    if unknown > 0 {
      line.append(Run("\(unknown) of \(rows.count) not known yet", Style.dim))
    } else {
      line.append(Run("\(rows.count) \(rows.count == 1 ? "objective" : "objectives")", Style.dim))
    }
    return line
  }

  /// What the incident has cost so far, dearest first, as far as there is room.
  private func incident(width: Int) -> [[Run]] {
    guard let incident = state.present.openIncident else { return [] }
    let age = Quantity.duration(state.present.now.seconds(since: incident.opened))
    var line = [Run("INCIDENT", .bad), Run(" open \(age)", .strong)]
    let spent = rows.filter { ($0.slo.incidentSpend ?? 0) > 0 }.sorted {
      ($0.slo.incidentSpend ?? 0) > ($1.slo.incidentSpend ?? 0)
    }
    if let dearest = spent.first, let share = dearest.slo.incidentSpend {
      line.append(
        Run(
          ", spent \(Quantity.wholePercent(share))% of \(dearest.slo.definition.span) of "
            + "\(dearest.owner.name) \(dearest.slo.name)"))
      if spent.count > 1 { line.append(Run(" and of \(spent.count - 1) more", Style.dim)) }
    }
    let opened = DisplayCut.wrap("opened by \(incident.because)", to: max(10, width - 2))
    return [line] + opened.prefix(2).map { [Run($0, Style.dim)] }
  }

  // MARK: A block

  /// Why it fires, why it does not though it burns, and how much of the window is known.
  private func remarks(_ row: Row, width: Int) -> [[Run]] {
    let slo = row.slo
    var texts: [(String, Style)] = []
    if let because = slo.because {
      texts.append((because, Style(slo.alert?.severity == .page ? .bad : .warning)))
    }
    switch slo.standing {
    case .frozen: texts.append(("releases are frozen by policy", Style(.bad)))
    case .warned: texts.append(("the policy warns at this little", Style(.warning)))
    case .fine: break
    }
    switch slo.measure {
    case .waiting: texts.append(("no scrape has told of its events yet", .dim))
    case .missing: if let caveat = slo.caveat { texts.append((caveat, Style(.warning))) }
    case .counted: break
    }
    let room = max(10, width - 6)
    let whole = texts.map(\.0).joined(separator: "; ")
    guard DisplayText.width(of: whole) > room else {
      return texts.isEmpty ? [] : [[Run("    ")] + joined(texts)]
    }
    // Rather a line more than a reason that is cut.
    return texts.flatMap { text, style in
      DisplayCut.wrap(text, to: room).map { [Run("    "), Run($0, style)] }
    }
  }

  private func joined(_ texts: [(String, Style)]) -> [Run] {
    texts.enumerated().flatMap { i, text in
      (i > 0 ? [Run("; ", Style.dim)] : []) + [Run(text.0, text.1)]
    }
  }
}
