/// A condition as it goes on over time: the timers of its `for`s and what its `until`s remember.
///
/// A timer counts the time between two moments at both of which its part held. It starts again when
/// the part does not hold; while nobody can tell it neither moves nor starts again, and the answer
/// is unknown. It is as large as the condition has timers.
public struct ConditionRun: Sendable, Hashable, Codable {
  public private(set) var truth: Truth = .unknown
  /// Since when `truth` is what it is, in the session's seconds; nil before the first moment.
  public private(set) var since: Double?
  private var last: Double?
  private var timers: [Timer] = []

  /// Of one `for`, or the latch of one `until`.
  fileprivate struct Timer: Sendable, Hashable, Codable {
    /// For a latch 0.
    var limit: Double
    var seconds: Double = 0
    /// What the part was at the last moment; of a latch whether it is on.
    var was: Truth = .no
  }

  public init() {}

  /// How far the longest running `for` has come, and what it runs to; nil where none runs.
  public var held: (seconds: Double, of: Double)? {
    var longest: Timer?
    for timer in timers where timer.limit > 0 && timer.was != .no && timer.seconds < timer.limit {
      if timer.seconds > longest?.seconds ?? -1 { longest = timer }
    }
    return longest.map { ($0.seconds, $0.limit) }
  }

  /// Whether another moment could change the answer though no fact does.
  public var isRunning: Bool { held != nil }

  /// It does not hold and nothing of it goes on: the same as one that never began.
  public var isAtRest: Bool { truth != .yes && timers.allSatisfy { $0.was == .no } }

  /// Takes the facts of a moment. Earlier moments than the last count as no time passed.
  @discardableResult
  public mutating func advance(
    _ condition: Condition, _ facts: some Facts, at seconds: Double
  ) -> Truth {
    let limits = condition.limits
    if timers.count != limits.count || !zip(timers, limits).allSatisfy({ $0.limit == $1 }) {
      // Of another condition: what it remembers says nothing of this one.
      timers = limits.map { Timer(limit: $0) }
      last = nil
      since = nil
    }
    let now = seconds.isFinite ? max(seconds, last ?? seconds) : last ?? 0
    let passed = now - (last ?? now)
    last = now
    var slot = 0
    let answer = evaluate(condition.root, facts, passed, &slot)
    if answer != truth || since == nil { since = now }
    truth = answer
    return answer
  }

  /// Every part is looked at, also where the answer is settled: timers go on in all of them.
  private mutating func evaluate(
    _ part: Expression, _ facts: some Facts, _ passed: Double, _ slot: inout Int
  ) -> Truth {
    switch part {
    case .comparison(let comparison): return comparison.truth(facts)
    case .not(let inner): return !evaluate(inner, facts, passed, &slot)
    case .all(let parts):
      var result = Truth.yes
      for part in parts {
        let truth = evaluate(part, facts, passed, &slot)
        if truth == .no || (truth == .unknown && result == .yes) { result = truth }
      }
      return result
    case .any(let parts):
      var result = Truth.no
      for part in parts {
        let truth = evaluate(part, facts, passed, &slot)
        if truth == .yes || (truth == .unknown && result == .no) { result = truth }
      }
      return result
    case .held(let inner, _):
      let own = slot
      slot += 1
      let truth = evaluate(inner, facts, passed, &slot)
      return timers[own].advance(truth, passed)
    case .latch(let entry, let exit):
      let own = slot
      slot += 1
      let begins = evaluate(entry, facts, passed, &slot)
      let ends = evaluate(exit, facts, passed, &slot)
      return timers[own].latch(begins, ends)
    }
  }
}

extension ConditionRun.Timer {
  fileprivate mutating func advance(_ truth: Truth, _ passed: Double) -> Truth {
    switch truth {
    case .yes:
      if was == .yes { seconds = min(limit, seconds + passed) }
    case .no: seconds = 0
    case .unknown: break
    }
    // Kept while unknown: a timer that has begun is still one that has.
    was = truth == .unknown && was == .no ? .no : truth
    switch truth {
    case .yes: return Truth(seconds >= limit)
    case .no: return .no
    case .unknown: return .unknown
    }
  }

  fileprivate mutating func latch(_ begins: Truth, _ ends: Truth) -> Truth {
    if was == .yes {
      if ends == .yes { was = .no }
      return !ends
    }
    // What would end at once does not begin.
    let starts = Truth.all([begins, !ends])
    if starts == .yes { was = .yes }
    return starts
  }
}
