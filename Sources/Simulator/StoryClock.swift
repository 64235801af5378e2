import NIOCore

/// The time a scenario is told in: seconds since its begin, `speed` times faster than the wall's.
///
/// Everything a scenario says in seconds (latencies, timeouts, the timeline) passes through here,
/// and everything that is measured is told in the same seconds, so that a story at four times the
/// speed reads like the story itself.
@Simulation
final class StoryClock {
  let speed: Double
  private let begin: NIODeadline
  private let offset: Double
  private var sleepers: [UInt64: Sleeper] = [:]
  private var nextSleeper: UInt64 = 0
  private(set) var isStopped = false

  /// `offset` is the scenario's second at which it begins.
  init(speed: Double, offset: Double) {
    self.speed = speed
    self.offset = offset
    begin = .now()
  }

  /// Seconds of the story so far.
  var now: Double {
    offset + Double((NIODeadline.now() - begin).nanoseconds) / 1e9 * speed
  }

  /// What `seconds` of the story are by the wall.
  func real(_ seconds: Double) -> TimeAmount {
    .nanoseconds(Int64(min(max(seconds, 0) / speed, 1e6) * 1e9))
  }

  /// Waits; returns at once and for ever when the clock has stopped.
  func pause(_ seconds: Double) async {
    guard !isStopped, seconds > 0 else { return }
    let id = nextSleeper
    nextSleeper += 1
    await withCheckedContinuation { continuation in
      let sleeper = Sleeper(continuation)
      sleepers[id] = sleeper
      sleeper.alarm = Simulation.shared.loop.scheduleTask(in: real(seconds)) { sleeper.wake() }
    }
    sleepers[id] = nil
  }

  /// Wakes everyone, so that whatever waits can see that it is over.
  func stop() {
    isStopped = true
    for (_, sleeper) in sleepers {
      sleeper.alarm?.cancel()
      sleeper.wake()
    }
    sleepers = [:]
  }
}

/// Someone who waits. Unchecked: only ever touched on the simulation's own loop, by its alarm and
/// by `StoryClock`, which would otherwise need a task to get from one to the other.
private final class Sleeper: @unchecked Sendable {
  var alarm: Scheduled<Void>?
  private var continuation: CheckedContinuation<Void, Never>?

  init(_ continuation: CheckedContinuation<Void, Never>) { self.continuation = continuation }

  func wake() {
    continuation?.resume()
    continuation = nil
  }
}
