public import Containment
public import Fleet
import Health

/// What the fleet file's policy and an emergency stop have to say of what is about to be done.
extension Present {
  /// Why a plan may not be made or gone on with now; nil where it may. What takes something back is never asked.
  ///
  /// - Parameter steps: those of the plan that it is about.
  public func policyRefusal(of plan: ActionPlan, _ steps: [ActionPlan.Step]) -> String? {
    if let halt { return "\(halt.words); it can be lifted by them or by a commander" }
    for step in steps {
      for freeze in freezes(on: step.service, kind: step.kind.rawValue)
      where !plan.breaks.contains(freeze.words) {
        return "\(plan.action) on \(step.service) is \(freeze.words)"
      }
    }
    for step in steps where step.exposes {
      // Of a plan of several, each action by its own name.
      let part = plan.parts.indices.contains(step.part) ? plan.parts[step.part].action : nil
      if let refusal = gateRefusal(part ?? plan.action, step) { return refusal }
    }
    return nil
  }

  /// The freezes that an action falls into now.
  public func freezes(on service: String, kind: String) -> [ActionFreeze] {
    fleet.policy.freezes.filter {
      $0.isOn(atUnixSeconds: now.unixSeconds) && $0.covers(service: service, kind: kind)
    }
  }

  private func gateRefusal(_ action: String, _ step: ActionPlan.Step) -> String? {
    let gates = fleet.policy.gates.filter {
      $0.kinds.contains(step.kind.rawValue) || $0.actions.contains(action)
    }
    guard let share = gates.map(\.share).max() else { return nil }
    guard let budget = service(named: step.service)?.tightestBudget else {
      return "nobody knows how much error budget \(step.service) has left; "
        + "\(action) needs \(Words.percent(share))"
    }
    guard budget.left < share else { return nil }
    return "\(step.service) has \(Words.percentLeft(budget.left)) of \(budget.of) left; "
      + "\(action) needs \(Words.percent(share))"
  }
}

extension ActionPlan.Step {
  /// It may let users meet more of something. What turns a flag off, or a weight down from what was read, does not:
  /// that is how damage is contained.
  fileprivate var exposes: Bool {
    switch kind {
    case .toggleFlag:
      guard let expected = read?.expected else { return true }
      return !["false", "off", "disabled", "0"].contains(expected.words.lowercased())
    case .shiftTraffic, .scale:
      guard let now = captured?.value, let next = read?.expected.value else { return true }
      return next >= now
    default: return true
    }
  }
}

extension Argument {
  fileprivate var value: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .number(let value): value
    case .text, .flag: nil
    }
  }
}
