import Conditions
public import Containment
import Fleet
import Health
import Runbooks

/// What is triggered, and what comes of it.
extension State {
  /// Actions of one fleet.
  static let actionLimit = 1000

  /// A move that is not allowed changes nothing: who enters one has asked before.
  mutating func perform(_ move: ActionMove) {
    if case .plan(let plan, let hash) = move.step {
      guard present.actionRun(plan.id) == nil else { return }
      present.dropOldestAction()
      present.actionRuns.append(ActionRun(plan, hash: hash, at: present.now))
    } else {
      guard let place = present.actionRuns.firstIndex(where: { $0.plan.id == move.run }),
        present.actionRuns[place].take(move, at: present.now) == nil
      else { return }
    }
    let service = present.actionRun(move.run)?.plan.words ?? move.run
    present.keep(
      Note(
        move.isBad ? .warning : .info,
        "\(move.by), \(service): \(Words.clipped(move.words, to: 160))"),
      at: present.now)
  }

  /// Lets the time of every action pass.
  mutating func advanceActions() {
    for place in present.actionRuns.indices
    where present.actionRuns[place].isMoving(at: present.now) {
      let (before, gate) = (present.actionRuns[place].state, present.actionRuns[place].gate)
      let run = advanced(place)
      present.actionRuns[place] = run
      if run.state != before {
        tell(run)
      } else if let gate, run.gate == nil {
        tell(run, passed: gate)
      }
    }
  }

  /// The facts are gone before the state is written to: else all of it would be copied.
  private func advanced(_ place: Int) -> ActionRun {
    var run = present.actionRuns[place]
    run.advance(FleetFacts.acting(present, service: run.service), at: present.now)
    return run
  }

  private mutating func tell(_ run: ActionRun) {
    let why = run.reason.map { ": \($0)" } ?? ""
    let severity: Note.Severity
    var words = "\(run.plan.words) is \(run.state.rawValue)\(why)"
    switch run.state {
    case .verified, .watching, .recovered: severity = .info
    case .relapsed:
      severity = .error
      words += "; whoever is to know next has to know now"
    default: severity = .warning
    }
    present.keep(Note(severity, words), at: present.now)
  }

  private mutating func tell(_ run: ActionRun, passed gate: ActionRun.Gate) {
    guard let check = run.plan.steps[gate.place].check else { return }
    present.keep(
      Note(.info, "\(run.plan.words) goes on to its next step: \(check.whole.text)"),
      at: present.now)
  }

  /// Goes on with what an earlier run left; what that one was sending nobody knows any more.
  mutating func take(_ unfinished: Unfinished) {
    if present.incidents.isEmpty {
      present.incidents = Array(unfinished.incidents.suffix(Present.incidentLimit))
    }
    if present.works.isEmpty { present.works = Array(unfinished.works.suffix(State.workLimit)) }
    take(halt: unfinished.halt, rules: unfinished.rules)
    guard present.actionRuns.isEmpty else { return }
    present.actionRuns = Array(
      unfinished.actions.filter(\.isWhole).suffix(Present.actionRunLimit))
    for place in present.actionRuns.indices {
      let wasSending = present.actionRuns[place].state != .confirmed
      let lost = ActionMove(
        run: present.actionRuns[place].plan.id, by: ActionMove.itself,
        step: wasSending ? .lose : .cancel(reason: "Damcon ended before it was sent"))
      if present.actionRuns[place].take(lost, at: present.now) == nil {
        tell(present.actionRuns[place])
      }
    }
  }
}

extension Present {
  public func actionRun(_ id: String) -> ActionRun? { actionRuns.last { $0.plan.id == id } }

  /// The actions that are for a service, in the order of the files; those of a runbook only where that is
  /// for it.
  public func actions(for service: String) -> [Action] {
    guard let index = index(of: service) else { return [] }
    let (language, tier) = (services[index].language, services[index].definition.tier)
    return actions.filter { action in
      guard action.applies(to: service) else { return false }
      guard action.services.isEmpty, let home = action.home else { return true }
      return runbooks.contains {
        $0.id == home && $0.scope.applies(to: service, language: language, tier: tier)
      }
    }
  }

  /// What a runbook calls so: its own, else the fleet file's.
  public func action(_ name: String, in runbook: String) -> Action? {
    actions.first { $0.name == name && $0.home == runbook }
      ?? actions.first { $0.name == name && $0.home == nil }
  }

  public func action(id: String) -> Action? { actions.first { $0.id == id } }

  public func maneuver(id: String) -> Maneuver? { maneuvers.first { $0.id == id } }

  /// The plans of several actions that do something to a service, in the order of the file.
  public func maneuvers(for service: String) -> [Maneuver] {
    maneuvers.filter { maneuver in maneuver.parts.contains { $0.service == service } }
  }

  /// Another action that goes on, or may, and does the same to the same.
  public func conflict(with plan: ActionPlan) -> ActionRun? {
    actionRuns.first { $0.plan.id != plan.id && $0.isLive && $0.plan.conflicts(with: plan) }
  }

  /// The oldest that can be forgotten: what is over, else what nobody has confirmed; nil where there is none.
  var dispensable: Int? {
    actionRuns.firstIndex {
      $0.state.isEnded && $0.state != .unknown && $0.expires == nil && !$0.isMoving(at: now)
    } ?? actionRuns.firstIndex { $0.state == .planned }
      ?? actionRuns.firstIndex { $0.state == .awaitingApproval || $0.state == .approved }
  }

  /// Makes room for another; who enters one has asked whether there is any.
  fileprivate mutating func dropOldestAction() {
    guard actionRuns.count >= Present.actionRunLimit, let place = dispensable else { return }
    actionRuns.remove(at: place)
  }
}

extension ActionMove {
  fileprivate var isBad: Bool {
    switch step {
    case .answer(_, _, let answer), .answerRevert(_, _, let answer): !answer.isDone
    case .reject, .lose: true
    default: false
    }
  }
}
