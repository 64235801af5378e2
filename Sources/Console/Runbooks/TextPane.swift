import Canvas
import Incident

/// Plain lines that are read and copied: a hand-over, a message.
struct TextPane {
  private let state: State
  private let console: ConsoleState

  init(_ state: State, _ console: ConsoleState) {
    self.state = state
    self.console = console
  }

  func draw(on canvas: Canvas) {
    let lines = TextPane.lines(state, console, width: canvas.width)
    TextScroll.draw(lines, from: console.textScroll, on: canvas)
  }

  static func furthest(_ state: State, _ console: ConsoleState) -> Int {
    let layout = ScreenLayout(state, console)
    return max(
      0, lines(state, console, width: layout.body.width).count - max(1, layout.body.height))
  }

  private static func lines(
    _ state: State, _ console: ConsoleState, width: Int
  ) -> [[Run]] {
    if case .message(let place) = console.pane {
      guard let view = RunbookView(place, state, console) else {
        return [[Run("The runbook's text is not at hand.", .dim)]]
      }
      return IncidentMessage(view).lines(width: width - 2)
    }
    return Handover(state, console).lines.flatMap { line -> [[Run]] in
      let isTitle = !line.hasPrefix(" ") && !line.isEmpty
      let indent = line.prefix { $0 == " " }.count
      return LineBreaker.lines(
        [Run(String(line.dropFirst(indent)), isTitle ? Style(.title) : .text)],
        width: width - 2 - indent, indent: 2
      ).map { indent > 0 ? [Run(String(repeating: " ", count: indent))] + $0 : $0 }
    }
  }
}
