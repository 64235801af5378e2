public import Conditions
public import Fleet

/// The life of an action: made of moves and of time, and of nothing else.
///
///     planned ─► awaiting-approval ─► approved ─► confirmed ─► intended ─► sent ─► applied, failed or unknown
///     applied ─► verifying ─► verified, regressed or inconclusive
///     applied … inconclusive, failed ─► reverting ─► reverted or revert-failed
///     what is not sent yet ─► cancelled or expired
///
/// A move that is not allowed changes nothing: `refusal` says why.
public struct ActionRun: Sendable, Hashable, Codable {
  public private(set) var plan: ActionPlan
  public let hash: String
  public private(set) var state: State
  /// Since when it is in that state.
  public private(set) var since: Instant
  public private(set) var planned: Instant
  public private(set) var approvals: [Approval] = []
  public private(set) var confirmedBy: String?
  /// By the places of the plan's steps; nil where nothing was heard of it.
  public private(set) var answers: [ActionAnswer?]
  public private(set) var reverts: [ActionAnswer?]
  /// When it came into force.
  public private(set) var applied: Instant?
  public private(set) var proof = ConditionRun()
  /// Why it ended where it did not go well.
  public private(set) var reason: String?

  public enum State: String, Sendable, Hashable, Codable, CaseIterable {
    case planned, approved, confirmed, intended, sent, applied, failed, unknown, verifying,
      verified,
      regressed, inconclusive, reverting, reverted, expired, cancelled
    case awaitingApproval = "awaiting-approval"
    case revertFailed = "revert-failed"

    /// Nothing was sent, and something still may be.
    public var isBeforeSending: Bool {
      switch self {
      case .planned, .awaitingApproval, .approved, .confirmed: true
      default: false
      }
    }

    /// Nothing comes of it by itself any more.
    public var isEnded: Bool {
      switch self {
      case .failed, .verified, .regressed, .inconclusive, .reverted, .expired, .cancelled,
        .revertFailed, .applied, .unknown:
        true
      default: false
      }
    }
  }

  public struct Approval: Sendable, Hashable, Codable {
    public var by: String
    public var at: Instant
  }

  /// Seconds after which a plan that nobody confirms is none any more.
  public static let patience = 900.0
  /// Seconds beyond what all its requests may take, after which nobody waits for an answer.
  private static let grace = 15.0

  public init(_ plan: ActionPlan, hash: String, at now: Instant) {
    self.plan = plan
    self.hash = hash
    planned = now
    since = now
    state = plan.policy.approvals > 0 ? .awaitingApproval : .planned
    answers = Array(repeating: nil, count: plan.steps.count)
    reverts = answers
  }

  /// Something of it is under way, or may be in force without anybody knowing.
  public var isLive: Bool {
    switch state {
    case .confirmed, .intended, .sent, .verifying, .reverting, .unknown: true
    default: false
    }
  }

  /// In force as far as anybody knows.
  public var isInForce: Bool {
    switch state {
    case .applied, .verifying, .verified, .regressed, .inconclusive: true
    default: false
    }
  }

  /// Approvals that count at this moment.
  public func standing(at now: Instant) -> [Approval] {
    approvals.filter { now.seconds(since: $0.at) <= plan.policy.patience }
  }

  /// Done at some of its targets, and not at all of them.
  public var isPartlyDone: Bool {
    state == .failed && answers.contains { if case .applied? = $0 { true } else { false } }
  }

  /// When it takes itself back; nil where it does not.
  public var expires: Instant? {
    if isPartlyDone, let expiry = plan.expiry { return since.advanced(by: expiry) }
    guard let applied, let expiry = plan.expiry, isInForce else { return nil }
    return applied.advanced(by: expiry)
  }

  // MARK: What is allowed

