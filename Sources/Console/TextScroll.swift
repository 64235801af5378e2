import Canvas

/// Lines of which only some fit: those that are shown, and how many lie below them.
enum TextScroll {
  /// - Parameters:
  ///   - scroll: the first line that is shown, or beyond the last that can be.
  ///   - x: the first column.
  static func draw(_ lines: [[Run]], from scroll: Int, on canvas: Canvas, x: Int = 1) {
    let first = min(scroll, max(0, lines.count - canvas.height))
    for (y, line) in lines.dropFirst(first).prefix(canvas.height).enumerated() {
      canvas.put(line, at: Point(x, y))
    }
    drawRest(on: canvas, below: lines.count - first - canvas.height)
  }

  static func drawRest(on canvas: Canvas, below: Int) {
    guard width(below: below, on: canvas) > 0 else { return }
    canvas.put(
      words(below, canvas), endingAt: canvas.width, y: canvas.height - 1, Style(.header))
  }

  /// Columns that it takes of the last line; 0 where nothing is below, or there is no room to say so.
  static func width(below: Int, on canvas: Canvas) -> Int {
    guard below > 0, canvas.width > 24 else { return 0 }
    return DisplayText.width(of: words(below, canvas), glyphs: canvas.glyphs)
  }

  private static func words(_ below: Int, _ canvas: Canvas) -> String {
    " \(below) more \(below == 1 ? "line" : "lines"): \(canvas.glyphs.isASCII ? "j" : "↓") "
  }
}
