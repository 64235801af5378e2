import Fleet

/// Times of day as the screen shows them.
enum Clock {
  /// `01:02:03Z`
  static func utc(_ instant: Instant) -> String {
    CivilTime(unixNanoseconds: instant.wall).clock + "Z"
  }

  /// `01:02:03`, for columns whose title says UTC.
  static func time(_ instant: Instant) -> String {
    CivilTime(unixNanoseconds: instant.wall).clock
  }

  /// `2026-11-21`, of nanoseconds since 1970.
  static func day(_ wall: Int64) -> String {
    String(CivilTime(unixNanoseconds: wall).rfc3339Seconds.prefix { $0 != "T" })
  }

  /// `02:02 local`; nil where local time is UTC.
  static func local(_ instant: Instant, offset: Int) -> String? {
    guard offset != 0 else { return nil }
    let time = CivilTime(unixNanoseconds: instant.wall &+ Int64(offset) &* 1_000_000_000)
    return "\(time.clock.prefix(5)) local"
  }
}
