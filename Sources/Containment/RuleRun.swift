public import Conditions
public import Fleet

/// How far a rule has come at one service: made of facts, of time and of what people do.
///
///     armed ─► counting ─► due ─► resting ─► armed
///
/// What is not known never counts: where the facts go stale a countdown ends, and nothing comes of it.
public struct RuleRun: Sendable, Hashable, Codable {
  public let rule: String
  public let service: String
  public private(set) var state = State.armed
  public private(set) var since: Instant
  public private(set) var condition = ConditionRun()
  /// When it acted, oldest first, as far as `at_most` looks back.
  public private(set) var fired: [Instant] = []
  /// Who stopped it last; nil: nobody since it rested.
  public private(set) var stoppedBy: String?

  public enum State: String, Sendable, Hashable, Codable, CaseIterable {
    /// It looks.
    case armed
    /// It is announced.
    case counting
    /// The countdown is over: it may act.
    case due
    /// It has acted, or was stopped: it waits until its condition does not hold.
    case resting
  }

  /// Seconds after which it looks again, though its condition holds still.
  public static let rest = 600.0
  /// Seconds for which something may come of it once it is due.
  public static let patience = 30.0
  private static let kept = 100

  public init(_ rule: Rule, service: String, at now: Instant) {
    self.rule = rule.name
    self.service = service
    since = now
  }

  /// When the countdown is over; nil where none goes on.
  public func acts(_ rule: Rule) -> Instant? {
    state == .counting ? since.advanced(by: rule.countdown) : nil
  }

  /// How often it has acted in the time that `at_most` is about.
  public func count(_ rule: Rule, at now: Instant) -> Int {
    fired.count { now.seconds(since: $0) < rule.span }
  }

  // MARK: Moves

  public func refusal(of step: RuleMove.Step, _ rule: Rule, at now: Instant) -> String? {
    switch step {
    case .stop:
      return state == .counting || state == .due
        ? nil : "there is nothing to stop: it is \(state.rawValue)"
    case .fire:
      guard state == .due else { return "it is not due: it is \(state.rawValue)" }
      guard count(rule, at: now) < rule.most else { return "it has acted often enough" }
      return nil
    }
  }

  public mutating func take(_ move: RuleMove, at now: Instant) {
    switch move.step {
    case .stop: stoppedBy = move.by
    case .fire:
      stoppedBy = nil
      fired = fired.suffix(RuleRun.kept - 1) + [now]
    }
    go(to: .resting, at: now)
  }

  private mutating func go(to next: State, at now: Instant) {
    state = next
    since = now
  }

  // MARK: Time

  /// - Parameter isHeld: whether nothing may be begun now: everything is stopped.
  public mutating func advance(
    _ rule: Rule, _ facts: some Facts, isHeld: Bool, at now: Instant
  ) {
    let truth = condition.advance(rule.condition, facts, at: now.seconds)
    let waited = now.seconds(since: since)
    let isOpen = !isHeld && rule.schedule.closure(atUnixSeconds: now.unixSeconds) == nil
    switch state {
    case .armed:
      guard truth == .yes, isOpen, count(rule, at: now) < rule.most else { return }
      stoppedBy = nil
      go(to: .counting, at: now)
    case .counting:
      guard truth == .yes, isOpen else { return go(to: .armed, at: now) }
      if waited >= rule.countdown { go(to: .due, at: now) }
    case .due:
      guard truth == .yes, isOpen else { return go(to: .armed, at: now) }
      if waited >= RuleRun.patience { go(to: .resting, at: now) }
    case .resting:
      if truth == .no || waited >= RuleRun.rest { go(to: .armed, at: now) }
    }
  }

  /// Goes on in another run of Damcon: what it has done counts, what it was about to do does not.
  public mutating func resume(at now: Instant) {
    condition = ConditionRun()
    if state == .counting || state == .due { go(to: .armed, at: now) }
  }

  /// Goes on with another condition.
  public mutating func follow(_ rule: Rule, was old: Rule?, at now: Instant) {
    guard let old, old != rule else { return }
    if old.condition != rule.condition { condition = ConditionRun() }
    if state != .resting { go(to: .armed, at: now) }
  }
}
