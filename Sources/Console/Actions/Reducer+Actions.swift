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
    guard !state.present.actions.isEmpty || !state.present.actionRuns.isEmpty else {
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
    let pane = ActionListPane(service, state, self)
    let list = pane.list
    guard !list.blocks.isEmpty, let item = pane.item(list.blocks[list.cursor(self)].id) else {
      return complain("there is nothing to open here", state)
    }
    switch item {
    case .run(let run):
      open(run)
      return []
    case .choice(let choice):
      return begin(
        ActionAsk(action: choice.action.id, service: service, origin: choice.origin), state)
    }
  }

  private mutating func open(_ run: ActionRun) { showAction(run.plan.id) }

  private mutating func showAction(_ ticket: String) {
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
  private mutating func begin(_ ask: ActionAsk, _ state: State) -> [Effect] {
    guard playback == nil else { return refuseInPast("act", state) }
    guard let action = state.present.action(id: ask.action) else {
      return complain("no action `\(ask.action)` is declared", state)
    }
    guard action.applies(to: ask.service) else {
      return complain("\(action.name) is \(action.scopeWords), not for \(ask.service)", state)
    }
    if let obstacle = ActionChoice.obstacle(to: action, on: ask.service, state, self) {
      return complain("not now: \(obstacle)", state)
    }
    guard !action.parameters.isEmpty else { return plan(ask, [:], state) }
    prompt = Prompt(
      purpose: .arguments(ask), text: ArgumentLine.usual(action.parameters))
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
      return plan(ask, arguments, state)
    } catch {
      prompt?.problem = error.reason
      return [.bell]
    }
  }

  /// Wishes for a plan, and shows it once it is there.
  private mutating func plan(
    _ ask: ActionAsk, _ arguments: [String: Argument], _ state: State
  ) -> [Effect] {
    let ticket = "\(state.present.sequence)-\(ask.action)"
    guard asked?.ticket != ticket else {
      return complain("a moment: it was asked for already", state)
    }
    asked = AskedAction(ticket: ticket, ask: ask, at: state.present.now)
    showAction(ticket)
    return [
      .intent(
        .plan(
          ticket: ticket, action: ask.action, service: ask.service, arguments: arguments,
          origin: ask.origin, reason: ""))
    ]
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
