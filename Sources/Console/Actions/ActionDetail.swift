import Canvas
import Conditions
import Containment

/// What a declared action is, before anything is asked: what it needs, what proves it, what takes it back.
struct ActionDetail {
  private let choice: ActionChoice
  private let keys: KeyMap
  private var action: Action { choice.action }

  init(_ choice: ActionChoice, _ keys: KeyMap) {
    self.choice = choice
    self.keys = keys
  }

  func draw(on canvas: Canvas) {
    canvas.rule(y: 0, title: action.name)
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
    if let outcome = action.outcome { add("expects", [Run(outcome)]) }
    add("why", [Run(choice.why)])
    if !action.parameters.isEmpty {
      add("takes", [Run(action.parameters.map(\.words).joined(separator: ", "))])
    }
    for condition in action.preconditions { add("needs", [Run(condition.text)]) }
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
    if action.policy.approvals > 0 {
      add("agrees", [Run("\(action.policy.approvals) other than who asks")])
    }
    return lines
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
