import Canvas
import Conditions
import Containment
import Fleet
import Incident

/// What a declared action is, before anything is asked: what it needs, what proves it, what takes it back.
struct ActionDetail {
  private let choice: ActionChoice
  private let service: String
  private let state: State

  init(_ choice: ActionChoice, on service: String, _ state: State) {
    self.choice = choice
    self.service = service
    self.state = state
  }

  func draw(on canvas: Canvas) {
    canvas.rule(y: 0, title: choice.name)
    var y = 1
    for line in lines(width: canvas.width - 1) where y < canvas.height {
      canvas.put(line, at: Point(0, y))
      y += 1
    }
  }

  private func lines(width: Int) -> [[Run]] {
    var lines: [[Run]] = []
    func add(_ label: String, _ runs: [Run]) {
      lines += LineBreaker.lines([Run(label.padded(to: 8), .dim)] + runs, width: width, indent: 8)
    }
    if let obstacle = choice.obstacle { add("not now", [Run(obstacle, .reason)]) }
    switch choice.deed {
    case .action(let action): describe(action, add)
    case .maneuver(let maneuver, _): describe(maneuver, add)
    }
    return lines
  }

  private func describe(_ action: Action, _ add: (String, [Run]) -> Void) {
    if let outcome = action.outcome { add("expects", [Run(outcome)]) }
    add("why", [Run(choice.why)])
    if !action.parameters.isEmpty {
      add("takes", [Run(action.parameters.map(\.words).joined(separator: ", "))])
    }
    for condition in action.preconditions { add("needs", need(condition, on: service)) }
    if let staging = action.staging { add("steps", [Run(staging.words)]) }
    add(
      "proved",
      [
        action.proof.map {
          Run(
            $0.parts.map(\.text).joined(separator: ", ") + " for \(ActionWords.length($0.window))")
        } ?? Run("by nothing: somebody decides", .warning)
      ])
    add(
      "undone",
      [
        action.revert == nil || action.read == nil
          ? Run("cannot be taken back", .warning) : Run("can be taken back")
      ])
    let policy = action.policy
    if !policy.requesters.isEmpty { add("asked by", [Run(policy.requesters.words)]) }
    if policy.approvals > 0 {
      let who = policy.approvers.isEmpty ? "" : ", of \(policy.approvers.words)"
      add("agrees", [Run("\(policy.approvals) other than who asks\(who)")])
    }
  }

  private func describe(_ maneuver: Maneuver, _ add: (String, [Run]) -> Void) {
    if let outcome = maneuver.outcome { add("expects", [Run(outcome)]) }
    for (place, part) in maneuver.parts.enumerated() {
      let said = part.arguments.map { " \($0.name)=\($0.value.words)" }.joined()
      var runs = [Run("\(part.action)\(said) on "), Run(part.service, .strong)]
      runs += part.warnings.map { Run("  \($0)", .warning) }
      add("\(place + 1)", runs)
      for condition in part.prerequisites { add("needs", need(condition, on: part.service)) }
    }
    for requirement in state.present.requirements(of: maneuver) {
      add("needs", [RunbookView.mark(requirement.truth), Run(requirement.words)])
    }
  }

  /// `✖ readiness is pass  readiness now fail`
  private func need(_ condition: Condition, on service: String) -> [Run] {
    let facts = FleetFacts(state, service: service)
    let truth = condition.truthInTime(facts)
    return [
      RunbookView.mark(truth), Run(condition.text),
      Run("  \(ActionWords.now(condition, facts))", truth == .no ? .bad : .dim),
    ]
  }
}

extension Maneuver.Part {
  /// What has to be known before it is asked for.
  fileprivate var warnings: [String] {
    PartWords.warnings(
      migrates: migrates, isReversible: isReversible, effects: effects)
  }
}

extension Staging {
  /// `weight 10, 25, 50, with a check between`
  fileprivate var words: String {
    "\(parameter) \(values.map(\.words).joined(separator: ", "))"
      + (check == nil ? "" : ", with a check between")
  }
}

extension Parameter {
  /// `limit 1 to 256 requests`, `mode soft|hard`
  var words: String {
    var words = name
    switch (lowest, highest) {
    case (let low?, let high?):
      words += " \(Argument.number(low).words) to \(Argument.number(high).words)"
    case (let low?, nil): words += " from \(Argument.number(low).words)"
    case (nil, let high?): words += " up to \(Argument.number(high).words)"
    case (nil, nil):
      if !choices.isEmpty { words += " \(choices.joined(separator: "|"))" }
      if type == .flag { words += " on|off" }
    }
    return words + (unit.map { " \($0)" } ?? "")
  }
}
