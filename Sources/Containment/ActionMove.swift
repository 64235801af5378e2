/// One step in the life of an action: what somebody did, or what came of it.
public struct ActionMove: Sendable, Hashable, Codable {
  /// `ActionPlan.id`
  public var run: String
  /// Who, as the operating system knows them; `damcon` where nobody did anything.
  public var by: String
  public var step: Step

  public static let itself = "damcon"

  public init(run: String, by: String, step: Step) {
    self.run = run
    self.by = by
    self.step = step
  }

  public enum Step: Sendable, Hashable, Codable {
    /// With its hash: what is left of it in a cut with names taken out would have another.
    case plan(ActionPlan, hash: String)
    /// Of exactly this plan.
    case approve(hash: String)
    case reject(reason: String)
    case confirm(hash: String)
    /// It is about to be sent: on disk before the first byte leaves.
    case intend(hash: String)
    /// What goes to a target has begun to leave.
    ///
    /// Here and below: `step` is the place of the step among those of the plan, from 0. It may be left out where the
    /// target has one step only.
    case send(target: String, step: Int? = nil)
    case answer(target: String, step: Int? = nil, ActionAnswer)
    /// What a target says that is so, read after nobody knew.
    case reconcile(target: String, step: Int? = nil, found: Argument)
    /// It is about to be taken back.
    case intendRevert(hash: String)
    /// What takes it back has begun to leave.
    case sendRevert(target: String, step: Int? = nil)
    case answerRevert(target: String, step: Int? = nil, ActionAnswer)
    /// Somebody has looked, and says that what was lost is as it was.
    case recover(hash: String)
    /// What a target says that it would do; nothing is done.
    case tried(target: String, String)
    /// Not done after all.
    case cancel(reason: String)
    /// What sent it is gone, and its answer with it.
    case lose
  }

  /// Bytes leave only after it.
  public var comesBeforeBytes: Bool {
    switch step {
    case .intend, .intendRevert: true
    default: false
    }
  }

  /// One line: `confirmed cap-concurrency limit=32 on pricing`.
  public var words: String {
    switch step {
    case .plan(let plan, _): "planned \(plan.words)\(plan.reason.isEmpty ? "" : ": \(plan.reason)")"
    case .approve: "approved it"
    case .reject(let reason): "rejected it: \(reason)"
    case .confirm: "confirmed it"
    case .intend: "it is being sent"
    case .send(let target, _): "sent to \(target)"
    case .sendRevert(let target, _): "taking it back, sent to \(target)"
    case .answer(let target, _, let answer): "\(target): \(answer.words)"
    case .reconcile(let target, _, let found): "\(target) says \(found.words)"
    case .intendRevert: "it is being taken back"
    case .answerRevert(let target, _, let answer): "taking it back, \(target): \(answer.words)"
    case .recover: "says that it has recovered"
    case .tried(let target, let said): "tried out, \(target): \(said)"
    case .cancel(let reason): "not done: \(reason)"
    case .lose: "what sent it is gone; nobody knows if it was done"
    }
  }
}
