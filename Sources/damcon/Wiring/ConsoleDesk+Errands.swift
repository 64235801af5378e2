import Bridge
import Incident
import Presence
import Replay

extension ConsoleDesk {
  /// What the desk has done outside of itself.
  struct Errands: Sendable {
    /// Asks the session, and comes back with what it answers at once.
    var submit: IntentLine.Carrier
    /// Has the past opened, which then looks at the desk; nil where there is none but what is shown.
    var openPast: (@Sendable () -> Void)?
    /// Lets go of it.
    var closePast: @Sendable () -> Void
    /// Writes a note about an instant of a recording down; nil where the session does, with the time that it is about.
    var note: (@Sendable (String, Present) throws -> Past.Ask?)?
    /// Tells the others what this responder does that is no fact.
    var act: @Sendable (PresenceAct) -> Void = { _ in }
    /// Has what charts look back on sent, where it has not come yet.
    var wantHistory: @Sendable () -> Void = {}
  }
}
