/// What fills the screen between the header and the hint line.
package enum Pane: Sendable, Hashable {
  case fleet
  /// One service, by name: it stays the same one whatever happens to the rows.
  case service(String)
  case help
  /// What Damcon itself did and could not do.
  case log
  /// Objectives and what is left of them.
  case budgets
  /// Degraded modes in use.
  case fallbacks
  case changes
  /// Where it began, and whom it hurts.
  case origin
  /// What users can do now.
  case capabilities
  /// What the words mean.
  case glossary
  /// What changed between two instants.
  case difference
  /// Runbooks: for a service, by name, or all.
  case runbooks(String?)
  case runbook(RunbookPlace)
  /// What the next person must know.
  case handover
  /// What is sent to other people about what a runbook is followed for.
  case message(RunbookPlace)
  /// What can be done about a service, by name, and what was.
  case actions(String)
  /// One action: its plan and what became of it, by the plan's name or the ticket that it was asked for with.
  case action(String)
  /// Which instances an action goes to.
  case targets(ActionAsk)
  /// Who else is here, and where they look.
  case here

  package var place: Place {
    switch self {
    case .fleet: .fleet
    case .service: .service
    case .help: .help
    case .log: .log
    case .budgets: .budgets
    case .fallbacks: .fallbacks
    case .changes: .changes
    case .origin: .origin
    case .capabilities: .capabilities
    case .glossary: .glossary
    case .difference: .difference
    case .runbooks: .runbooks
    case .runbook: .runbook
    case .handover: .handover
    case .message: .message
    case .actions: .actions
    case .action: .action
    case .targets: .targets
    case .here: .here
    }
  }
}

/// Where a key is pressed: what the key table is asked with.
package enum Place: String, Sendable, Hashable, CaseIterable {
  case fleet, service, help, log, budgets, fallbacks, changes, origin, capabilities
  case glossary, difference, runbooks, runbook, handover, message
  case actions, action, targets, here

  /// Made of blocks that a cursor goes over.
  package static let lists: Set<Place> = [
    .budgets, .fallbacks, .changes, .origin, .capabilities, .difference, .runbooks,
    .actions, .targets, .here,
  ]

  /// As a sentence names it.
  package var words: String {
    switch self {
    case .fleet: "the fleet"
    case .service: "a service"
    case .help: "help"
    case .log: "the log"
    case .budgets: "budgets"
    case .fallbacks: "fallbacks"
    case .changes: "changes"
    case .origin: "the origin"
    case .capabilities: "what users get"
    case .glossary: "the glossary"
    case .difference: "the difference"
    case .runbooks: "the runbooks"
    case .runbook: "a runbook"
    case .handover: "the hand-over"
    case .message: "a message"
    case .actions: "the actions"
    case .action: "an action"
    case .targets: "the instances"
    case .here: "who is here"
    }
  }
}

/// A part of the service pane; Tab goes from one to the next.
package enum Section: String, Sendable, Hashable, CaseIterable {
  case instances, needs, neededBy, fallbacks, endpoints, latency, errors, runtime, checks, changes,
    exemplars, scrapes

  package var title: String {
    switch self {
    case .instances: "INSTANCES"
    case .needs: "NEEDS"
    case .neededBy: "NEEDED BY"
    case .fallbacks: "FALLBACKS, BREAKERS"
    case .endpoints: "ENDPOINTS"
    case .latency: "LATENCY"
    case .errors: "ERRORS"
    case .runtime: "RUNTIME"
    case .checks: "POLLS"
    case .changes: "LATELY"
    case .exemplars: "EXEMPLARS"
    case .scrapes: "SCRAPE"
    }
  }
}

/// What the fleet table is sorted by.
package enum Sort: String, Sendable, Hashable, CaseIterable {
  /// In trouble first, then by tier, severity, budget cost and age: the first row answers "where
  /// and why".
  case worst
  case name, rate, errors, latency, saturation

  package var words: String {
    switch self {
    case .worst: "worst first"
    case .name: "by name"
    case .rate: "by rate"
    case .errors: "by error ratio"
    case .latency: "by p99"
    case .saturation: "by saturation"
    }
  }

  package var next: Sort {
    let all = Sort.allCases
    return all[((all.firstIndex(of: self) ?? 0) + 1) % all.count]
  }
}
