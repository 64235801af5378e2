public import Canonical

/// A breaker as a meter keeps it: its state now, and how often it changed.
struct BreakerCell: Sendable, Hashable {
  var name: String
  /// The convention that tells it, and the metric's own name.
  var convention: String
  var metric: String
  /// The numbers of its states, where they are known.
  var numbers: BreakerNumbers?

  /// What the scrape being read says.
  var state: BreakerState?
  var ejected: Double?
  var number: Double?

  /// The state of the last scrape that had one, and when it began.
  private(set) var shown: BreakerState?
  private(set) var since: Double?
  /// It was in this state when it was first seen: it began earlier.
  private(set) var beganUnseen = false
  private(set) var shownEjected = 0
  private(set) var shownNumber: Double?

  /// A gauge tells its state; where it is missing from a scrape, nothing is known.
  var hasGauge = false
  /// A counter tells its transitions; else they are those that polls happened to see.
  var isCounted = false
  private(set) var opened = 0.0
  private(set) var halfOpened = 0.0
  private(set) var transitions = 0.0
  private(set) var refused = 0.0
  /// When it opened in the last ten minutes, oldest first.
  private(set) var openings: [Opening] = []

  /// What the counters rose by since the last scrape.
  fileprivate var pending = Pending()

  struct Opening: Sendable, Hashable {
    var at: Double
    var count: Double
  }

  fileprivate struct Pending: Sendable, Hashable {
    var opened = 0.0
    var halfOpened = 0.0
    var closed = 0.0
    var other = 0.0
    var refused = 0.0
    var isNone: Bool { opened + halfOpened + closed + other + refused == 0 }
  }

  /// What a counter of it counts, as a role keeps it.
  enum Tally: Int {
    case opened, halfOpened, closed, transition, refused
    /// Not of a breaker: answers given from a fallback.
    case fallback
  }

  static let window = 600.0
  static let openingLimit = 64

  init(name: String, convention: String, metric: String) {
    self.name = name
    self.convention = convention
    self.metric = metric
  }

  mutating func forgetReading() {
    state = nil
    ejected = nil
    number = nil
  }

  mutating func count(_ tally: Tally, _ increase: Double) {
    switch tally {
    case .opened: pending.opened += increase
    case .halfOpened: pending.halfOpened += increase
    case .closed: pending.closed += increase
    case .transition: pending.other += increase
    case .refused: pending.refused += increase
    case .fallback: break
    }
  }

  /// Takes the scrape that was read as the newest.
  mutating func finish(at seconds: Double) {
    if state == nil, let ejected {
      state = ejected > 0 ? .ejecting : .closed
      shownEjected = Int(exactly: ejected.rounded()) ?? 0
    }
    shownNumber = number
    // A library without a gauge of the state: the last of its transitions tells it.
    if state == nil, number == nil, isCounted, !pending.isNone {
      if pending.opened > pending.halfOpened {
        state = .open
      } else if pending.closed > 0 {
        state = .closed
      } else if pending.halfOpened > 0 {
        state = .halfOpen
      }
    }
    let before = shown
    let wasClosed = before == .closed && state == .closed
    var openedNow = pending.opened
    if !isCounted, let state, let before, state != before {
      transitions += 1
      if state == .open { openedNow += 1 }
      if state == .halfOpen { halfOpened += 1 }
    } else if !isCounted, wasClosed, pending.refused > 0 {
      // Closed at both polls, and calls were refused between them.
      openedNow += 1
      transitions += 2
    }
    opened += openedNow
    halfOpened += pending.halfOpened
    transitions += pending.opened + pending.halfOpened + pending.closed + pending.other
    refused += pending.refused
    if openedNow > 0 {
      openings.append(Opening(at: seconds, count: openedNow))
      if openings.count > BreakerCell.openingLimit {
        openings[1].count += openings[0].count
        openings.removeFirst()
      }
    }
    openings.removeAll { seconds - $0.at > BreakerCell.window }
    pending = Pending()
    if state == nil, hasGauge {
      shown = nil
      since = nil
    }
    guard let state, state != shown else { return }
    // A breaker that half-opens and opens again has been in trouble all the while.
    let goesOn = state.holdsBack && shown?.holdsBack == true
    if !goesOn {
      since = seconds
      beganUnseen = before == nil
    }
    shown = state
  }

  func reading(at seconds: Double) -> BreakerReading? {
    guard let shown else { return nil }
    return BreakerReading(
      name: name, state: shown, convention: convention, metric: metric, number: shownNumber,
      ejected: shown == .ejecting ? shownEjected : nil, since: since, beganUnseen: beganUnseen,
      opened: Int(exactly: opened.rounded()) ?? .max,
      halfOpened: Int(exactly: halfOpened.rounded()) ?? .max,
      openedLately: openings.reduce(0) {
        seconds - $1.at <= BreakerCell.window ? $0 + (Int(exactly: $1.count.rounded()) ?? 0) : $0
      }, isCounted: isCounted, refused: Int(exactly: refused.rounded()) ?? .max)
  }
}

/// A breaker as the metrics tell it.
public struct BreakerReading: Sendable, Hashable, Codable {
  public var name: String
  public var state: BreakerState
  /// Who tells it (`resilience4j`), and by which metric.
  public var convention: String
  public var metric: String
  /// What the metric says, where nobody says what that means.
  public var number: Double?
  /// Endpoints out of the rotation, while it is `ejecting`.
  public var ejected: Int?
  /// Seconds on the clock of `ingest` since which calls are held back, or are not.
  public var since: Double?
  /// It was so when it was first seen: `since` is only when that was.
  public var beganUnseen: Bool
  /// Times that it opened and half-opened while it was watched.
  public var opened: Int
  public var halfOpened: Int
  /// Times that it opened in the last ten minutes.
  public var openedLately: Int
  /// A counter of the library tells its transitions, short ones too; else they are what polls saw.
  public var isCounted: Bool
  /// Calls refused while it was watched.
  public var refused: Int
}

// MARK: As bytes

extension BreakerCell: FieldCoded {
  static var blank: Self { Self(name: "", convention: "", metric: "") }

  mutating func pass(_ fields: Fields) throws {
    try fields.pass(&name, &convention, &metric, &numbers)
    try fields.pass(&state, &ejected, &number)
    try fields.pass(&shown, &since, &beganUnseen)
    try fields.pass(&shownEjected, &shownNumber)
    try fields.pass(&hasGauge, &isCounted)
    try fields.pass(&opened, &halfOpened, &transitions, &refused)
    try fields.pass(&openings, &pending)
  }
}

extension BreakerCell.Opening: FieldCoded {
  static var blank: Self { Self(at: 0, count: 0) }
  mutating func pass(_ fields: Fields) throws { try fields.pass(&at, &count) }
}

extension BreakerCell.Pending: FieldCoded {
  static var blank: Self { Self() }

  mutating func pass(_ fields: Fields) throws {
    try fields.pass(&opened, &halfOpened, &closed)
    try fields.pass(&other, &refused)
  }
}
