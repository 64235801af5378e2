/// Reading quantiles and fractions out of classic buckets, as Prometheus does today
/// (`promql/quantile.go`: `bucketQuantile`, `bucketFraction`, `ensureMonotonicAndIgnoreSmallDeltas`).
extension HistogramBuckets {
  /// What `histogram_quantile` answers.
  ///
  /// Below 0 it is `-Inf`, above 1 `+Inf`; NaN for a NaN quantile, without observations, without
  /// a `+Inf` bucket or without any other. The lowest bucket is taken to begin at 0 where its
  /// bound is positive; a quantile past the last finite bound reads as that bound.
  public func quantile(_ q: Double) -> Double {
    if q.isNaN { return .nan }
    if q < 0 { return -.infinity }
    if q > 1 { return .infinity }
    switch position(of: q) {
    case nil: return .nan
    case .within(let value, _, _): return value
    case .past(let bound): return bound
    }
  }

  /// The same reading as a latency: with the bucket it lies in, or `beyond` where Prometheus
  /// would answer the last finite bound. `q` outside 0…1 reads as the nearest end.
  public func latency(_ q: Double) -> LatencyQuantile {
    guard !q.isNaN, let position = position(of: min(max(q, 0), 1)) else { return .none }
    switch position {
    case .within(let value, let lower, let upper):
      // The 0-quantile of an empty lowest bucket is 0/0 to Prometheus; its lower end is meant.
      return .within(value: value.isNaN ? lower : value, lower: lower, upper: upper)
    case .past(let bound): return .beyond(bound)
    }
  }

  private enum Position {
    case within(value: Double, lower: Double, upper: Double)
    case past(Double)
  }

  private func position(of q: Double) -> Position? {
    guard bounds.count >= 2, bounds.last == .infinity else { return nil }
    let counts = monotonicCounts()
    let observations = counts[counts.count - 1]
    // Not `<= 0`: rates of a hostile or half-reset target can be negative, and Prometheus reads on.
    if observations == 0 || observations.isNaN { return nil }
    var rank = q * observations
    // The first bucket whose count reaches the rank; the `+Inf` one is not asked.
    var low = 0
    var high = counts.count - 1
    while low < high {
      let middle = (low + high) / 2
      if counts[middle] >= rank { high = middle } else { low = middle + 1 }
    }
    let bucket = low
    if bucket == counts.count - 1 { return .past(bounds[bounds.count - 2]) }
    if bucket == 0, bounds[0] <= 0 {
      return .within(value: bounds[0], lower: -.infinity, upper: bounds[0])
    }
    let upper = bounds[bucket]
    var lower = 0.0
    var count = counts[bucket]
    if bucket > 0 {
      lower = bounds[bucket - 1]
      count -= counts[bucket - 1]
      rank -= counts[bucket - 1]
    }
    return .within(value: lower + (upper - lower) * (rank / count), lower: lower, upper: upper)
  }

  /// What `histogram_fraction` answers: the share of observations between two values.
  ///
  /// Inside a bucket observations count as evenly spread; a bucket of infinite width gives none
  /// of its own unless it is wholly inside. NaN for NaN ends, no observations, no `+Inf` bucket.
  public func fraction(from lower: Double, to upper: Double) -> Double {
    guard bounds.last == .infinity, let count = monotonicCounts().last, count != 0, !count.isNaN,
      !lower.isNaN, !upper.isNaN
    else { return .nan }
    if lower >= upper { return 0 }
    let counts = monotonicCounts()
    return (rank(of: upper, counts) - rank(of: lower, counts)) / count
  }

  /// How many observations lie at or below a value.
  private func rank(of value: Double, _ counts: [Double]) -> Double {
    if value == .infinity { return counts[counts.count - 1] }
    if value == -.infinity { return 0 }
    for i in bounds.indices {
      let upper = bounds[i]
      guard value < upper else {
        if value == upper { return counts[i] }
        continue
      }
      let below = i == 0 ? 0 : counts[i - 1]
      let lower = i > 0 ? bounds[i - 1] : (upper > 0 ? 0 : -.infinity)
      if value <= lower || upper == .infinity { return below }
      if lower == -.infinity { return counts[i] }
      return below + (counts[i] - below) * ((value - lower) / (upper - lower))
    }
    return counts[counts.count - 1]
  }

  /// Counts that never fall: tiny differences (one part in 10¹², of floating-point sums) are
  /// levelled, larger falls are raised to the count before.
  func monotonicCounts() -> [Double] {
    var counts = counts
    guard var previous = counts.first else { return counts }
    for i in counts.indices.dropFirst() {
      if counts[i] == previous { continue }
      if Self.almostEqual(previous, counts[i]) || counts[i] < previous {
        counts[i] = previous
        continue
      }
      previous = counts[i]
    }
    return counts
  }

  /// Prometheus' `almost.Equal` with its `smallDeltaTolerance`.
  private static func almostEqual(_ a: Double, _ b: Double) -> Bool {
    if a.isNaN && b.isNaN { return true }
    if a == b { return true }
    let tolerance = 1e-12
    let sum = a.magnitude + b.magnitude
    let difference = (a - b).magnitude
    if a == 0 || b == 0 || sum < .leastNormalMagnitude {
      return difference < tolerance * .leastNormalMagnitude
    }
    return difference / min(sum, .greatestFiniteMagnitude) < tolerance
  }
}
