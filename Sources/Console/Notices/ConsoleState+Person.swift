import Containment
import Fleet
import Incident

/// What the fleet file lets whoever looks do; the session is asked all the same, and has the last word.
extension ConsoleState {
  static let onlyLooks = "viewers only look"

  /// They may look, and stop what is announced, and nothing else.
  func isViewer(_ present: Present) -> Bool { person?.role(in: present.fleet) == .viewer }

  /// Why this screen acts on nothing now, in a few words; nil where it may.
  func lookingOnly(_ present: Present) -> String? {
    if let link, !link.isHeard {
      return link.phase == .connecting
        ? "the session is being joined" : "the session does not answer"
    }
    if link?.onlyLooks != nil { return "this screen only looks" }
    return isViewer(present) ? Self.onlyLooks : nil
  }

  /// The same for the last line, with its reason.
  func viewerRefusal(_ present: Present) -> String? {
    if link?.isHeard == false { return LinkBanner.refusal(link) }
    if let why = link?.onlyLooks { return "this screen only looks: \(why)" }
    guard isViewer(present), let person else { return nil }
    return "\(Self.onlyLooks), and the fleet file lets \(person.name) do no more"
  }

  /// A request that waits for an answer which this responder may give.
  func mayApprove(_ run: ActionRun, _ present: Present) -> Bool {
    guard let person, link?.onlyLooks == nil, !isViewer(present), run.state == .awaitingApproval,
      present.fleet.access != nil, Access.countsAsApprover(uid: person.uid)
    else { return false }
    let approvers = run.plan.policy.approvers
    let counts =
      approvers.isEmpty
      ? person.role(in: present.fleet) >= .approver : person.isAmong(approvers, in: present.fleet)
    guard counts else { return false }
    let move = ActionMove(run: run.plan.id, by: person.name, step: .approve(hash: run.hash))
    return present.refusal(of: move) == nil
  }

  /// Whether it can be taken back now, by whoever may act.
  func mayTakeBack(_ run: ActionRun, _ present: Present) -> Bool {
    guard lookingOnly(present) == nil else { return false }
    let move = ActionMove(
      run: run.plan.id, by: person?.name ?? "", step: .intendRevert(hash: run.hash))
    return present.refusal(of: move) == nil
  }

  /// The words of a freeze that an action falls into now; nil where there is none.
  func freeze(on service: String, _ kind: Action.Kind, _ present: Present) -> ActionFreeze? {
    present.freezes(on: service, kind: kind.rawValue).first
  }

  /// Whether a freeze is one that this responder may break, with a reason; where nobody is known the session says.
  func mayBreak(_ freeze: ActionFreeze, _ present: Present) -> Bool {
    person?.isAmong(freeze.breakers, in: present.fleet) ?? !freeze.breakers.isEmpty
  }
}
