import Canvas
import Containment
import Fleet
import Incident
import Runbooks

/// Actions: found, asked for with their arguments, and opened. Nothing here sends anything.
extension ConsoleState {
  /// What can be done about the service that is looked at.
  mutating func openActions(_ state: State) -> [Effect] {
    if case .actions = pane { return perform(.back, state) }
    guard state.present.hasActions else {
      return complain("no action is declared: `actions:` in the fleet file names them", state)
    }
    guard let service = serviceLookedAt(state), !service.isEmpty else {
      return complain("put the cursor on a service first", state)
    }
    stack.removeAll { if case .actions = $0 { true } else { false } }
    chosen[.actions] = nil
    push(.actions(service))
    return []
  }

  /// Enter: asks for the action under the cursor, or opens the one that was asked for.
  mutating func openChosenAction(for service: String, _ state: State) -> [Effect] {
    guard let item = ActionListPane(service, state, self).item(self) else {
      return complain("there is nothing to open here", state)
    }
    switch item {
    case .run(let run):
      open(run)
      return []
    case .choice(let choice):
      return begin(ActionAsk(action: choice.id, service: service, origin: choice.origin), state)
    case .rule(let rule, let run):
      guard run.state == .counting || run.state == .due else {
        return complain(
          "the rule \(rule.name) is \(run.state.rawValue): there is nothing to stop", state)
      }
      return complain("\(keys.sign(.hold)) stops the rule \(rule.name)", state)
    }
  }

  private mutating func open(_ run: ActionRun) { showAction(run.plan.id) }

  mutating func showAction(_ ticket: String) {
    stack.removeAll { if case .action = $0 { true } else { false } }
    push(.action(ticket))
  }

  /// A step of a runbook: what it started and is not over, else the action anew.
  mutating func trigger(_ step: Step, _ view: RunbookView, _ state: State) -> [Effect] {
    guard let bound = StepAction(step, view) else { return refuse(.open, state.present) }
    if let run = bound.run, !run.state.isEnded || run.state == .unknown {
      open(run)
      return []
    }
    guard bound.action != nil else {
      return complain(
        "no action `\(bound.name)` is declared: do it by hand, then "
          + "\(keys.sign(.check, in: .runbook)) checks the step off", state)
    }
    return begin(bound.ask, state)
  }

  // MARK: Asked for

  /// Asks for its arguments, where it takes any.
  mutating func begin(_ ask: ActionAsk, _ state: State) -> [Effect] {
    guard playback == nil else { return refuseInPast("act", state) }
    let present = state.present
    let action = present.action(id: ask.action)
    guard action != nil || present.maneuver(id: ask.action) != nil else {
      return complain("no action `\(ask.action)` is declared", state)
    }
    if let action, !action.applies(to: ask.service) {
      return complain("\(action.name) is \(action.scopeWords), not for \(ask.service)", state)
    }
    if let refusal = viewerRefusal(present) { return complain(refusal, state) }
    if let obstacle = ActionChoice.obstacle(to: ask, present, self) {
      return complain("not now: \(obstacle)", state)
    }
    guard let action, !action.parameters.isEmpty else { return askToBreak(ask, [:], state) }
    let before = ask.instead.flatMap { present.actionRun($0) }?.plan.arguments ?? []
    prompt = Prompt(
      purpose: .arguments(ask), text: ArgumentLine.usual(action.parameters, before))
    return []
  }

  /// Takes the arguments; what cannot be read stays where it was typed, with the reason.
  mutating func takeArguments(_ text: String, of ask: ActionAsk, _ state: State) -> [Effect] {
    guard playback == nil else {
      prompt = nil
      return refuseInPast("act", state)
    }
    let action = state.present.action(id: ask.action)
    do throws(ArgumentError) {
      let arguments = try ArgumentLine.read(text, action?.parameters ?? [])
      prompt = nil
      return askToBreak(ask, arguments, state)
    } catch {
      prompt?.problem = error.reason
      return [.bell]
    }
  }

