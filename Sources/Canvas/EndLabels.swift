/// The names of lines beside the right end of each; lines that end in one row share it.
struct EndLabels {
  private var names: [Int: [Run]] = [:]

  /// Takes the names in the order in which they are to stand in a row.
  mutating func add(_ name: String, _ style: Style, row: Int) {
    var runs = names[row] ?? []
    if !runs.isEmpty { runs.append(Run(" ")) }
    runs.append(Run(name, style))
    names[row] = runs
  }

  /// Columns that they need, a gap before them included; 0 where there are none.
  func width(_ glyphs: GlyphSet) -> Int {
    names.values.map { $0.width(glyphs: glyphs) + 1 }.max() ?? 0
  }

  func draw(on canvas: Canvas, at x: Int) {
    for (row, runs) in names { canvas.put(runs, at: Point(x, row)) }
  }
}
