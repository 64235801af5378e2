import Canvas
import Conditions
import Containment
import Fleet
import Incident

/// What a plan does, step after step: to which service, by exactly what order, and what has to hold before the next.
struct ActionSteps {
  private let run: ActionRun
  private let state: State
  private var plan: ActionPlan { run.plan }

  /// Columns of what stands before each line.
  static let label = 8

  init(_ run: ActionRun, _ state: State) {
    self.run = run
    self.state = state
  }

  func lines(width: Int) -> [[Run]] {
    var lines: [[Run]] = []
    let orders = OrderLines(width: width - Self.label)
    let table = TargetTable(run, state)
    var part: Int?
    for (place, step) in plan.steps.enumerated() {
      let number = plan.steps.count > 1 ? "\(place + 1) " : ""
      if part != step.part { lines += heading(step.part, width) }
      part = step.part
      var own = orders.lines(step.order, number: number)
      if !table.isWorthIt {
        own += LineBreaker.lines(change(step), width: max(12, width - Self.label))
      }
      lines += Self.labelled(place == 0 ? step.order.verb : "then", own)
      lines += check(after: place, width)
    }
    return lines
  }

  /// `2 migrate on checkout  ▲ migrates orders, cannot be taken back`
  private func heading(_ place: Int, _ width: Int) -> [[Run]] {
    guard plan.parts.indices.contains(place) else { return [] }
    let part = plan.parts[place]
    var runs = [
      Run("\(place + 1) of \(plan.parts.count)  ", .dim),
      Run(part.action + part.arguments.map { " \($0.name)=\($0.value.words)" }.joined(), .title),
      Run(" on "), Run(part.service, .strong),
    ]
    if let title = part.title { runs.append(Run("  \(title)", .dim)) }
    let warnings = PartWords.warnings(
      migrates: part.migrates, isReversible: plan.canTakeBack(part: place), effects: part.effects)
    runs += warnings.map { Run("  ▲ \($0)", .warning) }
    return LineBreaker.lines(runs, width: width, indent: 2)
  }

  /// Lines with what they are about before them; only the first says so.
  static func labelled(_ label: String, _ lines: [[Run]]) -> [[Run]] {
    lines.enumerated().map { row, runs in
      [Run((row == 0 ? label : "").padded(to: Self.label), .dim)] + runs
    }
  }

  /// `was 256 → will be 32`
  private func change(_ step: ActionPlan.Step) -> [Run] {
    guard let read = step.read else {
      return [Run("what is so there now is not looked at", .dim)]
    }
    let before = step.captured.map { Run($0.words, .strong) } ?? Run("?", .unknown)
    return [
      Run("was ", .dim), before, Run(" → will be ", .dim), Run(read.expected.words, .strong),
      Run("  at \(step.target)", .dim),
    ]
  }

  // MARK: Between two

  /// `check   then p99_ms < 800ms for 1m, within 5m  p99 now 2.4s`
  private func check(after place: Int, _ width: Int) -> [[Run]] {
    let step = plan.steps[place]
    guard let check = step.check else { return [] }
    var runs: [Run] = []
    switch place < run.checks.count ? run.checks[place] : nil {
    case .yes: runs.append(Run("✔ ", .good))
    case .no: runs.append(Run("✖ ", .bad))
    case .unknown: runs.append(Run("? ", .unknown))
    case nil: break
    }
    if place + 1 < plan.steps.count { runs.append(Run("then ", .dim)) }
    runs.append(Run(check.parts.map(\.text).joined(separator: " and ")))
    if check.window > 0 { runs.append(Run(" for \(ActionWords.length(check.window))", .strong)) }
    runs.append(Run(", within \(ActionWords.length(check.patience))", .dim))
    let facts = FleetFacts(state, service: step.service)
    for part in check.parts where run.checking == place || run.state.isBeforeSending {
      let truth = part.truthInTime(facts)
      runs.append(Run("  \(ActionWords.now(part, facts))", truth == .no ? .bad : .dim))
    }
    if run.checking == place, let gate = run.gate {
      let left = check.patience - state.present.now.seconds(since: gate.since)
      runs.append(Run("  looked at now, \(Quantity.countdown(max(0, left))) left", .info))
    }
    return Self.labelled(
      "check", LineBreaker.lines(runs, width: max(12, width - Self.label), indent: 2))
  }
}

extension PlannedOrder {
  /// What stands before it: a request is sent, a program is run.
  var verb: String {
    switch self {
    case .http: "sends"
    case .command: "runs"
    }
  }
}

extension ActionPlan {
  /// Several actions, asked for as one.
  var isOfSeveral: Bool { !parts.isEmpty }

  /// What is typed where the risk is high: where it goes, or the name of the plan of several.
  var nameToType: String {
    guard isOfSeveral, action.hasPrefix(Maneuver.prefix) else { return service }
    return String(action.dropFirst(Maneuver.prefix.count))
  }
}
