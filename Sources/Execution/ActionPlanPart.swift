import Containment

/// One action at the targets of one service, before it is known what is so there.
struct ActionPlanPart: Sendable {
  let action: Action
  let service: String
  /// What was said or is usual for each parameter, in the order of the parameters.
  let given: [ActionPlan.Given]
  /// In the order in which they are sent to.
  private(set) var drafts: [Draft] = []
  /// Which of the plan's parts it is.
  let part: Int
  /// The values on the way to what was asked for, which is the last; one where it goes there at once.
  private let rounds: [[ActionPlan.Given]]

  /// One target.
  struct Draft: Sendable {
    var target: String
    /// nil where there is one order for the whole service.
    var instance: String?
    var read: PlannedReading?
  }

  /// The steps of one target, by the rounds in which they are sent; nil where a round is not for it.
  struct Course: Sendable {
    var steps: [ActionPlan.Step?]
    /// Why it could not be taken back; nil where it could, or where nothing says how.
    var obstacle: String?
  }

  init(
    _ action: Action, service: String, _ instances: [String], saying arguments: [String: Argument],
    part: Int = 0
  ) throws(PlanningError) {
    guard action.applies(to: service) else {
      throw PlanningError(reason: "\(action.name) is not for \(service)")
    }
    self.action = action
    self.service = service
    self.part = part
    let given = try ActionPlanPart.given(arguments, for: action)
    self.given = given
    do throws(ArgumentError) {
      rounds = try ActionPlanPart.rounds(given, of: action)
      for name in try ActionPlanPart.targets(of: action, service: service, instances) {
        let instance = action.order.isPerInstance ? name : nil
        let rendering = OrderRendering(service: service, instance: instance, arguments: given)
        // What was said may be nothing that can be sent.
        _ = try rendering.order(action.order)
        var draft = Draft(target: name, instance: instance)
        if let reading = action.read { draft.read = try rendering.reading(reading) }
        drafts.append(draft)
      }
    } catch {
      throw PlanningError(reason: "\(action.name): \(error.reason)")
    }
    guard !drafts.isEmpty else {
      throw PlanningError(reason: "\(service) has no instance to send \(action.name) to")
    }
  }

  private static func given(
    _ arguments: [String: Argument], for action: Action
  ) throws(PlanningError) -> [ActionPlan.Given] {
    let names = Set(action.parameters.map(\.name))
    if let unknown = arguments.keys.sorted().first(where: { !names.contains($0) }) {
      throw PlanningError(reason: "\(action.name) has no parameter '\(unknown)'")
    }
    var given: [ActionPlan.Given] = []
    for parameter in action.parameters {
      guard let argument = arguments[parameter.name] ?? parameter.usual else {
        throw PlanningError(
          reason: "\(action.name): \(parameter.name) is not said, and nothing is usual")
      }
      do throws(ArgumentError) {
        given.append(ActionPlan.Given(name: parameter.name, value: try parameter.checked(argument)))
      } catch {
        throw PlanningError(reason: "\(action.name): \(error.reason)")
      }
    }
    return given
  }

  private static func targets(
    of action: Action, service: String, _ instances: [String]
  ) throws(ArgumentError) -> [String] {
    guard action.order.isPerInstance else { return [service] }
    // One that is named twice is one target: it gets one order.
    var seen: Set<String> = []
    return instances.filter { seen.insert($0).inserted }
  }

  // MARK: From one value to the next

  /// All rounds that a target could need, wherever it stands.
  private static func rounds(
    _ given: [ActionPlan.Given], of action: Action
  ) throws(ArgumentError) -> [[ActionPlan.Given]] {
    guard let staging = action.staging else { return [given] }
    guard let place = given.firstIndex(where: { $0.name == staging.parameter }),
      let parameter = action.parameters.first(where: { $0.name == staging.parameter })
    else { throw ArgumentError(reason: "the steps are of \(staging.parameter), which it has not") }
    guard let read = action.read, read.expected == .parameter(staging.parameter) else {
      throw ArgumentError(reason: "its steps need read, which expects {\(staging.parameter)}")
    }
    var rounds: [[ActionPlan.Given]] = []
    for value in staging.course(from: nil, to: given[place].value) {
      var round = given
      round[place].value = try parameter.checked(value)
      rounds.append(round)
    }
    return rounds
  }

  /// The steps of a target from what is so there.
  func course(of draft: Draft, from captured: Argument?) -> Course {
    var course = Course(steps: [])
    var before = captured
    let way = values(from: captured)
    for (place, round) in rounds.enumerated() {
      // The last is what was asked for, and what every target ends with.
      if let way, let value = value(of: round), place < rounds.count - 1,
        !way.contains(where: value.isSame)
      {
        course.steps.append(nil)
        continue
      }
      do throws(ArgumentError) {
        var step = try step(draft, round, captured, &course.obstacle)
        step.captured = before
        if let expected = step.read?.expected { before = captured.map { _ in expected } }
        course.steps.append(step)
      } catch {
        // What was asked for could be written down, and this differs from it by a number.
        course.obstacle = course.obstacle ?? error.reason
        course.steps.append(nil)
      }
    }
    return course
  }

  private func step(
    _ draft: Draft, _ round: [ActionPlan.Given], _ captured: Argument?, _ obstacle: inout String?
  ) throws(ArgumentError) -> ActionPlan.Step {
    let rendering = OrderRendering(
      service: service, instance: draft.instance, arguments: round, captured: captured)
    var step = ActionPlan.Step(
      target: draft.target, service: service, kind: action.kind,
      order: try rendering.order(action.order))
    step.part = part
    if let reading = action.read { step.read = try rendering.reading(reading) }
    if let revert = action.revert {
      do throws(ArgumentError) { step.revert = try rendering.order(revert) } catch {
        obstacle = obstacle ?? error.reason
      }
    }
    return step
  }

  private func value(of round: [ActionPlan.Given]) -> Argument? {
    round.first { $0.name == action.staging?.parameter }?.value
  }

  private func values(from captured: Argument?) -> [Argument]? {
    guard let staging = action.staging, let goal = rounds.last.flatMap(value) else { return nil }
    return staging.course(from: captured, to: goal)
  }

  /// Round by round, all targets in each: what has to hold before the next stands after the last of them.
  func inTurn(_ courses: [Course]) -> [ActionPlan.Step] {
    var steps: [ActionPlan.Step] = []
    for place in rounds.indices {
      let round = courses.compactMap { $0.steps[place] }
      guard !round.isEmpty else { continue }
      steps += round
      if place < rounds.count - 1, let last = steps.indices.last {
        steps[last].check = action.staging?.check
      }
    }
    return steps
  }
}
