/// Rows for the names of lines at their right ends, so that no two names share one.
struct EndLabels {
  private var isTaken: [Bool]

  init(rows: Int) { isTaken = [Bool](repeating: false, count: max(0, rows)) }

  /// The wanted row, else the nearest free one at most two away; nil where there is none.
  mutating func place(near row: Int) -> Int? {
    for distance in [0, 1, -1, 2, -2] {
      let candidate = row + distance
      if isTaken.indices.contains(candidate), !isTaken[candidate] {
        isTaken[candidate] = true
        return candidate
      }
    }
    return nil
  }
}
