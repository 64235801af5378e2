import Canvas
import Fleet
import Health
import Incident
import Runbooks

/// What the next person must know, and nothing else: plain lines, to be read and to be copied.
struct Handover {
  private let state: State
  private let console: ConsoleState
  private var present: Present { state.present }
  private var now: Instant { present.now }

  init(_ state: State, _ console: ConsoleState) {
    self.state = state
    self.console = console
  }

  /// Titles in capitals, what they say below them.
  var lines: [String] {
    var lines = ["HAND-OVER  \(present.fleet.name)\(environment)  \(Clock.utc(now))", ""]
    func add(_ title: String, _ section: [String]) {
      guard !section.isEmpty else { return }
      lines += [title] + section.map { "  \($0)" } + [""]
    }
    add("INCIDENT", incident)
    add("BROKEN NOW", broken)
    add("USERS", users)
    add("DONE", done)
    add("OPEN", open)
    add("NEXT", next)
    while lines.last == "" { lines.removeLast() }
    return lines
  }

  var text: String { lines.joined(separator: "\n") }

  private var environment: String {
    present.fleet.environment.map { " (\($0.name))" } ?? ""
  }

  private var incident: [String] {
    guard let incident = present.openIncident else { return ["none is open"] }
    let age = Quantity.duration(now.seconds(since: incident.opened))
    var lines = ["open \(age), since \(Clock.utc(incident.opened)): \(incident.because)"]
    let severity = incident.severity?.rawValue ?? "no severity yet"
    let lead = incident.commander.map { "\($0) leads" } ?? "nobody leads"
    let since = Quantity.duration(now.seconds(since: incident.phaseSince))
    lines.append("\(severity), \(lead), \(incident.phase.rawValue) for \(since)")
    return lines
  }

  private var broken: [String] {
    present.services.filter { !$0.verdict.state.isQuiet }
      .sorted { ($1.verdict.state, $0.definition.tier) < ($0.verdict.state, $1.definition.tier) }
      .prefix(12).map { service in
        let why = service.verdict.reasons.prefix(2).joined(separator: "; ")
        let age = Quantity.duration(now.seconds(since: service.verdict.since))
        return "\(service.definition.name) \(service.verdict.state.rawValue) \(age)"
          + (why.isEmpty ? "" : ": \(why)")
      }
  }

  private var users: [String] {
    present.capabilities.filter { $0.state != .whole }.map { capability in
      "\(capability.definition.name) \(capability.state.rawValue)"
        + (CapabilityWords.gets(capability).map { ": \($0)" } ?? "")
    }
  }

  private var done: [String] {
    works + DoneActions(present).done().map { "\(Clock.utc($0.at)) \($0.by): \($0.words)" }
  }

  private var works: [String] {
    present.works.filter { isOfNow($0) }.flatMap { work -> [String] in
      let phase =
        switch work.phase {
        case .working: "not verified"
        case .verified(let at): "verified \(Clock.utc(at))"
        case .closed(let closing): "laid down: \(closing.reason)"
        }
      let back = work.recurrences > 0 ? ", came back \(work.recurrences) times" : ""
      return ["\(work.service): \(work.runbook.id), \(phase)\(back)"]
        + work.marks.filter { $0.mark.outcome != .open }.map {
          "  \(Clock.utc($0.at)) \($0.by): \($0.mark.words)"
        }
        + work.notes.suffix(5).map { "  \(Clock.utc($0.at)) \($0.by): \($0.text)" }
    }
  }

  /// Taken up in this incident, or within the last hours where there is none.
  private func isOfNow(_ work: RunbookWork) -> Bool {
    if work.isOpen { return true }
    guard let incident = present.openIncident else {
      return now.seconds(since: work.began) < 14_400
    }
    return work.began.offset >= incident.opened.offset
  }

  private var open: [String] {
    var lines = DoneActions(present).open
    for work in present.works where work.isOpen {
      guard let runbook = console.library.runbook(hash: work.runbook.hash) else { continue }
      let left = runbook.text.steps.filter { work.mark(of: $0.id) == nil }
      let acts = left.filter { [.containment, .remediation, .rollback].contains($0.section) }
      for step in (acts.isEmpty ? left : acts).prefix(3) {
        lines.append("\(work.service): \(step.section.rawValue) \(step.number) \(step.words)")
      }
    }
    for name in Set(present.services.map(\.definition.name)).sorted() {
      guard let service = present.service(named: name) else { continue }
      for track in service.fallbackTracks where track.isInUse {
        let left = track.left(at: now).map {
          $0 > 0 ? "\(Quantity.duration($0)) left" : "beyond its tolerance"
        }
        lines.append("\(name) serves \(track.name)" + (left.map { ", \($0)" } ?? ""))
      }
    }
    return lines
  }

  private var next: [String] {
    var lines: [String] = []
    for work in present.works where work.isOpen {
      guard let card = present.runbooks.first(where: { $0.hash == work.runbook.hash }) else {
        continue
      }
      let clock = EscalationClock(card.escalation, from: present.openIncident?.opened, at: now)
      if let due = clock.due.first {
        lines.append("\(EscalationClock.name(due)) is due for \(work.service)")
      }
      if let next = clock.next {
        lines.append(
          "\(EscalationClock.name(next.level)) for \(work.service) in "
            + Quantity.countdown(next.left))
      }
    }
    return lines
  }
}

/// What users are told of a capability.
enum CapabilityWords {
  /// What they get now; nil where nobody has said.
  static func gets(_ capability: CapabilityPresent) -> String? {
    let words = capability.definition.usersGet
    return capability.state == .lost ? words.lost : words.degraded
  }
}
