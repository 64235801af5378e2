package import Canvas
import Fleet
package import Incident

/// A page of the wall on the whole of a screen: few facts, the numbers that count as large as there is room.
package struct WallPane {
  private let pages: WallPages
  private let page: WallPages.Page
  private let console: ConsoleState
  private let shift: WallShift
  /// What is drawn, from the top: alarms, then the page's facts.
  package let facts: [WallFact]
  private let layout: WallLayout

  package init(_ wall: Wall, _ state: State, _ console: ConsoleState) {
    pages = WallPages(state, console, wall)
    page = pages.shown
    self.console = console
    shift = WallShift(console.size, at: pages.seconds)
    let most = WallLayout.most(console.size)
    let alarms = Array(pages.alarms.prefix(max(1, most - 2)))
    var told = page.facts
    let room = max(0, most - alarms.count)
    if told.count > room || page.more > 0 {
      let left = told.count + page.more - max(0, room - 1)
      told = Array(told.prefix(max(0, room - 1)))
      // Of the worst of everything the rest is on the other pages.
      if page.topic != .now, left > 0, room > 0 {
        told.append(WallPane.more(left, page.kind))
      } else if page.topic == .now {
        told = Array(page.facts.prefix(room))
      }
    }
    facts = alarms + told
    layout = WallLayout(
      WallPane.body(shift.area.size), alarms: alarms.count, told, on: console.size)
  }

  /// Facts whose numbers are drawn large, and how many rows high.
  package var large: (facts: [WallFact], rows: Int) {
    (layout.heroes.map(\.fact), layout.digits?.height ?? 0)
  }

  /// How far down and to the right the whole picture stands.
  package var origin: Point { Point(shift.area.x, shift.area.y) }

  package var frame: Frame {
    Frame(console.size, glyphs: console.glyphs) { canvas in
      guard !console.size.isEmpty else { return }
      let area = canvas.sub(shift.area)
      drawHeader(on: area)
      let top = area.height - WallPane.body(area.size).height
      let body = area.sub(
        Rect(x: 0, y: top, width: area.width, height: area.height - top))
      for (row, fact) in facts.prefix(layout.alarms).enumerated() {
        drawLine(fact, on: body, y: row, isAlarm: true)
      }
      for hero in layout.heroes { draw(hero, on: body) }
      for line in layout.lines {
        drawLine(line.fact, on: body, y: line.y, isTwoRows: layout.isTwoRows)
      }
    }
  }

  /// What there is beside the header.
  private static func body(_ size: Size) -> Size {
    Size(size.width, size.height - (size.height >= 10 ? 2 : size.height >= 2 ? 1 : 0))
  }

  private static func more(_ count: Int, _ kind: String) -> WallFact {
    WallFact("more", "and \(count) more \(kind)", " ", .dim)
  }

  // MARK: The first line

  /// The fleet, the page, and when this is: never a bar, which would stay.
  private func drawHeader(on canvas: Canvas) {
    guard canvas.height >= 2 else { return }
    var right = canvas.width
    let isPast = console.playback != nil
    func putRight(_ text: String, _ style: Style) {
      let width = DisplayText.width(of: text, glyphs: canvas.glyphs)
      guard right - width >= 0 else { return }
      right -= width
      canvas.put(text, at: Point(right, 0), style)
      right -= 2
    }
    let isLost = console.link?.phase == .lost
    let isShown = isPast || console.link?.phase != .connecting
    if isPast || isLost {
      putRight(isPast ? " PAST " : " LOST ", Style(isPast ? .pastStrip : .error))
    }
    let now = pages.present.now
    let time = Clock.utc(now)
    // Before anything was shown there is no time that it could be of.
    if isShown {
      putRight(canvas.width < 30 ? String(time.prefix(5)) : time, Style(.strong))
    }
    if isPast, canvas.width >= 60 { putRight(Clock.day(now.wall), .text) }
    // On a page of its own the state of the fleet is told in its shortest form.
    if canvas.width >= 60, page.topic != nil {
      var counts: [Run] = []
      for (state, count) in pages.digest.counts {
        if !counts.isEmpty { counts.append(Run(" ")) }
        counts.append(Run("\(state.mark)\(count)", state.role))
      }
      let width = counts.width(glyphs: canvas.glyphs)
      if right - width > canvas.width / 2 {
        right -= width
        canvas.put(counts, at: Point(right, 0))
        right -= 2
      }
    }
    var left: [Run] = []
    if isPast { left = [Run(" PAST ", .pastStrip), Run(" ")] }
    // Where the room is short, what the page is about says more than whose it is.
    let title = page.title + (canvas.width < 30 ? "" : place)
    let name = pages.veil.fleet
    let room = right - left.width() - DisplayText.width(of: title) - 4
    if canvas.width >= 30, room >= min(10, DisplayText.width(of: name)) {
      left += [Run(DisplayCut.clip(name, to: min(32, room)), .title), Run("  ")]
    }
    left.append(Run(title, page.topic == nil ? .title : .text))
    canvas.put(left, at: Point(0, 0), maxWidth: max(0, right))
  }

  private var place: String {
    guard pages.pages.count > 1 else { return "" }
    let isKept = pages.wall.pinned != nil && pages.wall.pinned == page.topic
    return isKept ? "  kept" : "  \(pages.place + 1)/\(pages.pages.count)"
  }

  // MARK: Facts

  private func draw(_ hero: WallLayout.Hero, on body: Canvas) {
    guard let digits = layout.digits, let figure = hero.fact.figure else { return }
    let canvas = body.sub(hero.area)
    let fact = hero.fact
    let style = Style(fact.role, .bold)
    canvas.put([Run(fact.mark, style), Run(" "), Run(fact.name, Style(.strong))], at: Point(0, 0))
    let whole = figure.digits + figure.unit
    let isWhole = digits.width(of: whole) <= canvas.width
    // Some fonts have a bold block that does not fill its cell.
    digits.draw(
      isWhole ? whole : figure.digits, on: canvas, at: Point(0, 1), Style(fact.role))
    let below = 1 + digits.height
    if !isWhole {
      canvas.put(
        figure.unit, at: Point(digits.width(of: figure.digits) + 1, below - 1), style)
    }
    var told = [Run(figure.label, Style(.strong))]
    if !fact.status.isEmpty, !fact.status.hasPrefix(figure.label) {
      told += [Run("   "), Run(fact.status, style)]
    } else if fact.status.hasPrefix(figure.label) {
      told = [Run(fact.status, style)]
    }
    canvas.put(told, at: Point(0, below))
    canvas.put(fact.words, at: Point(0, below + 1))
  }

  /// `◐ Buy              degraded 14m   prices up to 15 min old`
  private func drawLine(
    _ fact: WallFact, on canvas: Canvas, y: Int, isAlarm: Bool = false, isTwoRows: Bool = false
  ) {
    guard y < canvas.height else { return }
    let style = Style(fact.role, .bold)
    let isNarrow = canvas.width < 60
    let start = canvas.put([Run(fact.mark, style), Run(" ")], at: Point(0, y))
    let hasStatus = !fact.status.isEmpty || fact.figure != nil
    let names = isNarrow ? canvas.width / 2 - 1 : min(40, canvas.width * 3 / 10)
    // An alarm's own name is its loudest word; a name alone may have the whole line.
    let name = canvas.put(
      fact.name, at: Point(start, y), isAlarm ? style : Style(fact.role == .dim ? .dim : .strong),
      maxWidth: hasStatus || !isNarrow && !fact.words.isEmpty ? names : nil)
    var x = isNarrow ? start + name + 1 : start + names + 2
    let status =
      fact.figure.map { figure in
        fact.status.hasPrefix(figure.label) || fact.status.isEmpty
          ? fact.status.isEmpty ? figure.line : fact.status
          : isNarrow ? figure.line : "\(figure.line), \(fact.status)"
      } ?? fact.status
    if !status.isEmpty {
      x += canvas.put(status, at: Point(x, y), style) + 3
    }
    if fact.words.isEmpty { return }
    if isTwoRows {
      canvas.put(fact.words, at: Point(start + (isNarrow ? 0 : names + 2), y + 1))
    } else if canvas.width - x >= 8 {
      canvas.put(fact.words, at: Point(x, y))
    }
  }
}
