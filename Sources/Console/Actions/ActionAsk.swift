package import Containment
import Fleet
import Incident

/// What a responder wants of an action: which one, on what, and which step of which runbook says so.
package struct ActionAsk: Sendable, Hashable {
  /// `Action.id`
  package var action: String
  package var service: String
  package var origin: ActionPlan.Origin?

  package init(action: String, service: String, origin: ActionPlan.Origin? = nil) {
    self.action = action
    self.service = service
    self.origin = origin
  }
}

/// An action whose plan is being made: what is so now is asked of its targets first.
struct AskedAction: Sendable, Hashable {
  /// The plan's name begins with it.
  var ticket: String
  var ask: ActionAsk
  var at: Instant

  /// What the note of a plan that could not be made begins with.
  private var complaint: String { "\(ask.action) on \(ask.service) cannot be planned" }

  /// Why there is no plan, in the words of who tried; nil where nobody has said so.
  func failure(_ present: Present) -> String? {
    present.notes.last {
      $0.instant.offset > at.offset && $0.note.text.hasPrefix(complaint)
    }?.note.text
  }
}

extension Present {
  /// By its whole name, or by the ticket that it was asked for with.
  func actionRun(ticket: String) -> ActionRun? {
    actionRuns.last { $0.plan.id == ticket || $0.plan.id.hasPrefix("\(ticket).") }
  }
}
