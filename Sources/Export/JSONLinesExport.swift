import Fleet
package import Incident
import Telemetry

/// An object a line: what happened when it happened, and every service at each step.
///
/// Each line has `at` (RFC 3339 UTC) and `type`; what is not known is `null`, ratios are 0…1. Types
/// that happen: `began`, `fleet`, `documents` (the files in force), `state`, `alert`, `fallback`, `change`, `incident`,
/// `capability_state`, `journey_run`, `note` (Damcon's own), and what responders did: `remark`, `runbook`, `action`,
/// `rule` (what is done without a person, and who stopped it) and `halt` (the emergency stop). `action_state` tells what
/// became of an action, by what somebody did or by time alone (verified, regressed, expired, recovered …), and
/// `action_due` that it is to be taken back, its time being over. Types of each step: `service`, `capability` and
/// `journey`, which look as in `damcon snapshot --format json`, figures over the last minute.
package struct JSONLinesExport: Exporter {
  private var steps: Steps
  private var walk = EventWalk()
  private var lastWritten: UInt64?

  /// - Parameter step: seconds from one line of a service to its next.
  package init(step: Double = 15) { steps = Steps(every: step) }

  package mutating func take(_ entry: Entry, after state: State, to write: Write) throws {
    var text = ""
    for event in walk.follow(entry, state.present) {
      text += JSONLinesExport.line(event.type, at: event.at, event.members)
    }
    if !text.isEmpty { try write(text) }
    guard !state.present.services.isEmpty, steps.isDue(at: entry.instant.wall) else { return }
    try writeFigures(state.present, to: write)
  }

  package mutating func finish(after state: State?, to write: Write) throws {
    guard let present = state?.present, present.sequence != lastWritten, !present.services.isEmpty
    else { return }
    try writeFigures(present, to: write)
  }

  private mutating func writeFigures(_ present: Present, to write: Write) throws {
    lastWritten = present.sequence
    let now = present.now
    // By index: a copy of a service retains all that it holds.
    for index in present.services.indices {
      let members = SnapshotJSON.members(
        of: present.services[index], in: present, window: .minute)
      try write(
        JSONLinesExport.line("service", at: now, [("fleet", .string(present.fleet.name))] + members)
      )
    }
    var text = ""
    for capability in present.capabilities {
      text += JSONLinesExport.line("capability", at: now, StakesJSON.members(of: capability))
    }
    for journey in present.journeys {
      text += JSONLinesExport.line("journey", at: now, SnapshotJSON.members(of: journey, at: now))
    }
    if !text.isEmpty { try write(text) }
  }

  private static func line(
    _ type: String, at instant: Instant, _ members: [(String, JSONText)]
  ) -> String {
    JSONText.object([("at", SnapshotJSON.time(instant)), ("type", .string(type))] + members)
      .compact + "\n"
  }
}
