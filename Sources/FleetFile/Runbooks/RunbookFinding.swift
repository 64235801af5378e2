package import YAMLText

/// One thing to be mended in a runbook.
package struct RunbookFinding: Sendable, Hashable {
  package var rule: Rule
  /// With its place.
  package var problem: Problem
  /// What would mend it, as a sentence.
  package var fix: String?

  package init(rule: Rule, problem: Problem, fix: String? = nil) {
    self.rule = rule
    self.problem = problem
    self.fix = fix
  }

  package enum Rule: String, Sendable, Hashable, CaseIterable {
    case unreadable
    case deadLink = "dead-link"
    case deadAnchor = "dead-anchor"
    case unknownSignal = "unknown-signal"
    case unknownService = "unknown-service"
    case unknownAction = "unknown-action"
    case unverified = "containment-without-verification"
    case irreversible = "containment-without-revert"
    case noOwner = "no-owner"
    case noContact = "escalation-without-contact"
    case notExported = "indicator-not-exported"
    case notReviewed = "not-reviewed"
    case sameMatch = "same-match"
    case sameName = "same-name"
    case order = "section-order"
    case slip = "unknown-key"

    /// What it is about, for whoever reads reports of it.
    package var words: String {
      switch self {
      case .unreadable: "A part of the runbook cannot be read."
      case .deadLink: "A link leads nowhere."
      case .deadAnchor: "A link names a heading that is not there."
      case .unknownSignal: "A condition names something that no service has."
      case .unknownService: "A service is named that is not in the fleet."
      case .unknownAction: "A step is bound to an action that is not defined."
      case .unverified: "Nothing says how containment is proved."
      case .irreversible: "Nothing says how containment is taken back."
      case .noOwner: "Nobody keeps the runbook."
      case .noContact: "An escalation names nobody who can be reached."
      case .notExported: "No target exports what an indicator looks at."
      case .notReviewed: "Nobody has read the runbook for half a year."
      case .sameMatch: "Two runbooks match the same thing."
      case .sameName: "Two runbooks have one name."
      case .order: "The sections are in another order than everywhere."
      case .slip: "A key is nearly one that is known."
      }
    }

    /// What makes a runbook wrong, rather than less good than it could be.
    package var isError: Bool {
      switch self {
      case .unreadable, .deadLink, .deadAnchor, .unknownSignal, .unknownService, .unknownAction,
        .sameName:
        true
      case .unverified, .irreversible, .noOwner, .noContact, .notExported, .notReviewed,
        .sameMatch, .order, .slip:
        false
      }
    }
  }
}

extension RunbookFinding: CustomStringConvertible {
  package var description: String {
    "\(problem)\(fix.map { "; \($0)" } ?? "") [\(rule.rawValue)]"
  }
}
