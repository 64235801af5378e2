public import Canonical

/// When the burning of a budget is worth waking somebody, or a ticket.
public struct BurnPolicy: Sendable, Hashable {
  /// Pages before tickets, faster before slower; the first that burns is the one that fires.
  public private(set) var pairs: [BurnPair]
  /// Bad events within a pair's long window below which it does not fire.
  ///
  /// With ten requests an hour at night one failure is a burn of a hundred; it is no incident.
  public var floor: UInt64

  public static let usualFloor: UInt64 = 5
  /// More pairs than anybody reads; what a file or a recording may ask for.
  public static let pairLimit = 16

  public init(pairs: [BurnPair], floor: UInt64 = usualFloor) {
    self.pairs = pairs.prefix(BurnPolicy.pairLimit).enumerated().sorted {
      ($0.element.severity.rank, $0.offset) < ($1.element.severity.rank, $1.offset)
    }.map(\.element)
    self.floor = floor
  }

  /// The pairs of Google's SRE workbook, by shares of the budget: 2, 5, 10 and 10 % within 1 h, 6 h,
  /// 1 d and 3 d, which for 30 days are 14.4, 6, 3 and 1. For 7 days the shares are sloth's: 8,
  /// 12.5, 20 and 42 %, since a tenth of seven days' budget goes by in a quiet day.
  ///
  /// Pairs that look back further than the window itself are left out.
  public static func usual(window minutes: Int, floor: UInt64 = usualFloor) -> BurnPolicy {
    let shares: [UInt64] = minutes == 7 * 1440 ? [80, 125, 200, 420] : [20, 50, 100, 100]
    let shapes: [(BurnSeverity, long: Int, short: Int)] = [
      (.page, 60, 5), (.page, 360, 30), (.ticket, 1440, 120), (.ticket, 4320, 360),
    ]
    let pairs = zip(shares, shapes).compactMap { share, shape -> BurnPair? in
      guard shape.long <= minutes,
        let factor = BurnFactor(spending: share, of: minutes, within: shape.long)
      else { return nil }
      return BurnPair(shape.0, long: shape.long, short: shape.short, factor: factor)
    }
    return BurnPolicy(pairs: pairs, floor: floor)
  }

  /// Every window in minutes that is shown or decided on, rising, each once.
  public var windows: [Int] {
    Set(BurnPolicy.shown + pairs.flatMap { [$0.long, $0.short] }).sorted()
  }

  /// Windows that are shown whatever the pairs: 5m 30m 1h 2h 6h 1d 3d.
  public static let shown = [5, 30, 60, 120, 360, 1440, 4320]
}

/// Two windows over which a budget must burn faster than a factor: the long one says that it
/// matters, the short one that it still does.
public struct BurnPair: Sendable, Hashable {
  public var severity: BurnSeverity
  /// Minutes.
  public var long: Int
  /// Minutes.
  public var short: Int
  public var factor: BurnFactor

  public init(_ severity: BurnSeverity, long: Int, short: Int, factor: BurnFactor) {
    self.severity = severity
    self.long = max(long, short)
    self.short = min(long, short)
    self.factor = factor
  }
}

/// What a burning budget asks for.
public enum BurnSeverity: String, Sendable, Hashable, CanonicalCodable, CaseIterable, Comparable {
  /// Somebody now, whatever the hour.
  case page
  /// Somebody in working hours.
  case ticket

  /// 0 for the most urgent.
  public var rank: Int { self == .page ? 0 : 1 }
  /// A page is more than a ticket.
  public static func < (a: BurnSeverity, b: BurnSeverity) -> Bool { a.rank > b.rank }
}

extension BurnPair: FieldCoded {
  public static var blank: Self { Self(.page, long: 1, short: 1, factor: .one) }

  public mutating func pass(_ fields: Fields) throws {
    try fields.pass(&severity, &long, &short, &factor)
  }
}

extension BurnPolicy: FieldCoded {
  public static var blank: Self { Self(pairs: []) }
  public mutating func pass(_ fields: Fields) throws { try fields.pass(&pairs, &floor) }
}
