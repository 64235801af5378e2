import Canvas
import Incident

/// The words that the screens use, and those of the libraries that are read, each in a sentence.
struct GlossaryPane {
  private let console: ConsoleState

  init(_ console: ConsoleState) { self.console = console }

  func draw(on canvas: Canvas) {
    let lines = GlossaryPane.lines(console)
    TextScroll.draw(lines, from: console.textScroll, on: canvas)
  }

  static func furthest(_ state: State, _ console: ConsoleState) -> Int {
    max(0, lines(console).count - max(1, ScreenLayout(state, console).body.height))
  }

  private static func lines(_ console: ConsoleState) -> [[Run]] {
    // Where a line has no room for word and sentence, the sentence stands below.
    let isNarrow = console.size.width < 60
    let column = isNarrow ? 2 : 20
    let width = max(8, console.size.width - column - 3)
    var lines: [[Run]] = []
    for section in Glossary.sections {
      if !lines.isEmpty { lines.append([]) }
      lines.append([Run(section.title, .title)])
      for entry in section.entries {
        let text = DisplayCut.wrap(entry.meaning, to: width)
        let word = Run("  " + (isNarrow ? entry.word : entry.word.padded(to: column - 2)), .strong)
        if isNarrow {
          lines.append([word])
          lines += text.map { [Run("    " + $0)] }
        } else {
          lines.append([word, Run(text.first ?? "")])
          lines += text.dropFirst().map { [Run(String(repeating: " ", count: column) + $0)] }
        }
      }
    }
    return lines
  }
}
