import Canvas
import Conditions
import Containment
import Fleet
import Incident

/// A rule at one service: what it would do, and how far it has come.
struct RuleLines {
  private let rule: Rule
  private let run: RuleRun
  private let state: State
  private let console: ConsoleState
  private var now: Instant { state.present.now }

  init(_ rule: Rule, _ run: RuleRun, _ state: State, _ console: ConsoleState) {
    self.rule = rule
    self.run = run
    self.state = state
    self.console = console
  }

  /// `◷ drain-on-panic  counting, 23s left, S stops it  drain`
  var line: [Run] {
    [
      mark, Run(" \(rule.name)", .strong),
      Run("  \(standing)", isAnnounced ? .warning : .text), Run("  \(deed)", .dim),
    ]
  }

  func draw(on canvas: Canvas) {
    canvas.rule(y: 0, title: "rule \(rule.name)")
    for (y, line) in lines(width: canvas.width - 1).prefix(max(0, canvas.height - 1)).enumerated() {
      canvas.put(line, at: Point(0, y + 1))
    }
  }

  private func lines(width: Int) -> [[Run]] {
    let facts = FleetFacts(state, service: run.service)
    let truth = rule.condition.truthInTime(facts)
    var lines: [[Run]] = []
    func add(_ label: String, _ runs: [Run]) {
      lines += LineBreaker.lines([Run(label.padded(to: 8), .dim)] + runs, width: width, indent: 8)
    }
    add("is", [Run(standing)])
    add("does", [Run(deed), Run(" on "), Run(run.service, .strong)])
    add(
      "when",
      [
        RunbookView.mark(truth), Run(rule.condition.text),
        Run("  \(ActionWords.now(rule.condition, facts))", .dim),
      ])
    add(
      "at most",
      [
        Run("\(rule.most) in \(ActionWords.length(rule.span)), each announced for "),
        Run(ActionWords.length(rule.countdown)),
      ])
    if let last = run.fired.last {
      add("acted", [Run("\(Clock.utc(last)), \(Quantity.duration(now.seconds(since: last))) ago")])
    }
    if let by = run.stoppedBy { add("stopped", [Run("by \(by)")]) }
    return lines
  }

  private var deed: String {
    rule.action + rule.arguments.map { " \($0.name)=\($0.value.words)" }.joined()
  }

  private var isAnnounced: Bool { run.state == .counting || run.state == .due }

  private var isAtItsLimit: Bool { run.count(rule, at: now) >= rule.most }

  private var mark: Run {
    switch run.state {
    case .counting, .due: Run("◷", .warning)
    case .armed: Run(isAtItsLimit ? "–" : "●", .dim)
    case .resting: Run("–", .dim)
    }
  }

  /// Its state in words: armed, counting, resting, or at its limit.
  private var standing: String {
    let often = "\(run.count(rule, at: now)) of \(rule.most) in \(ActionWords.length(rule.span))"
    switch run.state {
    case .counting:
      let left = run.acts(rule).map { max(0, $0.seconds(since: now)).rounded(.up) }
      return "counting, \(Quantity.countdown(left)) left, \(console.keys.sign(.hold)) stops it"
    case .due: return "about to act, \(console.keys.sign(.hold)) stops it"
    case .armed where isAtItsLimit: return "at its limit, \(often)"
    case .armed: return "armed, \(often)"
    case .resting:
      let stopped = run.stoppedBy.map { ", stopped by \($0)" } ?? ""
      return "resting\(isAtItsLimit ? ", at its limit" : "")\(stopped), \(often)"
    }
  }
}
