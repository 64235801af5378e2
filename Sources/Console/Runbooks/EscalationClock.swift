import Canvas
import Fleet
import Incident
import Runbooks

/// Who is called when, counted from when the incident was opened.
struct EscalationClock {
  private let levels: [EscalationLevel]
  private let start: Instant?
  private let now: Instant

  init(_ levels: [EscalationLevel], from start: Instant?, at now: Instant) {
    self.levels = levels
    self.start = start
    self.now = now
  }

  /// The first level whose time has not come, with the seconds that are left; nil where all have.
  var next: (level: EscalationLevel, left: Double)? {
    guard let start else { return nil }
    let passed = now.seconds(since: start)
    return levels.first { $0.after > passed }.map { ($0, $0.after - passed) }
  }

  /// Levels whose time has come, the last first.
  var due: [EscalationLevel] {
    guard let start else { return [] }
    let passed = now.seconds(since: start)
    return levels.filter { $0.after <= passed }.reversed()
  }

  func lines(width: Int) -> [[Run]] {
    guard !levels.isEmpty else { return [] }
    guard start != nil else {
      let plan = levels.map { "\(Self.name($0)) after \(Quantity.duration($0.after))" }
      return LineBreaker.lines(
        [
          Run("ESCALATION  ", .title),
          Run(plan.joined(separator: ", ") + "; :declare starts it", .dim),
        ],
        width: width, indent: 12)
    }
    var runs = [Run("ESCALATION  ", .title)]
    if let last = due.first {
      runs += [Run("\(Self.name(last)) is due", .bad), Run(" since \(overdue(last))", .bad)]
      if next != nil { runs.append(Run(", ", .dim)) }
    }
    if let next {
      runs += [
        Run(Self.name(next.level), .strong),
        Run(" in \(Quantity.countdown(next.left))", Self.style(next.left)),
      ]
    }
    return LineBreaker.lines(runs, width: width, indent: 12)
  }

  private func overdue(_ level: EscalationLevel) -> String {
    guard let start else { return "" }
    return Clock.utc(start.advanced(by: level.after))
  }

  /// `@jon in #pricing`
  static func name(_ level: EscalationLevel) -> String {
    level.channel.map { "\(level.to) in \($0)" } ?? level.to
  }

  /// The last minutes press.
  static func style(_ left: Double) -> Style { left < 120 ? Style(.warning) : .text }
}

/// The time that is left to decide how to contain it.
struct TriageClock {
  private let box: TriageBox
  private let left: Double
  private let isDecided: Bool

  /// Of the runbook, else of the incident's severity; nil where there is none, or nothing is on.
  init?(_ view: RunbookView) {
    let incident = view.present.openIncident
    let bySeverity = incident?.severity?.box.map {
      TriageBox(within: $0, decide: "contain or roll back")
    }
    guard let box = view.card.triage ?? bySeverity,
      let start = view.work?.cameBack ?? incident?.opened ?? view.work?.began
    else { return nil }
    self.box = box
    left = box.within - view.now.seconds(since: start)
    isDecided = view.work?.isDecided ?? false
  }

  func lines(width: Int) -> [[Run]] {
    if isDecided { return [[Run("TRIAGE BOX  ", .title), Run("decided", .good)]] }
    var runs = [Run("TRIAGE BOX  ", .title)]
    if left > 0 {
      runs += [
        Run(box.decide, .strong),
        Run(" in \(Quantity.countdown(left))", EscalationClock.style(left)),
      ]
      if let otherwise = box.otherwise { runs.append(Run("; else: \(otherwise)", .dim)) }
    } else {
      let late = Quantity.countdown(-left)
      runs.append(Run("over for \(late): \(box.otherwise ?? box.decide) now", .bad))
    }
    return LineBreaker.lines(runs, width: width, indent: 12)
  }
}
