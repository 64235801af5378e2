package import Presence
package import Session

/// What somebody at this screen asks of the session, and does in sight of the others.
extension Mirror {
  /// What someone asks for; the session says who that is, and what came of it.
  @discardableResult
  package func submit(_ intent: Intent) async -> IntentOutcome {
    guard isAttached else {
      return IntentOutcome(
        refusal: "not connected to the session: \(trouble.isEmpty ? "it is being called" : trouble)"
      )
    }
    if let objection = ask(.intent(intent)) { return IntentOutcome(refusal: objection) }
    let id = lastAsk
    return await withCheckedContinuation { continuation in
      asked[id] = Question(
        intent: intent, deadline: .now + .seconds(limits.answer), answer: continuation)
    }
  }

  /// Tells the others; what is done while there is no connection is told once there is one again.
  package func act(_ act: PresenceAct) {
    switch act {
    case .look(let view):
      guard view.isSayable else { return }
      attachment.view = view
    case .raiseHand(let isUp): hasHandUp = isUp
    case .present(let presents): isPresenting = presents
    // Whoever is followed has another number after a session has begun anew.
    case .follow: break
    }
    if isAttached { _ = ask(.presence(act)) }
  }

  /// Where they look is said with the attachment.
  func presentAgain() {
    if hasHandUp { _ = ask(.presence(.raiseHand(true))) }
    if isPresenting { _ = ask(.presence(.present(true))) }
  }

  /// - Returns: why it is not asked; nil where it is, as `lastAsk`.
  func ask(_ matter: StreamAsk.Matter) -> String? {
    guard let stream else { return "not connected to the session" }
    lastAsk += 1
    return stream.send(StreamAsk(id: lastAsk, matter))
  }
}
