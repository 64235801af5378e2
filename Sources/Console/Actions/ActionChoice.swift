import Canvas
import Containment
import Fleet
import Incident
import Runbooks

/// An action, or a plan of several, that is for a service: why it is offered, and why it cannot be had now.
struct ActionChoice {
  var deed: Deed
  /// The runbook's step that names it.
  var origin: ActionPlan.Origin?
  var why: String
  /// nil: it can be planned.
  var obstacle: String?

  enum Deed {
    case action(Action)
    case maneuver(Maneuver, risk: Action.Risk)
  }

  /// How it is asked for.
  var id: String {
    switch deed {
    case .action(let action): action.id
    case .maneuver(let maneuver, _): maneuver.id
    }
  }

  var name: String {
    switch deed {
    case .action(let action): action.name
    case .maneuver(let maneuver, _): maneuver.name
    }
  }

  private var title: String? {
    switch deed {
    case .action(let action): action.title
    case .maneuver(let maneuver, _): maneuver.title
    }
  }

  private var risk: Action.Risk {
    switch deed {
    case .action(let action): action.risk
    case .maneuver(_, let risk): risk
    }
  }

  /// `automatable`, `plan of 3 on checkout, cart`
  private var manner: String {
    switch deed {
    case .action(let action): action.mode.rawValue
    case .maneuver(let maneuver, _):
      "plan of \(maneuver.parts.count) on \(maneuver.services.joined(separator: ", "))"
    }
  }

  // MARK: All of them

  /// All that are for a service: those that a matching runbook names, in its order; then those that are for
  /// few services; then the rest. The less risk the sooner; plans of several last.
  static func all(for service: String, _ state: State, _ console: ConsoleState) -> [ActionChoice] {
    let present = state.present
    let named = named(for: service, state, console)
    let general = generalObstacle(present, console)
    func choice(_ action: Action) -> ActionChoice {
      let step = named.first { $0.action == action.id }
      return ActionChoice(
        deed: .action(action), origin: step?.origin, why: step?.why ?? action.scopeWords,
        obstacle: general ?? obstacle(to: action, on: service, present, console))
    }
    func rank(_ action: Action) -> (Int, Int, Int) {
      let place = named.firstIndex { $0.action == action.id } ?? named.count
      return (place, action.services.isEmpty ? 1 : 0, action.risk.rank)
    }
    let sorted = present.actions(for: service).enumerated().sorted { a, b in
      let (left, right) = (rank(a.element), rank(b.element))
      return left == right ? a.offset < b.offset : left < right
    }
    // Runbooks each have their own of one name: the one that fits best stands for them.
    var names: Set<String> = []
    let actions = sorted.filter { names.insert($0.element.name).inserted }
    return actions.map { choice($0.element) }
      + present.maneuvers(for: service).map { maneuver in
        ActionChoice(
          deed: .maneuver(maneuver, risk: present.risk(of: maneuver)), why: "declared as a plan",
          obstacle: general ?? present.obstacle(to: maneuver))
      }
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

  // MARK: Why not

  /// What keeps this responder from anything at all.
  private static func generalObstacle(_ present: Present, _ console: ConsoleState) -> String? {
    if console.playback != nil { return "nothing can be done in the past" }
    if let looking = console.lookingOnly(present) { return looking }
    return present.halt?.words
  }

  /// Why it cannot be planned; what is not known is not taken for granted.
  static func obstacle(
    to action: Action, on service: String, _ present: Present, _ console: ConsoleState
  ) -> String? {
    if let general = generalObstacle(present, console) { return general }
    if let refusal = console.requestRefusal(action, present) { return refusal }
    if let freeze = console.freeze(on: service, action.kind, present),
      !console.mayBreak(freeze, present)
    {
      return freeze.words
    }
    return present.obstacle(to: action, on: service)
  }

  /// The same for what may be an action or a plan, by how it is asked for; nil where it can be asked for.
  static func obstacle(to ask: ActionAsk, _ present: Present, _ console: ConsoleState) -> String? {
    if let action = present.action(id: ask.action) {
      return obstacle(to: action, on: ask.service, present, console)
    }
    if let general = generalObstacle(present, console) { return general }
    return present.maneuver(id: ask.action).flatMap { present.obstacle(to: $0) }
  }

  // MARK: Told

  /// What it is, and why it is offered or not.
  func lines(brief: Bool) -> [[Run]] {
    let isHad = obstacle == nil
    var title = [
      Run(isHad ? "▸ " : "– ", isHad ? .key : .dim),
      Run(name, isHad ? Style(.strong) : .dim), Run("  "),
    ]
    let risk = ActionWords.risk(self.risk)
    title.append(isHad ? risk : Run(risk.text, .dim))
    title.append(Run("  \(manner)", .dim))
    if let words = self.title { title.append(Run("  \(words)", isHad ? .text : .dim)) }
    let reason = obstacle.map { [Run("  not now: ", .dim), Run($0, .reason)] }
    if brief { return [title + (reason ?? [])] }
    return [title, reason ?? [Run("  why: \(why)", .dim)]]
  }
}

extension ConsoleState {
  /// Why somebody else has to ask for it; nil where whoever looks may, or is not known.
  fileprivate func requestRefusal(_ action: Action, _ present: Present) -> String? {
    guard let person, !action.policy.requesters.isEmpty,
      !person.isAmong(action.policy.requesters, in: present.fleet)
    else { return nil }
    return "it is for \(action.policy.requesters.words) to ask for"
  }
}

extension Action.Risk {
  /// The less the sooner.
  var rank: Int {
    switch self {
    case .low: 0
    case .medium: 1
    case .high: 2
    }
  }
}
