/// The row below a chart that says how far back it goes: `5m ago` at its left, `now` at its right.
package struct TimeAxis: Sendable, Hashable {
  package var beginning: String
  package var end: String

  package init(_ beginning: String, end: String = "now") {
    self.beginning = beginning
    self.end = end
  }

  /// Draws under `plot`, a rectangle of `canvas`; what has no room is left out.
  package func draw(on canvas: Canvas, under plot: Rect) {
    let row = canvas.sub(Rect(x: plot.x, y: plot.maxY, width: plot.width, height: 1))
    let ends = DisplayText.width(of: end, glyphs: canvas.glyphs)
    guard row.width > ends else { return }
    row.put(end, endingAt: row.width, y: 0, Style(.axis))
    if row.width > ends + 2 + DisplayText.width(of: beginning, glyphs: canvas.glyphs) {
      row.put(beginning, at: Point(0, 0), Style(.axis))
    }
  }
}
