import Exposition

/// Whether what one scrape told of its metrics keeps the rules of OpenMetrics for their types.
struct MetricRules {
  private var histograms: [Int: Histogram] = [:]

  private struct Histogram {
    var first: Int
    var buckets: [(bound: Double, count: Double)] = []
    var count: Double?
    var sum: Double?
    var isBroken = false
  }

  /// Takes one value; false where it breaks a rule by itself.
  mutating func take(
    _ value: Double, of number: Int, _ series: SeriesCatalog.Series, type: FamilyType
  ) -> Bool {
    switch type {
    case .counter: return value >= 0 || series.part == .created
    case .summary:
      switch series.part {
      case .split(let quantile):
        return (quantile.map { (0...1).contains($0) } ?? false) && !(value < 0)
      case .count: return MetricRules.isCount(value)
      case .sum: return value >= 0
      case .plain, .created: return true
      }
    case .histogram:
      var histogram = histograms[series.metric] ?? Histogram(first: number)
      switch series.part {
      case .split(let bound?): histogram.buckets.append((bound, value))
      case .split(nil): histogram.isBroken = true
      case .count: histogram.count = value
      case .sum: histogram.sum = value
      case .plain, .created: break
      }
      histograms[series.metric] = histogram
      return true
    case .gauge, .untyped, .info, .stateset, .gaugeHistogram: return true
    }
  }

  /// A series of each histogram that breaks the rules.
  func broken() -> [Int] {
    histograms.values.filter { !MetricRules.isLawful($0) }.map(\.first)
  }

  private static func isLawful(_ histogram: Histogram) -> Bool {
    let buckets = histogram.buckets.sorted { $0.bound < $1.bound }
    guard !histogram.isBroken, let last = buckets.last, last.bound == .infinity,
      buckets.allSatisfy({ isCount($0.count) }),
      zip(buckets, buckets.dropFirst()).allSatisfy({ $0.bound < $1.bound && $0.count <= $1.count })
    else { return false }
    guard (histogram.count == nil) == (histogram.sum == nil) else { return false }
    if let count = histogram.count, count != last.count { return false }
    if let sum = histogram.sum { return sum >= 0 && (buckets.first?.bound ?? 0) >= 0 }
    return true
  }

  private static func isCount(_ value: Double) -> Bool {
    value >= 0 && value.isFinite && value.rounded() == value
  }
}
