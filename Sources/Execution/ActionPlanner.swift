package import Containment

/// Makes a plan out of an action, or out of several: fills in what is usual, reads what is so at each target, and
/// writes down every order as it would be sent. It only looks: nothing that it sends changes anything.
package struct ActionPlanner: Sendable {
  private let executor: any OrderExecutor

  /// Targets that are read at once.
  static let width = 8

  package init(executor: any OrderExecutor) { self.executor = executor }

  /// - Parameters:
  ///   - id: of the run that may come of it, made at random by who asks.
  ///   - instances: the addresses of the service's instances, in the order in which they would be sent to.
  ///   - environment: the fleet's, as its file names it.
  ///   - arguments: what was said, by the parameters' names.
  ///   - preconditions: the action's, with what they are at this moment.
  ///   - origin: the runbook's step that asks for it.
  ///   - by: who asks, as the operating system knows them.
  ///   - reason: in their words; empty where they gave none.
  ///   - targets: those of the instances that it goes to; nil: all of them.
  package func plan(
    _ action: Action, id: String, service: String, instances: [String], environment: String?,
    arguments: [String: Argument], preconditions: [ActionPlan.Precondition],
    origin: ActionPlan.Origin?,
    by: String, reason: String, targets: [String]? = nil
  ) async -> Result<PlannedAction, PlanningError> {
    do throws(PlanningError) {
      let chosen = try ActionPlanner.chosen(targets, of: instances, for: action, on: service)
      let part = try ActionPlanPart(action, service: service, chosen, saying: arguments)
      let steps = await steps(of: part)
      var plan = ActionPlan(id: id, of: action, service: service, steps: steps.steps, by: by)
      plan.environment = environment
      plan.arguments = part.given
      plan.preconditions = preconditions
      // The way to a value is looked at, and so is its end.
      plan.proof = action.proof ?? action.staging?.check
      plan.origin = origin
      plan.reason = reason
      return .success(PlannedAction(plan: plan, warnings: steps.warnings))
    } catch {
      return .failure(error)
    }
  }

  /// The instances that were chosen, in the order of all.
  private static func chosen(
    _ targets: [String]?, of instances: [String], for action: Action, on service: String
  ) throws(PlanningError) -> [String] {
    guard let targets else { return instances }
    guard action.order.isPerInstance else {
      throw PlanningError(
        reason: "\(action.name) goes to \(service) as a whole, and not to some of its instances")
    }
    if let stranger = targets.first(where: { !instances.contains($0) }) {
      throw PlanningError(reason: "\(stranger) is no instance of \(service)")
    }
    guard !targets.isEmpty else { throw PlanningError(reason: "no instance was chosen") }
    return instances.filter(targets.contains)
  }

  /// - Parameter ground: what it is made of now, by the places of its parts.
  package func plan(
    _ maneuver: Maneuver, id: String, on ground: Maneuver.Ground, environment: String?,
    origin: ActionPlan.Origin?, by: String, reason: String
  ) async -> Result<PlannedAction, PlanningError> {
    do throws(PlanningError) {
      guard !maneuver.parts.isEmpty, ground.parts.count == maneuver.parts.count else {
        throw PlanningError(reason: "\(maneuver.id) names what is not there")
      }
      let policy = try ActionPlanner.policy(of: ground.parts.map(\.action))
      var drafts: [ActionPlanPart] = []
      for (own, there) in zip(maneuver.parts, ground.parts) {
        guard there.action.read != nil else {
          throw PlanningError(
            reason: "\(there.action.id) has no read: nobody could tell whether it is done already")
        }
        let said = Dictionary(
          own.arguments.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
        drafts.append(
          try ActionPlanPart(
            there.action, service: own.service, there.instances, saying: said, part: drafts.count))
      }
      var (steps, parts, warnings): ([ActionPlan.Step], [ActionPlan.Part], [String]) = ([], [], [])
      for (draft, own) in zip(drafts, maneuver.parts) {
        let made = await self.steps(of: draft)
        if let shared = ActionPlanner.shared(made.steps, steps) {
          throw PlanningError(
            reason: "parts \(shared.part + 1) and \(draft.part + 1) both set what is read at "
              + "\(shared.target): nobody could tell what is left to do")
        }
        steps += made.steps
        warnings += made.warnings
        if draft.part < drafts.count - 1, let last = steps.indices.last {
          steps[last].check = own.check ?? draft.action.proof ?? draft.action.staging?.check
        }
        let canBe = made.steps.allSatisfy { $0.revert != nil }
        parts.append(
          ActionPlan.Part(
            action: draft.action.id, kind: draft.action.kind, title: draft.action.title,
            service: draft.service, arguments: draft.given,
            isReversible: own.isReversible && maneuver.manifest.isReversible(own) && canBe,
            migrates: own.migrates, effects: own.effects))
      }
      var plan = ActionPlan(id: id, of: maneuver, drafts.map(\.action), steps: steps, by: by)
      plan.parts = parts
      plan.environment = environment
      plan.preconditions = ground.parts.flatMap(\.preconditions)
      plan.requirements = ground.requirements
      plan.policy = policy
      plan.proof =
        maneuver.parts.last?.check ?? drafts.last?.action.proof
        ?? drafts.last?.action.staging?.check
      plan.origin = origin
      plan.reason = reason
      return .success(PlannedAction(plan: plan, warnings: warnings))
    } catch {
      return .failure(error)
    }
  }

  /// A step of another part that sets the same.
  private static func shared(
    _ steps: [ActionPlan.Step], _ before: [ActionPlan.Step]
  ) -> ActionPlan.Step? {
    before.first { old in
      steps.contains {
        $0.target == old.target && $0.read?.order == old.read?.order
          && $0.read?.place == old.read?.place
      }
    }
  }

  /// What all of them ask for together.
  private static func policy(of actions: [Action]) throws(PlanningError) -> Action.Policy {
    var policy = actions.first?.policy ?? Action.Policy()
    for action in actions.dropFirst() {
      do throws(ArgumentError) { policy = try policy.joined(with: action.policy) } catch {
        throw PlanningError(reason: "\(action.id): \(error.reason)")
      }
    }
    return policy
  }

  // MARK: Steps

  private struct Made {
    var steps: [ActionPlan.Step] = []
    var warnings: [String] = []
  }

  /// What is so at each target, and the steps from there to what was asked for.
  private func steps(of part: ActionPlanPart) async -> Made {
    let found = await part.drafts.mapAbreast(ActionPlanner.width) { draft in
      guard let read = draft.read else { return Result<Argument, ReadingError>?.none }
      return await executor.read(read, timeout: part.action.timeout)
    }
    var made = Made()
    var courses: [ActionPlanPart.Course] = []
    for (draft, found) in zip(part.drafts, found) {
      var captured: Argument?
      switch found {
      case nil: break
      case .success(let value)?:
        captured = value
        if let read = draft.read, value.isSame(as: read.expected) {
          made.warnings.append("\(draft.target) says \(value.words) already")
        }
      case .failure(let error)?:
        made.warnings.append("\(draft.target): what is so now cannot be read: \(error.reason)")
      }
      let course = part.course(of: draft, from: captured)
      if let obstacle = course.obstacle {
        made.warnings.append("\(draft.target): it could not be taken back: \(obstacle)")
      }
      courses.append(course)
    }
    made.steps = part.inTurn(courses)
    return made
  }
}

extension ReleaseManifest? {
  /// Whether what a part does to a store can be taken back.
  fileprivate func isReversible(_ part: Maneuver.Part) -> Bool {
    guard let name = part.migrates else { return true }
    return self?.store(named: name)?.migration?.isReversible ?? false
  }
}

/// A plan, and what whoever confirms it should know.
package struct PlannedAction: Sendable, Hashable {
  package var plan: ActionPlan
  /// In the order of the plan's steps.
  package var warnings: [String]
  package init(plan: ActionPlan, warnings: [String]) {
    self.plan = plan
    self.warnings = warnings
  }
}

/// Why there can be no plan.
package struct PlanningError: Error, Sendable, Hashable, CustomStringConvertible {
  package var reason: String
  package init(reason: String) { self.reason = reason }
  package var description: String { reason }
}
