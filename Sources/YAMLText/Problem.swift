/// One thing wrong with a file that a person wrote, as `file:line:column: what was expected`.
package struct Problem: Sendable, Hashable, CustomStringConvertible {
  /// As the file was named; nil for what comes from the command line.
  package var file: String?
  /// From 1; nil where the whole file is meant.
  package var line: Int?
  /// From 1, in Unicode scalars.
  package var column: Int?
  package var text: String

  package init(file: String?, line: Int? = nil, column: Int? = nil, _ text: String) {
    self.file = file
    self.line = line
    self.column = column
    self.text = text
  }

  package var description: String {
    var place = file.map { "\($0):" } ?? ""
    if let line, let column { place += "\(line):\(column):" }
    return place.isEmpty ? text : "\(place) \(text)"
  }
}

/// Everything that is wrong with a file, in its order, a line each.
package struct FileProblems: Error, Sendable, Hashable, CustomStringConvertible {
  package var problems: [Problem]

  package init(_ problems: [Problem]) { self.problems = problems }

  package var description: String { problems.map(\.description).joined(separator: "\n") }
}
