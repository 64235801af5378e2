package import Fleet

/// Gives the instants that entries are stamped with.
package protocol SessionClock: Sendable {
  func now() -> Instant
}

/// The machine's clocks: wall time from `CLOCK_REALTIME`, offsets from `ContinuousClock`, both in
/// whole milliseconds: finer is of no use to anybody, and a journal keeps every digit.
package struct SystemClock: SessionClock {
  private let began = ContinuousClock.now
  /// What the offset was at `began`.
  private let offset: Int64
  private static let tick: Int64 = 1_000_000

  /// - Parameter last: the last instant of an earlier run that this one goes on from: its offsets
  ///   begin at that one's, plus the time that has passed by the wall.
  package init(after last: Instant? = nil) {
    guard let last else {
      offset = 0
      return
    }
    let passed = max(SystemClock.tick, WallClock.nanoseconds() - last.wall)
    offset = (last.offset + passed) / SystemClock.tick * SystemClock.tick
  }

  package func now() -> Instant {
    let elapsed = (ContinuousClock.now - began).components
    let nanoseconds = elapsed.seconds * 1_000_000_000 + elapsed.attoseconds / 1_000_000_000
    return Instant(
      wall: WallClock.nanoseconds() / SystemClock.tick * SystemClock.tick,
      offset: offset + nanoseconds / SystemClock.tick * SystemClock.tick)
  }
}
