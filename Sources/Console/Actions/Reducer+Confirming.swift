import Canvas
import Containment
import Fleet
package import Incident

/// The keys of an action's dialog. What is sent needs a key, a choice or a name, and mostly a letter too; none
/// of them can be pasted, held down or typed ahead.
extension ConsoleState {
  /// Seconds after which what was confirmed may be confirmed again, if nothing came of it.
  private static let answerTime = 5.0
  static let tooFast = "too fast to be meant: press it again"
  private static let unarmed = ":arm first: this is read-only"

  /// What the dialog waits for a confirming key of, by plan and stage; nil where no key confirms anything.
  ///
  /// Where it becomes another, what was typed before is not meant for it.
  package func confirmation(over state: State) -> String? {
    guard prompt == nil, copyOffer == nil, company.following == nil, company.cameWith == nil,
      isArmed(state.present),
      let question = ActionQuestion(state.present, self)
    else { return nil }
    let run = question.run.plan.id
    let begun = confirming.map { "/\($0.deed.rawValue)/\($0.stage.word)" } ?? ""
    if question.allows(.approve) { return "\(run)/approve\(begun)" }
    if question.allows(.recover) { return "\(run)/recover\(begun)" }
    guard let deed = question.deed, question.stage != .name else { return nil }
    return "\(run)/\(deed.rawValue)/\(question.stage.word)"
  }

  // MARK: The letter

  /// A key while the letter is asked for; nil where it is not.
  mutating func answer(_ key: Key, _ state: State) -> [Effect]? {
    guard let question = ActionQuestion(state.present, self), let deed = question.deed,
      question.waitsForLetter
    else { return nil }
    // A rule that counts is stopped from anywhere, and nothing is confirmed by that.
    if keys.meaning(of: key, in: .action) == .command(.hold), !state.present.countdowns.isEmpty {
      confirming = nil
      return nil
    }
    if key == KeyName.panic {
      confirming = nil
      return quitAtOnce()
    }
    if case .character = key, isHasty { return complain(Self.tooFast, state) }
    confirming = nil
    guard key == .character(question.letter) else {
      let typed = key == .escape ? "" : "\(key.name(ascii: glyphs.isASCII)) is not the letter: "
      return complain("\(typed)nothing was sent", state)
    }
    return carryOut(deed, question, state)
  }

  private mutating func carryOut(
    _ deed: ActionQuestion.Deed, _ question: ActionQuestion, _ state: State
  ) -> [Effect] {
    guard isArmed(state.present) else { return complain(Self.unarmed, state) }
    let run = question.run
    confirming = nil
    answered = Answered(
      run: run.plan.id, state: run.state,
      until: state.present.now.advanced(by: Self.answerTime).offset)
    switch deed {
    case .send: return [.intent(.confirm(run: run.plan.id, hash: run.hash))]
    case .revert: return [.intent(.takeBack(run: run.plan.id))]
    }
  }

  // MARK: Keys

  /// A key of the dialog.
  mutating func answer(by command: Command, _ state: State) -> [Effect] {
    guard pane.place == .action else { return refuse(command, state.present) }
    guard playback == nil else {
      return command == .chooseNo ? perform(.back, state) : refuseInPast(command.rawValue, state)
    }
    guard let question = ActionQuestion(state.present, self) else {
      if command == .chooseNo { return perform(.back, state) }
      return complain("there is no plan yet; \(keys.sign(.back, in: .action)) goes back", state)
    }
    switch command {
    case .chooseNo, .chooseYes: return choose(isYes: command == .chooseYes, question, state)
    case .confirm: return confirm(question, state)
    case .approve:
      if let refusal = question.refusal(of: .approve(hash: question.run.hash)) {
        return complain(refusal, state)
      }
      guard isArmed(state.present) else { return complain(Self.unarmed, state) }
      guard !isHasty else { return complain(Self.tooFast, state) }
      return [.intent(.approve(run: question.run.plan.id, hash: question.run.hash))]
    case .reject: return askWhy(.rejecting, .reject(reason: ""), question, state)
    case .cancel: return askWhy(.cancelling, .cancel(reason: ""), question, state)
    case .revert: return beginReverting(question, state)
    case .recover:
      if let refusal = question.refusal(of: .recover(hash: question.run.hash)) {
        return complain(refusal, state)
      }
      guard isArmed(state.present) else { return complain(Self.unarmed, state) }
      guard !isHasty else { return complain(Self.tooFast, state) }
      return [.intent(.action(run: question.run.plan.id, .recover(hash: question.run.hash)))]
    case .tryOut:
      if let refusal = question.refusalOfTryingOut { return complain(refusal, state) }
      say("trying it out: nothing is done by that", at: state.present)
      return [.intent(.tryOut(run: question.run.plan.id))]
    case .reconcile:
      if let refusal = question.refusalOfLookingUp { return complain(refusal, state) }
      say(
        "asking \(question.run.plan.services.joined(separator: ", ")) what is so now",
        at: state.present)
      return [.intent(.reconcile(run: question.run.plan.id))]
    default: return refuse(command, state.present)
    }
  }

