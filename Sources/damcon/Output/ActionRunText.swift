import Bridge
import Canvas
import Conditions
import Containment
import Fleet
import Health

/// A run with its whole plan for who has to decide about it, in lines: exactly what is sent and where, whom it
/// hurts, what it needs, who agrees, how it is proved and undone.
struct ActionRunText {
  let sight: Sight
  private var run: ActionRun { sight.run }
  private var plan: ActionPlan { sight.run.plan }

  /// Columns of what stands before each line.
  private static let label = 10

  init(_ sight: Sight) { self.sight = sight }

  var page: String {
    var lines: [String] = []
    func add(_ label: String, _ text: String) {
      let label = label + String(repeating: " ", count: max(1, Self.label - label.count))
      lines.append(label + text)
    }
    add("plan", plan.words)
    add("id", plan.id)
    add("hash", run.hash)
    add("in", plan.environment ?? "an environment without a name")
    if let title = plan.title { add("does", title) }
    for part in plan.parts {
      var words = part.words
      if let store = part.migrates { words += "; migrates \(store)" }
      if !part.isReversible { words += "; cannot be taken back" }
      words += part.effects.map { "; \($0.what.rawValue): \($0.words)" }.joined()
      add("part", words)
    }
    add("risk", plan.risk.rawValue)
    for (place, step) in plan.steps.enumerated() { send(step, place, add) }
    add(
      "hurts",
      sight.dependents.isEmpty
        ? "nothing named here needs \(plan.service)"
        : "\(sight.dependents.joined(separator: ", ")) (they need \(plan.service))")
    for (place, one) in plan.preconditions.enumerated() {
      let whose = one.service.map { " of \($0)" } ?? ""
      add(place == 0 ? "needs" : "", "\(one.condition.text)\(whose)  \(words(one.truth))")
    }
    if plan.preconditions.isEmpty { add("needs", "nothing that has to hold before") }
    for requirement in plan.requirements {
      add("", "\(requirement.words)  \(words(requirement.truth))")
    }
    for freeze in plan.breaks { add("breaks", freeze) }
    add("agrees", agreement)
    add("proved", plan.proof.map { "when \(words($0))" } ?? "by nothing: somebody has to look")
    undo(add)
    let why = plan.reason.isEmpty ? "" : ": \(plan.reason)"
    add("asked", "by \(plan.by) \(clock(run.planned))\(why)")
    if let origin = plan.origin { add("", "\(origin.runbook), \(origin.step)") }
    if let by = run.confirmedBy { add("confirmed", "by \(by)") }
    add(
      "state",
      "\(run.state.rawValue) since \(clock(run.since))\(run.reason.map { ": \($0)" } ?? "")")
    if let obstacle = sight.obstacle { add("not now", obstacle) }
    return lines.map { LineText.clean($0) }.joined()
  }

  // MARK: Parts of it

  private func send(
    _ step: ActionPlan.Step, _ place: Int, _ add: (_ label: String, _ text: String) -> Void
  ) {
    add(place == 0 ? "sends" : "then", step.order.words)
    for line in details(of: step.order) { add("", line) }
    if let read = step.read {
      let before = step.captured?.words ?? "?"
      add("", "was \(before), will be \(read.expected.words), at \(step.target)")
    } else {
      add("", "what is so at \(step.target) is not looked at")
    }
    if let check = step.check { add("", "then waits until \(words(check))") }
    if run.answers.indices.contains(place), let answer = run.answers[place] {
      add("", "answer: \(answer.words)")
    }
    if run.reverts.indices.contains(place), let answer = run.reverts[place] {
      add("", "taken back: \(answer.words)")
    }
  }

  private func details(of order: PlannedOrder) -> [String] {
    func value(_ header: PlannedRequest.Header) -> String {
      switch header.value {
      case .text(let text): text
      case .secret(let place): "(secret, \(place))"
      }
    }
    switch order {
    case .http(let request):
      return request.headers.map { "\($0.name): \(value($0))" } + (request.body.map { [$0] } ?? [])
    case .command(let command):
      return command.environment.map { "\($0.name)=\(value($0))" }
        + (command.input.map { ["input: \($0)"] } ?? [])
    }
  }

  private func undo(_ add: (_ label: String, _ text: String) -> Void) {
    guard plan.isReversible || !plan.parts.isEmpty else {
      return add("undone", "it cannot be taken back")
    }
    var isFirst = true
    var seen: Set<String> = []
    for step in plan.steps.reversed() {
      guard plan.canTakeBack(part: step.part) else {
        let part =
          plan.parts.indices.contains(step.part) ? plan.parts[step.part].words : step.target
        add(isFirst ? "undone" : "but", "what is done up to \(part) cannot be taken back")
        break
      }
      // Of several values at one target the last is taken back, to what was before the first.
      guard seen.insert("\(step.part) \(step.target)").inserted, let revert = step.revert else {
        continue
      }
      add(isFirst ? "undone" : "then", revert.words)
      for line in details(of: revert) { add("", line) }
      isFirst = false
    }
    if let expires = run.expires {
      add("", "by itself at \(clock(expires))")
    } else if let expiry = plan.expiry {
      add("", "by itself \(Words.duration(expiry)) after it was done")
    }
  }

  private var agreement: String {
    let needed = plan.policy.approvals
    guard needed > 0 else { return "nobody else has to" }
    let names = run.standing(at: sight.at).map(\.by)
    let missing = max(0, needed - names.count)
    let have = names.isEmpty ? "" : "approved by \(names.joined(separator: ", ")); "
    return have + (missing > 0 ? "\(missing) more, not \(plan.by), who asked" : "enough")
  }

  private func words(_ proof: Action.Proof) -> String {
    let parts = proof.parts.map(\.text).joined(separator: " and ")
    return "\(parts) for \(Words.duration(proof.window)), within \(Words.duration(proof.patience))"
  }

  private func words(_ truth: Truth) -> String {
    switch truth {
    case .yes: "holds"
    case .no: "does not hold"
    case .unknown: "nobody knows"
    }
  }

  private func clock(_ instant: Instant) -> String {
    "\(CivilTime(unixNanoseconds: instant.wall).clock) UTC"
  }
}