  /// Why a move is not allowed; nil where it is.
  public func refusal(of move: ActionMove, at now: Instant) -> String? {
    switch move.step {
    case .plan: return "there is a plan of that name already"
    case .approve(let hash):
      guard state == .awaitingApproval else {
        return "nobody is asked to approve: it is \(state.rawValue)"
      }
      guard hash == self.hash else { return "the plan is another one now" }
      guard move.by != plan.by else { return "\(move.by) asked for it, and cannot approve it" }
      guard !standing(at: now).contains(where: { $0.by == move.by }) else {
        return "\(move.by) has approved it already"
      }
    case .reject:
      guard state.isBeforeSending, state != .confirmed else {
        return "it cannot be rejected any more: it is \(state.rawValue)"
      }
    case .confirm(let hash):
      guard hash == self.hash else { return "the plan is another one now" }
      guard state == .planned || state == .approved else {
        return state == .awaitingApproval
          ? "it waits for \(plan.policy.approvals - standing(at: now).count) more to approve it"
          : "it cannot be confirmed: it is \(state.rawValue)"
      }
      guard isApproved(at: now) else { return "the approvals have expired" }
      guard plan.isPermitted else { return "a precondition does not hold" }
    case .intend(let hash):
      guard hash == self.hash else { return "the plan is another one now" }
      guard state == .confirmed else { return "it is not confirmed: it is \(state.rawValue)" }
      guard isApproved(at: now) else { return "the approvals have expired" }
    case .send(let target):
      guard state == .intended || state == .sent else {
        return "it is not being sent: it is \(state.rawValue)"
      }
      guard place(of: target) != nil else { return "\(target) is none of its targets" }
    case .sendRevert(let target):
      guard state == .reverting else {
        return "it is not being taken back: it is \(state.rawValue)"
      }
      guard place(of: target) != nil else { return "\(target) is none of its targets" }
    case .answer(let target, _):
      guard state == .intended || state == .sent || state == .unknown else {
        return "no answer is waited for: it is \(state.rawValue)"
      }
      guard let place = place(of: target) else { return "\(target) is none of its targets" }
      if case .applied? = answers[place] { return "\(target) has answered already" }
      if case .failed? = answers[place] { return "\(target) has answered already" }
    case .reconcile(let target, _):
      guard state == .unknown else { return "it is known what came of it: \(state.rawValue)" }
      guard let place = place(of: target) else { return "\(target) is none of its targets" }
      guard plan.steps[place].read != nil else { return "nothing says how to look that up" }
    case .intendRevert(let hash):
      guard hash == self.hash else { return "the plan is another one now" }
      guard plan.isReversible else { return "nothing says how it is taken back" }
      guard isInForce || state == .failed || state == .unknown || state == .revertFailed else {
        return "there is nothing to take back: it is \(state.rawValue)"
      }
      guard answers.contains(where: { $0 != nil }) else { return "nothing of it was sent" }
    case .answerRevert(let target, _):
      guard state == .reverting || state == .revertFailed else {
        return "it is not being taken back: it is \(state.rawValue)"
      }
      guard let place = place(of: target) else { return "\(target) is none of its targets" }
      if case .applied? = reverts[place] { return "\(target) has answered already" }
    case .cancel:
      // Where nothing says how to look it up, a person looks and says so: else nothing of its kind goes on.
      if state == .unknown, move.by != ActionMove.itself { return nil }
      guard state.isBeforeSending else { return "it was sent: it can only be taken back" }
    case .lose:
      guard state == .intended || state == .sent || state == .reverting else {
        return "nothing of it was under way"
      }
    }
    return nil
  }

  private func isApproved(at now: Instant) -> Bool {
    standing(at: now).count >= plan.policy.approvals
  }

  private func place(of target: String) -> Int? {
    plan.steps.firstIndex { $0.target == target }
  }

  // MARK: What becomes of it

  /// Takes a move that is allowed; any other changes nothing.
  ///
  /// - Returns: why it is not allowed.
  @discardableResult
  public mutating func take(_ move: ActionMove, at now: Instant) -> String? {
    if let refusal = refusal(of: move, at: now) { return refusal }
    switch move.step {
    case .plan: break
    case .approve:
      approvals = standing(at: now) + [Approval(by: move.by, at: now)]
      if isApproved(at: now) { go(to: .approved, at: now) }
    case .reject(let reason):
      go(to: .cancelled, at: now, because: "\(move.by) rejected it: \(reason)")
    case .confirm:
      confirmedBy = move.by
      go(to: .confirmed, at: now)
    case .intend: go(to: .intended, at: now)
    case .send: if state == .intended { go(to: .sent, at: now) }
    case .sendRevert: break
    case .answer(let target, let answer):
      if let place = place(of: target) { answers[place] = answer }
      settle(at: now)
    case .reconcile(let target, let found): reconcile(target, found, at: now)
    case .intendRevert:
      reverts = Array(repeating: nil, count: plan.steps.count)
      go(to: .reverting, at: now)
    case .answerRevert(let target, let answer):
      if let place = place(of: target) { reverts[place] = answer }
      settleRevert(at: now)
    case .cancel(let reason):
      if state == .unknown {
        go(to: .inconclusive, at: now, because: "\(move.by) looked: \(reason)")
      } else {
        go(to: .cancelled, at: now, because: reason)
      }
    case .lose:
      if state == .reverting {
        go(to: .revertFailed, at: now, because: "what sent it is gone, and its answer with it")
      } else {
        nobodyKnows("what sent it is gone, and its answer with it", at: now)
      }
    }
    return nil
  }

