package import Yams

/// Where the problems of one file gather.
package final class ProblemLog {
  package let file: String?
  package private(set) var problems: [Problem] = []
  package private(set) var warnings: [Problem] = []
  /// Values that may still be looked at: aliases of aliases end here.
  package var budget = 200_000

  /// Of the file, before the text that marks are of.
  private let linesBefore: Int

  package init(file: String?, linesBefore: Int = 0) {
    self.file = file
    self.linesBefore = linesBefore
  }

  /// - Parameter offset: columns after the mark, for a word of a longer text.
  package func error(_ text: String, at mark: Mark?, offset: Int = 0) {
    guard problems.count < 100 else { return }
    problems.append(problem(text, at: mark, offset: offset))
  }

  package func warn(_ text: String, at mark: Mark?) {
    guard warnings.count < 100 else { return }
    warnings.append(problem(text, at: mark))
  }

  /// Takes over what another file has wrong that this one names.
  package func take(_ other: ProblemLog) {
    for problem in other.problems { take(problem) }
    for warning in other.warnings where warnings.count < 100 { warnings.append(warning) }
  }

  package func take(_ problem: Problem) {
    if problems.count < 100 { problems.append(problem) }
  }

  private func problem(_ text: String, at mark: Mark?, offset: Int = 0) -> Problem {
    Problem(
      file: file, line: mark.map { $0.line + linesBefore }, column: mark.map { $0.column + offset },
      text)
  }
}
