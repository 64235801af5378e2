import Canvas

/// Columns of plain text for pipes and logs: no escape codes, nothing cut, nothing padded at the end.
struct TextTable {
  enum Alignment { case left, right }

  private let columns: [(title: String, alignment: Alignment)]
  private var rows: [[String]] = []

  init(_ columns: [(title: String, alignment: Alignment)]) { self.columns = columns }

  /// What a service says is made harmless here, before it is measured.
  mutating func add(_ cells: [String]) {
    rows.append(cells.map { DisplayText.sanitised($0) })
  }

  var lines: [String] {
    let all = [columns.map(\.title)] + rows
    let widths = columns.indices.map { column in
      all.map { DisplayText.width(of: $0[column]) }.max() ?? 0
    }
    return all.map { row in
      var line = ""
      for (column, cell) in row.enumerated() {
        let pad = String(
          repeating: " ", count: max(0, widths[column] - DisplayText.width(of: cell)))
        line += columns[column].alignment == .left ? cell + pad : pad + cell
        line += "  "
      }
      while line.last == " " { line.removeLast() }
      return line
    }
  }
}
