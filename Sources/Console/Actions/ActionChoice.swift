import Canvas
import Conditions
import Containment
import Incident
import Runbooks

/// An action that is for a service: why it is offered, and why it cannot be had now.
struct ActionChoice {
  var action: Action
  /// The runbook's step that names it.
  var origin: ActionPlan.Origin?
  var why: String
  /// nil: it can be planned.
  var obstacle: String?

  /// All that are for a service: those that a matching runbook names, in its order; then those that are for
  /// few services; then the rest. The less risk the sooner.
  static func all(for service: String, _ state: State, _ console: ConsoleState) -> [ActionChoice] {
    let named = named(for: service, state, console)
    let actions = state.present.actions(for: service)
    func choice(_ action: Action) -> ActionChoice {
      let step = named.first { $0.action == action.id }
      return ActionChoice(
        action: action, origin: step?.origin, why: step?.why ?? action.scopeWords,
        obstacle: obstacle(to: action, on: service, state, console))
    }
    func rank(_ action: Action) -> (Int, Int, Int) {
      let place = named.firstIndex { $0.action == action.id } ?? named.count
      return (place, action.services.isEmpty ? 1 : 0, action.risk.rank)
    }
    let sorted = actions.enumerated().sorted { a, b in
      let (left, right) = (rank(a.element), rank(b.element))
      return left == right ? a.offset < b.offset : left < right
    }
    // Runbooks each have their own of one name: the one that fits best stands for them.
    var names: Set<String> = []
    return sorted.filter { names.insert($0.element.name).inserted }.map { choice($0.element) }
  }

  /// What the runbooks that fit best bind their steps to, in the order of the steps.
  private static func named(
    for service: String, _ state: State, _ console: ConsoleState
  ) -> [(action: String, origin: ActionPlan.Origin, why: String)] {
    state.present.runbookMatches(of: service).foremost.flatMap { match in
      (console.library.runbook(hash: match.hash)?.text.steps ?? []).compactMap { step in
        guard case .automatable(let name) = step.kind,
          let action = state.present.action(name, in: match.id)?.id
        else { return nil }
        let origin = ActionPlan.Origin(runbook: match.id, hash: match.hash, step: step.id)
        return (action, origin, "\(match.id), \(step.section.rawValue) \(step.number)")
      }
    }
  }

  /// Why it cannot be planned; what is not known is not taken for granted.
  static func obstacle(
    to action: Action, on service: String, _ state: State, _ console: ConsoleState
  ) -> String? {
    if console.playback != nil { return "nothing can be done in the past" }
    let other = state.present.actionRuns.last {
      $0.isLive && $0.plan.kind == action.kind && $0.plan.service == service
    }
    if let other {
      return "\(other.plan.words) goes on: "
        + ActionWords.brief(other, at: state.present.now)
    }
    let facts = FleetFacts(state, service: service)
    for condition in action.preconditions {
      switch condition.truthInTime(facts) {
      case .yes: continue
      case .no: return "needs \(condition.text): \(ActionWords.now(condition, facts))"
      case .unknown:
        return "nobody knows whether \(condition.text): \(ActionWords.now(condition, facts))"
      }
    }
    return nil
  }

  /// What it is, and why it is offered or not.
  func lines(brief: Bool) -> [[Run]] {
    let isHad = obstacle == nil
    var title = [
      Run(isHad ? "▸ " : "– ", isHad ? .key : .dim),
      Run(action.name, isHad ? Style(.strong) : .dim), Run("  "),
    ]
    let risk = ActionWords.risk(action.risk)
    title.append(isHad ? risk : Run(risk.text, .dim))
    title.append(Run("  \(action.mode.rawValue)", .dim))
    if let words = action.title { title.append(Run("  \(words)", isHad ? .text : .dim)) }
    let reason = obstacle.map { [Run("  not now: ", .dim), Run($0, .reason)] }
    if brief { return [title + (reason ?? [])] }
    return [title, reason ?? [Run("  why: \(why)", .dim)]]
  }
}

extension Action.Risk {
  /// The less the sooner.
  fileprivate var rank: Int {
    switch self {
    case .low: 0
    case .medium: 1
    case .high: 2
    }
  }
}
