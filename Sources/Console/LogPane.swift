import Canvas
import Fleet
import Health
import Incident

import enum Canvas.Role

/// What Damcon itself did and could not do, oldest first.
struct LogPane {
  private let state: State
  private let console: ConsoleState

  init(_ state: State, _ console: ConsoleState) {
    self.state = state
    self.console = console
  }

  func draw(on canvas: Canvas) {
    let lines = LogPane.lines(state, width: canvas.width)
    guard !lines.isEmpty else {
      canvas.put(
        "Nothing to tell yet: what Damcon does and cannot do stands here.", at: Point(1, 0),
        Style.dim)
      return
    }
    TextScroll.draw(lines, from: console.textScroll, on: canvas, x: 0)
  }

  /// The last lines that fit.
  func drawNewest(on canvas: Canvas) {
    let lines = LogPane.lines(state, width: canvas.width).suffix(canvas.height)
    if lines.isEmpty { canvas.put("nothing to tell yet", at: Point(0, 0), .dim) }
    for (y, line) in lines.enumerated() { canvas.put(line, at: Point(0, y)) }
  }

  static func furthest(_ state: State, _ console: ConsoleState) -> Int {
    let layout = ScreenLayout(state, console)
    return max(0, lines(state, width: console.size.width).count - max(1, layout.body.height))
  }

  private static func lines(_ state: State, width: Int) -> [[Run]] {
    var lines: [[Run]] = []
    for dated in state.present.notes {
      let (mark, role): (String, Role) =
        switch dated.note.severity {
        case .info: ("  ", .text)
        case .warning: ("◐ ", .warning)
        case .error: ("✖ ", .error)
        }
      // On a tiny screen what happened matters more than when.
      let clock = width < 44 ? 0 : 10
      let wrapped = DisplayCut.wrap(dated.note.text, to: max(8, width - clock - 3))
      for (row, text) in wrapped.enumerated() {
        let time =
          row == 0 && clock > 0
          ? Clock.time(dated.instant) + "  " : String(repeating: " ", count: clock)
        lines.append([
          Run(time, Style.dim), Run(row == 0 ? mark : "  ", Style(role)), Run(text),
        ])
      }
    }
    return lines
  }
}
