/// How long something takes, as a median and a 99th percentile with straight lines between.
///
/// Straight lines instead of a log-normal: the draws are then the same to the last bit on every
/// machine, whatever its mathematical library.
package struct Spread: Sendable, Hashable {
  /// Seconds.
  package var p50: Double
  package var p99: Double

  package init(p50: Double, p99: Double) {
    self.p50 = p50
    self.p99 = p99
  }

  /// The duration at `quantile` (0…1): half the median at 0, half as much again as p99 at 1.
  package func duration(at quantile: Double) -> Double {
    let body = p50 + (p99 - p50) * 0.35
    return switch quantile {
    case ..<0.5: p50 * (0.5 + quantile)
    case ..<0.9: p50 + (body - p50) * (quantile - 0.5) / 0.4
    case ..<0.99: body + (p99 - body) * (quantile - 0.9) / 0.09
    default: p99 * (1 + 0.5 * (min(quantile, 1) - 0.99) / 0.01)
    }
  }
}
