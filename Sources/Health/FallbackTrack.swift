public import Conditions
public import Fleet

/// One use of a fallback by a service, from its entry until it has recovered.
///
/// A fallback that comes and goes is one use of it: it is over only when it has been out of use,
/// and its exit condition has held, for the whole of its window. Until then it keeps its `since`.
public struct FallbackTrack: Sendable, Hashable, Codable, Identifiable {
  public enum Phase: String, Sendable, Hashable, Codable {
    /// Its entry condition holds, but not yet for as long as it asks for.
    case entering
    case active
    /// Out of use, and watched for coming back.
    case recovering
    case over
  }

  public let name: String
  public private(set) var phase: Phase
  /// When users began to get less: as the service says, else when it was first seen.
  public private(set) var since: Instant
  public private(set) var isSinceTold = false
  /// When it went out of use, while `recovering`, and when it was over.
  public private(set) var leftAt: Instant?
  public private(set) var endedAt: Instant?
  /// Times that it came back while recovering.
  public private(set) var relapses = 0

  /// Instances that use it, of those that speak of it; 0 of 0 where only its condition tells.
  public private(set) var active = 0
  public private(set) var known = 0
  public private(set) var reason: String?
  public private(set) var mode: String?
  public private(set) var dependency: String?
  /// What users get now.
  public private(set) var usersGet: String?
  /// Seconds.
  public private(set) var tolerance: Double?
  public private(set) var dataAge: Double?
  public private(set) var maxAge: Double?
  /// Seconds that it must be out of use for.
  public private(set) var window = FallbackPlan.usualRecovery

  /// The plan's conditions and how they stand.
  public private(set) var enter: WatchedCondition?
  public private(set) var acceptable: WatchedCondition?
  public private(set) var exit: WatchedCondition?

  public var id: String { name }

  /// One condition and its timers.
  public struct WatchedCondition: Sendable, Hashable, Codable {
    public let condition: Condition
    public private(set) var run = ConditionRun()

    public init(_ condition: Condition) { self.condition = condition }

    public var truth: Truth { run.truth }

    mutating func advance(_ facts: some Facts, at seconds: Double) {
      _ = run.advance(condition, facts, at: seconds)
    }
  }

  /// Seconds for which one that is over is still shown.
  public static let keptFor = 600.0

  /// A fallback that is not in use yet; `follow` says whether it is.
  public init(_ name: String, plan: FallbackPlan?, at now: Instant) {
    self.name = name
    phase = .over
    since = now
    adopt(plan)
  }

  /// Takes what the fleet file says now; timers of conditions that stay go on.
  public mutating func adopt(_ plan: FallbackPlan?) {
    func keep(_ old: WatchedCondition?, _ new: Condition?) -> WatchedCondition? {
      guard let new else { return nil }
      return old?.condition == new ? old : WatchedCondition(new)
    }
    enter = keep(enter, plan?.enterWhen)
    acceptable = keep(acceptable, plan?.acceptableWhile)
    exit = keep(exit, plan?.exitWhen)
    maxAge = plan?.maxAge
    window = plan?.recoveredAfter ?? FallbackPlan.usualRecovery
  }

  // MARK: What happens

  /// Takes what the instances say now, and lets its conditions and timers move.
  ///
  /// - Parameter word: nil where no instance speaks of it.
  public mutating func follow(
    _ word: FallbackWord?, plan: FallbackPlan?, facts: some Facts, at now: Instant
  ) {
    enter?.advance(facts, at: now.seconds)
    exit?.advance(facts, at: now.seconds)
    acceptable?.advance(facts, at: now.seconds)
    active = word?.active ?? 0
    known = word?.known ?? 0
    if let use = use(word) { use ? take(at: now) : leave(at: now) }
    if phase == .active { keepDetails(word, plan, at: now) }
    if phase == .over, enter?.run.held != nil {
      begin(.entering, at: now)
    } else if phase == .entering, enter?.run.held == nil {
      phase = .over
      endedAt = nil
    }
    if phase == .recovering, let leftAt, now.seconds(since: leftAt) >= window {
      phase = .over
      endedAt = now
    }
  }

  /// Whether it is in use; nil where nobody can tell, and all stays as it is.
  private func use(_ word: FallbackWord?) -> Bool? {
    let isOn: Bool?
    if known > 0 {
      isOn = active > 0
    } else if let enter {
      switch enter.truth {
      case .yes: isOn = true
      // Once in, its own way out counts, where it has one.
      case .no: isOn = false
      case .unknown: isOn = nil
      }
    } else {
      isOn = nil
    }
    guard isOn == false, isInUse, let exit else { return isOn }
    return exit.truth == .yes ? false : true
  }

