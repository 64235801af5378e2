import Canvas
import Fleet
import Health
import Incident

/// The fleet table: the first row answers "where and why".
package struct FleetPane {
  private let state: State
  private let present: Present
  private let console: ConsoleState
  private let order: FleetOrder
  private let layout: ScreenLayout

  init(_ state: State, _ console: ConsoleState, _ order: FleetOrder, _ layout: ScreenLayout) {
    self.state = state
    present = state.present
    self.console = console
    self.order = order
    self.layout = layout
  }

  /// The first row to show so that the cursor is in view.
  static func scroll(from first: Int, cursor: Int, of count: Int, visible: Int) -> Int {
    Table.scroll(first: first, selected: cursor, count: count, height: visible)
  }

  /// The first row that stands on the screen.
  static func firstRow(
    _ console: ConsoleState, _ order: FleetOrder, _ layout: ScreenLayout, cursor: Int
  ) -> Int {
    scroll(
      from: console.fleetScroll, cursor: cursor, of: order.rows.count, visible: layout.listRows)
  }

  func draw(on canvas: Canvas) {
    guard !order.rows.isEmpty else { return drawEmpty(on: canvas.sub(layout.body)) }
    let cursor = console.cursor(order, present)
    let first = FleetPane.firstRow(console, order, layout, cursor: cursor)
    let list = canvas.sub(layout.list)
    if layout.isTiny {
      drawTiny(on: list, first: first, cursor: cursor)
    } else {
      drawTable(on: list, first: first, cursor: cursor)
    }
    if !layout.degraded.isEmpty { layout.modes.draw(on: canvas.sub(layout.degraded)) }
    if !layout.lately.isEmpty {
      LatelyList(present).draw(on: canvas.sub(layout.lately))
    }
    if !layout.log.isEmpty {
      let log = canvas.sub(layout.log)
      log.rule(y: 0, title: "LOG, UTC")
      LogPane(state, console).drawNewest(on: log.sub(log.bounds.inset(top: 1)))
    }
    if !layout.footer.isEmpty, let beside = console.beside(order, present) {
      ServiceFooter(beside, present).draw(on: canvas.sub(layout.footer))
    }
  }

  private func drawEmpty(on canvas: Canvas) {
    let y = canvas.height > 4 ? 1 : 0
    if order.hidden > 0 {
      let count = order.hidden == 1 ? "the only service" : "all \(order.hidden) services"
      canvas.put(
        [
          Run("The filter ", Style.text), Run(console.filter.text, .strong),
          Run(" hides \(count)."),
        ],
        at: Point(1, y))
      canvas.put(
        "\(console.keys.sign(.back)) drops it; \(console.keys.sign(.filter)) changes it.",
        at: Point(1, y + 1), Style.dim)
    } else {
      canvas.put("No service is watched.", at: Point(1, y), Style(.strong))
      canvas.put(
        "Quit and name one: damcon watch http://127.0.0.1:8080", at: Point(1, y + 1), Style.dim)
      canvas.put(
        "or list services in damcon.yaml and press \(console.keys.sign(.reload)) to read it again.",
        at: Point(1, y + 2),
        Style.dim)
    }
  }

  /// Two lines a service: which, and why.
  private func drawTiny(on canvas: Canvas, first: Int, cursor: Int) {
    var y = 0
    for row in first..<max(first, order.rows.count) {
      guard y < canvas.height else { break }
      let service = present.services[order.rows[row]]
      let state = service.verdict.state
      let isSelected = row == cursor && console.selection != nil
      let line = isSelected ? canvas.on(.selection) : canvas
      if isSelected { line.fill(Rect(x: 0, y: y, width: canvas.width, height: 1)) }
      line.put(
        [
          Run(state.mark, state.role), Run(" "),
          Run(service.definition.name, state.isQuiet ? .dim : .strong),
        ], at: Point(0, y))
      y += 1
      guard y < canvas.height, !state.isQuiet else { continue }
      canvas.put(FleetPane.why(order.rows[row], present), at: Point(2, y))
      y += 1
    }
  }

  private func drawTable(on canvas: Canvas, first: Int, cursor: Int) {
    let columns = FleetColumns(
      services: order.rows.prefix(400).map { present.services[$0].definition.name },
      width: canvas.width, console)
    let table = Table(columns.columns, gap: columns.gap)
    let shown = table.draw(on: canvas, rows: order.rows.count, first: first, selected: cursor) {
      columns.cells(ofServiceAt: order.rows[$0], state)
    }
    let more = order.rows.count - shown.upperBound
    if more > 0, canvas.width > 40 {
      // In the table's own header, where no service can stand.
      canvas.put(" \(more) more below ", endingAt: canvas.width, y: 0, Style(.header))
    }
  }

  /// A reason without what its row says anyway: `1 of 2 instances unreachable: liveness refused`
  /// becomes `1/2 liveness refused`.
  package static func short(_ reason: String) -> String {
    // `all 3` or `1 of 3`, then the word; on bytes, since every row of every frame comes by here.
    let words = reason.utf8.split(separator: UInt8(ascii: " "), maxSplits: 4)
    guard let word = words.firstIndex(where: { $0.elementsEqual("instances".utf8) }),
      word == 2 || word == 3
    else { return reason }
    guard
      let colon = reason.utf8[words[word].endIndex...].firstIndex(of: UInt8(ascii: ":")),
      case let after = reason.utf8.index(after: colon), after < reason.utf8.endIndex,
      reason.utf8[after] == UInt8(ascii: " ")
    else { return reason }
    let rest = reason[reason.utf8.index(after: after)...]
    if word == 2, words[0].elementsEqual("all".utf8) { return String(rest) }
    if word == 3, words[1].elementsEqual("of".utf8), Int(Substring(words[2])) != nil {
      return "\(Substring(words[0]))/\(Substring(words[2])) \(rest)"
    }
    return reason
  }

  /// The reason in words; where what is shown is late, that first.
  static func why(_ index: Int, _ present: Present) -> [Run] {
    let service = present.services[index]
    var runs: [Run] = []
    let now = present.now
    if service.verdict.state != .stale, let age = Figures.scrapeAge(of: service, at: now),
      age.seconds > 2 * age.interval + age.timeout
    {
      runs.append(Run("values \(Quantity.duration(age.seconds)) old ", .stale))
    }
    if service.instances.allSatisfy({ $0.lastHeard == nil }) {
      return [Run(service.instances.isEmpty ? "no instances" : "asking it now", Style.dim)]
    }
    let place = OriginWords.place(of: service, present)
    runs += place
    if let reason = OriginWords.reason(of: service, present) {
      runs.append(Run(reason, .reason))
    } else if let reason = service.verdict.reasons.first {
      runs.append(
        Run(FleetPane.short(reason), service.verdict.state.isQuiet ? .dim : .reason))
    } else if !service.verdict.state.isQuiet {
      runs.append(Run("\(service.verdict.state.rawValue), without a reason", .reason))
    } else if let last = place.last, last.text.hasSuffix(": ") {
      // Nothing follows that it would lead to.
      runs[runs.count - 1].text = String(last.text.dropLast(2))
    }
    if let words = present.urgencyWords(ofServiceAt: index) {
      runs.append(Run("  \(words)", Style.dim))
    }
    return runs
  }
}
