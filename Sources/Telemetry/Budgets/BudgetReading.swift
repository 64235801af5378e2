public import Canonical

/// What a ledger says of its objective at one moment: what is left, how fast it goes, what fires.
///
/// It is read anew in place after each scrape and each minute, allocating nothing.
public struct BudgetReading: Sendable, Hashable {
  /// Of the whole window.
  public private(set) var events = EventCount.none
  /// Seconds of the window that were watched.
  public private(set) var covered = 0.0
  /// Share of the window's budget that is left, below 0 where it is overspent; nil before any
  /// event.
  ///
  /// Time that nobody watched counts as having had the traffic of the rest and spent nothing:
  /// ten bad minutes after a start are ten bad minutes of the month, not its end. `covered` stands
  /// beside it for that reason.
  public private(set) var remaining: Double?
  /// Every window in force, shortest first.
  public private(set) var burns: [Burn] = []
  /// The first pair both of whose windows burn faster than its factor, with enough bad events.
  public private(set) var firing: BurnPair?
  /// A pair that would fire had it enough bad events, while none that is as urgent fires.
  public private(set) var floored: BurnPair?
  /// Seconds until nothing is left at the present pace, 0 where nothing is; nil where it does not
  /// run out. The pace is that of the firing pair's short window, else of the last hour.
  public private(set) var exhaustsIn: Double?

  public init() {}

  /// One window as it burns.
  public struct Burn: Sendable, Hashable {
    /// Its length in minutes.
    public fileprivate(set) var minutes: Int
    /// Minutes of it that were watched.
    public fileprivate(set) var seen: Int
    public fileprivate(set) var events: EventCount
    /// How many times too fast; nil without events.
    public fileprivate(set) var rate: Double?

    /// `1h`
    public var name: String { BurnText.window(minutes) }

    /// Part of it was not watched: it is told by the rest.
    public var isPartial: Bool { seen < minutes }

    /// `22x`, or a dash without events.
    fileprivate var words: String { rate.map(BurnText.rate) ?? "–" }

    /// ` (2m seen)`; nothing where it was watched whole.
    fileprivate var partly: String { isPartial ? " (\(BurnText.seen(seen)) seen)" : "" }
  }

  /// - Parameters:
  ///   - window: minutes of the objective's own window; the ledger sums it.
  ///   - second: seconds of the current minute that have passed.
  public mutating func read(
    _ ledger: SLOLedger, _ objective: Objective, _ policy: BurnPolicy, window: Int, second: Double
  ) {
    read(ledger.sums, objective, policy, window: window, second: second)
  }

  /// The same, of a ledger's sums alone.
  ///
  /// - Parameter watched: seconds that there was anybody to watch, where that is known: the minute in
  ///   which that began was not watched whole.
  public mutating func read(
    _ ledger: SLOLedger.Sums, _ objective: Objective, _ policy: BurnPolicy, window: Int,
    second: Double, watched: Double = .infinity
  ) {
    let sums = ledger.windows
    if burns.count != sums.count {
      burns = sums.map { Burn(minutes: Int($0.length), seen: 0, events: .none, rate: nil) }
    }
    for i in sums.indices {
      burns[i].minutes = Int(sums[i].length)
      burns[i].seen = Int(sums[i].seen)
      if burns[i].events != sums[i].events || burns[i].rate == nil {
        burns[i].events = sums[i].events
        burns[i].rate = sums[i].events.burn(of: objective)
      }
    }
    readCovered(ledger, window, second)
    covered = min(covered, watched)
    readRemaining(window)
    readPairs(objective, policy)
    readExhaustion(window)
  }

  private mutating func readCovered(
    _ ledger: SLOLedger.Sums, _ window: Int, _ second: Double
  ) {
    guard let whole = burns.first(where: { $0.minutes == window }) else { return }
    let unfinished = ledger.seesCurrentMinute ? 60 - min(max(second, 0), 60) : 0
    covered = min(max(Double(whole.seen) * 60 - unfinished, 0), Double(window) * 60)
  }

  private mutating func readRemaining(_ window: Int) {
    guard let whole = burns.first(where: { $0.minutes == window }) else { return }
    events = whole.events
    let length = Double(window) * 60
    // A minute that has only begun is a minute still: the share of nothing would be everything.
    remaining = whole.rate.map { 1 - $0 * min(Double(whole.seen) * 60, length) / length }
  }

