import Canvas
import Fleet
import Health
import Incident

/// Everything about one service: what it is now at the left, how it went over time at the right;
/// on a narrow screen one below the other.
struct ServicePane {
  let service: ServicePresent
  let state: State
  let console: ConsoleState
  var present: Present { state.present }
  var now: Instant { state.present.now }

  init(_ service: ServicePresent, _ state: State, _ console: ConsoleState) {
    self.service = service
    self.state = state
    self.console = console
  }

  /// A titled part of the pane, as high as what it has to say.
  struct Block {
    var section: Section
    var title: [Run]
    /// Lines below the title.
    var height: Int
    var draw: (Canvas) -> Void

    /// - Parameter lines: one below the other, cut at the right edge.
    init(_ section: Section, title: [Run]? = nil, lines: [[Run]]) {
      self.init(section, title: title, height: lines.count) { canvas in
        for (y, line) in lines.enumerated() { canvas.put(line, at: Point(0, y)) }
      }
    }

    init(
      _ section: Section, title: [Run]? = nil, height: Int, draw: @escaping (Canvas) -> Void
    ) {
      self.section = section
      self.title = [Run(section.title, .title)] + (title.map { [Run("  ")] + $0 } ?? [])
      self.height = height
      self.draw = draw
    }
  }

  /// From this width on now and over time stand side by side.
  static let twoColumns = 112

  func draw(on canvas: Canvas) {
    guard canvas.height > 0, canvas.width > 0 else { return }
    let head = head(width: canvas.width - 1, height: canvas.height)
    let (top, rest) = canvas.bounds.splitTop(head.count)
    let headCanvas = canvas.sub(top.inset(left: 1))
    for (y, line) in head.enumerated() { headCanvas.put(line, at: Point(0, y)) }
    let columns = blocks(width: canvas.width)
    let areas = ServicePane.areas(rest, columns: columns.count)
    for (index, column) in columns.enumerated() {
      if index > 0 {
        canvas.sub(Rect(x: areas[index].x - 2, y: rest.y, width: 1, height: rest.height))
          .verticalRule(x: 0)
      }
      draw(column, scroll: console.serviceScroll[index], on: canvas.sub(areas[index]))
    }
  }

  var isLate: Bool { Figures(service, at: now).freshness != .fresh }

  /// Beside the title of what was scraped: since when it is not news any more; nothing while it is.
  var lateness: [Run] {
    guard isLate, let age = Figures.scrapeAge(of: service, at: now) else { return [] }
    let since = Clock.time(now.advanced(by: -age.seconds))
    return [Run("\(Quantity.duration(age.seconds)) old, of \(since)Z", .stale)]
  }

  private static func areas(_ rect: Rect, columns: Int) -> [Rect] {
    guard columns > 1 else { return [rect.inset(left: 1)] }
    let left = (rect.width - 3) / 2
    return [
      Rect(x: rect.x + 1, y: rect.y, width: left, height: rect.height),
      Rect(
        x: rect.x + left + 4, y: rect.y, width: rect.width - left - 4, height: rect.height),
    ]
  }

  private func draw(_ blocks: [Block], scroll: Int, on canvas: Canvas) {
    let height = blocks.reduce(0) { $0 + $1.height + 2 }
    let scroll = min(scroll, max(0, height - canvas.height))
    let content = canvas.sub(
      Rect(x: 0, y: -scroll, width: canvas.width, height: canvas.height + scroll))
    let hasFocus = console.place == .service
    var y = 1
    for block in blocks {
      let isFocused = hasFocus && block.section == console.section
      if y + block.height >= scroll, y < scroll + canvas.height {
        var title = block.title
        if isFocused { title[0] = Run("▸ " + title[0].text, .key) }
        content.put(title, at: Point(0, y))
        block.draw(
          content.sub(Rect(x: 0, y: y + 1, width: canvas.width, height: block.height)))
      }
      y += block.height + 2
    }
    let below = height - scroll - canvas.height
    if below > 0, canvas.width > 24 {
      let text = " \(below) more lines: \(console.glyphs.isASCII ? "j" : "↓") "
      canvas.put(text, endingAt: canvas.width, y: canvas.height - 1, Style(.header))
    }
  }

