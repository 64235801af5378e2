package import Yams

/// Where the problems of one file gather.
package final class ProblemLog {
  package let file: String?
  package private(set) var problems: [Problem] = []
  package private(set) var warnings: [Problem] = []
  /// Values that may still be looked at: aliases of aliases end here.
  package var budget = 200_000

  package init(file: String?) { self.file = file }

  /// - Parameter offset: columns after the mark, for a word of a longer text.
  package func error(_ text: String, at mark: Mark?, offset: Int = 0) {
    guard problems.count < 100 else { return }
    problems.append(problem(text, at: mark, offset: offset))
  }

  package func warn(_ text: String, at mark: Mark?) {
    guard warnings.count < 100 else { return }
    warnings.append(problem(text, at: mark))
  }

  private func problem(_ text: String, at mark: Mark?, offset: Int = 0) -> Problem {
    Problem(file: file, line: mark?.line, column: mark.map { $0.column + offset }, text)
  }
}
