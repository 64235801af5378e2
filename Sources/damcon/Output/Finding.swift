import FleetFile
import YAMLText

/// One thing that `check` found wrong, of whatever kind of file.
struct Finding {
  /// `dead-link`, `fleet-file`.
  var rule: String
  var isError: Bool
  var problem: Problem
  /// What would mend it.
  var fix: String?

  /// What is wrong with a file that is no runbook.
  enum Kind: String, CaseIterable {
    case fleetFile = "fleet-file"
    case theme
    case settings

    var words: String {
      switch self {
      case .fleetFile: "The fleet file cannot be used as it is."
      case .theme: "A theme cannot be used as it is."
      case .settings: "The settings cannot be used as they are."
      }
    }
  }

  init(_ kind: Kind, _ problem: Problem) {
    rule = kind.rawValue
    isError = true
    self.problem = problem
  }

  init(_ finding: RunbookFinding) {
    rule = finding.rule.rawValue
    isError = finding.rule.isError
    problem = finding.problem
    fix = finding.fix
  }

  /// Every rule there is, with what it is about.
  static let rules: [(name: String, words: String, isError: Bool)] =
    Kind.allCases.map { ($0.rawValue, $0.words, true) }
    + RunbookFinding.Rule.allCases.map { ($0.rawValue, $0.words, $0.isError) }

  /// A line for a person: `runbooks/a.md:3:1: unknown signal 'p99'; did you mean p99_ms?`
  var line: String {
    let fix = fix.map { "; \($0)" } ?? ""
    return Kind(rawValue: rule) == nil ? "\(problem)\(fix) [\(rule)]" : "\(problem)\(fix)"
  }
}