  /// Where it falls into a freeze, why that is broken is asked first.
  private mutating func askToBreak(
    _ ask: ActionAsk, _ arguments: [String: Argument], _ state: State
  ) -> [Effect] {
    let present = state.present
    let touched: [(service: String, kind: Action.Kind)]
    if let action = present.action(id: ask.action) {
      touched = [(ask.service, action.kind)]
    } else {
      touched = (present.maneuver(id: ask.action)?.parts ?? []).compactMap { part in
        present.action(id: part.action).map { (part.service, $0.kind) }
      }
    }
    let freezes = touched.compactMap { freeze(on: $0.service, $0.kind, present) }
    guard let first = freezes.first else { return plan(ask, arguments, "", state) }
    if let firm = freezes.first(where: { !mayBreak($0, present) }) {
      let who = firm.breakers.isEmpty ? "nobody" : firm.breakers.words
      return complain("it is \(firm.words), which \(who) may break", state)
    }
    prompt = Prompt(purpose: .breaking(ask, arguments, freeze: first.words), text: "")
    return []
  }

  /// Takes why a freeze is broken.
  mutating func takeBreaking(
    _ text: String, of ask: ActionAsk, _ arguments: [String: Argument], _ state: State
  ) -> [Effect] {
    let reason = text.split(separator: " ").joined(separator: " ")
    guard !reason.isEmpty else {
      prompt?.problem = "say it in a few words, or Esc leaves it"
      return [.bell]
    }
    prompt = nil
    guard playback == nil else { return refuseInPast("act", state) }
    return plan(ask, arguments, reason, state)
  }

  /// Wishes for a plan, and shows it once it is there; the one that it is in the place of is none any more.
  private mutating func plan(
    _ ask: ActionAsk, _ arguments: [String: Argument], _ reason: String, _ state: State
  ) -> [Effect] {
    let ticket = "\(state.present.sequence)-\(ask.action)"
    guard asked?.ticket != ticket else {
      return complain("a moment: it was asked for already", state)
    }
    asked = AskedAction(ticket: ticket, ask: ask, at: state.present.now)
    showAction(ticket)
    var effects: [Effect] = []
    if let instead = ask.instead, let run = state.present.actionRun(instead),
      run.state.isBeforeSending, run.state != .confirmed
    {
      effects.append(.intent(.cancel(run: instead, reason: "planned anew for other instances")))
    }
    effects.append(
      .intent(
        .plan(
          ticket: ticket, action: ask.action, service: ask.service, arguments: arguments,
          origin: ask.origin, reason: reason, targets: ask.targets)))
    return effects
  }

  // MARK: Not done after all

  /// Takes why it is not done; without any words it stays what it was.
  mutating func takeReason(
    _ text: String, for what: Prompt.ReasonFor, of run: String, _ state: State
  ) -> [Effect] {
    let reason = text.split(separator: " ").joined(separator: " ")
    guard !reason.isEmpty else {
      prompt?.problem = "say it in a few words, or Esc leaves it"
      return [.bell]
    }
    prompt = nil
    guard playback == nil else { return refuseInPast("cancel", state) }
    switch what {
    case .cancelling: return [.intent(.cancel(run: run, reason: reason))]
    case .rejecting: return [.intent(.reject(run: run, reason: reason))]
    }
  }

  /// Whether Esc only leaves what was begun, and not the dialog; a plan that stays is spoken of.
  mutating func leaveAction(_ state: State) -> Bool {
    guard let question = ActionQuestion(state.present, self) else { return false }
    if confirming?.run == question.run.plan.id, confirming?.deed == .revert {
      confirming = nil
      say("it is not taken back", at: state.present)
      return true
    }
    if playback == nil, question.run.state.isBeforeSending {
      say("the plan stays; \(keys.sign(.act)) shows it", at: state.present)
    }
    return false
  }
}

extension Present {
  /// Something can be done, or was.
  var hasActions: Bool { !actions.isEmpty || !maneuvers.isEmpty || !actionRuns.isEmpty }
}
