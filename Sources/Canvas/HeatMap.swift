/// How a distribution moved over time: columns are steps, rows are buckets, shade is how many fell there.
package struct HeatMap: Sendable, Hashable {
  /// For each step of time, oldest first, the counts of its buckets, lowest bucket first; nil is a gap.
  package var columns: [[Double]?]
  /// What stands for the whole; nil takes the largest count of all.
  package var full: Double?

  package init(_ columns: [[Double]?], full: Double? = nil) {
    self.columns = columns
    self.full = full
  }

  private static let shades: [Unicode.Scalar] = ["░", "▒", "▓", "█"]

  /// Draws the newest steps at the right, the lowest bucket at the bottom; buckets that share a row are summed.
  package func draw(on canvas: Canvas, _ style: Style = Style(.series1)) {
    let buckets = columns.compactMap { $0?.count }.max() ?? 0
    guard buckets > 0, canvas.height > 0 else { return }
    let rows = min(buckets, canvas.height)
    let shown = columns.suffix(canvas.width)
    let sums = shown.map { column in
      column.map { counts in
        (0..<rows).map { row in
          let low = row * buckets / rows
          let high = max(low + 1, (row + 1) * buckets / rows)
          return counts.indices.clamped(to: low..<high).reduce(0) { $0 + max(0, counts[$1]) }
        }
      }
    }
    let top = full ?? sums.compactMap { $0?.max() }.max() ?? 0
    guard top > 0 else { return }
    for (i, column) in sums.enumerated() {
      guard let column else { continue }
      for (row, sum) in column.enumerated() where sum > 0 {
        let level = min(3, Int(sum / top * 4))
        let place = Point(canvas.width - shown.count + i, canvas.height - 1 - row)
        canvas.put(Glyph(Self.shades[level]), at: place, style)
      }
    }
  }
}
