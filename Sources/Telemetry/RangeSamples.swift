/// One raw sample of a series.
public struct TimedValue: Sendable, Hashable, Codable {
  /// Milliseconds since 1970, as Prometheus counts: whole numbers keep differences exact.
  public var timestamp: Int64
  public var value: Double
  public init(timestamp: Int64, value: Double) {
    self.timestamp = timestamp
    self.value = value
  }
}

/// Samples of one series in a range, and what PromQL's functions make of them.
///
/// The formulas are those of Prometheus 3 (`extrapolatedRate` in `promql/functions.go`): the range
/// is open on the left, so that a sample on the boundary belongs to one of two neighbouring ranges
/// (#13904), and the extrapolation towards a counter's zero is limited after the one towards the
/// range's start, not instead of it (#13725). For live figures see `RequestStatistics.rate`.
public struct RangeSamples: Sendable, Hashable {
  /// Rising in time, all within the range.
  public let samples: ArraySlice<TimedValue>
  /// Milliseconds since 1970; samples at exactly this time are not in the range.
  public let start: Int64
  /// Milliseconds since 1970; samples at exactly this time are.
  public let end: Int64

  /// Takes the samples of `series` that lie in the `range` milliseconds up to `end`.
  ///
  /// - Parameter series: rising in time.
  public init(of series: [TimedValue], end: Int64, range: Int64) {
    precondition(range > 0, "a range of \(range) ms holds nothing; it must be positive")
    self.end = end
    start = end - range
    let low = RangeSamples.firstIndex(after: end - range, in: series)
    let high = RangeSamples.firstIndex(after: end, in: series)
    samples = series[low..<max(low, high)]
  }

  private static func firstIndex(after time: Int64, in series: [TimedValue]) -> Int {
    var low = 0
    var high = series.count
    while low < high {
      let middle = (low + high) / 2
      if series[middle].timestamp > time { high = middle } else { low = middle + 1 }
    }
    return low
  }

  /// `rate`: increase a second, extrapolated to the range's ends; nil with fewer than two samples.
  public var rate: Double? { extrapolated(isCounter: true, perSecond: true) }

  /// `increase`: how much a counter grew over the range, extrapolated; nil below two samples.
  public var increase: Double? { extrapolated(isCounter: true, perSecond: false) }

  /// `delta`: how far a gauge moved over the range, extrapolated; nil below two samples.
  public var delta: Double? { extrapolated(isCounter: false, perSecond: false) }

  /// `irate`: increase a second between the last two samples; nil below two.
  public var instantRate: Double? {
    guard samples.count >= 2, let last = samples.last else { return nil }
    let previous = samples[samples.endIndex - 2]
    let interval = last.timestamp - previous.timestamp
    guard interval != 0 else { return nil }
    let increase = last.value < previous.value ? last.value : last.value - previous.value
    return increase / (Double(interval) / 1000)
  }

  /// `resets`: how often a counter fell; nil without samples.
  public var resets: Double? {
    guard !samples.isEmpty else { return nil }
    return Double(
      zip(samples, samples.dropFirst()).reduce(0) { $0 + ($1.1.value < $1.0.value ? 1 : 0) })
  }

  /// `avg_over_time`; nil without samples.
  public var average: Double? {
    guard !samples.isEmpty else { return nil }
    return samples.reduce(0) { $0 + $1.value } / Double(samples.count)
  }

  private func extrapolated(isCounter: Bool, perSecond: Bool) -> Double? {
    guard samples.count >= 2, let first = samples.first, let last = samples.last else {
      return nil
    }
    var result = last.value - first.value
    if isCounter {
      var previous = first.value
      for sample in samples.dropFirst() {
        if sample.value < previous { result += previous }
        previous = sample.value
      }
    }
    var toStart = Double(first.timestamp - start) / 1000
    var toEnd = Double(end - last.timestamp) / 1000
    let sampled = Double(last.timestamp - first.timestamp) / 1000
    let average = sampled / Double(samples.count - 1)
    // Ten per cent late is still the next scrape; later than that, the series began or ended
    // inside the range, on average half an interval away from the sample.
    let threshold = average * 1.1
    if toStart >= threshold { toStart = average / 2 }
    if isCounter {
      var toZero = toStart
      if result > 0, first.value >= 0 { toZero = sampled * (first.value / result) }
      toStart = min(toStart, toZero)
    }
    if toEnd >= threshold { toEnd = average / 2 }
    var factor = (sampled + toStart + toEnd) / sampled
    if perSecond { factor /= Double(end - start) / 1000 }
    return result * factor
  }
}
