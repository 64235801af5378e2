import Canvas
import Conditions
import Fleet
import Health
import Incident
import Runbooks

/// A runbook as it is read now: its words, beside what they speak of.
struct RunbookView {
  let place: RunbookPlace
  let state: State
  let console: ConsoleState
  let runbook: Runbook
  /// nil: it is watched no more.
  let service: ServicePresent?
  /// nil: nothing speaks for it at the moment.
  let match: RunbookMatch?
  /// nil: nobody has taken it up.
  let work: RunbookWork?
  let facts: FleetFacts

  var present: Present { state.present }
  var now: Instant { present.now }
  var card: RunbookCard { runbook.card }

  /// nil where the words are not at hand.
  init?(_ place: RunbookPlace, _ state: State, _ console: ConsoleState) {
    guard let runbook = console.library.runbook(hash: place.hash) else { return nil }
    self.place = place
    self.state = state
    self.console = console
    self.runbook = runbook
    service = state.present.service(named: place.service)
    match = state.present.runbookMatches(of: place.service).first { $0.hash == place.hash }
    work = state.present.works.last {
      $0.service == place.service && $0.runbook.hash == place.hash
    }
    facts = FleetFacts(state, service: place.service)
  }

  /// Another revision of the same runbook is in force now.
  var newer: RunbookCard? {
    guard let current = present.runbooks.first(where: { $0.id == card.id }),
      current.hash != card.hash
    else { return nil }
    return current
  }

  /// When the story began that timers count from; nil in peace.
  var start: Instant? { present.openIncident?.opened }

  // MARK: Values of the moment

  /// `2.4s (live, 3s ago)`, or that it is not known.
  func live(_ asked: LiveValue) -> [Run] {
    let reference = asked.reference
    let name = reference.service ?? place.service
    let age = present.service(named: name)?.age(at: now)
    let when = age.map { " live, \(Quantity.duration($0)) ago" } ?? " live"
    switch facts.fact(reference) {
    case .number(let value):
      return [
        Run(facts.figure(value, reference), Style(.strong)), Run(when, .dim),
      ]
    case .word(let word): return [Run(word, Style(.strong)), Run(when, .dim)]
    case .unknown: return [Run("? \(FactWords.name(reference)) not known", Style(.unknown))]
    }
  }

  func lines(width: Int) -> MarkdownLines { MarkdownLines(width: width, value: live) }

  /// `? `, `✔ `, `✖ `: whether it holds now.
  static func mark(_ truth: Truth, isGood: Bool = true) -> Run {
    switch truth {
    case .yes: isGood ? Run("✔ ", .good) : Run("✖ ", .bad)
    case .no: isGood ? Run("✖ ", .bad) : Run("● ", .dim)
    case .unknown: Run("? ", .unknown)
    }
  }
}
