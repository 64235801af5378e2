import Canvas
import Containment
import Fleet
import Incident
import Presence

/// One action from its plan to its end: what and where stand above, what is asked below, and all the rest
/// scrolls between.
struct ActionDialog {
  private let ticket: String
  private let state: State
  private let console: ConsoleState
  private var present: Present { state.present }

  init(_ ticket: String, _ state: State, _ console: ConsoleState) {
    self.ticket = ticket
    self.state = state
    self.console = console
  }

  /// What is drawn where, for a size.
  private struct Parts {
    var head: [[Run]]
    var middle: [[Run]] = []
    var question: [[Run]] = []
    /// Lines above the middle, a rule included, and lines that the middle has.
    var top = 0
    var room = 0
    var hasRules = false
  }

  private func parts(_ size: Size) -> Parts {
    guard let question = ActionQuestion(present, console) else {
      return Parts(head: absence(width: size.width - 2))
    }
    let run = question.run
    let isTiny = size.height < 8 || size.width < 44
    let width = isTiny ? size.width : size.width - 2
    var parts = Parts(head: isTiny ? brief(run) : head(run, width: width))
    parts.question = question.lines(width: width)
    if !isTiny {
      parts.question = parts.question.flatMap { LineBreaker.lines($0, width: width, indent: 2) }
    }
    parts.question = Array(parts.question.prefix(max(1, size.height / 3)))
    parts.head = Array(parts.head.prefix(max(0, size.height - parts.question.count)))
    let rest = size.height - parts.head.count - parts.question.count
    parts.hasRules = rest >= 5
    parts.top = parts.head.count + (parts.hasRules ? 1 : 0)
    parts.room = max(0, rest - (parts.hasRules ? 2 : 0))
    let life = ActionLife(run, state, console)
    if isTiny { parts.middle = identity(run, width: width) + life.head(width: width) }
    parts.middle += life.advice(width: width) + life.warnings(width: width)
    parts.middle += life.trial(width: width)
    parts.middle += life.answers(width: width) + life.verification(width: width)
    parts.middle += life.recovery(width: width)
    parts.middle += ActionPlanLines(run, state).lines(width: width)
    return parts
  }

  func draw(on canvas: Canvas) {
    let parts = parts(canvas.size)
    let x = canvas.width < 44 || canvas.height < 8 ? 0 : 1
    for (y, line) in parts.head.enumerated() { canvas.put(line, at: Point(x, y)) }
    guard !parts.question.isEmpty else { return }
    let below = canvas.height - parts.question.count
    for (y, line) in parts.question.enumerated() { canvas.put(line, at: Point(x, below + y)) }
    if parts.hasRules {
      canvas.rule(y: parts.top - 1)
      canvas.rule(y: below - 1)
    }
    guard parts.room > 0 else { return }
    TextScroll.draw(
      parts.middle, from: console.textScroll,
      on: canvas.sub(Rect(x: 0, y: parts.top, width: canvas.width, height: parts.room)), x: x)
  }

  /// How far it can be scrolled.
  static func furthest(_ state: State, _ console: ConsoleState) -> Int {
    guard case .action(let ticket) = console.pane else { return 0 }
    let size = ScreenLayout(state, console).body.size
    let parts = ActionDialog(ticket, state, console).parts(size)
    return max(0, parts.middle.count - max(1, parts.room))
  }

  // MARK: What and where

  private func head(_ run: ActionRun, width: Int) -> [[Run]] {
    var lines = identity(run, width: width)
    let company = console.hereToo { view in
      view.pane == Place.action.rawValue && view.subject.first == run.plan.id
    }
    if !company.isEmpty, !lines.isEmpty { lines[lines.count - 1] += company }
    var second = [ActionWords.risk(run.plan.risk), Run("   "), undoing(run)]
    if run.plan.expiry != nil, run.plan.isReversible { second.append(Run(", or by itself", .dim)) }
    if let title = run.plan.title { second += [Run("   "), Run(title)] }
    if let outcome = run.plan.outcome { second.append(Run("   \(outcome)", .dim)) }
    lines += LineBreaker.lines(second, width: width).prefix(2)
    return lines + ActionLife(run, state, console).head(width: width).prefix(3)
  }

  /// ` production  cap-concurrency limit=32 on pricing`
  private func identity(_ run: ActionRun, width: Int) -> [[Run]] {
    let badge = badge(run)
    let runs = [
      Run(ActionWords.name(run.plan), .title), Run(" on "),
      Run(run.plan.services.joined(separator: ", "), .strong),
    ]
    return Array(
      LineBreaker.lines(
        (badge.map { [$0, Run("  ")] } ?? []) + runs, width: width, indent: 2
      ).prefix(3))
  }

  /// Where there is little room: where first, for a wrong place is the worst mistake.
  private func brief(_ run: ActionRun) -> [[Run]] {
    let badge =
      badge(run).map { [Run(String($0.text.dropFirst().dropLast()), $0.style), Run(" ")] } ?? []
    return [
      badge + [Run(run.plan.services.joined(separator: ", "), .strong)],
      [Run(ActionWords.name(run.plan), .title)],
    ]
  }

  private func badge(_ run: ActionRun) -> Run? {
    guard let name = run.plan.environment else { return nil }
    guard let own = present.fleet.environment, own.name == name else {
      return Environment(name: name).badge
    }
    return own.badge
  }

  private func undoing(_ run: ActionRun) -> Run {
    if run.plan.isReversible { return Run("can be taken back", .good) }
    let parts = run.plan.parts.indices
    let final = parts.count { !run.plan.canTakeBack(part: $0) }
    return final < parts.count
      ? Run("▲ \(final) of \(parts.count) cannot be taken back", .warning)
      : Run("▲ cannot be taken back", .warning)
  }

  /// While there is no plan: what is waited for, or why there is none.
  private func absence(width: Int) -> [[Run]] {
    guard let asked = console.asked, asked.ticket == ticket else {
      return LineBreaker.lines(
        [Run("This action is not known here, or not at this time.", .dim)], width: width)
    }
    let ask = asked.ask
    if let failure = asked.failure(present) {
      return LineBreaker.lines([Run("✖ \(failure)", .bad)], width: width, indent: 2)
        + [[Run("Nothing was sent.", .dim)]]
    }
    let waited = present.now.seconds(since: asked.at)
    var lines = LineBreaker.lines(
      [
        Run("asking "), Run(ask.service, .strong), Run(" what is so now…"),
        Run(waited >= 1 ? "  \(Quantity.countdown(waited))" : "", .dim),
      ], width: width)
    lines.append([Run("\(ask.action): nothing is done by asking", .dim)])
    return lines
  }
}
