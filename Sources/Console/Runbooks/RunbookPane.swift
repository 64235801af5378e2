import Canvas
import Incident
import Runbooks

/// A runbook beside the signals that it speaks of: what to look at left, what to do right; on a narrow
/// screen one above the other.
struct RunbookPane {
  private let view: RunbookView
  private let console: ConsoleState

  /// nil where its words are not at hand.
  init?(_ place: RunbookPlace, _ state: State, _ console: ConsoleState) {
    guard let view = RunbookView(place, state, console) else { return nil }
    self.view = view
    self.console = console
  }

  /// Columns from which signals stand beside the words.
  static let beside = 110

  func draw(on canvas: Canvas) {
    let width = canvas.width - 1
    let head = view.head(width: width).prefix(max(1, canvas.height / 3))
    for (y, line) in head.enumerated() { canvas.put(line, at: Point(1, y)) }
    var (_, area) = canvas.bounds.splitTop(head.count)
    guard area.height > 1 else { return }
    if canvas.height >= 12 {
      let rule: Rect
      (rule, area) = area.splitTop(1)
      canvas.sub(rule).rule(y: 0)
    }
    if canvas.width >= RunbookPane.beside {
      let half = min(76, canvas.width * 45 / 100)
      let signs = view.signs(width: half - 2)
      draw(signs, on: canvas.sub(Rect(x: 1, y: area.y, width: half - 1, height: area.height)))
      canvas.sub(Rect(x: half, y: area.y, width: 1, height: area.height)).verticalRule(x: 0)
      drawBody(
        on: canvas.sub(
          Rect(x: half + 2, y: area.y, width: canvas.width - half - 2, height: area.height)))
      return
    }
    let signs = view.signs(width: width)
    // The words keep more than half; what does not fit is seen on a wider or a higher screen.
    let most = canvas.height >= 12 ? area.height * 2 / 5 : 0
    let upper: Rect
    (upper, area) = area.splitTop(min(signs.count, most))
    draw(signs, on: canvas.sub(Rect(x: 1, y: upper.y, width: width, height: upper.height)))
    if !upper.isEmpty, area.height > 4 {
      let rule: Rect
      (rule, area) = area.splitTop(1)
      canvas.sub(rule).rule(y: 0)
    }
    drawBody(on: canvas.sub(Rect(x: 1, y: area.y, width: width, height: area.height)))
  }

  private func draw(_ lines: [[Run]], on canvas: Canvas) {
    for (y, line) in lines.prefix(canvas.height).enumerated() {
      canvas.put(line, at: Point(0, y))
    }
  }

  private func drawBody(on canvas: Canvas) {
    guard canvas.height > 0 else { return }
    let cursor = view.cursor
    let body = RunbookBody(view, width: canvas.width, cursor: cursor)
    let first = RunbookPane.first(body, cursor: cursor, height: canvas.height)
    for (y, line) in body.lines.dropFirst(first).prefix(canvas.height).enumerated() {
      let isHere = cursor != nil && line.anchor == cursor
      let isFirst = isHere && (first + y == body.range(of: cursor ?? "")?.lowerBound)
      let row = isFirst ? canvas.on(.selection) : canvas
      if isFirst { row.fill(Rect(x: 0, y: y, width: canvas.width, height: 1)) }
      row.put(line.runs, at: Point(0, y))
    }
    TextScroll.drawRest(on: canvas, below: body.lines.count - first - canvas.height)
  }

  /// The first line that is shown: as little is scrolled as shows the cursor's lines, from their first on.
  private static func first(_ body: RunbookBody, cursor: String?, height: Int) -> Int {
    guard let cursor, let range = body.range(of: cursor), range.upperBound > height else {
      return 0
    }
    let most = max(0, body.lines.count - height)
    return min(most, range.lowerBound, range.upperBound - height + min(2, height / 4))
  }
}

extension RunbookView {
  /// What the cursor stands on: what was chosen, else the first step that is open. From a step that was dealt with it
  /// goes on to the next open one, and stays where there is none.
  var cursor: String? {
    let anchors = RunbookBody.anchors(of: self)
    guard let id = console.chosen[.runbook]?.id, anchors.contains(id) else {
      return open.first?.id ?? anchors.first
    }
    guard console.stepLeft == id, work?.mark(of: id) != nil else { return id }
    let steps = runbook.text.steps
    let place = steps.firstIndex { $0.id == id } ?? steps.startIndex
    let next = steps[place...].first { work?.mark(of: $0.id) == nil }
    return next?.id ?? open.first?.id ?? id
  }

  private var open: [Step] { runbook.text.steps.filter { work?.mark(of: $0.id) == nil } }

  /// Somebody has put the cursor on this step since it was dealt with here.
  func isMeant(_ step: Step) -> Bool {
    console.chosen[.runbook]?.id == step.id && console.stepLeft != step.id
  }

  var step: Step? { cursor.flatMap { runbook.text.step($0) } }
}
