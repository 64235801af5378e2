public import Conditions

/// How a service is released: who answers for it, when it may be, from how much budget on, and what
/// would take a release back.
public struct Release: Sendable, Hashable, Codable {
  public var owner: String?
  public var schedule: ReleaseSchedule
  /// The share of an error budget, 0…1, below which nothing is promoted.
  public var gate: Double?
  public var rollback: [Condition]

  /// Triggers that one service may have.
  public static let rollbackLimit = 16

  public init(
    owner: String? = nil, schedule: ReleaseSchedule = ReleaseSchedule(), gate: Double? = nil,
    rollback: [Condition] = []
  ) {
    self.owner = owner
    self.schedule = schedule
    self.gate = gate
    self.rollback = rollback
  }
}

/// When releases go out, in UTC: on some days, between two hours, and never while frozen.
public struct ReleaseSchedule: Sendable, Hashable, Codable {
  /// Days of the week that are open, 0 Monday … 6 Sunday; empty means every day.
  public var days: [Int]
  /// Minutes of the day from which and before which it is open; nil means all day. A window that
  /// ends before it begins goes over midnight.
  public var hours: Hours?
  public var freezes: [Freeze]

  public struct Hours: Sendable, Hashable, Codable {
    public var from: Int
    public var until: Int
    public init(from: Int, until: Int) {
      self.from = from
      self.until = until
    }
  }

  /// A stretch of days in which nothing is released.
  public struct Freeze: Sendable, Hashable, Codable {
    /// Unix seconds.
    public var from: Double
    public var until: Double
    public var reason: String?
    public init(from: Double, until: Double, reason: String? = nil) {
      self.from = from
      self.until = until
      self.reason = reason
    }
  }

  public init(days: [Int] = [], hours: Hours? = nil, freezes: [Freeze] = []) {
    self.days = days
    self.hours = hours
    self.freezes = freezes
  }

  public static let dayNames = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]

  /// Why nothing is released at a moment, in a few words; nil where it is open.
  public func closure(atUnixSeconds now: Double) -> String? {
    for freeze in freezes where now >= freeze.from && now < freeze.until {
      let until = Self.date(freeze.until)
      return "frozen until \(until)" + (freeze.reason.map { ", \($0)" } ?? "")
    }
    let minute = Int(Self.floor(now / 60))
    let day = Self.floor(Double(minute) / 1440)
    // 1970-01-01 was a Thursday.
    let weekday = ((Int(day) + 3) % 7 + 7) % 7
    let ofDay = minute - Int(day) * 1440
    var open = days
    if open.isEmpty { open = Array(0..<7) }
    guard let hours else {
      return open.contains(weekday) ? nil : "no releases on \(Self.dayNames[weekday])"
    }
    let span = "\(Self.clock(hours.from))-\(Self.clock(hours.until)) UTC"
    if hours.from <= hours.until {
      guard open.contains(weekday) else {
        return "no releases on \(Self.dayNames[weekday])"
      }
      return ofDay >= hours.from && ofDay < hours.until ? nil : "releases go out \(span)"
    }
    // Over midnight the early hours belong to the day before.
    if ofDay >= hours.from, open.contains(weekday) { return nil }
    if ofDay < hours.until, open.contains((weekday + 6) % 7) { return nil }
    return "releases go out \(span)"
  }

  private static func floor(_ value: Double) -> Double { value.rounded(.down) }

  private static func clock(_ minutes: Int) -> String {
    let minute = minutes % 60
    return "\(minutes / 60):\(minute < 10 ? "0" : "")\(minute)"
  }

  private static func date(_ seconds: Double) -> String {
    let nanoseconds = Int64(max(-9e9, min(seconds, 9e9))) * 1_000_000_000
    let text = CivilTime(unixNanoseconds: nanoseconds).rfc3339Seconds
    return "\(text.prefix(10)) \(text.dropFirst(11).prefix(5)) UTC"
  }
}
