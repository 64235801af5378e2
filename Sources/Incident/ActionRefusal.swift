import Conditions
public import Containment
import Fleet

extension Present {
  /// Why a move is not allowed as things stand; nil where it is.
  public func refusal(of move: ActionMove) -> String? {
    if case .plan(let plan, let hash) = move.step {
      if actionRun(plan.id) != nil { return "there is a plan of that name already" }
      return plan.hash == hash ? nil : "the plan is not what its hash says"
    }
    guard let run = actionRun(move.run) else { return "there is no action \(move.run)" }
    if let refusal = run.refusal(of: move, at: now) { return refusal }
    switch move.step {
    case .confirm, .intend, .send:
      if let other = conflict(with: run.plan) {
        return "\(other.plan.words) is \(other.state.rawValue): one at a time"
      }
      return obstacle(to: run.plan)
    case .intendRevert:
      // What is unknown must not keep anybody from taking something back.
      guard let other = conflict(with: run.plan), other.state != .unknown else { return nil }
      return "\(other.plan.words) is \(other.state.rawValue): one at a time"
    default: return nil
    }
  }

  /// The first of its preconditions that does not hold now, or is not known; nil where all hold.
  public func obstacle(to plan: ActionPlan) -> String? {
    let facts = FleetFacts(self, service: plan.service)
    for precondition in plan.preconditions {
      switch precondition.condition.truth(facts) {
      case .yes: continue
      case .no: return "\(precondition.condition.text) does not hold"
      case .unknown: return "nobody knows whether \(precondition.condition.text)"
      }
    }
    return nil
  }

  /// The preconditions of an action, as they are now.
  public func preconditions(
    of action: Action, on service: String
  ) -> [ActionPlan.Precondition] {
    let facts = FleetFacts(self, service: service)
    return action.preconditions.map {
      ActionPlan.Precondition(condition: $0, truth: $0.truth(facts))
    }
  }
}

extension Condition {
  /// At this moment alone: what has to hold for a time does not yet.
  fileprivate func truth(_ facts: FleetFacts) -> Truth {
    var run = ConditionRun()
    return run.advance(self, facts, at: facts.now.seconds)
  }
}
