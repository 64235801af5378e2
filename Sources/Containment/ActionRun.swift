public import Conditions
public import Fleet

/// The life of an action, or of a plan of several: made of moves and of time, and of nothing else.
///
///     planned ─► awaiting-approval ─► approved ─► confirmed ─► intended ─► sent ─► applied, failed or unknown
///     applied ─► verifying ─► verified, regressed or inconclusive
///     verified ─► watching ─► recovered, relapsed or inconclusive, where it is to bring something back
///     applied … relapsed, failed ─► reverting ─► reverted or revert-failed
///     what is not sent yet ─► cancelled or expired
///
/// A move that is not allowed changes nothing: `refusal` says why.
public struct ActionRun: Sendable, Hashable, Codable {
  public internal(set) var plan: ActionPlan
  public let hash: String
  public internal(set) var state: State
  /// Since when it is in that state.
  public internal(set) var since: Instant
  public internal(set) var planned: Instant
  public internal(set) var approvals: [Approval] = []
  public internal(set) var confirmedBy: String?
  /// By the places of the plan's steps: something of it has begun to leave.
  public internal(set) var begun: [Bool]
  /// By the places of the plan's steps; nil where nothing was heard of it.
  public internal(set) var answers: [ActionAnswer?]
  /// By the places of the plan's steps: whether what has to hold after it does; nil where that is not asked, or not
  /// decided.
  public internal(set) var checks: [Truth?]
  /// What is looked at before the next step is sent; nil where nothing is.
  public internal(set) var gate: Gate?
  /// As `begun` and `answers`, of taking it back.
  public internal(set) var begunReverts: [Bool]
  public internal(set) var reverts: [ActionAnswer?]
  /// How often somebody has begun to take it back.
  public internal(set) var takeBacks = 0
  /// When it came into force.
  public internal(set) var applied: Instant?
  /// Who said that it stays as it is though its time is over: it takes itself back no more. nil where nobody did.
  public internal(set) var keptBy: String?
  public internal(set) var proof = ConditionRun()
  /// What its targets say that they would do, the one asked last at the end.
  public internal(set) var trials: [Trial] = []
  /// What is followed of what was lost; nil before that begins.
  public internal(set) var watch: Watch?
  /// Why it ended where it did not go well.
  public internal(set) var reason: String?

  public enum State: String, Sendable, Hashable, Codable, CaseIterable {
    case planned, approved, confirmed, intended, sent, applied, failed, unknown, verifying,
      verified,
      regressed, inconclusive, reverting, reverted, expired, cancelled
    case awaitingApproval = "awaiting-approval"
    case revertFailed = "revert-failed"
    /// Proved, and watched for whether what was lost is back.
    case watching
    case recovered
    /// What was back is gone again.
    case relapsed

    /// Nothing was sent, and something still may be.
    public var isBeforeSending: Bool {
      switch self {
      case .planned, .awaitingApproval, .approved, .confirmed: true
      default: false
      }
    }

    /// Nothing comes of it by itself any more, but that what has recovered may relapse.
    public var isEnded: Bool {
      switch self {
      case .failed, .verified, .regressed, .inconclusive, .reverted, .expired, .cancelled,
        .revertFailed, .applied, .unknown, .recovered, .relapsed:
        true
      case .planned, .awaitingApproval, .approved, .confirmed, .intended, .sent, .verifying,
        .watching, .reverting:
        false
      }
    }
  }

  public struct Approval: Sendable, Hashable, Codable {
    public var by: String
    public var at: Instant
  }

  public struct Trial: Sendable, Hashable, Codable {
    public var target: String
    /// In the words of what was asked.
    public var said: String
  }

  /// Between a step and the next.
  public struct Gate: Sendable, Hashable, Codable {
    /// Of the step after which it stands.
    public var place: Int
    public var run = ConditionRun()
    public var since: Instant
  }

  /// What was lost, on its way back.
  public struct Watch: Sendable, Hashable, Codable {
    /// All of it, for as long as is asked.
    public var whole = ConditionRun()
    /// All of it, now.
    public var now = ConditionRun()
    /// What confirms it, where that is a condition.
    public var confirmation = ConditionRun()
    /// Since when it has been back for as long as is asked.
    public var calm: Instant?
    /// Who said that it has recovered; nil where a condition did, or nobody yet.
    public var by: String?
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
    checks = Array(repeating: nil, count: plan.steps.count)
    begun = Array(repeating: false, count: plan.steps.count)
    begunReverts = begun
  }

  /// The place of the step after which something has to hold before the next is sent; nil where nothing is waited
  /// for.
  public var checking: Int? { gate?.place }

