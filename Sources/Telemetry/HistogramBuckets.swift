public import Canonical

/// A classic histogram: upper bounds and how many observations lie at or below each.
///
/// Counts may be totals since a process began, increases over a window, or rates: quantiles read
/// the same from each. Bounds rise strictly; the last is `+Inf` in a well-formed histogram.
public struct HistogramBuckets: Sendable, Hashable {
  /// Upper bounds, rising.
  public private(set) var bounds: [Double]
  /// Cumulative, one for each bound.
  public private(set) var counts: [Double]
  /// Merged from histograms with different bounds, so read on those they share.
  public private(set) var commonBounds: Bool

  /// A histogram with no bounds and no observations.
  public init() {
    bounds = []
    counts = []
    commonBounds = false
  }

  /// Buckets in any order; the counts of equal bounds (`0.2` and `2e-1`) add up.
  public init(_ buckets: [(bound: Double, count: Double)]) {
    self.init()
    let sorted = buckets.enumerated().filter { !$0.element.bound.isNaN }.sorted {
      ($0.element.bound, $0.offset) < ($1.element.bound, $1.offset)
    }
    bounds.reserveCapacity(sorted.count)
    counts.reserveCapacity(sorted.count)
    for (_, bucket) in sorted {
      if bucket.bound == bounds.last {
        counts[counts.count - 1] += bucket.count
      } else {
        bounds.append(bucket.bound)
        counts.append(bucket.count)
      }
    }
  }

  /// Bounds that already rise strictly, with their counts.
  init(rising bounds: [Double], counts: [Double], commonBounds: Bool = false) {
    self.bounds = bounds
    self.counts = counts
    self.commonBounds = commonBounds
  }

  /// Observations in all; nil without a `+Inf` bucket.
  public var total: Double? { bounds.last == .infinity ? counts.last : nil }

  /// Adds another instance's or label set's observations: by bound where the bounds agree, else
  /// on the bounds that both have, which is exact there and says so in `commonBounds`.
  public mutating func merge(_ other: HistogramBuckets) {
    if other.bounds.isEmpty { return }
    if bounds.isEmpty {
      self = other
      return
    }
    commonBounds = commonBounds || other.commonBounds
    if bounds == other.bounds {
      add(other.counts[...])
      return
    }
    var shared: [Double] = []
    var sums: [Double] = []
    var (i, j) = (0, 0)
    while i < bounds.count, j < other.bounds.count {
      if bounds[i] == other.bounds[j] {
        shared.append(bounds[i])
        sums.append(counts[i] + other.counts[j])
        i += 1
        j += 1
      } else if bounds[i] < other.bounds[j] {
        i += 1
      } else {
        j += 1
      }
    }
    self = HistogramBuckets(rising: shared, counts: sums, commonBounds: true)
  }

  /// Adds counts for the same bounds, one for each.
  mutating func add(_ more: ArraySlice<Double>) {
    counts.withUnsafeMutableBufferPointer { counts in
      more.withUnsafeBufferPointer { more in
        for place in 0..<min(counts.count, more.count) { counts[place] += more[place] }
      }
    }
  }

  public static func merge(_ parts: [HistogramBuckets]) -> HistogramBuckets {
    var merged = HistogramBuckets()
    for part in parts { merged.merge(part) }
    return merged
  }
}

extension HistogramBuckets: FieldCoded {
  public static var blank: Self { Self() }

  public mutating func pass(_ fields: Fields) throws {
    try fields.pass(numbers: &bounds)
    try fields.pass(numbers: &counts)
    try fields.pass(&commonBounds)
    try fields.require(
      bounds.count == counts.count && zip(bounds, bounds.dropFirst()).allSatisfy { $0 < $1 },
      "bucket bounds must rise, each with one count")
  }
}