  private mutating func take(at now: Instant) {
    switch phase {
    case .active: break
    case .recovering:
      relapses += 1
      phase = .active
      leftAt = nil
    case .entering, .over: begin(.active, at: now)
    }
  }

  private mutating func leave(at now: Instant) {
    guard phase == .active else { return }
    phase = .recovering
    leftAt = now
  }

  private mutating func begin(_ phase: Phase, at now: Instant) {
    self.phase = phase
    since = now
    isSinceTold = false
    leftAt = nil
    endedAt = nil
    relapses = 0
    (reason, mode, dependency, usersGet, tolerance, dataAge) = (nil, nil, nil, nil, nil, nil)
  }

  private mutating func keepDetails(
    _ word: FallbackWord?, _ plan: FallbackPlan?, at now: Instant
  ) {
    if let age = word?.age {
      let told = now.advanced(by: -max(0, age))
      // Flapping, it is told anew each time; the first of them is when users began to get less.
      // A second or two is the grain of written times.
      if !isSinceTold && relapses == 0 || told.seconds < since.seconds - 2 {
        since = told
        isSinceTold = true
      }
    }
    reason = word?.reason ?? reason
    mode = plan?.mode?.rawValue ?? word?.mode ?? mode
    dependency = plan?.dependency ?? word?.dependency ?? dependency
    usersGet = plan?.usersGet ?? word?.userMessage ?? usersGet
    tolerance = plan?.tolerance ?? word?.tolerance ?? tolerance
    dataAge = word.map { $0.dataAge } ?? dataAge
  }

  // MARK: What is known

  /// Users get less, or did until a moment ago: what the strip counts.
  public var isInUse: Bool { phase == .active || phase == .recovering }

  /// It needs to be followed from second to second.
  public var isLive: Bool { isInUse || phase == .entering }

  public func age(at now: Instant) -> Double { max(0, now.seconds(since: since)) }

  /// Seconds of its tolerance that are left, below zero once it goes on for longer; nil where it
  /// has none or is out of use.
  public func left(at now: Instant) -> Double? {
    guard phase == .active, let tolerance else { return nil }
    return tolerance - age(at: now)
  }

  public func isOverdue(at now: Instant) -> Bool { (left(at: now) ?? 0) < 0 }

  /// It serves data that is older than it may be.
  public var isTooOld: Bool {
    guard phase == .active, let dataAge, let maxAge else { return false }
    return dataAge > maxAge
  }

  public var isUnacceptable: Bool { phase == .active && acceptable?.truth == .no }

  /// It goes beyond what was planned: no degraded path any more, but a broken one.
  public func isCritical(at now: Instant) -> Bool {
    isOverdue(at: now) || isTooOld || isUnacceptable
  }

  /// Seconds until it counts as recovered, if it stays out of use; nil while it is not recovering.
  public func recoversIn(at now: Instant) -> Double? {
    guard phase == .recovering, let leftAt else { return nil }
    return max(0, window - now.seconds(since: leftAt))
  }

  /// Why the service is what it is, as far as this is why.
  public func finding(at now: Instant) -> String? {
    switch phase {
    case .recovering:
      let left = Words.wholeDuration((recoversIn(at: now) ?? 0).rounded(.up))
      return "fallback \(name) recovering, over in \(left)"
    case .active:
      if let left = left(at: now), left < 0 {
        return "fallback \(name) \(Words.wholeDuration(-left)) over its "
          + "\(Words.wholeDuration(tolerance ?? 0)) tolerance"
      }
      if isTooOld, let dataAge, let maxAge {
        return "fallback \(name) serves data \(Words.wholeDuration(dataAge)) old, "
          + "\(Words.wholeDuration(maxAge)) allowed"
      }
      if isUnacceptable, let acceptable {
        return "fallback \(name) not acceptable: not \(acceptable.condition.text)"
      }
      if let left = left(at: now) {
        return "fallback \(name) active, \(Words.wholeDuration(left)) left of "
          + Words.wholeDuration(tolerance ?? 0)
      }
      return "fallback \(name) active" + (reason.map { ": \($0)" } ?? "")
    case .entering, .over: return nil
    }
  }
}
