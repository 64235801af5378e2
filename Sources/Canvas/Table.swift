/// A column of a table: what heads it, how wide it wants to be and how dear it is.
package struct Column: Sendable, Hashable {
  package enum Alignment: Sendable, Hashable {
    case left, right
    /// Decimal points below each other; what has none ends where the point would be.
    case decimal
  }

  package var title: String
  package var alignment: Alignment
  /// Below this width the column says nothing and is left out instead.
  package var minimum: Int
  /// The width that shows its usual content whole.
  package var ideal: Int
  /// When the room is short the lowest weight goes first; of two alike, the one further right.
  package var weight: Int
  /// The share it takes of what is left once all have their ideal width; 0 takes none.
  package var grows: Int

  package init(
    _ title: String, _ alignment: Alignment = .left, minimum: Int, ideal: Int? = nil,
    weight: Int = 50, grows: Int = 0
  ) {
    self.title = title
    self.alignment = alignment
    self.minimum = max(1, minimum)
    self.ideal = max(self.minimum, ideal ?? minimum)
    self.weight = weight
    self.grows = grows
  }

  /// Which columns stay at `width`, and where. Pure; the same for the header and every row.
  ///
  /// First whole columns are left out, lowest weight first, until all minimums fit; then the rest grow
  /// to their ideal, dearest first; what is still left goes to the growing ones.
  package static func place(_ columns: [Column], width: Int, gap: Int = 2) -> [Placed] {
    var kept = Array(columns.indices)
    func needed() -> Int {
      kept.reduce(0) { $0 + columns[$1].minimum } + gap * max(0, kept.count - 1)
    }
    while kept.count > 1, needed() > width {
      let cheapest = kept.min { a, b in
        columns[a].weight != columns[b].weight ? columns[a].weight < columns[b].weight : a > b
      }
      kept.removeAll { $0 == cheapest }
    }
    var widths = [Int](repeating: 0, count: columns.count)
    var spare = width - needed()
    for i in kept { widths[i] = columns[i].minimum }
    if spare < 0, let only = kept.first { widths[only] = max(0, width) }
    for i in kept.sorted(by: { (-columns[$0].weight, $0) < (-columns[$1].weight, $1) }) {
      guard spare > 0 else { break }
      let more = min(spare, columns[i].ideal - columns[i].minimum)
      widths[i] += more
      spare -= more
    }
    let growing = kept.filter { columns[$0].grows > 0 }
    if spare > 0, !growing.isEmpty {
      let shares = Track.split(spare, growing.map { .flexible(weight: columns[$0].grows) })
      for (i, share) in zip(growing, shares) { widths[i] += share.count }
    }
    var x = 0
    return kept.map { i in
      defer { x += widths[i] + gap }
      return Placed(index: i, x: x, width: widths[i])
    }
  }

  package struct Placed: Sendable, Hashable {
    /// Which of the columns given.
    package var index: Int
    package var x: Int
    package var width: Int
  }
}

/// Rows under headed columns; as much as fits, with one row chosen.
///
/// `cells` is asked for the rows in view only, once for each row.
package struct Table {
  package var columns: [Column]
  package var gap: Int
  package var header: Style
  package var showsHeader: Bool

  package init(
    _ columns: [Column], gap: Int = 2, header: Style = Style(.header), showsHeader: Bool = true
  ) {
    self.columns = columns
    self.gap = gap
    self.header = header
    self.showsHeader = showsHeader
  }

  /// Draws the header and the rows `first...` that fit; answers which rows are in view.
  ///
  /// - Parameter cells: the runs of each column of one row, as many as there are columns.
  @discardableResult
  package func draw(
    on canvas: Canvas, rows count: Int, first: Int = 0, selected: Int? = nil,
    cells: (Int) -> [[Run]]
  ) -> Range<Int> {
    let placed = Column.place(columns, width: canvas.width, gap: gap)
    let top = showsHeader ? 1 : 0
    let first = max(0, min(first, count))
    let shown = first..<min(count, first + max(0, canvas.height - top))
    let rows = shown.map(cells)
    let points = placed.map { column in
      columns[column.index].alignment == .decimal ? pointColumn(column, rows) : 0
    }
    if showsHeader {
      for (column, point) in zip(placed, points) { drawHeader(column, point, on: canvas) }
    }
    for (line, row) in rows.enumerated() {
      let y = top + line
      let isSelected = selected == first + line
      let line = isSelected ? canvas.on(.selection) : canvas
      if isSelected { line.fill(Rect(x: 0, y: y, width: canvas.width, height: 1)) }
      for (column, point) in zip(placed, points) where column.index < row.count {
        draw(row[column.index], column, point, y: y, on: line)
      }
    }
    return shown
  }

  /// The first row to show so that `selected` is in view in `height` rows, moving as little as needed.
  package static func scroll(first: Int, selected: Int, count: Int, height: Int) -> Int {
    guard height > 0, count > height else { return 0 }
    var first = min(max(0, first), count - height)
    if selected < first { first = max(0, selected) }
    if selected >= first + height { first = min(count - height, selected - height + 1) }
    return first
  }

  private func drawHeader(_ column: Column.Placed, _ point: Int, on canvas: Canvas) {
    let spec = columns[column.index]
    switch spec.alignment {
    case .left:
      canvas.put(
        spec.title, at: Point(column.x, 0), header, maxWidth: column.width, ellipsis: false)
    case .right, .decimal:
      let width = min(column.width, DisplayText.width(of: spec.title, glyphs: canvas.glyphs))
      canvas.put(
        spec.title, at: Point(column.x + column.width - width, 0), header, maxWidth: width,
        ellipsis: false)
    }
  }

  private func draw(
    _ runs: [Run], _ column: Column.Placed, _ point: Int, y: Int, on canvas: Canvas
  ) {
    let offset: Int
    switch columns[column.index].alignment {
    case .left: offset = 0
    case .right: offset = max(0, column.width - runs.width(glyphs: canvas.glyphs))
    case .decimal:
      let width = runs.width(glyphs: canvas.glyphs)
      offset = max(0, min(point - wholeWidth(runs), column.width - width))
    }
    canvas.put(runs, at: Point(column.x + offset, y), maxWidth: column.width - offset)
  }

  /// Where the decimal point of a column lies, counted from its left edge: as far right as lets all decimals fit.
  private func pointColumn(_ column: Column.Placed, _ rows: [[[Run]]]) -> Int {
    var tail = 0
    for row in rows where column.index < row.count {
      let runs = row[column.index]
      let width = runs.width()
      tail = max(tail, width - wholeWidth(runs))
    }
    return max(0, column.width - tail)
  }

  /// Columns before the decimal point; all of them where there is none or the text has a unit after it.
  private func wholeWidth(_ runs: [Run]) -> Int {
    var width = 0
    for run in runs {
      if let dot = run.text.utf8.firstIndex(of: UInt8(ascii: ".")) {
        return width + DisplayText.width(of: String(run.text[..<dot]))
      }
      width += DisplayText.width(of: run.text)
    }
    guard let last = runs.last?.text.utf8.last, last > 0x39, last < 0x7f else { return width }
    // A unit without decimals (`14m`) stands where decimals would.
    return max(0, width - 1)
  }
}
