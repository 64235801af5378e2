import Canvas
import Conditions
import Fleet
import Health
import Incident
import Markdown
import Runbooks
import Telemetry

/// What `y` offers of a service: each text with the key that copies it.
package struct CopyOffer: Sendable, Hashable {
  package struct Choice: Sendable, Hashable {
    package var key: Character
    /// What it is, for the last line: `name`, `trace`.
    package var what: String
    /// Whole, as it goes to the clipboard.
    package var text: String
  }

  package private(set) var choices: [Choice] = []

  /// The name, the reason, every address (worst instance first) and the slowest traced request.
  init(of service: ServicePresent, at now: Instant) {
    offer("n", "name", service.definition.name)
    if let reason = service.verdict.reasons.first { offer("m", "why", reason) }
    let instances = service.instances.enumerated().sorted { a, b in
      let (left, right) = (a.element.health.state.severity, b.element.health.state.severity)
      return left == right ? a.offset < b.offset : left > right
    }
    for (row, instance) in instances.prefix(9).enumerated() {
      offer(Character("\(row + 1)"), "URL", instance.element.definition.url)
    }
    let traced = service.instances.flatMap { $0.meter.exemplars(at: now.seconds) }
      .max { ($0.duration, $1.traceID) < ($1.duration, $0.traceID) }
    if let traced { offer("t", "trace", traced.traceID) }
  }

  /// The newest words of Damcon itself, newest first.
  init(of notes: [DatedNote]) {
    for (row, dated) in notes.suffix(9).reversed().enumerated() {
      offer(Character("\(row + 1)"), "line", dated.note.text)
    }
  }

  /// What can be run of the step under the cursor, then where more is to be seen.
  init(of view: RunbookView) {
    let commands = view.step?.commands(for: view.service?.language) ?? []
    for (row, command) in commands.prefix(6).enumerated() {
      offer(Character("\(row + 1)"), command.name ?? "command", lines: command.text)
    }
    let links = view.runbook.links.map { ($0.title ?? "link", $0.url) }
    let drawn = view.card.indicators.flatMap { indicator in
      [("dashboard", indicator.dashboard), ("query", indicator.query)]
        .compactMap { what, text in text.map { (what, $0) } }
    }
    for ((what, text), key) in zip(links + drawn, "abcdefgh") { offer(key, what, text) }
    offer("i", "id", view.card.id)
  }

  init(of message: IncidentMessage) {
    offer("m", "message", lines: message.toResponders)
    for (row, text) in message.toCustomers.prefix(9).enumerated() {
      offer(Character("\(row + 1)"), "status", text)
    }
  }

  /// Several lines of our own files; the last does not end, so that a shell waits for Enter.
  private mutating func offer(_ key: Character, _ what: String, lines text: String) {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
      .map { DisplayText.sanitised(String($0)) }
    let clean = lines.joined(separator: "\n").trimmingLineEnds
    if !clean.isEmpty { choices.append(Choice(key: key, what: what, text: clean)) }
  }

  /// A text from a service must not be able to press Enter in the shell it is pasted into.
  private mutating func offer(_ key: Character, _ what: String, _ text: String) {
    let clean = DisplayText.sanitised(text)
    guard !clean.isEmpty else { return }
    choices.append(Choice(key: key, what: what, text: clean))
  }

  func choice(by key: Key) -> Choice? {
    guard case .character(let character) = key else { return nil }
    return choices.first { $0.key == character }
  }
}

extension String {
  fileprivate var trimmingLineEnds: String {
    var text = self[...]
    while text.last?.isNewline == true { text.removeLast() }
    return String(text)
  }
}

extension ConsoleState {
  /// Opens the offer of what stands under the cursor.
  mutating func offerCopy(_ state: State) -> [Effect] {
    let present = state.present
    var offer: CopyOffer?
    switch pane {
    case .fleet:
      offer = aimed(FleetOrder(present, self), present).map { CopyOffer(of: $0, at: present.now) }
    case .service(let name):
      offer = present.service(named: name).map { CopyOffer(of: $0, at: present.now) }
    case .log: offer = CopyOffer(of: present.notes)
    case .runbook(let place):
      offer = RunbookView(place, state, self).map { CopyOffer(of: $0) }
    case .message(let place):
      offer = RunbookView(place, state, self).map { CopyOffer(of: IncidentMessage($0)) }
    case .handover: return [.copy(Handover(state, self).text)]
    case .budgets, .fallbacks, .changes, .origin, .capabilities, .difference, .runbooks,
      .actions:
      offer = aimedBlock(state).flatMap(present.service(named:)).map {
        CopyOffer(of: $0, at: present.now)
      }
    case .help, .glossary, .action, .targets, .here: break
    }
    guard let offer, !offer.choices.isEmpty else {
      say("there is nothing here to copy", .warning, at: present)
      return [.bell]
    }
    copyOffer = offer
    return []
  }

  /// The key after `y`: one of the offered, or none of them and nothing is copied.
  mutating func take(_ offer: CopyOffer, _ key: Key, _ state: State) -> [Effect] {
    copyOffer = nil
    if key == .control("c") { return quitAtOnce() }
    guard let choice = offer.choice(by: key) else {
      if key != .escape { say("nothing was copied", at: state.present) }
      return []
    }
    // Whether it reaches a clipboard is the terminal's affair, and nobody tells us.
    say("sent to the terminal: \(choice.text)", at: state.present)
    return [.copy(choice.text)]
  }
}
