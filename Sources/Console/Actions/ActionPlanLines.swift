import Canvas
import Conditions
import Containment
import Fleet
import Health
import Incident

/// A frozen plan in full: exactly what is sent, whom it hurts, what it needs, who agrees, how it is undone.
struct ActionPlanLines {
  private let run: ActionRun
  private let state: State
  private let facts: FleetFacts
  private var plan: ActionPlan { run.plan }
  private var present: Present { state.present }

  /// Columns of what stands before each line.
  private static let label = 8

  init(_ run: ActionRun, _ state: State) {
    self.run = run
    self.state = state
    facts = FleetFacts(state, service: run.plan.service)
  }

  func lines(width: Int) -> [[Run]] {
    requests(width) + needs(width) + users(width) + agreement(width) + proof(width) + undoing(width)
      + asking(width)
  }

  /// A line with what it is about before it; only the first of several says so.
  private func line(_ label: String, _ runs: [Run], _ width: Int) -> [[Run]] {
    LineBreaker.lines(runs, width: max(12, width - Self.label)).enumerated().map { row, runs in
      [Run((row == 0 ? label : "").padded(to: Self.label), .dim)] + runs
    }
  }

  // MARK: What is sent

  private func requests(_ width: Int) -> [[Run]] {
    var lines: [[Run]] = []
    for (place, step) in plan.steps.enumerated() {
      let number = plan.steps.count > 1 ? "\(place + 1) " : ""
      lines += request(
        place == 0 ? "sends" : "then", step.request, number: number, width)
      lines += line("", change(step), width)
    }
    return lines
  }

  private func request(
    _ label: String, _ request: PlannedRequest, number: String, _ width: Int
  ) -> [[Run]] {
    var lines = line(
      label, [Run(number, .dim), Run(request.method, .strong), Run(" \(request.url)")], width)
    for header in request.headers {
      let value: Run
      switch header.value {
      case .text(let text): value = Run(text)
      case .secret(let place): value = Run("(secret, \(place))", .info)
      }
      lines += line("", [Run("\(header.name): ", .dim), value], width)
    }
    if let body = request.body { lines += line("", [Run(body)], width) }
    return lines
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

  // MARK: Whom it hurts, what it needs

  private func users(_ width: Int) -> [[Run]] {
    let names = present.dependents(of: plan.service)
    var runs: [Run] = []
    if names.isEmpty {
      runs = [Run("nothing named here needs \(plan.service)", .dim)]
    } else {
      runs = [Run("\(names.count) need \(plan.service):", .dim)]
      runs += Neighbours.runs(Array(names.prefix(12)), present)
      if names.count > 12 { runs.append(Run(" and \(names.count - 12) more", .dim)) }
    }
    var lines = line("hurts", runs, width)
    let involved = Set(names + [plan.service])
    let capabilities = present.capabilities.filter { capability in
      capability.definition.needs.contains { involved.contains($0.service) }
    }
    if !capabilities.isEmpty {
      let words = capabilities.prefix(6).map {
        "\"\($0.definition.name)\" \($0.state.rawValue)"
      }
      lines += line("", [Run("users: ", .dim), Run(words.joined(separator: ", "))], width)
    }
    return lines
  }

  private func needs(_ width: Int) -> [[Run]] {
    guard !plan.preconditions.isEmpty else {
      return line("needs", [Run("nothing that has to hold before", .dim)], width)
    }
    return plan.preconditions.enumerated().flatMap { place, precondition in
      let truth = precondition.condition.truthInTime(facts)
      var runs = [
        RunbookView.mark(truth), Run(precondition.condition.text),
        Run("  \(ActionWords.now(precondition.condition, facts))", truth == .no ? .bad : .dim),
      ]
      if run.state.isBeforeSending, truth != precondition.truth {
        runs.append(Run("  ▲ changed since it was planned: plan it again", .warning))
      }
      return line(place == 0 ? "needs" : "", runs, width)
    }
  }

  // MARK: Who agrees, what proves it, what undoes it

  private func agreement(_ width: Int) -> [[Run]] {
    let hash = Run("  plan \(run.hash.prefix(12))", .dim)
    guard plan.policy.approvals > 0 else {
      return line("agrees", [Run("nobody else has to"), hash], width)
    }
    let who = run.standing(at: present.now)
    var runs: [Run] = []
    if !who.isEmpty {
      let names = who.map { "\($0.by) \(Clock.utc($0.at))" }.joined(separator: ", ")
      runs.append(Run("✔ \(names)  ", .good))
    }
    let missing = ActionWords.missing(run, at: present.now)
    runs.append(
      missing > 0
        ? Run("\(missing) more, not \(plan.by), who asked", .warning) : Run("enough", .dim))
    return line("agrees", runs + [hash], width)
  }

  private func proof(_ width: Int) -> [[Run]] {
    guard let proof = plan.proof else {
      return line("proved", [Run("by nothing: somebody has to look", .warning)], width)
    }
    let parts = proof.parts.map(\.text).joined(separator: " and ")
    return line(
      "proved",
      [
        Run("when \(parts)"), Run(" for \(ActionWords.length(proof.window))", .strong),
        Run(", within \(ActionWords.length(proof.patience))", .dim),
      ], width)
  }

  private func undoing(_ width: Int) -> [[Run]] {
    guard plan.isReversible else {
      return line("undone", [Run("▲ cannot be taken back", .warning)], width)
    }
    var lines: [[Run]] = []
    for step in plan.steps {
      guard let revert = step.revert else { continue }
      lines += request(lines.isEmpty ? "undone" : "then", revert, number: "", width)
    }
    if let expires = run.expires {
      let left = Quantity.countdown(max(0, expires.seconds(since: present.now)))
      lines += line("", [Run("by itself at \(Clock.utc(expires)), in \(left)", .info)], width)
    } else if let expiry = plan.expiry {
      lines += line(
        "", [Run("by itself \(ActionWords.length(expiry)) after it was done", .info)], width)
    }
    return lines
  }

  private func asking(_ width: Int) -> [[Run]] {
    var runs = [Run("by \(plan.by) \(Clock.utc(run.planned))")]
    if !plan.reason.isEmpty { runs.append(Run(": \(plan.reason)", .reason)) }
    if let origin = plan.origin {
      runs.append(
        Run("  \(origin.runbook), \(origin.step.replacing(".", with: " "))", .dim))
    }
    return line("asked", runs, width)
  }
}