  /// What its targets say that they would do, a paragraph each; nil where nobody has asked.
  public var dryRun: String? {
    trials.isEmpty
      ? nil : trials.map { "\($0.target): \($0.said)" }.joined(separator: "\n")
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
    case .applied, .verifying, .verified, .regressed, .inconclusive, .watching, .recovered,
      .relapsed:
      true
    default: false
    }
  }

  /// Its parts are those of its plan: what is read may come from anybody.
  public var isWhole: Bool {
    [begun.count, answers.count, checks.count, begunReverts.count, reverts.count]
      .allSatisfy { $0 == plan.steps.count }
      && (gate.map { plan.steps.indices.contains($0.place) } ?? true)
  }

  /// Time alone may make it another: what is not ended, and what has recovered for as long as it is watched.
  public func isMoving(at now: Instant) -> Bool {
    guard state == .recovered else { return !state.isEnded }
    return now.seconds(since: since) <= plan.recovery?.watch ?? 0
  }

  /// Whose facts it waits for now, where conditions name no service.
  public var service: String {
    if let gate { return plan.steps[gate.place].service }
    return plan.parts.last?.service ?? plan.service
  }

  /// Approvals that count at this moment.
  public func standing(at now: Instant) -> [Approval] {
    approvals.filter { now.seconds(since: $0.at) <= plan.policy.patience }
  }

  func isApproved(at now: Instant) -> Bool {
    standing(at: now).count >= plan.policy.approvals
  }

  /// Done at some of its targets, and not at all of them.
  public var isPartlyDone: Bool {
    state == .failed && answers.contains { $0?.isDone == true && $0?.isUnsent == false }
  }

  /// When it takes itself back; nil where it does not.
  public var expires: Instant? {
    // What was sent nothing is as somebody else has left it.
    guard keptBy == nil, answers.contains(where: { $0?.isUnsent == false }) else { return nil }
    if isPartlyDone, let expiry = plan.expiry { return since.advanced(by: expiry) }
    guard let applied, let expiry = plan.expiry, isInForce else { return nil }
    return applied.advanced(by: expiry)
  }

  /// It was to be taken back by now, and is in force still.
  public func isOverdue(at now: Instant) -> Bool {
    expires.map { $0.offset <= now.offset } ?? false
  }

  /// Seconds that sending all of it may take, with reading each target before and looking at what comes of it.
  var longest: Double {
    plan.steps.reduce(ActionRun.grace) { sum, step in
      sum + plan.timeout * (step.read == nil ? 1 : 3) + (step.check?.patience ?? 0)
    }
  }

  /// Seconds that taking all of it back may take.
  var longestBack: Double {
    plan.timeout * Double(max(1, plan.steps.count)) + ActionRun.grace
  }

  // MARK: The way back

  /// The places of the steps that would be taken back, in the order in which they would be: of each course the last
  /// that was sent, the last first, down to what cannot be taken back.
  public var wayBack: [Int] {
    guard plan.isReversible || !plan.parts.isEmpty else { return [] }
    var courses: Set<Course> = []
    var places: [Int] = []
    for place in plan.steps.indices.reversed() {
      guard let answer = answers[place], !answer.isUnsent else { continue }
      let step = plan.steps[place]
      guard plan.canTakeBack(part: step.part) else { break }
      if courses.insert(Course(target: step.target, part: step.part)).inserted {
        places.append(place)
      }
    }
    return places
  }

  private struct Course: Hashable {
    var target: String
    var part: Int
  }

  /// The last part that was sent, or may have been, and cannot be taken back: what is before it stays with it.
  var barrier: Int? {
    guard !plan.parts.isEmpty else { return nil }
    let last = plan.steps.indices.last { place in
      guard let answer = answers[place], !answer.isUnsent else { return false }
      return !plan.canTakeBack(part: plan.steps[place].part)
    }
    return last.map { plan.steps[$0].part }
  }

  /// `migrate-orders on checkout cannot be taken back`
  var barrierWords: String? {
    guard let barrier, plan.parts.indices.contains(barrier) else { return nil }
    return "\(plan.parts[barrier].words) cannot be taken back"
  }

  /// The place of the step that is meant: where none is said, the only one of the target.
  func place(of target: String, _ step: Int?) -> Int? {
    if let step {
      return plan.steps.indices.contains(step) && plan.steps[step].target == target ? step : nil
    }
    let first = plan.steps.firstIndex { $0.target == target }
    return plan.steps.lastIndex { $0.target == target } == first ? first : nil
  }
}