  /// `y`: does it where the risk is low, and begins where it is high.
  private mutating func confirm(_ question: ActionQuestion, _ state: State) -> [Effect] {
    guard let deed = question.deed else { return refuseToConfirm(question, state) }
    guard isArmed(state.present) else { return complain(Self.unarmed, state) }
    switch question.stage {
    case .key:
      guard !isHasty else { return complain(Self.tooFast, state) }
      return carryOut(deed, question, state)
    case .choice, .letter:
      return complain("choose with Left and Right, then Enter: a letter is asked for then", state)
    case .name:
      let plan = question.run.plan
      prompt = Prompt(purpose: .name(run: plan.id, service: plan.nameToType), text: "")
      return []
    }
  }

  private mutating func refuseToConfirm(
    _ question: ActionQuestion, _ state: State
  ) -> [Effect] {
    if question.isAnswered { return complain("it was confirmed: a moment", state) }
    guard question.isOnLargeEnoughScreen else {
      return complain("make the screen larger: it cannot tell what would be done", state)
    }
    return complain(question.refusal(of: .send) ?? "nothing waits to be confirmed", state)
  }

  private mutating func choose(
    isYes: Bool, _ question: ActionQuestion, _ state: State
  ) -> [Effect] {
    guard let deed = question.deed, case .choice(let isOnYes) = question.stage else {
      return isYes ? complain("there is nothing to choose here", state) : perform(.back, state)
    }
    if isYes != isOnYes {
      confirming = Confirming(run: question.run.plan.id, deed: deed, stage: .choice(isYes: isYes))
    }
    return []
  }

  /// Enter: takes No or Yes; with Yes the letter is asked for.
  mutating func takeChoice(_ state: State) -> [Effect] {
    guard playback == nil else { return refuseInPast("confirm", state) }
    guard let question = ActionQuestion(state.present, self) else {
      return complain("there is no plan yet; \(keys.sign(.back, in: .action)) goes back", state)
    }
    guard let deed = question.deed else { return refuseToConfirm(question, state) }
    guard case .choice(let isYes) = question.stage else { return confirmByEnter(question, state) }
    guard isYes else {
      confirming = nil
      say(
        deed == .revert ? "it is not taken back" : "nothing was sent; the plan stays",
        at: state.present)
      return []
    }
    guard isArmed(state.present) else { return complain(Self.unarmed, state) }
    guard !isHasty else { return complain(Self.tooFast, state) }
    confirming = Confirming(run: question.run.plan.id, deed: deed, stage: .letter)
    return []
  }

  /// Enter is pressed too easily to do anything by itself.
  private mutating func confirmByEnter(
    _ question: ActionQuestion, _ state: State
  ) -> [Effect] {
    let key = keys.sign(.confirm, in: .action)
    return complain(
      question.stage == .key ? "\(key) does it" : "\(key) begins, then the name is typed", state)
  }

  /// The name that was typed; with the right one the letter is asked for.
  mutating func takeName(
    _ text: String, _ service: String, of run: String, _ state: State
  ) -> [Effect] {
    guard text.split(separator: " ").joined(separator: " ") == service else {
      prompt?.problem = "that is not \(service): nothing was sent"
      return [.bell]
    }
    prompt = nil
    guard playback == nil else { return refuseInPast("confirm", state) }
    guard let question = ActionQuestion(state.present, self), question.run.plan.id == run,
      let deed = question.deed, question.stage == .name
    else { return complain("it cannot be confirmed any more", state) }
    guard isArmed(state.present) else { return complain(Self.unarmed, state) }
    confirming = Confirming(run: run, deed: deed, stage: .letter)
    return []
  }

  private mutating func beginReverting(
    _ question: ActionQuestion, _ state: State
  ) -> [Effect] {
    if let refusal = question.refusal(of: .revert) { return complain(refusal, state) }
    guard isArmed(state.present) else { return complain(Self.unarmed, state) }
    confirming = Confirming(
      run: question.run.plan.id, deed: .revert,
      stage: ActionQuestion.first(of: .revert, question.run.plan.risk))
    return []
  }

  private mutating func askWhy(
    _ what: Prompt.ReasonFor, _ step: ActionMove.Step, _ question: ActionQuestion, _ state: State
  ) -> [Effect] {
    if let refusal = question.refusal(of: step) { return complain(refusal, state) }
    prompt = Prompt(purpose: .reason(run: question.run.plan.id, what), text: "")
    return []
  }
}
