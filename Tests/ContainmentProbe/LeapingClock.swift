import Fleet
import Session
import Synchronization

/// The machine's clocks, with time that passes all at once where a test has none to wait for.
final class LeapingClock: SessionClock {
  private let clock: SystemClock
  /// Nanoseconds that were leapt over.
  private let leapt = Mutex<Int64>(0)

  init(after last: Instant?) { clock = SystemClock(after: last) }

  func now() -> Instant {
    var now = clock.now()
    now.offset += leapt.withLock { $0 }
    return now
  }

  func leap(seconds: Int64) { leapt.withLock { $0 += seconds * 1_000_000_000 } }
}
