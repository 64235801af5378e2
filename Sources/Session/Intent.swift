package import Containment
package import Incident
package import Runbooks

/// What someone asks for; what becomes of it is an entry.
package enum Intent: Sendable, Hashable, Codable {
  /// Read the fleet file again now.
  case reload
  /// Ask every target now rather than at its next turn.
  case poll
  /// Open an incident.
  case declare(title: String)
  /// Close the open one; refused while what proves it has not held, unless with a reason.
  case resolve(reason: String?)
  case severity(Severity)
  /// Give the lead to somebody; to oneself where the name is empty.
  case command(String)
  case phase(IncidentRecord.Phase)
  /// Do something in a runbook that is followed for a service.
  case runbook(service: String, RunbookAct.Pin, RunbookAct.Deed)
  /// Write something down.
  case remark(String)
  /// Work out exactly what an action would send; nothing is sent yet.
  case plan(ActionWish)
  /// Say something about a plan: confirm it, approve it, leave it.
  case action(run: String, ActionMove.Step)
  /// Take back what an action did.
  case takeBack(run: String)
  /// Look up what is so, where nobody knows what came of an action.
  case reconcile(run: String)
  /// Ask what a plan would do; nothing is done.
  case tryOut(run: String)
  /// Stop everything that is not sent yet, and begin nothing more.
  case halt(reason: String)
  /// Let it go on.
  case lift
  /// Do not let a rule do what it has announced.
  case stopRule(rule: String, service: String)

  /// For the log, after `asked:`.
  package var summary: String {
    switch self {
    case .reload: "reload the fleet file"
    case .poll: "poll everything now"
    case .declare(let title): title.isEmpty ? "declare an incident" : "declare incident: \(title)"
    case .resolve(nil): "resolve the incident"
    case .resolve(let reason?): "resolve the incident: \(reason)"
    case .severity(let severity): "severity \(severity.rawValue)"
    case .command(let name): "\(name) leads"
    case .phase(let phase): "phase \(phase.rawValue)"
    case .runbook(let service, let runbook, _): "\(service): \(runbook.id)"
    case .remark: "write a note down"
    case .plan(let wish): "plan \(wish.action) on \(wish.service)"
    case .action(let run, let step):
      "\(run): \(ActionMove(run: run, by: "", step: step).words)"
    case .takeBack(let run): "take back \(run)"
    case .reconcile(let run): "look up what came of \(run)"
    case .tryOut(let run): "try out \(run)"
    case .halt(let reason): reason.isEmpty ? "stop everything" : "stop everything: \(reason)"
    case .lift: "lift the emergency stop"
    case .stopRule(let rule, let service): "stop the rule \(rule) on \(service)"
    }
  }

  /// The same, where it is kept: what somebody writes may be long, and is kept beside it.
  var shortly: String {
    let scalars = summary.unicodeScalars
    guard scalars.count > Intent.longestSummary else { return summary }
    return String(String.UnicodeScalarView(scalars.prefix(Intent.longestSummary - 1))) + "…"
  }

  private static let longestSummary = 200

  /// Why it cannot be done as things stand; nil where it can.
  ///
  /// - Parameter users: the kernel's numbers of those who have asked for something, by their names.
  func refusal(
    _ present: Present, by principal: Principal, knowing users: [String: UInt32] = [:]
  ) -> String? {
    if let objection = objection(present, to: principal, knowing: users) { return objection }
    switch self {
    case .halt, .lift:
      return haltMove(by: principal).flatMap { present.refusal(of: $0) }
    case .stopRule(let rule, let service):
      return present.refusal(
        of: RuleMove(rule: rule, service: service, by: principal.name, step: .stop))
    case .plan: return present.halt?.words
    case .action(let run, let step):
      return present.refusal(of: ActionMove(run: run, by: principal.name, step: step))
    case .resolve(nil):
      let open = present.unproved
      guard let first = open.first else { return nil }
      let more = open.count > 1 ? " (and \(open.count - 1) more)" : ""
      return
        "not resolved: the verification of \(first.runbook.id) for \(first.service)\(more) has "
        + "not held; give a reason to resolve it all the same"
    default: return nil
    }
  }

  /// What it does to the state, where the session itself carries it out.
  func event(by principal: Principal) -> Event? {
    switch self {
    case .reload, .poll, .plan, .takeBack, .reconcile, .tryOut: nil
    case .halt, .lift: haltMove(by: principal).map(Event.halt)
    case .stopRule(let rule, let service):
      .rule(RuleMove(rule: rule, service: service, by: principal.name, step: .stop))
    case .action(let run, let step):
      .action(ActionMove(run: run, by: principal.name, step: step))
    case .declare(let title): .incident(.declare(by: principal.name, title: title))
    case .resolve(let reason): .incident(.resolve(by: principal.name, reason: reason))
    case .severity(let severity): .incident(.severity(by: principal.name, severity))
    case .command(let name):
      .incident(.command(by: principal.name, commander: name.isEmpty ? principal.name : name))
    case .phase(let phase): .incident(.phase(by: principal.name, phase))
    case .runbook(let service, let runbook, let deed):
      .runbook(
        RunbookAct(by: principal.name, service: service, runbook: runbook, deed: deed))
    case .remark(let text): .remark(Remark(by: principal.name, text: text))
    }
  }

  private func haltMove(by principal: Principal) -> HaltMove? {
    switch self {
    case .halt(let reason): HaltMove(by: principal.name, step: .stop(reason: reason))
    case .lift: HaltMove(by: principal.name, step: .lift)
    default: nil
    }
  }
}

/// What somebody wants done to a service.
package struct ActionWish: Sendable, Hashable, Codable {
  /// Given by who asks: the plan's id begins with it.
  package var ticket: String
  package var action: String
  package var service: String
  package var arguments: [String: Argument]
  /// The runbook's step that asks for it.
  package var origin: ActionPlan.Origin?
  package var reason: String
  /// The instances that it goes to; nil: all.
  package var targets: [String]?

  package init(
    ticket: String, action: String, service: String, arguments: [String: Argument],
    origin: ActionPlan.Origin? = nil, reason: String = "", targets: [String]? = nil
  ) {
    self.ticket = ticket
    self.action = action
    self.service = service
    self.arguments = arguments
    self.origin = origin
    self.reason = reason
    self.targets = targets
  }
}

/// Carries out intents that the session has entered.
package protocol IntentExecutor: Sendable {
  /// What was confirmed is begun, and not waited for; all else has been done when it returns.
  func execute(_ intent: Intent, by principal: Principal) async -> IntentOutcome
}

/// Keeps entries before they are applied.
package protocol Recorder: Sendable {
  /// Takes an entry that is about to be applied, at once and without waiting.
  ///
  /// - Parameter enclosure: the bytes that it names by their content.
  func record(_ entry: Entry, with enclosure: Enclosure?)
  /// Returns once the entry is durable: nothing is done about it before.
  ///
  /// - Returns: false where it could not be written.
  func recordDurably(_ entry: Entry) async -> Bool
  /// Called with the state that an entry has led to. In the owner's isolation; must return at once.
  func applied(_ entry: Entry, to state: State)
}
