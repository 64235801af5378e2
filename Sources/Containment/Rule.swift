public import Conditions
public import Fleet

/// What may be triggered without a person, when, and how often.
public struct Rule: Sendable, Hashable, Codable {
  /// `cap-pricing`
  public var name: String
  /// `Action.id`
  public var action: String
  /// Those that it looks at and acts on, each by itself.
  public var services: [String]
  public var arguments: [ActionPlan.Given] = []
  public var condition: Condition
  /// When of the week it may; freezes are no part of it.
  public var schedule = ReleaseSchedule()
  /// Times in `span` seconds, for each service.
  public var most = 1
  public var span = 3600.0
  /// Seconds for which it is announced, in which anybody can stop it.
  public var countdown = 30.0

  public init(name: String, action: String, services: [String], when condition: Condition) {
    self.name = name
    self.action = action
    self.services = services
    self.condition = condition
  }

  /// Who it is in what is recorded.
  public var principal: String { Rule.principal(name) }

  public static func principal(_ name: String) -> String { "rule \(name)" }

  /// Why an action is none that a rule may trigger; nil where it is one.
  ///
  /// - Parameter hasRollbacks: whether the policy lets rules take a release back.
  public static func objection(to action: Action, hasRollbacks: Bool) -> String? {
    guard action.mode == .automatable else { return "\(action.name) is for people to decide" }
    guard action.policy.approvals == 0 else { return "\(action.name) needs people who approve it" }
    guard action.policy.requesters.isEmpty else { return "\(action.name) is for named people" }
    if action.risk == .low { return nil }
    guard action.kind == .rollBack else {
      return "\(action.name) is of \(action.risk.rawValue) risk, and rules take low ones alone"
    }
    return hasRollbacks
      ? nil : "\(action.name) is a rollback, and the policy does not leave those to rules"
  }

  /// Why a plan is none that a rule may carry out; nil where it is one.
  ///
  /// A rollback has to be one that can be taken back: it was read what was so before.
  public static func objection(to plan: ActionPlan) -> String? {
    guard plan.risk != .low else { return nil }
    let isKnown = plan.isReversible && plan.steps.allSatisfy { $0.captured != nil }
    return isKnown ? nil : "it is not known how \(plan.action) would be taken back"
  }
}

/// What happens to a rule at one service.
public struct RuleMove: Sendable, Hashable, Codable {
  public var rule: String
  public var service: String
  public var by: String
  public var step: Step

  public enum Step: Sendable, Hashable, Codable {
    /// Somebody does not want it.
    case stop
    /// It is about to be done, as the run of this id: before anything is planned.
    case fire(run: String)
  }

  public init(rule: String, service: String, by: String, step: Step) {
    self.rule = rule
    self.service = service
    self.by = by
    self.step = step
  }

  public var words: String {
    switch step {
    case .stop: "stopped the rule \(rule) on \(service)"
    case .fire(let run): "the rule \(rule) acts on \(service): \(run)"
    }
  }
}
