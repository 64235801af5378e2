import Canvas
import Containment
import Fleet
import Incident
import Markdown
import Runbooks

/// Runbooks: found, read, and what was done written down. Nothing of it is done in the past.
extension ConsoleState {
  // MARK: Opened

  /// The runbook that matches what the responder looks at; from a runbook, all of them.
  mutating func openRunbook(_ state: State) -> [Effect] {
    switch pane {
    case .runbooks: return perform(.back, state)
    case .runbook(let place), .message(let place):
      list(for: place.service)
      return []
    default: break
    }
    guard let service = serviceLookedAt(state) else {
      list(for: nil)
      return []
    }
    if let best = best(for: service, state) {
      show(RunbookPlace(service: service, id: best.id, hash: best.hash))
    } else if state.present.runbookMatches(of: service).isEmpty,
      let origin = state.present.origin(of: service), let best = best(for: origin, state)
    {
      show(RunbookPlace(service: origin, id: best.id, hash: best.hash))
      say("nothing matches for \(service) itself: this is where it began", at: state.present)
    } else {
      list(for: service)
    }
    return []
  }

  private func best(for service: String, _ state: State) -> RunbookMatch? {
    state.present.runbookMatches(of: service).best.flatMap {
      library.runbook(hash: $0.hash) == nil ? nil : $0
    }
  }

  /// By its name; else those that hold the words.
  mutating func openRunbook(named words: String, _ state: State) -> [Effect] {
    if words.isEmpty { return openRunbook(state) }
    let service = serviceLookedAt(state)
    if let runbook = library.runbook(id: words), let service {
      show(RunbookPlace(service: service, id: runbook.card.id, hash: runbook.card.hash))
    } else {
      list(for: service)
      search = words
    }
    return []
  }

  mutating func openListed(for service: String?, _ state: State) -> [Effect] {
    guard let list = blocks(state), !list.blocks.isEmpty,
      let runbook = library.runbook(id: list.blocks[list.cursor(self)].id)
    else { return complain("there is no runbook to open", state) }
    let aimed = list.blocks[list.cursor(self)].service
    let name = aimed ?? service ?? runbook.card.scope.services.first ?? serviceLookedAt(state) ?? ""
    show(RunbookPlace(service: name, id: runbook.card.id, hash: runbook.card.hash))
    return []
  }

  private mutating func list(for service: String?) {
    stack.removeAll { if case .runbooks = $0 { true } else { false } }
    search = ""
    chosen[.runbooks] = nil
    push(.runbooks(service))
  }

  mutating func show(_ place: RunbookPlace) {
    stack.removeAll { if case .runbook = $0 { true } else { false } }
    chosen[.runbook] = nil
    stepLeft = nil
    push(.runbook(place))
  }

  /// The service that a key is meant for, wherever it is pressed.
  func serviceLookedAt(_ state: State) -> String? {
    switch pane {
    case .service(let name): name
    case .runbook(let place), .message(let place): place.service
    case .runbooks(let service): aimedBlock(state) ?? service
    case .actions(let service): service
    case .targets(let ask): ask.service
    case .action(let ticket):
      state.present.actionRun(ticket: ticket)?.plan.service
        ?? (asked?.ticket == ticket ? asked?.ask.service : nil)
    case .budgets, .fallbacks, .changes, .origin, .capabilities, .difference:
      aimedBlock(state).flatMap { state.present.service(named: $0) }?.definition.name
    case .fleet, .help, .log, .glossary, .handover, .here:
      aimed(FleetOrder(state.present, self), state.present)?.definition.name
    }
  }

  // MARK: Steps

  private func view(_ state: State) -> RunbookView? {
    guard case .runbook(let place) = pane else { return nil }
    return RunbookView(place, state, self)
  }

  mutating func moveStep(by rows: Int, _ state: State) {
    guard let view = view(state) else { return }
    let anchors = RunbookBody.anchors(of: view)
    guard !anchors.isEmpty else { return }
    let here = view.cursor.flatMap { anchors.firstIndex(of: $0) } ?? 0
    let row = max(0, min(anchors.count - 1, here &+ rows))
    chosen[.runbook] = Chosen(id: anchors[row], row: row)
    stepLeft = nil
  }

  /// Enter: what the step is for.
  mutating func doStep(_ state: State) -> [Effect] {
    guard let view = view(state), let step = view.step else {
      return complain("there is no step here; \(keys.sign(.moveDown)) goes to one", state)
    }
    switch step.kind {
    case .automatable: return trigger(step, view, state)
    case .command: return offerCopy(state)
    case .judgement(let isDecision):
      guard isDecision else { return checkStep(state) }
      return ask(.decision(step: step.id), about: view.place, state)
    }
  }

