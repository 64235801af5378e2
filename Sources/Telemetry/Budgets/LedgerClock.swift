public import Canonical

/// The wall time that ledgers count minutes by: it never goes back, whatever the wall does.
///
/// A wall clock can be set back by an hour, and its minutes would come twice. So the time is read
/// off the wall once and moved on by the monotonic clock; only when the wall is ahead, as after a
/// suspension, is it followed.
public struct LedgerClock: Sendable, Hashable {
  /// Nanoseconds since 1970 at `offset`.
  private var wall: Int64
  /// Nanoseconds of the session's monotonic clock.
  private var offset: Int64
  /// Nanoseconds since 1970, as last told.
  public private(set) var now: Int64

  /// The wall is ahead where it is by more than this; less is the two clocks being read apart.
  static let slack: Int64 = 1_000_000_000

  /// In the year 2116; what is reckoned with later times could overflow.
  static let last: Int64 = 1 << 62

  /// The minute and the hour of that.
  static let lastMinute = (last / SLOLedger.minuteLength).magnitude
  static let lastHour = lastMinute / 60

  public init(wall: Int64, offset: Int64) {
    let wall = min(max(wall, -LedgerClock.last), LedgerClock.last)
    self.wall = wall
    self.offset = offset
    now = wall
  }

  /// Moves on to an instant as an entry tells it.
  public mutating func follow(wall newWall: Int64, offset newOffset: Int64) {
    let passed = newOffset.subtractingReportingOverflow(offset)
    let told = wall.addingReportingOverflow(passed.partialValue)
    // No clock tells such times; a forged recording might.
    guard !passed.overflow, !told.overflow, newWall < LedgerClock.last,
      told.partialValue.magnitude < LedgerClock.last.magnitude
    else { return }
    if newWall > told.partialValue, newWall - told.partialValue > LedgerClock.slack {
      wall = newWall
      offset = newOffset
      now = max(now, newWall)
    } else {
      now = max(now, told.partialValue)
    }
  }

  /// Whole minutes since 1970.
  public var minute: Int64 { SLOLedger.minute(of: now) }

  /// Seconds into the current minute.
  public var second: Double { Double(now - minute * SLOLedger.minuteLength) / 1e9 }
}

extension LedgerClock: FieldCoded {
  public static var blank: Self { Self(wall: 0, offset: 0) }
  public mutating func pass(_ fields: Fields) throws { try fields.pass(&wall, &offset, &now) }
}
