/// The row below a chart that says how far back it goes: `5m ago` at its left, `now` at its right,
/// and between them what happened when.
package struct TimeAxis: Sendable, Hashable {
  /// Something that happened, under the column of its time.
  package struct Mark: Sendable, Hashable {
    /// 0 at the left end, 1 at the right.
    package var place: Double
    package var text: String

    package init(_ place: Double, _ text: String) {
      self.place = place
      self.text = text
    }
  }

  package var beginning: String
  package var end: String
  /// Oldest first.
  package var marks: [Mark]

  package init(_ beginning: String, end: String = "now", marks: [Mark] = []) {
    self.beginning = beginning
    self.end = end
    self.marks = marks
  }

  /// Draws under `plot`, a rectangle of `canvas`; what has no room is left out.
  ///
  /// - Parameter span: columns that the time takes, where words may go on beyond them.
  package func draw(on canvas: Canvas, under plot: Rect, span: Int? = nil) {
    let row = canvas.sub(Rect(x: plot.x, y: plot.maxY, width: plot.width, height: 1))
    let wide = min(row.width, span ?? row.width)
    let columns = marks.compactMap { mark -> Int? in
      guard mark.place >= 0, mark.place <= 1, wide > 0 else { return nil }
      return min(wide - 1, Int(mark.place * Double(wide)))
    }
    let ends = DisplayText.width(of: end, glyphs: canvas.glyphs)
    let last = columns.last ?? -1
    let showsEnd = row.width > ends && last < row.width - ends - 1
    if showsEnd { row.put(end, endingAt: row.width, y: 0, Style(.axis)) }
    let begins = DisplayText.width(of: beginning, glyphs: canvas.glyphs)
    if row.width > ends + 2 + begins, columns.first.map({ $0 > begins }) ?? true {
      row.put(beginning, at: Point(0, 0), Style(.axis))
    }
    drawMarks(on: row, columns, until: showsEnd ? row.width - ends - 1 : row.width)
  }

  private func drawMarks(on row: Canvas, _ columns: [Int], until right: Int) {
    let shown = marks.filter { $0.place >= 0 && $0.place <= 1 }
    for (index, (mark, x)) in zip(shown, columns).enumerated() {
      row.put(Glyph(row.glyphs.isASCII ? "^" : "▴"), at: Point(x, 0), Style(.mark))
      let next = index + 1 < columns.count ? columns[index + 1] : right
      let room = min(next, right) - x - 2
      // A word cut in half says less than the mark alone.
      if DisplayText.width(of: mark.text, glyphs: row.glyphs) <= room {
        row.put(mark.text, at: Point(x + 1, 0), Style(.mark))
      }
    }
  }
}
