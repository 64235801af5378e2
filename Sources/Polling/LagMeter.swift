import NIOConcurrencyHelpers
import NIOCore

/// How late polls start: the sign that Damcon itself, or its machine, is overloaded.
///
/// Locked because event loops write and the screen's side reads.
package final class LagMeter: Sendable {
  private struct Worst {
    var current: Int64 = 0
    var previous: Int64 = 0
    var since = NIODeadline.now()
  }
  private let worst = NIOLockedValueBox(Worst())
  private static let span = TimeAmount.seconds(5)

  func record(_ late: TimeAmount) {
    worst.withLockedValue { worst in
      Self.turn(&worst)
      worst.current = max(worst.current, late.nanoseconds)
    }
  }

  /// Seconds that the latest poll of the last five to ten seconds was late.
  package var seconds: Double {
    worst.withLockedValue { worst in
      Self.turn(&worst)
      return Double(max(worst.current, worst.previous)) / 1e9
    }
  }

  private static func turn(_ worst: inout Worst) {
    let now = NIODeadline.now()
    guard now - worst.since >= span else { return }
    worst = Worst(current: 0, previous: worst.current, since: now)
  }
}
