import Glibc

/// Rows of figures, aligned: what is measured, its unit, one column for each program, the goal.
struct Table {
  let title: String
  /// The programs, Damcon first.
  let columns: [String]
  private var rows: [[String]] = []
  private var footnotes: [String] = []

  init(_ title: String, columns: [String]) {
    self.title = title
    self.columns = columns
  }

  mutating func row(_ figure: String, _ unit: String, _ cells: [String], goal: String = "") {
    let missing = max(0, columns.count - cells.count)
    rows.append([figure, unit] + cells + [String](repeating: "–", count: missing) + [goal])
  }

  mutating func note(_ text: String) { footnotes.append(text) }

  func show() {
    let head = ["", "unit"] + columns + ["goal"]
    var widths = head.map(\.count)
    for row in rows {
      for (column, cell) in row.enumerated() { widths[column] = max(widths[column], cell.count) }
    }
    print("\n\(title)")
    for row in [head] + rows {
      var line = ""
      for (column, cell) in row.enumerated() {
        let space = String(repeating: " ", count: widths[column] - cell.count)
        // Words to the left, figures to the right.
        let figure = column > 1 && column < row.count - 1
        line += (figure ? space + cell : cell + space) + "   "
      }
      while line.last == " " { line.removeLast() }
      print("  " + line)
    }
    for footnote in footnotes { print("  \(footnote)") }
    fflush(nil)
  }
}

/// A goal and whether a figure meets it.
struct Goal {
  private let text: String
  private let holds: (Double) -> Bool

  static func atMost(_ bound: Double, _ digits: Int, _ why: String = "") -> Goal {
    Goal(text: "≤ \(bound.fixed(digits))" + (why.isEmpty ? "" : " (\(why))")) { $0 <= bound }
  }

  static func atLeast(_ bound: Double, _ digits: Int) -> Goal {
    Goal(text: "≥ \(bound.fixed(digits))") { $0 >= bound }
  }

  private init(text: String, holds: @escaping (Double) -> Bool) {
    self.text = text
    self.holds = holds
  }

  /// The goal with its verdict; the verdict is left out where nothing was measured.
  func verdict(on runs: Runs) -> String {
    runs.isEmpty ? text : text + (holds(runs.median) ? "  met" : "  MISSED")
  }
}