  /// The lines that stay at the top: the verdict, the two answers apart, why, and what to do.
  private func head(width: Int, height: Int) -> [[Run]] {
    let name = service.definition.name
    var lines = [
      ServiceFooter.identity(service, present) + console.hereToo { $0.isAbout(name, present) }
    ]
    guard height >= 8 else {
      if let reason = service.verdict.reasons.first {
        lines.append([Run(FleetPane.short(reason), .reason)])
      }
      return lines
    }
    lines.append(RouteSummary(.liveness, service, now).line)
    lines.append(RouteSummary(.readiness, service, now).line)
    let room = height >= 16 ? 3 : 1
    // What the two lines above say already is not said again.
    let said = service.instances.flatMap { [$0.health.liveness.cause, $0.health.readiness.cause] }
      .compactMap { $0 }
    let reasons = service.verdict.reasons.filter { reason in
      !said.contains { reason.hasSuffix("liveness \($0)") || reason.hasSuffix("readiness \($0)") }
    }
    for reason in reasons.prefix(room) {
      lines.append([Run("why        ", Style.dim), Run(reason, .reason)])
    }
    if height >= 14, !present.runbooks.isEmpty, !service.verdict.state.isQuiet {
      var runbook = ServiceFooter.runbook(service, present)
      runbook[0] = Run("runbook    ", Style.dim)
      lines.append(runbook)
    }
    if height >= 14, let advice = Advice.sentence(for: service) {
      lines.append([Run("next       ", Style.dim), Run(advice, .info)])
    }
    return lines
  }

  private func blocks(width: Int) -> [[Block]] {
    let isWide = width >= ServicePane.twoColumns
    let column = isWide ? (width - 3) / 2 - 1 : width - 1
    let nowBlocks = nowBlocks(width: column)
    let timeBlocks = timeBlocks(width: column)
    if isWide { return [nowBlocks, timeBlocks] }
    // One below the other, the chart comes before the long tables.
    let early = nowBlocks.filter { $0.section != .endpoints }
    let late = nowBlocks.filter { $0.section == .endpoints }
    let charts = timeBlocks.filter { $0.section == .latency || $0.section == .errors }
    let rest = timeBlocks.filter { $0.section != .latency && $0.section != .errors }
    return [early + charts + late + rest]
  }

  /// Where the sections stand, for the reducer.
  struct Extent {
    struct Place {
      var section: Section
      var column: Int
      var top: Int
      var height: Int
    }
    var sections: [Place]
    var heights: [Int]
    var view: Int

    func column(of section: Section) -> Int {
      sections.first { $0.section == section }?.column ?? 0
    }

    func furthest(_ column: Int) -> Int { max(0, heights[column] - view) }

    /// Scrolls as little as shows the section from its title on.
    func scroll(from first: Int, toShow section: Section) -> Int {
      guard let place = sections.first(where: { $0.section == section }) else { return first }
      var scroll = first
      if place.top + place.height > scroll + view { scroll = place.top + place.height - view }
      if place.top - 1 < scroll { scroll = place.top - 1 }
      return max(0, min(scroll, furthest(place.column)))
    }
  }

  /// Nil where no service is shown.
  static func extent(_ state: State, _ console: ConsoleState) -> Extent? {
    let layout = ScreenLayout(state, console)
    let service: ServicePresent?
    switch console.pane {
    case .service(let name): service = state.present.service(named: name)
    case .fleet where layout.isWide:
      service = console.aimed(FleetOrder(state.present, console), state.present)
    default: service = nil
    }
    guard let service, !layout.service.isEmpty else { return nil }
    let pane = ServicePane(service, state, console)
    let head = pane.head(width: layout.service.width - 1, height: layout.service.height).count
    var extent = Extent(sections: [], heights: [], view: max(1, layout.service.height - head))
    for (index, column) in pane.blocks(width: layout.service.width).enumerated() {
      var y = 1
      for block in column {
        extent.sections.append(
          Extent.Place(section: block.section, column: index, top: y, height: block.height + 1))
        y += block.height + 2
      }
      extent.heights.append(y - 1)
    }
    return extent
  }
}
