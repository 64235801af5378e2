import Canvas
import Containment
import Incident
import Runbooks

/// What a step of a runbook triggers: on which service, and what became of it the last time.
struct StepAction {
  let name: String
  private let step: Step
  private let view: RunbookView

  /// nil where a step triggers nothing.
  init?(_ step: Step, _ view: RunbookView) {
    guard case .automatable(let name) = step.kind else { return nil }
    self.name = name
    self.step = step
    self.view = view
  }

  /// nil where it is not declared.
  var action: Action? { view.present.action(name, in: view.card.id) }

  /// The one that the action is for, else the one that the runbook is read for.
  var service: String {
    guard let services = action?.services, services.count == 1 else { return view.place.service }
    return services[0]
  }

  var ask: ActionAsk {
    ActionAsk(
      action: action?.id ?? name, service: service,
      origin: ActionPlan.Origin(runbook: view.card.id, hash: view.card.hash, step: step.id))
  }

  /// The latest that it started here.
  var run: ActionRun? {
    view.present.actionRuns.last {
      $0.plan.origin == ask.origin && $0.plan.services.contains(service)
    }
  }

  /// `◷ cap-concurrency limit=32: verifying, 40s left`
  var fate: [Run]? {
    guard let run else { return nil }
    let reason = run.state.isUnsettled || run.state == .failed ? run.reason : nil
    return [
      ActionWords.mark(run.state, view.console.glyphs), Run(" \(ActionWords.name(run.plan)): "),
      Run(ActionWords.brief(run, at: view.now), .strong),
      Run(reason.map { ": \($0)" } ?? "", .reason), Run("  \(ActionWords.by(run.plan))", .dim),
    ]
  }
}
