import Canvas

/// Breaks styled text into lines at its spaces; a word that no line has room for is cut.
struct LineBreaker {
  private let width: Int
  /// Columns that lines after the first begin with.
  private let indent: Int
  private var lines: [[Run]] = []
  private var line: [Run] = []
  private var used = 0
  /// Spaces that are owed before the next word: they stand where the author put them, never at an edge.
  private var spaces = 0

  init(width: Int, indent: Int = 0) {
    self.width = max(4, width)
    self.indent = min(indent, self.width / 2)
  }

  static func lines(_ runs: [Run], width: Int, indent: Int = 0) -> [[Run]] {
    var breaker = LineBreaker(width: width, indent: indent)
    for run in runs { breaker.take(run) }
    return breaker.finish()
  }

  mutating func take(_ run: Run) {
    var word = ""
    for character in run.text {
      if character == "\n" {
        put(&word, run.style)
        breakLine()
      } else if character == " " {
        put(&word, run.style)
        if used > (lines.isEmpty ? 0 : indent) { spaces += 1 }
      } else {
        word.append(character)
      }
    }
    put(&word, run.style)
  }

  mutating func finish() -> [[Run]] {
    if !line.isEmpty || lines.isEmpty { lines.append(line) }
    return lines
  }

  private mutating func put(_ word: inout String, _ style: Style) {
    guard !word.isEmpty else { return }
    defer { word = "" }
    let columns = DisplayText.width(of: word)
    if used + spaces + columns > width, used > (lines.isEmpty ? 0 : indent) {
      breakLine()
    }
    if spaces > 0 {
      add(String(repeating: " ", count: spaces), style.role == .link ? .text : style, spaces)
      spaces = 0
    }
    guard used + columns > width else { return add(word, style, columns) }
    for character in word {
      let columns = DisplayText.width(of: String(character))
      if used + columns > width { breakLine() }
      add(String(character), style, columns)
    }
  }

  private mutating func add(_ text: String, _ style: Style, _ columns: Int) {
    if let last = line.last, last.style == style {
      line[line.count - 1].text += text
    } else {
      line.append(Run(text, style))
    }
    used += columns
  }

  private mutating func breakLine() {
    lines.append(line)
    line = indent > 0 ? [Run(String(repeating: " ", count: indent))] : []
    used = indent
    spaces = 0
  }
}
