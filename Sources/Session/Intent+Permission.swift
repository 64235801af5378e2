package import Containment
import Fleet
package import Incident

/// Who may ask for what: looked at here, whatever a screen or another login has looked at before.
extension Intent {
  /// Why somebody may not ask for it; nil where they may.
  ///
  /// - Parameter users: the kernel's numbers of those who have asked for something, by their names.
  func objection(
    _ present: Present, to principal: Principal, knowing users: [String: UInt32]
  ) -> String? {
    if let reason = principal.onlyLooks { return "nothing comes of it: this screen is \(reason)" }
    let role = principal.role(in: present.fleet)
    switch self {
    // Saying no to what nobody has asked for.
    case .stopRule: return nil
    default: break
    }
    if case .action(let run, .approve) = self {
      return objection(toApproval: run, present, principal, users)
    }
    // Whoever may agree may say no.
    if case .action(let run, .reject) = self,
      let policy = present.actionRun(run)?.plan.policy, !policy.approvers.isEmpty,
      principal.isAmong(policy.approvers, in: present.fleet)
    {
      return nil
    }
    guard role >= .responder else {
      return "\(principal.name) is a viewer here and cannot \(shortly): that is for responders"
    }
    switch self {
    case .plan(let wish): return objection(to: wish, present, principal)
    case .action(let run, let step): return objection(to: step, of: run, present, principal)
    case .lift:
      guard let halt = present.halt, halt.by != principal.name, role < .commander else {
        return nil
      }
      return
        "\(halt.words): it is lifted by them or by a commander, and \(principal.name) is neither"
    default: return nil
    }
  }

  private func objection(
    toApproval id: String, _ present: Present, _ principal: Principal, _ users: [String: UInt32]
  ) -> String? {
    guard present.fleet.access != nil else {
      return "nobody can approve: the fleet file has no access: that says who may"
    }
    guard Access.countsAsApprover(uid: principal.uid) else {
      return "\(principal.name) never counts as an approver: anybody may be behind that name"
    }
    guard let run = present.actionRun(id) else { return nil }
    let policy = run.plan.policy
    if policy.approvers.isEmpty {
      guard principal.role(in: present.fleet) >= .approver else {
        return
          "\(principal.name) is a \(principal.role(in: present.fleet).rawValue) here and no approver"
      }
    } else if !principal.isAmong(policy.approvers, in: present.fleet) {
      return "\(run.plan.action) is approved by \(policy.approvers.words), "
        + "and \(principal.name) is none of them"
    }
    // One person may have two names: the kernel tells them by one number.
    if users[run.plan.by] == principal.uid {
      return "\(principal.name) asked for it as \(run.plan.by), and cannot approve it"
    }
    let other = run.standing(at: present.now).first {
      $0.by != principal.name && users[$0.by] == principal.uid
    }
    return other.map { "\(principal.name) has approved it already as \($0.by)" }
  }

  private func objection(
    to step: ActionMove.Step, of id: String, _ present: Present, _ principal: Principal
  ) -> String? {
    guard let plan = present.actionRun(id)?.plan else { return nil }
    switch step {
    case .reject, .cancel, .recover: return nil
    case .confirm:
      return plan.steps.lazy.compactMap { step in
        principal.objection(
          to: plan.policy, plan.action, service: step.service, kind: step.kind.rawValue,
          reason: plan.reason, present)
      }.first
    default: return "\(summary): only what carries actions out says that"
    }
  }

  private func objection(
    to wish: ActionWish, _ present: Present, _ principal: Principal
  ) -> String? {
    if let action = present.action(id: wish.action) {
      return principal.objection(
        to: action.policy, action.name, service: wish.service, kind: action.kind.rawValue,
        reason: wish.reason, present)
    }
    // Of a plan of several every part is asked for.
    guard let maneuver = present.maneuvers.first(where: { $0.id == wish.action }) else {
      return nil
    }
    return maneuver.parts.lazy.compactMap { part in
      guard let action = present.action(id: part.action) else { return nil }
      return principal.objection(
        to: action.policy, action.name, service: part.service, kind: action.kind.rawValue,
        reason: wish.reason, present)
    }.first
  }
}

extension Principal {
  /// Why somebody may not ask for an action at a service now; nil where they may.
  fileprivate func objection(
    to policy: Action.Policy, _ action: String, service: String, kind: String, reason: String,
    _ present: Present
  ) -> String? {
    if !policy.requesters.isEmpty, !isAmong(policy.requesters, in: present.fleet) {
      return "\(action) is for \(policy.requesters.words) to ask for, and \(name) is none of them"
    }
    for freeze in present.freezes(on: service, kind: kind) {
      guard isAmong(freeze.breakers, in: present.fleet) else {
        let who =
          freeze.breakers.isEmpty
          ? "nobody breaks that" : "broken by \(freeze.breakers.words) alone"
        return "\(action) on \(service) is \(freeze.words): \(who)"
      }
      if reason.isEmpty {
        return "\(action) on \(service) is \(freeze.words): say why that is broken"
      }
    }
    return nil
  }

  /// The freezes that a plan of theirs breaks, in words, to be written down in it; those that they may not break are
  /// not among them.
  package func breaks(_ plan: ActionPlan, in present: Present) -> [String] {
    guard !plan.reason.isEmpty else { return [] }
    var words: [String] = []
    for step in plan.steps {
      for freeze in present.freezes(on: step.service, kind: step.kind.rawValue)
      where isAmong(freeze.breakers, in: present.fleet) && !words.contains(freeze.words) {
        words.append(freeze.words)
      }
    }
    return words
  }
}
