package import Fleet

/// Gives the instants that entries are stamped with.
package protocol SessionClock: Sendable {
  func now() -> Instant
}

/// The machine's clocks: wall time from `CLOCK_REALTIME`, offsets from `ContinuousClock`.
package struct SystemClock: SessionClock {
  private let began = ContinuousClock.now

  package init() {}

  package func now() -> Instant {
    let elapsed = (ContinuousClock.now - began).components
    return Instant(
      wall: WallClock.nanoseconds(),
      offset: elapsed.seconds * 1_000_000_000 + elapsed.attoseconds / 1_000_000_000)
  }
}
