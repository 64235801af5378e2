import Fleet
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

/// Who leads, how bad it is, what is being done.
extension ConsoleState {
  mutating func setSeverity(_ word: String, _ state: State) -> [Effect] {
    guard let severity = Severity(rawValue: word.lowercased()) else {
      let all = Severity.allCases.map(\.rawValue).joined(separator: ", ")
      return complain("a severity is one of \(all), not `\(word)`", state)
    }
    return change("severity", .severity(severity), "severity \(severity.rawValue)", state)
  }

  mutating func setPhase(_ word: String, _ state: State) -> [Effect] {
    let found = IncidentRecord.Phase.allCases.filter { $0.rawValue.hasPrefix(word.lowercased()) }
    guard let phase = found.first, found.count == 1 else {
      let all = IncidentRecord.Phase.allCases.map(\.rawValue).joined(separator: ", ")
      return complain("a phase is one of \(all), not `\(word)`", state)
    }
    return change("phase", .phase(phase), "now \(phase.rawValue)", state)
  }

  mutating func takeLead(_ name: String, _ state: State) -> [Effect] {
    let name = String(name.prefix(60))
    return change(
      "lead", .command(name), name.isEmpty ? "you take the lead" : "\(name) leads", state)
  }

  private mutating func change(
    _ word: String, _ wish: Effect.Wish, _ said: String, _ state: State
  ) -> [Effect] {
    guard playback == nil else { return refuseInPast(word, state) }
    guard state.present.openIncident != nil else {
      return complain("no incident is open; :declare TITLE opens one", state)
    }
    say(said, at: state.present)
    return [.intent(wish)]
  }
}
