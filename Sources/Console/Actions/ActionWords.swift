import Canvas
import Conditions
import Containment
import Fleet
import Incident

/// How an action and what becomes of it are told: a shape, a word, a role.
enum ActionWords {
  /// `●`, `◐` or `▲` with the word.
  static func risk(_ risk: Action.Risk) -> Run {
    switch risk {
    case .low: Run("● low risk", .good)
    case .medium: Run("◐ medium risk", .warning)
    case .high: Run("▲ high risk", .bad)
    }
  }

  /// `cap-concurrency limit=32`
  static func name(_ plan: ActionPlan) -> String {
    (plan.isOfSeveral ? plan.nameToType : plan.action)
      + plan.arguments.map { " \($0.name)=\($0.value.words)" }.joined()
  }

  /// Who asked for it: `ana`, `by the rule cap-pricing`.
  static func by(_ plan: ActionPlan) -> String {
    plan.by.hasPrefix(Rule.principal("")) ? "by the \(plan.by)" : plan.by
  }

  /// An ASCII terminal has no clock face, and would show the sign of what nobody knows.
  static func mark(_ state: ActionRun.State, _ glyphs: GlyphSet) -> Run {
    let goesOn = glyphs.isASCII ? "*" : "◷"
    switch state {
    case .planned, .awaitingApproval, .approved: return Run("▸", .info)
    case .confirmed, .intended, .sent, .verifying, .watching, .reverting:
      return Run(goesOn, .info)
    case .applied, .verified, .recovered: return Run("✔", .good)
    case .reverted: return Run("←", .dim)
    case .unknown: return Run("?", .unknown)
    case .inconclusive: return Run("◌", .warning)
    case .failed, .regressed, .relapsed, .revertFailed: return Run("✖", .bad)
    case .expired, .cancelled: return Run("–", .dim)
    }
  }

  /// What it does now, in a few words: `verifying, 40s left`.
  static func brief(_ run: ActionRun, at now: Instant) -> String {
    switch run.state {
    case .planned: "planned, nothing sent"
    case .awaitingApproval where run.standing(at: now).isEmpty:
      "waits for \(missing(run, at: now)) more to approve it"
    case .awaitingApproval:
      "waits for \(missing(run, at: now)) more to approve it, \(quorum(run, at: now))"
    case .approved: "approved, nothing sent"
    case .confirmed, .intended: "about to be sent"
    case .sent where run.gate != nil:
      "sent, \(heard(run.answers)) answered, looks before the next"
    case .sent: "sent, \(heard(run.answers)) answered"
    case .applied: "in force, nothing proves it"
    case .verifying: "verifying, \(left(run, at: now))"
    case .watching where run.watch?.calm != nil: "back, waits for a person to say so"
    case .watching: "watching, \(watched(run, at: now))"
    case .recovered where run.isMoving(at: now): "recovered, still watched"
    case .failed where run.isPartlyDone: "failed half-way, \(done(run)) done"
    case .reverting: "being taken back, \(heard(run.reverts)) answered"
    case .reverted: "taken back"
    case .revertFailed: "taking it back failed"
    default: run.state.rawValue
    }
  }

  /// A sentence for who has to decide.
  static func sentence(_ state: ActionRun.State) -> String {
    switch state {
    case .planned: "nothing is sent until somebody confirms it"
    case .awaitingApproval: "nothing is sent until it is approved and confirmed"
    case .approved: "it may be sent; nothing is until somebody confirms it"
    case .confirmed, .intended: "it is being written down, then sent"
    case .sent: "it is on its way; not every target has answered"
    case .applied: "every target did it; what comes of it nobody watches"
    case .failed: "not every target did it"
    case .watching: "it has helped; it is watched for whether what was lost is back"
    case .recovered: "what was lost is back"
    case .relapsed: "what was back is gone again"
    case .unknown:
      "something was sent, and nobody knows what came of it; it is never sent again by itself"
    case .verifying: "every target did it; it is in force, and is being proved"
    case .verified: "it is in force, and what proves it has held"
    case .regressed: "it is in force, and what should prove it does not hold"
    case .inconclusive: "it is in force, and nobody can tell whether it helps"
    case .reverting: "what was so before is being put back"
    case .reverted: "what was so before is so again"
    case .revertFailed: "nobody knows whether what was so before is so again"
    case .expired: "nothing was sent; another plan is needed"
    case .cancelled: "nothing was sent"
    }
  }

  static func missing(_ run: ActionRun, at now: Instant) -> Int {
    max(0, run.plan.policy.approvals - run.standing(at: now).count)
  }

  /// How long what proves it still has to hold; or how long anybody waits for that to begin.
  static func left(_ run: ActionRun, at now: Instant) -> String {
    if let held = run.proof.held, held.seconds > 0 {
      return "\(Quantity.countdown(max(0, held.of - held.seconds))) left"
    }
    let patience = (run.plan.proof?.patience ?? 0) - now.seconds(since: run.since)
    return "does not hold yet, \(Quantity.countdown(max(0, patience))) left"
  }

  /// How long what was lost still has to be back; or how long anybody waits for that to begin.
  private static func watched(_ run: ActionRun, at now: Instant) -> String {
    if let held = run.watch?.whole.held, held.seconds > 0 {
      return "\(Quantity.countdown(max(0, held.of - held.seconds))) left"
    }
    let patience = (run.plan.recovery?.patience ?? 0) - now.seconds(since: run.since)
    return "not back yet, \(Quantity.countdown(max(0, patience))) left"
  }

  /// `2 of 5`
  static func done(_ run: ActionRun) -> String {
    "\(run.answers.count { $0?.isDone == true }) of \(run.answers.count)"
  }

  /// `5m`, `1m30s`: a time that somebody chose, which is mostly a round one.
  static func length(_ seconds: Double) -> String {
    let isRound = seconds.truncatingRemainder(dividingBy: 60) == 0
    return isRound ? Quantity.duration(seconds) : Quantity.countdown(seconds)
  }

  private static func heard(_ answers: [ActionAnswer?]) -> String {
    "\(answers.count { $0 != nil }) of \(answers.count)"
  }

  /// `readiness now fail, p99 now 2.4s`
  static func now(_ condition: Condition, _ facts: FleetFacts) -> String {
    condition.terms.prefix(3).map {
      "\(FactWords.name($0.reference)) now \(FactWords.now($0, facts))"
    }.joined(separator: ", ")
  }
}

extension Action {
  /// `for pricing`, `for any service`
  var scopeWords: String {
    services.isEmpty ? "for any service" : "for \(services.joined(separator: ", "))"
  }
}

extension Environment {
  /// As a badge.
  var badge: Run { Run(" \(name) ", role) }
}
