import Health

/// Time that something may take, from when it was begun.
struct Patience: Sendable {
  let seconds: Double
  private let end: ContinuousClock.Instant

  /// Seconds of the longest.
  private static let longest = 3600.0

  init(seconds: Double) {
    self.seconds = seconds > 0 ? min(seconds, Patience.longest) : 0
    end = .now + .seconds(self.seconds)
  }

  /// Seconds that are left; 0 once it is over.
  var left: Double { max(0, ContinuousClock.now.duration(to: end) / .seconds(1)) }

  var isOver: Bool { left <= 0 }

  /// `10s`
  var words: String { Words.duration(seconds) }
}
