package import Containment

/// Makes a plan out of an action: fills in what is usual, reads what is so at each target, and writes down every
/// request as it would be sent. It only looks: nothing that it sends changes anything.
package struct ActionPlanner: Sendable {
  private let executor: HTTPExecutor

  /// Targets that are read at once.
  static let width = 8

  package init(executor: HTTPExecutor) { self.executor = executor }

  /// - Parameters:
  ///   - id: of the run that may come of it, made at random by who asks.
  ///   - instances: the addresses of the service's instances, in the order in which they would be sent to.
  ///   - environment: the fleet's, as its file names it.
  ///   - arguments: what was said, by the parameters' names.
  ///   - preconditions: the action's, with what they are at this moment.
  ///   - origin: the runbook's step that asks for it.
  ///   - by: who asks, as the operating system knows them.
  ///   - reason: in their words; empty where they gave none.
  package func plan(
    _ action: Action, id: String, service: String, instances: [String], environment: String?,
    arguments: [String: Argument], preconditions: [ActionPlan.Precondition],
    origin: ActionPlan.Origin?,
    by: String, reason: String
  ) async -> Result<PlannedAction, PlanningError> {
    do {
      guard action.applies(to: service) else {
        throw PlanningError(reason: "\(action.name) is not for \(service)")
      }
      let given = try given(arguments, for: action)
      let targets = try targets(of: action, service: service, instances: instances)
      let drafts = try targets.map { try Draft(action, service: service, $0, given) }
      let steps = await drafts.mapAbreast(ActionPlanner.width) { await finished($0, of: action) }

      var plan = ActionPlan(id: id, of: action, service: service, steps: steps.map(\.step), by: by)
      plan.environment = environment
      plan.arguments = given
      plan.preconditions = preconditions
      plan.origin = origin
      plan.reason = reason
      return .success(PlannedAction(plan: plan, warnings: steps.flatMap(\.warnings)))
    } catch let error as PlanningError {
      return .failure(error)
    } catch {
      return .failure(PlanningError(reason: "\(action.name): \(error)"))
    }
  }

  /// What was said or is usual for each parameter, in the order of the parameters.
  private func given(
    _ arguments: [String: Argument], for action: Action
  ) throws -> [ActionPlan.Given] {
    let names = Set(action.parameters.map(\.name))
    if let unknown = arguments.keys.sorted().first(where: { !names.contains($0) }) {
      throw PlanningError(reason: "\(action.name) has no parameter '\(unknown)'")
    }
    return try action.parameters.map { parameter in
      guard let argument = arguments[parameter.name] ?? parameter.usual else {
        throw PlanningError(
          reason: "\(action.name): \(parameter.name) is not said, and nothing is usual")
      }
      return ActionPlan.Given(name: parameter.name, value: try parameter.checked(argument))
    }
  }

  private struct Target {
    var name: String
    /// nil where there is one request for the whole service.
    var instance: String?
  }

  private func targets(of action: Action, service: String, instances: [String]) throws -> [Target] {
    guard action.order.isPerInstance else { return [Target(name: service, instance: nil)] }
    guard !instances.isEmpty else {
      throw PlanningError(reason: "\(service) has no instance to send \(action.name) to")
    }
    // One that is named twice is one target: it gets one request.
    var seen: Set<String> = []
    return instances.filter { seen.insert($0).inserted }.map { Target(name: $0, instance: $0) }
  }

  /// A step before anything was read.
  private struct Draft: Sendable {
    var step: ActionPlan.Step
    var service: String
    var instance: String?
    var given: [ActionPlan.Given]

    init(_ action: Action, service: String, _ target: Target, _ given: [ActionPlan.Given]) throws {
      self.service = service
      instance = target.instance
      self.given = given
      let rendering = OrderRendering(service: service, instance: target.instance, arguments: given)
      step = ActionPlan.Step(target: target.name, request: try rendering.request(action.order))
      if let reading = action.read { step.read = try rendering.reading(reading) }
    }

    func revert(_ order: Order) throws(ArgumentError) -> PlannedRequest {
      let rendering = OrderRendering(
        service: service, instance: instance, arguments: given, captured: step.captured)
      return try rendering.request(order)
    }
  }

  private struct Finished: Sendable {
    var step: ActionPlan.Step
    var warnings: [String] = []
  }

  /// With what is so now, and with what takes it back.
  private func finished(_ draft: Draft, of action: Action) async -> Finished {
    var draft = draft
    var warnings: [String] = []
    let target = draft.step.target
    if let read = draft.step.read {
      switch await executor.read(read, timeout: action.timeout) {
      case .success(let found):
        draft.step.captured = found
        if found.isSame(as: read.expected) {
          warnings.append("\(target) says \(found.words) already")
        }
      case .failure(let error):
        warnings.append("\(target): what is so now cannot be read: \(error.reason)")
      }
    }
    if let order = action.revert {
      do throws(ArgumentError) { draft.step.revert = try draft.revert(order) } catch {
        warnings.append("\(target): it could not be taken back: \(error.reason)")
      }
    }
    return Finished(step: draft.step, warnings: warnings)
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
