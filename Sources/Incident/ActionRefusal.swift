import Conditions
public import Containment
import Fleet

extension Present {
  /// Why a move is not allowed as things stand; nil where it is.
  public func refusal(of move: ActionMove) -> String? {
    if case .plan(let plan, let hash) = move.step {
      if actionRun(plan.id) != nil { return "there is a plan of that name already" }
      guard plan.hash == hash else { return "the plan is not what its hash says" }
      if actionRuns.count >= Present.actionRunLimit, dispensable == nil {
        return "\(actionRuns.count) actions go on, or are in force for a time: end one first"
      }
      return policyRefusal(of: plan, plan.steps)
    }
    guard let run = actionRun(move.run) else { return "there is no action \(move.run)" }
    if let refusal = run.refusal(of: move, at: now) { return refusal }
    switch move.step {
    case .confirm, .intend, .send:
      if let planned = run.plan.environment, planned != fleet.environment?.name {
        return "it was planned for \(planned), and this is "
          + "\(fleet.environment?.name ?? "no environment with a name") now: plan it again"
      }
      var steps = run.plan.steps
      if case .send(let target, let place) = move.step {
        steps = steps.enumerated().filter {
          $0.element.target == target && $0.offset == place ?? $0.offset
        }
        .map(\.element)
      }
      if let refusal = policyRefusal(of: run.plan, steps) { return refusal }
      if let other = conflict(with: run.plan) {
        return "\(other.plan.words) is \(other.state.rawValue): one at a time"
      }
      // What holds before the first byte may cease by what that byte does: from then on the checks decide.
      if case .send = move.step, run.state == .sent { return nil }
      return obstacle(to: run.plan)
    case .intendRevert:
      // What is unknown must not keep anybody from taking something back.
      guard let other = conflict(with: run.plan), other.state != .unknown else { return nil }
      return "\(other.plan.words) is \(other.state.rawValue): one at a time"
    default: return nil
    }
  }

  /// What a plan depends on and does not hold now, or is not known; nil where all holds.
  public func obstacle(to plan: ActionPlan) -> String? {
    for precondition in plan.preconditions {
      let facts = FleetFacts.acting(self, service: precondition.service ?? plan.service)
      if let obstacle = precondition.condition.obstacle(facts) { return obstacle }
    }
    let requirements = plan.manifest?.requirements(on: PresentGround(present: self)) ?? []
    return requirements.first { $0.truth != .yes }?.words
  }

  /// Why an action cannot be asked for now; nil where it can.
  public func obstacle(to action: Action, on service: String) -> String? {
    if let other = running(action.kind, on: service) {
      return "\(other.plan.words) is \(other.state.rawValue): one at a time"
    }
    let facts = FleetFacts.acting(self, service: service)
    for condition in action.preconditions {
      if let obstacle = condition.obstacle(facts) { return obstacle }
    }
    return nil
  }

  /// The highest of the actions that a plan of several is made of; high where one of them is not there.
  public func risk(of maneuver: Maneuver) -> Action.Risk {
    Action.Risk.joined(maneuver.parts.map { action(id: $0.action)?.risk ?? .high })
  }

  /// Why a plan of several actions cannot be asked for now; nil where it can.
  public func obstacle(to maneuver: Maneuver) -> String? {
    for part in maneuver.parts {
      guard let action = action(id: part.action) else { return "there is no action \(part.action)" }
      let facts = FleetFacts.acting(self, service: part.service)
      if let other = running(action.kind, on: part.service) {
        return "\(other.plan.words) is \(other.state.rawValue): one at a time"
      }
      for condition in part.prerequisites + action.preconditions {
        if let obstacle = condition.obstacle(facts) { return "\(part.service): \(obstacle)" }
      }
    }
    return requirements(of: maneuver).first { $0.truth != .yes }?.words
  }

  /// Another run that does the same to the same and is not over.
  private func running(_ kind: Action.Kind, on service: String) -> ActionRun? {
    actionRuns.last { run in
      run.isLive && run.plan.steps.contains { $0.kind == kind && $0.service == service }
    }
  }

  /// The preconditions of an action, as they are now.
  public func preconditions(
    of action: Action, on service: String
  ) -> [ActionPlan.Precondition] {
    let facts = FleetFacts.acting(self, service: service)
    return action.preconditions.map {
      ActionPlan.Precondition(condition: $0, truth: $0.truth(facts))
    }
  }

  /// What the releases of a plan need, as it is now.
  public func requirements(of maneuver: Maneuver) -> [Requirement] {
    maneuver.manifest?.requirements(on: PresentGround(present: self)) ?? []
  }

  /// What a plan of several actions is made of now; nil where an action or a service is not there any more.
  public func ground(of maneuver: Maneuver) -> Maneuver.Ground? {
    var parts: [Maneuver.Ground.Part] = []
    for part in maneuver.parts {
      guard let action = action(id: part.action), let service = service(named: part.service)
      else { return nil }
      let facts = FleetFacts.acting(self, service: part.service)
      let conditions = part.prerequisites + action.preconditions
      parts.append(
        Maneuver.Ground.Part(
          action: action, instances: service.definition.instances.map(\.url),
          preconditions: conditions.map {
            .init(condition: $0, truth: $0.truth(facts), service: part.service)
          }))
    }
    return Maneuver.Ground(parts: parts, requirements: requirements(of: maneuver))
  }
}

extension Condition {
  /// At this moment alone: what has to hold for a time does not yet.
  fileprivate func truth(_ facts: FleetFacts) -> Truth {
    var run = ConditionRun()
    return run.advance(self, facts, at: facts.now.seconds)
  }

  /// nil where it holds.
  fileprivate func obstacle(_ facts: FleetFacts) -> String? {
    switch truth(facts) {
    case .yes: nil
    case .no: "\(text) does not hold"
    case .unknown: "nobody knows whether \(text)"
    }
  }
}