  mutating func checkStep(_ state: State) -> [Effect] {
    guard playback == nil else { return refuseInPast("check", state) }
    guard !isHasty else { return complain(Self.tooFast, state) }
    guard let view = view(state), let step = view.step else {
      return complain("there is no step here; \(keys.sign(.moveDown)) goes to one", state)
    }
    if view.work?.mark(of: step.id) != nil {
      guard view.isMeant(step) else {
        return complain(
          "every step is done; \(keys.sign(.moveDown)) and \(keys.sign(.moveUp)) go to one that is to be opened again",
          state)
      }
      return mark(step, .open, view, state)
    }
    if case .judgement(isDecision: true) = step.kind {
      return ask(.decision(step: step.id), about: view.place, state)
    }
    return mark(step, .done, view, state)
  }

  private mutating func mark(
    _ step: Step, _ outcome: StepMark.Outcome, _ view: RunbookView, _ state: State
  ) -> [Effect] {
    let mark = StepMark(step: step.id, title: step.words, outcome: outcome)
    switch outcome {
    case .done:
      leave(step.id)
      say("\(step.section.rawValue) \(step.number) is done", at: state.present)
    case .open: say("\(step.section.rawValue) \(step.number) is open again", at: state.present)
    case .decided, .skipped: break
    }
    return [.intent(.runbook(service: view.place.service, .init(view.card), .mark(mark)))]
  }

  /// Where the cursor was put on it, it does not stay there.
  private mutating func leave(_ step: String) {
    if chosen[.runbook]?.id == step { stepLeft = step }
  }

  mutating func askAboutStep(
    _ state: State, _ what: (String) -> Prompt.WordsFor
  ) -> [Effect] {
    guard playback == nil else { return refuseInPast("note", state) }
    guard let view = view(state) else { return refuse(.note, state.present) }
    guard let step = view.step else {
      guard case .note = what("") else {
        return complain("there is no step here; \(keys.sign(.moveDown)) goes to one", state)
      }
      return ask(.note(step: nil), about: view.place, state)
    }
    return ask(what(step.id), about: view.place, state)
  }

  private mutating func ask(
    _ what: Prompt.WordsFor, about place: RunbookPlace, _ state: State
  ) -> [Effect] {
    guard playback == nil else { return refuseInPast("decide", state) }
    prompt = Prompt(purpose: .words(place, what), text: "")
    return []
  }

  /// Takes the words that were asked for; without any, nothing was said.
  mutating func write(
    _ text: String, about place: RunbookPlace, _ what: Prompt.WordsFor, _ state: State
  ) -> [Effect] {
    let text = text.split(separator: " ").joined(separator: " ")
    guard !text.isEmpty else {
      prompt?.problem = "say it in a few words, or Esc leaves it"
      return [.bell]
    }
    prompt = nil
    guard let view = RunbookView(place, state, self) else { return [] }
    let title = { (step: String) in view.runbook.text.step(step)?.words ?? step }
    let deed: RunbookAct.Deed =
      switch what {
      case .decision(let step):
        .mark(StepMark(step: step, title: title(step), outcome: .decided(text)))
      case .skipping(let step):
        .mark(StepMark(step: step, title: title(step), outcome: .skipped(reason: text)))
      case .note(let step): .note(step: step, text: text)
      }
    switch what {
    case .decision(let step), .skipping(let step): leave(step)
    case .note: break
    }
    say("written down", at: state.present)
    return [.intent(.runbook(service: place.service, .init(view.card), deed))]
  }

  /// Lays down the runbook that is open.
  mutating func layDown(_ reason: String, _ state: State) -> [Effect] {
    guard playback == nil else { return refuseInPast("laydown", state) }
    guard let view = view(state), view.work?.isOpen == true else {
      return complain("open a runbook that is being followed first", state)
    }
    guard !reason.isEmpty else { return complain("say why: :laydown REASON", state) }
    say("laid down", at: state.present)
    return [
      .intent(.runbook(service: view.place.service, .init(view.card), .close(reason: reason)))
    ]
  }

  // MARK: Messages

  /// Shows what is to be sent, and copies it.
  mutating func composeMessage(_ state: State) -> [Effect] {
    guard let view = view(state) else {
      return refuse(.message, state.present)
    }
    push(.message(view.place))
    say("sent to the terminal's clipboard: look at it before you send it", at: state.present)
    return [.copy(IncidentMessage(view).toResponders)]
  }
}

extension Prompt {
  /// What stands before the text.
  var sign: String {
    switch purpose {
    case .palette: ":"
    case .filter, .search: "/"
    case .words(_, .decision): "decided: "
    case .words(_, .skipping): "skipped because: "
    case .words(_, .note): "note: "
    case .arguments(let ask): "\(ask.action): "
    case .breaking: "in spite of it because: "
    case .reason(_, .cancelling): "not done because: "
    case .reason(_, .rejecting): "rejected because: "
    case .name(_, let service): "type \(service): "
    }
  }
}
