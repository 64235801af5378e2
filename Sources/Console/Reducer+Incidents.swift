import Incident
import Runbooks

/// Incidents that people open and close; a key alone does neither.
extension ConsoleState {
  /// Characters of a title that are kept: one line of a narrow screen, and some.
  private static let titleLimit = 120

  mutating func declare(_ title: String, _ state: State) -> [Effect] {
    guard playback == nil else { return refuseInPast("declare", state) }
    if let open = state.present.openIncident {
      return complain("an incident is open already: \(open.because); :resolve closes it", state)
    }
    say("declaring an incident: what it costs is with the budgets", at: state.present)
    return [.intent(.declare(title: String(title.prefix(ConsoleState.titleLimit))))]
  }

  mutating func resolve(_ reason: String, _ state: State) -> [Effect] {
    guard playback == nil else { return refuseInPast("resolve", state) }
    guard state.present.openIncident != nil else {
      return complain("no incident is open; :declare TITLE opens one", state)
    }
    if reason.isEmpty, let open = state.present.unproved.first {
      return complain(
        "the verification of \(open.runbook.id) for \(open.service) has not held: wait for it, or "
          + ":resolve REASON", state)
    }
    say("resolving the incident", at: state.present)
    return [.intent(.resolve(reason: reason.isEmpty ? nil : reason))]
  }
}
