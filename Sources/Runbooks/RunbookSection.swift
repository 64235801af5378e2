/// The parts of a runbook, in the order in which one is read.
public enum RunbookSection: String, Sendable, Hashable, Codable, CaseIterable {
  case meaning, impact, indicators, diagnosis, containment, remediation, rollback, verification
  case escalation, review

  public var title: String { rawValue.prefix(1).uppercased() + rawValue.dropFirst() }

  /// Whether its lists are steps to be taken.
  public var hasSteps: Bool {
    switch self {
    case .diagnosis, .containment, .remediation, .rollback, .review: true
    case .meaning, .impact, .indicators, .verification, .escalation: false
    }
  }

  /// What public collections call the same.
  private static let others: [String: RunbookSection] = [
    "summary": .meaning, "overview": .meaning, "description": .meaning, "what it means": .meaning,
    "user impact": .impact, "severity": .impact,
    "symptoms": .indicators, "signals": .indicators,
    "investigation": .diagnosis, "debugging": .diagnosis, "troubleshooting": .diagnosis,
    "triage": .diagnosis,
    "mitigation": .containment, "mitigations": .containment, "mitigate": .containment,
    "stabilise": .containment, "stabilize": .containment,
    "resolution": .remediation, "resolve": .remediation, "fix": .remediation,
    "repair": .remediation,
    "roll back": .rollback, "rolling back": .rollback, "revert": .rollback,
    "verify": .verification, "validation": .verification,
    "contacts": .escalation, "postmortem": .review, "follow up": .review, "follow-up": .review,
    "afterwards": .review,
  ]

  /// The section that a heading opens; nil where it is one of the author's own.
  public init?(heading: String) {
    let words = heading.lowercased().split(whereSeparator: { !$0.isLetter && $0 != "-" })
      .joined(separator: " ")
    guard let section = RunbookSection(rawValue: words) ?? Self.others[words] else { return nil }
    self = section
  }

  /// Where it stands in the order.
  public var place: Int { Self.allCases.firstIndex(of: self)! }
}
