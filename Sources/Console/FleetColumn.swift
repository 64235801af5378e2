/// A column of the fleet table, by the name that the settings and the command line use.
///
/// The mark of the state always stands first, and the name is never left out.
package enum FleetColumn: String, Sendable, Hashable, CaseIterable {
  case name, version, rate, trend, errors, p50, p95, p99, saturation, age, why
  case instances, since, owner

  /// What a table shows as long as nobody says otherwise.
  package static let standard: [FleetColumn] = [
    .name, .version, .rate, .trend, .errors, .p50, .p95, .p99, .saturation, .why,
  ]

  /// Why a list of columns cannot be read, in one sentence.
  package struct Problem: Error, Sendable, Hashable {
    package var sentence: String
  }

  /// Columns in the order of their names, each once; words are parted by spaces or commas.
  package static func list(_ text: String) throws(Problem) -> [FleetColumn] {
    var columns: [FleetColumn] = []
    for word in text.split(whereSeparator: { $0 == " " || $0 == "," }) {
      guard let column = FleetColumn(rawValue: String(word)) else {
        let names = allCases.map(\.rawValue)
        let near = Palette.nearest(to: String(word), in: names)
        throw Problem(
          sentence: near.map { "no column `\(word)`; did you mean \($0)?" }
            ?? "no column `\(word)`; columns: \(names.joined(separator: " "))")
      }
      if !columns.contains(column) { columns.append(column) }
    }
    guard !columns.isEmpty else {
      throw Problem(
        sentence: "name the columns in order: \(standard.map(\.rawValue).joined(separator: " "))")
    }
    return columns
  }
}

extension ConsoleState {
  /// Shows the columns that `text` names, in that order; nothing or `standard` brings the usual ones back.
  package mutating func showColumns(_ text: String) throws(FleetColumn.Problem) {
    columns = text.isEmpty || text == "standard" ? nil : try FleetColumn.list(text)
  }
}
