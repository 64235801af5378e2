import Conditions
package import Containment
package import Fleet

/// A run of an action with its whole plan, as the JSON of `damcon action`: the keys of `damcon snapshot` first.
package enum ActionRunJSON {
  package static func object(of run: ActionRun, at now: Instant) -> JSONText {
    let plan = run.plan
    return .object([
      ("id", .string(plan.id)), ("action", .string(plan.action)),
      ("target", .string(plan.service)), ("state", .string(run.state.rawValue)),
      ("by", .string(plan.by)), ("since", SnapshotJSON.time(run.since)),
      ("because", .string(run.reason)),
      ("hash", .string(run.hash)), ("kind", .string(plan.kind.rawValue)),
      ("title", .string(plan.title)), ("risk", .string(plan.risk.rawValue)),
      ("environment", .string(plan.environment)),
      ("reason", .string(plan.reason)), ("planned", SnapshotJSON.time(run.planned)),
      (
        "arguments",
        .object(plan.arguments.map { ($0.name, value($0.value)) })
      ),
      ("steps", .array(plan.steps.indices.map { step($0, of: run) })),
      (
        "preconditions",
        .array(
          plan.preconditions.map {
            .object([
              ("condition", .string($0.condition.text)), ("service", .string($0.service)),
              ("held", truth($0.truth)),
            ])
          })
      ),
      (
        "requirements",
        .array(
          plan.requirements.map {
            .object([("requirement", .string($0.words)), ("held", truth($0.truth))])
          })
      ),
      (
        "approvals",
        .object([
          ("needed", .number(plan.policy.approvals)),
          ("by", .strings(run.standing(at: now).map(\.by))),
        ])
      ),
      ("confirmed_by", .string(run.confirmedBy)),
      ("outcome", .string(plan.outcome)),
      ("verification", plan.proof.map(proof) ?? .null),
      ("reversible", .bool(plan.isReversible)),
      ("expires", run.expires.map(SnapshotJSON.time) ?? .null),
      ("breaks", .strings(plan.breaks)),
      (
        "origin",
        plan.origin.map { .object([("runbook", .string($0.runbook)), ("step", .string($0.step))]) }
          ?? .null
      ),
    ])
  }

  private static func step(_ place: Int, of run: ActionRun) -> JSONText {
    let step = run.plan.steps[place]
    func heard(_ answers: [ActionAnswer?]) -> JSONText {
      guard answers.indices.contains(place) else { return .null }
      return answers[place].map { .string($0.words) } ?? .null
    }
    return .object([
      ("target", .string(step.target)), ("service", .string(step.service)),
      ("sends", .string(step.order.words)), ("body", body(step.order)),
      ("before", step.captured.map(value) ?? .null),
      ("after", step.read.map { value($0.expected) } ?? .null),
      ("undone_by", .string(step.revert?.words)),
      ("undone_by_body", step.revert.map(body) ?? .null),
      ("answer", heard(run.answers)), ("taken_back", heard(run.reverts)),
      ("check", step.check.map(proof) ?? .null),
    ])
  }

  private static func body(_ order: PlannedOrder) -> JSONText {
    switch order {
    case .http(let request): .string(request.body)
    case .command(let command): .string(command.input)
    }
  }

  private static func proof(_ proof: Action.Proof) -> JSONText {
    .object([
      ("conditions", .strings(proof.parts.map(\.text))),
      ("window_seconds", .number(proof.window)), ("within_seconds", .number(proof.patience)),
    ])
  }

  /// Not known is neither.
  private static func truth(_ truth: Truth) -> JSONText {
    switch truth {
    case .yes: .bool(true)
    case .no: .bool(false)
    case .unknown: .null
    }
  }

  package static func value(_ argument: Argument) -> JSONText {
    switch argument {
    case .integer(let value): .number(Double(value))
    case .number(let value): .number(value)
    case .text(let text): .string(text)
    case .flag(let isOn): .bool(isOn)
    }
  }
}
