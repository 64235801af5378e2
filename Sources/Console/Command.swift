package import Containment
package import Incident
package import Presence
package import Runbooks

/// What a key or a palette line asks the console to do.
package enum Command: String, Sendable, Hashable, CaseIterable {
  case moveDown = "down"
  case moveUp = "up"
  case pageDown = "page-down"
  case pageUp = "page-up"
  case top, bottom
  case open, back
  case nextSection = "next-section"
  case previousSection = "previous-section"
  case nextService = "next-service"
  case previousService = "previous-service"
  case fleet, service, log, help
  case budgets, fallbacks, changes, origin, capabilities, glossary
  case filter, sort, palette
  case fold
  case runbook, check, skip, note, message
  /// What can be done about a service; the rest is for one action in its dialog.
  case act, confirm, approve, reject, cancel, revert, reconcile, recover
  case tryOut = "try-out"
  case chooseTargets = "choose-targets"
  case toggle
  /// What waits for somebody, wherever they are.
  case attend, hold
  /// Who else is here, and going along with them.
  case here, follow, unfollow, present, hand
  case chooseNo = "choose-no"
  case chooseYes = "choose-yes"
  case poll, reload, copy
  case redraw, quit
  case pause
  case stepBack = "step-back"
  case stepForward = "step-forward"
  case minuteBack = "minute-back"
  case minuteForward = "minute-forward"
  case previousEvent = "previous-event"
  case nextEvent = "next-event"
  case faster, slower, backwards
  case mark, difference, live
  case zoomIn = "zoom-in"
  case zoomOut = "zoom-out"

  /// Whether it takes the cursor to another row.
  var movesCursor: Bool {
    switch self {
    case .moveDown, .moveUp, .pageDown, .pageUp, .top, .bottom: true
    default: false
    }
  }

  /// Why it cannot be done in `place`, and what to do instead; said when its key is pressed there.
  func refusal(in place: Place, _ keys: KeyMap) -> String {
    func key(_ command: Command) -> String { keys.sign(command, in: place) }
    return switch self {
    case .open: "nothing to open in \(place.words); \(key(.back)) goes back"
    case .back: "this is the first pane; \(key(.quit)) quits"
    case .nextSection, .previousSection:
      place == .fleet
        ? "the screen is too narrow to show a service beside the fleet; \(key(.open)) opens one"
        : "\(key(.nextSection)) goes through the sections of a service; \(key(.back)) goes back"
    case .nextService, .previousService:
      "\(key(.previousService)) and \(key(.nextService)) go from service to service inside one; "
        + "\(key(.open)) opens one"
    case .fold: "nothing is folded here; \(key(.moveDown)) goes to the next line"
    case .check, .skip:
      "`\(rawValue)` is for a step; \(key(.runbook)) opens the runbook that matches"
    case .message: "a message is made from a runbook; \(key(.runbook)) opens the one that matches"
    case .copy: "there is nothing to copy in \(place.words)"
    case .note: ":note TEXT writes down what you see; in a runbook \(key(.note)) adds to a step"
    case .filter, .sort: "\(rawValue) works on the fleet; press \(key(.fleet)) to go there"
    case .confirm, .approve, .reject, .cancel, .revert, .reconcile, .recover, .tryOut, .chooseNo,
      .chooseYes, .chooseTargets:
      "`\(rawValue)` is for an action; \(key(.act)) shows what can be done"
    case .toggle: "there is nothing to choose here; \(key(.help)) shows what can be done"
    case .quit:
      "\(keys.sign(.quit, in: .fleet)) quits from the fleet only: \(key(.back)) goes back, "
        + "Ctrl-C quits at once"
    default: "`\(rawValue)` does nothing in \(place.words); \(key(.help)) shows what does"
    }
  }
}

/// What the world outside is asked to do after an event.
package enum Effect: Sendable, Hashable {
  case quit
  /// To be submitted to the session.
  case intent(Wish)
  /// To be carried out by whoever owns the past that is shown, or could be.
  case playback(PlaybackWish)
  /// A key that could do nothing.
  case bell
  /// Something begins to wait for whoever sits before this screen.
  case ring
  /// A text for the clipboard of the responder's own machine.
  case copy(String)
  /// To be told to the session: nothing about the fleet comes of it.
  case presence(PresenceAct)
  /// Draw every cell anew, whatever the terminal is thought to show.
  case redraw

  /// The intents that the console can have; the session decides whether they are granted.
  package enum Wish: Sendable, Hashable {
    case reload, poll
    case declare(title: String)
    case resolve(reason: String?)
    case severity(Severity)
    case command(String)
    case phase(IncidentRecord.Phase)
    case runbook(service: String, RunbookAct.Pin, RunbookAct.Deed)
    /// The plan's name is to begin with the ticket and a full stop; where there can be none, a note says
    /// `ACTION on SERVICE cannot be planned: …`.
    ///
    /// Of the targets nil is all there are.
    case plan(
      ticket: String, action: String, service: String, arguments: [String: Argument],
      origin: ActionPlan.Origin?, reason: String, targets: [String]? = nil)
    /// What somebody says to a plan.
    case action(run: String, ActionMove.Step)
    case takeBack(run: String)
    /// Asks the targets what is so now.
    case reconcile(run: String)
    /// Asks them what would come of it; nothing is done by that.
    case tryOut(run: String)
    /// The emergency stop.
    case halt(HaltMove.Step)
    /// A rule that is announced is not to act.
    case hold(rule: String, service: String)

    package static func approve(run: String, hash: String) -> Wish {
      .action(run: run, .approve(hash: hash))
    }
    package static func reject(run: String, reason: String) -> Wish {
      .action(run: run, .reject(reason: reason))
    }
    package static func confirm(run: String, hash: String) -> Wish {
      .action(run: run, .confirm(hash: hash))
    }
    package static func cancel(run: String, reason: String) -> Wish {
      .action(run: run, .cancel(reason: reason))
    }
  }
}
