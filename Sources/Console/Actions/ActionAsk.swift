package import Containment
import Fleet
import Incident

/// What a responder wants: which action or plan of several, on what, and which step of which runbook says so.
package struct ActionAsk: Sendable, Hashable {
  /// `Action.id` or `Maneuver.id`
  package var action: String
  package var service: String
  package var origin: ActionPlan.Origin?
  /// The instances that it goes to; nil: all.
  package var targets: [String]?
  /// The plan that it is asked for in the place of, by its name.
  package var instead: String?

  package init(
    action: String, service: String, origin: ActionPlan.Origin? = nil, targets: [String]? = nil,
    instead: String? = nil
  ) {
    self.action = action
    self.service = service
    self.origin = origin
    self.targets = targets
    self.instead = instead
  }
}

/// An action whose plan is being made: what is so now is asked of its targets first.
struct AskedAction: Sendable, Hashable {
  /// The plan's name begins with it.
  var ticket: String
  var ask: ActionAsk
  var at: Instant
  /// Why the session does not grant it.
  var refusal: String?

  /// What the note of a plan that could not be made begins with.
  private var complaint: String { "\(ask.action) on \(ask.service) cannot be planned" }

  /// Why there is no plan, in the words of who tried; nil where nobody has said so.
  func failure(_ present: Present) -> String? {
    refusal
      ?? present.notes.last {
        $0.instant.offset > at.offset && $0.note.text.hasPrefix(complaint)
      }?.note.text
  }
}

extension Present {
  /// By its whole name, or by the ticket that it was asked for with.
  func actionRun(ticket: String) -> ActionRun? {
    actionRuns.last { $0.plan.id == ticket || $0.plan.id.hasPrefix("\(ticket).") }
  }

  /// The action that a plan was made of; nil where there is none of that name any more.
  func action(named plan: ActionPlan) -> Action? {
    plan.origin.flatMap { action(plan.action, in: $0.runbook) }
      ?? actions.first { $0.name == plan.action && $0.home == nil }
      ?? actions.first { $0.name == plan.action }
  }
}