  private mutating func go(to next: State, at now: Instant, because reason: String? = nil) {
    state = next
    since = now
    self.reason = reason
  }

  /// Of the targets that were not heard of, some may have done it.
  private mutating func nobodyKnows(_ reason: String, at now: Instant) {
    for place in answers.indices where answers[place] == nil { answers[place] = .unknown(reason) }
    go(to: .unknown, at: now, because: reason)
  }

  /// Once every target was heard of.
  private mutating func settle(at now: Instant) {
    guard !answers.contains(nil) else { return }
    var (unknown, failed): (String?, String?) = (nil, nil)
    for case let answer? in answers {
      switch answer {
      case .applied: break
      case .failed(let reason): failed = failed ?? reason
      case .unknown(let reason): unknown = unknown ?? reason
      }
    }
    if let unknown { return go(to: .unknown, at: now, because: unknown) }
    if let failed { return go(to: .failed, at: now, because: failed) }
    applied = now
    proof = ConditionRun()
    go(to: plan.proof == nil ? .applied : .verifying, at: now)
  }

  /// A target that nobody knew of says what is so there.
  private mutating func reconcile(_ target: String, _ found: Argument, at now: Instant) {
    guard let place = place(of: target), let read = plan.steps[place].read else { return }
    if found.isSame(as: read.expected) {
      answers[place] = .applied("it says \(found.words)")
    } else if let captured = plan.steps[place].captured, found.isSame(as: captured) {
      answers[place] = .failed("it says \(found.words), as before")
    } else {
      answers[place] = .unknown(
        "it says \(found.words): neither what was so before nor what was asked for")
    }
    settle(at: now)
  }

  private mutating func settleRevert(at now: Instant) {
    guard !reverts.contains(nil) else { return }
    for case let answer? in reverts {
      switch answer {
      case .applied: break
      case .failed(let reason), .unknown(let reason):
        return go(to: .revertFailed, at: now, because: reason)
      }
    }
    go(to: .reverted, at: now)
  }

  /// Lets time pass: what waits too long ends, and what is being proved goes on.
  public mutating func advance(_ facts: some Facts, at now: Instant) {
    let waited = now.seconds(since: since)
    switch state {
    case .planned, .approved, .confirmed:
      if waited > ActionRun.patience {
        go(to: .expired, at: now, because: "nobody went on with it")
      }
    case .awaitingApproval:
      if waited > plan.policy.patience {
        go(to: .expired, at: now, because: "nobody approved it in time")
      }
    case .intended, .sent:
      guard waited > longest else { return }
      nobodyKnows("no answer came in time", at: now)
    case .reverting:
      if waited > longest { go(to: .revertFailed, at: now, because: "no answer came in time") }
    case .verifying:
      guard let whole = plan.proof?.whole, let patience = plan.proof?.patience else { return }
      proof.advance(whole, facts, at: now.seconds)
      if proof.truth == .yes { return go(to: .verified, at: now) }
      guard waited > patience else { return }
      let truth = whole.truthInTime(facts)
      go(
        to: truth == .no ? .regressed : .inconclusive, at: now,
        because: truth == .no
          ? "what should prove it does not hold"
          : "what should prove it is not known, or has not held for long enough")
    case .applied, .failed, .unknown, .verified, .regressed, .inconclusive, .reverted,
      .revertFailed,
      .expired, .cancelled:
      break
    }
  }

  /// Seconds that all its requests may take.
  private var longest: Double {
    plan.timeout * Double(max(1, plan.steps.count)) + ActionRun.grace
  }
}