  private mutating func readPairs(_ objective: Objective, _ policy: BurnPolicy) {
    firing = nil
    floored = nil
    // The longest window holds what all others do.
    guard burns.last?.events.bad ?? 0 > 0 else { return }
    for pair in policy.pairs {
      guard let long = events(over: pair.long), let short = events(over: pair.short),
        long.burns(faster: pair.factor, than: objective),
        short.burns(faster: pair.factor, than: objective)
      else { continue }
      if long.bad >= policy.floor {
        firing = pair
        return
      }
      if floored == nil { floored = pair }
    }
  }

  private mutating func readExhaustion(_ window: Int) {
    guard let remaining else { return exhaustsIn = nil }
    guard remaining > 0 else { return exhaustsIn = 0 }
    let pace = firing?.short ?? 60
    guard let rate = burn(over: pace), rate > 0 else { return exhaustsIn = nil }
    exhaustsIn = remaining * Double(window) * 60 / rate
  }

  private func events(over minutes: Int) -> EventCount? {
    for burn in burns where burn.minutes == minutes { return burn.events }
    return nil
  }

  /// The burn rate over a window in force; nil without events in it.
  public func burn(over minutes: Int) -> Double? {
    for burn in burns where burn.minutes == minutes { return burn.rate }
    return nil
  }

  // MARK: What it is made of

  /// What a reading is reckoned from: the rest follows by its objective.
  public struct Sums: Sendable, Hashable {
    fileprivate var covered: Double
    fileprivate var windows: [Window]

    fileprivate struct Window: Sendable, Hashable {
      var minutes: Int
      var seen: Int
      var events: EventCount
    }
  }

  public var sums: Sums {
    Sums(
      covered: covered,
      windows: burns.map { Sums.Window(minutes: $0.minutes, seen: $0.seen, events: $0.events) })
  }

  /// The reading that has these sums.
  public init(_ sums: Sums, _ objective: Objective, _ policy: BurnPolicy, window: Int) {
    burns = sums.windows.map {
      Burn(
        minutes: $0.minutes, seen: $0.seen, events: $0.events,
        rate: $0.events.burn(of: objective))
    }
    covered = sums.covered
    readRemaining(window)
    readPairs(objective, policy)
    readExhaustion(window)
  }

  // MARK: In words

  /// `burning 22x over 1h and 31x over 5m, both over 14.4`; nil while nothing fires. A window that
  /// was not watched whole says how much of it was.
  public var because: String? {
    firing.map { "burning \(pace($0)), both over \($0.factor)" }
  }

  /// `burning 100x over 1h and 100x over 5m, but 1 bad event is fewer than the 5 that alert`.
  public func heldBack(by policy: BurnPolicy) -> String? {
    guard let pair = floored, let bad = events(over: pair.long)?.bad else { return nil }
    let many = bad == 1 ? "1 bad event is" : "\(bad) bad events are"
    return "burning \(pace(pair)), but \(many) fewer than the \(policy.floor) that alert"
  }

  /// `22x over 1h and 31x over 5m`; where less was watched, `22x over 1h (20m seen) and 31x over 5m`,
  /// and `36x over 1h and 5m (2m seen)` where both windows know the same.
  private func pace(_ pair: BurnPair) -> String {
    let known = [pair.long, pair.short].map { minutes in
      burns.first { $0.minutes == minutes }
    }
    guard let long = known[0], let short = known[1] else { return "–" }
    if long.isPartial, short.isPartial, long.seen == short.seen, long.events == short.events {
      return "\(long.words) over \(long.name) and \(short.name)\(short.partly)"
    }
    return "\(long.words) over \(long.name)\(long.partly) and "
      + "\(short.words) over \(short.name)\(short.partly)"
  }
}

// MARK: As bytes

extension BudgetReading: FieldCoded {
  public static var blank: Self { Self() }

  public mutating func pass(_ fields: Fields) throws {
    try fields.pass(&events, &covered, &remaining, &burns)
    try fields.pass(&firing, &floored, &exhaustsIn)
  }
}

extension BudgetReading.Burn: FieldCoded {
  public static var blank: Self { Self(minutes: 0, seen: 0, events: .none, rate: nil) }

  public mutating func pass(_ fields: Fields) throws {
    try fields.pass(&minutes, &seen, &events, &rate)
  }
}

extension BudgetReading.Sums: FieldCoded {
  public static var blank: Self { Self(covered: 0, windows: []) }
  public mutating func pass(_ fields: Fields) throws { try fields.pass(&covered, &windows) }
}

extension BudgetReading.Sums.Window: FieldCoded {
  static var blank: Self { Self(minutes: 0, seen: 0, events: .none) }
  mutating func pass(_ fields: Fields) throws { try fields.pass(&minutes, &seen, &events) }
}
