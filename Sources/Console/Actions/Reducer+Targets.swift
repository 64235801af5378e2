import Canvas
import Containment
import Incident

/// Choosing the instances that an action goes to, before anything is planned.
extension ConsoleState {
  /// `i`: of the action under the cursor, or of the plan that is shown, which is then planned anew.
  mutating func openTargets(_ state: State) -> [Effect] {
    guard playback == nil else { return refuseInPast("choose", state) }
    let present = state.present
    if let refusal = viewerRefusal(present) { return complain(refusal, state) }
    var ask: ActionAsk
    switch pane {
    case .actions(let service):
      guard case .choice(let choice)? = ActionListPane(service, state, self).item(self),
        case .action(let action) = choice.deed
      else { return complain("put the cursor on an action first", state) }
      if let obstacle = choice.obstacle { return complain("not now: \(obstacle)", state) }
      if let refusal = TargetPane.refusal(action, on: service, present) {
        return complain(refusal, state)
      }
      ask = ActionAsk(action: action.id, service: service, origin: choice.origin)
      leftOut = []
    case .action:
      guard let question = ActionQuestion(present, self) else {
        return complain(
          "there is no plan yet; \(keys.sign(.back, in: .action)) goes back", state)
      }
      if let refusal = question.refusalOfChoosing { return complain(refusal, state) }
      let plan = question.run.plan
      guard let action = present.action(named: plan) else { return [.bell] }
      ask = ActionAsk(
        action: action.id, service: plan.service, origin: plan.origin, instead: plan.id)
      let taken = Set(plan.steps.map(\.target))
      leftOut = Set(TargetPane.instances(plan.service, present)).subtracting(taken)
    default: return refuse(.chooseTargets, present)
    }
    chosen[.targets] = nil
    stack.removeAll { if case .targets = $0 { true } else { false } }
    push(.targets(ask))
    return []
  }

  /// Space: takes the instance under the cursor, or leaves it out.
  mutating func toggleTarget(_ state: State) -> [Effect] {
    guard case .targets(let ask) = pane else { return refuse(.toggle, state.present) }
    let all = TargetPane.instances(ask.service, state.present)
    guard let list = blocks(state), all.indices.contains(list.cursor(self)) else {
      return complain("there is no instance here", state)
    }
    let url = all[list.cursor(self)]
    if leftOut.remove(url) == nil { leftOut.insert(url) }
    return []
  }

  /// Enter: goes on with those that are taken.
  mutating func takeTargets(_ ask: ActionAsk, _ state: State) -> [Effect] {
    guard playback == nil else { return refuseInPast("act", state) }
    let all = TargetPane.instances(ask.service, state.present)
    let taken = all.filter { !leftOut.contains($0) }
    guard !taken.isEmpty else {
      return complain("take at least one instance: \(keys.sign(.toggle, in: .targets)) does", state)
    }
    var ask = ask
    ask.targets = taken.count == all.count ? nil : taken
    stack.removeAll { if case .targets = $0 { true } else { false } }
    return begin(ask, state)
  }
}
