import Canvas
import Fleet
import Health
import Incident
import Runbooks

/// What is sent to other people: to those who are called, and to those who use what is broken.
struct IncidentMessage {
  private let view: RunbookView
  private var present: Present { view.present }
  private var now: Instant { view.now }

  init(_ view: RunbookView) { self.view = view }

  /// To whoever is called next: service, impact, since when, what was done, what is asked.
  var toResponders: String {
    var lines: [String] = []
    let incident = present.openIncident
    let severity = incident?.severity.map { "[\($0.rawValue)] " } ?? ""
    let environment = present.fleet.environment.map { ", \($0.name)" } ?? ""
    if let service = view.service {
      let since = service.verdict.since
      lines.append(
        "\(severity)\(view.place.service) \(service.verdict.state.rawValue) since "
          + "\(Clock.utc(since)) (\(Quantity.duration(now.seconds(since: since))))\(environment)")
    } else {
      lines.append("\(severity)\(view.place.service)\(environment)")
    }
    if let match = view.match { lines.append("Shows: \(match.because.joined(separator: "; "))") }
    let impact = hurt.map { "\($0.definition.name) \($0.state.rawValue)" + gets($0) }
    if let first = impact.isEmpty ? view.runbook.impact : impact.joined(separator: "; ") {
      lines.append("Users: \(first)")
    }
    lines.append("Done: \(done)")
    lines.append("Asked: \(asked)")
    lines.append("Runbook: \(view.card.id) (\(view.revision))")
    return lines.joined(separator: "\n")
  }

  private var done: String {
    let marks = view.work?.marks.filter { $0.mark.outcome != .open } ?? []
    let words =
      marks.map { "\($0.mark.words) (\($0.by) \(Clock.utc($0.at)))" }
      + DoneActions(present).done(on: view.place.service).map {
        "\($0.words) (\($0.by) \(Clock.utc($0.at)))"
      }
    return words.isEmpty ? "nothing yet" : words.joined(separator: "; ")
  }

  private var asked: String {
    let clock = EscalationClock(view.card.escalation, from: view.start, at: now)
    let who = (clock.due.first ?? clock.next?.level).map(EscalationClock.name)
    var parts: [String] = []
    if let box = view.card.triage, view.work?.isDecided != true { parts.append(box.decide) }
    let open = view.runbook.text.steps.first {
      [.containment, .rollback].contains($0.section) && view.work?.mark(of: $0.id) == nil
    }
    if parts.isEmpty, let open { parts.append(open.words) }
    if parts.isEmpty { parts.append("watch with us until it is verified") }
    return (who.map { "\($0): " } ?? "") + parts.joined(separator: "; ")
  }

  /// Capabilities that are less than whole because of this service.
  private var hurt: [CapabilityPresent] {
    present.capabilities.filter { capability in
      capability.state != .whole
        && (capability.causes.contains { $0.service == view.place.service }
          || capability.definition.needs.contains { $0.service == view.place.service })
    }
  }

  private func gets(_ capability: CapabilityPresent) -> String {
    CapabilityWords.gets(capability).map { " (\($0))" } ?? ""
  }

  /// For a status page, in plain words: what, when it should be over, what to do meanwhile; one for each
  /// capability that is hurt.
  var toCustomers: [String] {
    let broken = hurt.isEmpty ? present.capabilities.filter { $0.state != .whole } : hurt
    return broken.map { capability in
      let definition = capability.definition
      let state = capability.state == .lost ? "does not work at the moment" : "works in part"
      var text = "\(definition.name) \(state)"
      if let gets = CapabilityWords.gets(capability) { text += ": \(gets)" }
      text += "."
      if let recovery = definition.expectedRecovery {
        let until = Clock.utc(capability.since.advanced(by: recovery)).prefix(5)
        text +=
          now.seconds(since: capability.since) < recovery
          ? " We expect it to be back by \(until) UTC."
          : " It takes longer than we expected; we are working on it."
      } else {
        text += " We are working on it."
      }
      if let instead = definition.instead { text += " Until then: \(instead)." }
      return text
    }
  }

  /// All of it, to be looked at before it is sent.
  func lines(width: Int) -> [[Run]] {
    var lines: [[Run]] = [[Run("TO WHO IS CALLED", .title), Run("  copied", .dim)]]
    lines += toResponders.split(separator: "\n").flatMap {
      LineBreaker.lines([Run(String($0))], width: width - 2, indent: 2)
    }.map { [Run("  ")] + $0 }
    lines += [[], [Run("FOR THE STATUS PAGE", .title)]]
    let status = toCustomers
    if status.isEmpty {
      lines.append([Run("  nothing that users can do is less than whole", .dim)])
    }
    for text in status {
      lines += LineBreaker.lines([Run(text)], width: width - 2, indent: 2).map { [Run("  ")] + $0 }
    }
    return lines
  }
}
