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
  private var plan: ActionPlan { run.plan }
  private var present: Present { state.present }

  init(_ run: ActionRun, _ state: State) {
    self.run = run
    self.state = state
  }

  func lines(width: Int) -> [[Run]] {
    TargetTable(run, state).lines(width: width) + ActionSteps(run, state).lines(width: width)
      + needs(width) + policy(width) + users(width) + agreement(width) + proof(width)
      + undoing(width) + asking(width)
  }

  /// A line with what it is about before it; only the first of several says so.
  private func line(_ label: String, _ runs: [Run], _ width: Int) -> [[Run]] {
    ActionSteps.labelled(
      label, LineBreaker.lines(runs, width: max(12, width - ActionSteps.label)))
  }

  // MARK: Whom it hurts, what it needs

  private func users(_ width: Int) -> [[Run]] {
    let services = plan.services
    let names = services.reduce(into: [String]()) { names, service in
      for name in present.dependents(of: service)
      where !names.contains(name) && !services.contains(name) { names.append(name) }
    }
    let place = services.joined(separator: ", ")
    var runs: [Run] = []
    if names.isEmpty {
      runs = [Run("nothing named here needs \(place)", .dim)]
    } else {
      runs = [Run("\(names.count) need \(place):", .dim)]
      runs += Neighbours.runs(Array(names.prefix(12)), present)
      if names.count > 12 { runs.append(Run(" and \(names.count - 12) more", .dim)) }
    }
    var lines = line("hurts", runs, width)
    let involved = Set(names + services)
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

  /// Requirements of a release, then preconditions, each with its value now and how old that is.
  private func needs(_ width: Int) -> [[Run]] {
    guard !plan.preconditions.isEmpty || !plan.requirements.isEmpty else {
      return line("needs", [Run("nothing that has to hold before", .dim)], width)
    }
    var lines: [[Run]] = []
    func label() -> String { lines.isEmpty ? "needs" : "" }
    for requirement in plan.requirements {
      lines += line(
        label(), [RunbookView.mark(requirement.truth), Run(requirement.words)], width)
    }
    for precondition in plan.preconditions {
      let service = precondition.service ?? plan.service
      let facts = FleetFacts(state, service: service)
      let truth = precondition.condition.truthInTime(facts)
      var runs = [
        RunbookView.mark(truth),
        Run(service == plan.service && !plan.isOfSeveral ? "" : "\(service): ", .dim),
        Run(precondition.condition.text),
        Run("  \(ActionWords.now(precondition.condition, facts))", truth == .no ? .bad : .dim),
      ]
      if let age = present.service(named: service)?.age(at: present.now) {
        runs.append(Run(", \(Quantity.duration(age)) ago", .dim))
      }
      if run.state.isBeforeSending, truth != precondition.truth {
        runs.append(Run("  ▲ changed since it was planned: plan it again", .warning))
      }
      lines += line(label(), runs, width)
    }
    return lines
  }

  // MARK: Who may, who agrees, what proves it, what undoes it

  /// Freezes that it breaks, and what the policy has against it now.
  private func policy(_ width: Int) -> [[Run]] {
    var lines: [[Run]] = []
    for freeze in plan.breaks {
      lines += line(
        lines.isEmpty ? "freeze" : "",
        [Run("▲ \(freeze): broken by \(plan.by)", .warning)]
          + (plan.reason.isEmpty ? [] : [Run(": \(plan.reason)", .reason)]), width)
    }
    if run.state.isBeforeSending, present.halt == nil,
      let refusal = present.policyRefusal(of: plan, plan.steps)
    {
      lines += line("policy", [Run("✖ \(refusal)", .bad)], width)
    }
    return lines
  }

  private func agreement(_ width: Int) -> [[Run]] {
    let hash = Run("  plan \(run.hash.prefix(12))", .dim)
    var lines: [[Run]] = []
    if !plan.policy.requesters.isEmpty {
      lines += line("may ask", [Run(plan.policy.requesters.words)], width)
    }
    guard plan.policy.approvals > 0 else {
      return lines + line("agrees", [Run("nobody else has to"), hash], width)
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
    if missing > 0, !plan.policy.approvers.isEmpty {
      runs.append(Run(", of \(plan.policy.approvers.words)"))
    }
    if run.state == .awaitingApproval {
      let end = run.since.advanced(by: plan.policy.patience)
      let left = Quantity.countdown(max(0, end.seconds(since: present.now)))
      runs.append(Run(", till \(Clock.utc(end)), \(left) left", .dim))
    }
    return lines + line("agrees", runs + [hash], width)
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
      ]
        + (plan.policy.revertsOnRegression
          ? [Run("; else it is taken back by itself", .info)] : []),
      width) + recovery(width)
  }

  /// `back    when … for 10m, within 1h; a person says so`
  private func recovery(_ width: Int) -> [[Run]] {
    guard let recovery = plan.recovery else { return [] }
    var runs = [
      Run("when \(recovery.parts.map(\.text).joined(separator: " and "))"),
      Run(" for \(ActionWords.length(recovery.watch))", .strong),
      Run(", within \(ActionWords.length(recovery.patience))", .dim),
    ]
    switch recovery.confirmation {
    case .person: runs.append(Run("; a person says so"))
    case .condition(let condition): runs.append(Run("; confirmed by \(condition.text)"))
    }
    return line("is back", runs, width)
  }

  private func undoing(_ width: Int) -> [[Run]] {
    guard plan.isReversible || plan.isOfSeveral else {
      return line("undone", [Run("▲ cannot be taken back", .warning)], width)
    }
    var lines: [[Run]] = []
    for step in plan.steps.reversed() {
      guard plan.canTakeBack(part: step.part) else {
        return lines
          + line(
            lines.isEmpty ? "undone" : "but",
            [
              Run("▲ what is done up to \(plan.words(of: step)) cannot be taken back", .warning)
            ], width)
      }
      guard plan.isLast(step), let revert = step.revert else { continue }
      lines += ActionSteps.labelled(
        lines.isEmpty ? "undone" : "then",
        OrderLines(width: width - ActionSteps.label).lines(revert))
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

extension ActionPlan {
  /// A target that goes through several values is taken back once, from the last.
  fileprivate func isLast(_ step: Step) -> Bool {
    steps.last { $0.target == step.target && $0.part == step.part } == step
  }

  /// `migrate on checkout`
  fileprivate func words(of step: Step) -> String {
    parts.indices.contains(step.part) ? parts[step.part].words : step.target
  }
}
