package import Containment
import Crypto
import Markdown
package import Runbooks
package import YAMLText
import Yams

/// One file as a runbook.
package struct RunbookFile: Sendable, Hashable {
  package var runbook: Runbook
  /// Actions that it defines itself; for it they count before the fleet file's of the same name.
  package private(set) var actions: [Action]
  /// As sentences name it.
  package var path: String
  /// What of its head could not be read; it is left out, and the rest is used.
  package var problems: [Problem]
  package var warnings: [Problem]
  /// It says more than any Markdown: a match, an owner, indicators.
  package var isOurs: Bool
  /// Where keys of its head stand, for what is found out later.
  package var places: [String: Place]
  /// Of the whole file, to find where something stands.
  let lines: [Substring]

  package struct Place: Sendable, Hashable {
    package var line: Int
    package var column: Int
  }

  package static let largest = 4 << 20

  /// Reads a text as the content of a file.
  ///
  /// - Parameters:
  ///   - path: as sentences name it.
  ///   - name: below the folder that it was found in.
  package init(_ source: String, path: String, name: String, revision: String? = nil) {
    let matter = FrontMatter(source)
    let text = RunbookText(matter.body, linesBefore: matter.linesBeforeBody)
    let id = RunbookFile.id(of: name)
    var card = RunbookCard(id: id, title: text.title ?? id, hash: RunbookFile.hash(of: source))
    card.revision = revision
    var runbook = Runbook(card: card, path: name, text: text, source: source)
    let log = ProblemLog(file: path, linesBefore: matter.linesBeforeHead)
    var reader = RunbookReader(folder: FleetFile.folder(of: path), log: log)
    var broken: [Problem] = []
    if let head = matter.head {
      do throws(FileProblems) {
        if let root = try YAMLDocument.root(of: head, path: path) {
          reader.read(YAMLValue(node: root, name: "", log: log), into: &runbook)
        }
      } catch {
        broken = error.problems.map { problem in
          var problem = problem
          problem.line = problem.line.map { $0 + matter.linesBeforeHead }
          return problem
        }
      }
    }
    if runbook.card.verification == nil, !text.verification.isEmpty {
      runbook.card.verification = try? Verification(text.verification)
    }
    if log.budget <= 0 {
      broken.append(Problem(file: path, "its head unfolds to too many values"))
    }
    problems =
      broken + log.problems
      + text.flaws.map { Problem(file: path, line: $0.line, column: 1, $0.reason) }
    warnings = log.warnings
    isOurs = reader.isOurs
    actions = reader.actions
    places = reader.marks.mapValues {
      Place(line: $0.line + matter.linesBeforeHead, column: $0.column)
    }
    self.runbook = runbook
    self.path = path
    lines = source.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
  }

  /// SHA-256 of the text's bytes.
  package static func hash(of source: String) -> [UInt8] {
    [UInt8](SHA256.hash(data: [UInt8](source.utf8)))
  }

  /// `pricing-timeout` of `pricing/pricing-timeout.md`.
  private static func id(of name: String) -> String {
    let last = name.split(separator: "/").last.map(String.init) ?? name
    guard let dot = last.lastIndex(of: "."), dot != last.startIndex else { return last }
    return String(last[..<dot])
  }
}
