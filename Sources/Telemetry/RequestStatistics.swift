public import Canonical

/// Requests over one window: of an instance, of an endpoint, or merged over many instances.
public struct RequestStatistics: Sendable, Hashable, Codable {
  public internal(set) var window: Window
  /// Seconds really watched, of the instance watched longest. Can exceed the window where scrapes
  /// are far apart: a rate is then an average over more than the window, and this says so.
  public internal(set) var covered: Double
  /// Requests counted; 0 where nothing counts them.
  public internal(set) var requests: Double
  /// Of these, the ones whose outcome something tells.
  public internal(set) var judged: Double
  /// Failed requests; nil when nothing tells errors apart.
  public internal(set) var errors: Double?
  /// Requests a second; nil when not known (yet), 0 when there was no traffic.
  ///
  /// A plain increase over watched time, not Prometheus' `rate`: every scrape is seen here, so
  /// nothing needs extrapolating to the window's edges, and a first error shows as one error.
  public internal(set) var rate: Double?
  /// Observed durations in seconds; empty where no histogram measures them.
  public internal(set) var buckets: HistogramBuckets
  /// Quantiles that instances computed themselves, in seconds, by quantile and instance.
  public internal(set) var summaries: [SummaryQuantile]

  /// A quantile as one instance computed it.
  public struct SummaryQuantile: Sendable, Hashable {
    public var quantile: Double
    public var value: Double
    public var instance: String
    public init(quantile: Double, value: Double, instance: String) {
      self.quantile = quantile
      self.value = value
      self.instance = instance
    }
  }

  /// Whether anything was asked of the service.
  public enum Traffic: String, Sendable, Hashable, Codable {
    /// Nothing counts requests, or nothing was watched in this window.
    case unknown
    /// Watched, and no request came.
    case none
    case some
  }

  public init(window: Window) {
    self.window = window
    covered = 0
    requests = 0
    judged = 0
    buckets = HistogramBuckets()
    summaries = []
  }

  public var traffic: Traffic {
    guard rate != nil else { return .unknown }
    return requests > 0 ? .some : .none
  }

  /// Failed requests of those judged, 0…1; nil without traffic or where nothing tells errors.
  public var errorRatio: Double? {
    guard let errors, judged > 0 else { return nil }
    return min(errors / judged, 1)
  }

  /// One percentile of latency, `q` in 0…1. Where some instances have histograms and others
  /// summaries, the histograms are read.
  public func latency(_ q: Double) -> LatencyQuantile {
    let read = buckets.latency(q)
    if read != .none { return read }
    guard traffic == .some else { return .none }
    var worst: SummaryQuantile?
    for summary in summaries where summary.quantile == q {
      if summary.value > worst?.value ?? -.infinity { worst = summary }
    }
    guard let worst else { return .none }
    return .summary(value: worst.value, instance: worst.instance)
  }

  /// The share of requests that took at most `seconds`, 0…1; nil without a histogram or traffic.
  public func fraction(within seconds: Double) -> Double? {
    let share = buckets.fraction(from: -.infinity, to: seconds)
    return share.isNaN ? nil : share
  }

  /// Read on the bounds that differing histograms share.
  public var latencyOnCommonBounds: Bool { buckets.commonBounds }

  /// Adds another instance: counts and buckets add up, and so do the rates, each over its own
  /// watched time.
  public mutating func merge(_ other: RequestStatistics) {
    covered = max(covered, other.covered)
    requests += other.requests
    judged += other.judged
    if let more = other.errors { errors = (errors ?? 0) + more }
    if let more = other.rate { rate = (rate ?? 0) + more }
    buckets.merge(other.buckets)
    summaries.append(contentsOf: other.summaries)
  }

  /// All instances together; an empty list has no traffic that is known of.
  public static func merge(_ parts: [RequestStatistics]) -> RequestStatistics {
    guard var merged = parts.first else { return RequestStatistics(window: .minute) }
    for part in parts.dropFirst() { merged.merge(part) }
    return merged
  }
}

extension RequestStatistics.SummaryQuantile: FieldCoded {
  public static var blank: Self { Self(quantile: 0, value: 0, instance: "") }
  public mutating func pass(_ fields: Fields) throws {
    try fields.pass(&quantile, &value, &instance)
  }
}
