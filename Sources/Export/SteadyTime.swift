import Fleet

/// Times that never go back, as a time series needs them: by the wall clock, except that where it
/// was set back, time goes on by the recording's own clock.
struct SteadyTime {
  /// Nanoseconds by which the wall clock was ahead of the recording's own at most.
  private var ahead: Int64?
  /// Nanoseconds by which the wall clock was behind these times at most.
  private(set) var behind: Int64 = 0

  /// Unix time.
  mutating func milliseconds(at instant: Instant) -> Int64 {
    let (difference, isTooMuch) = instant.wall.subtractingReportingOverflow(instant.offset)
    let ahead = isTooMuch ? (self.ahead ?? 0) : max(self.ahead ?? difference, difference)
    self.ahead = ahead
    let (sum, overflows) = instant.offset.addingReportingOverflow(ahead)
    let time = overflows ? (ahead < 0 ? Int64.min : .max) : sum
    let (late, isHuge) = time.subtractingReportingOverflow(instant.wall)
    behind = max(behind, isHuge ? .max : late)
    return time / 1_000_000 - (time % 1_000_000 < 0 ? 1 : 0)
  }
}
