public import Telemetry

/// A canary beside what it is to replace: whether it is worse, and how sure that is.
///
/// Errors and slow requests are both shares of counted requests, so both are held against each
/// other by the test for two proportions with the pooled share (NIST/SEMATECH e-Handbook, 7.3.3:
/// `z = (p1 − p2) / sqrt(p (1 − p) (1/n1 + 1/n2))`). Below `leastRequests` on either side, or with
/// fewer than five expected on the smaller one, the normal approximation says nothing and neither
/// does this.
public struct CohortComparison: Sendable, Hashable {
  public enum Verdict: Sendable, Hashable {
    /// `n` of `of` requests have come, or so few failures are to be expected that nothing shows.
    case notEnough(n: Int, of: Int)
    /// Nothing tells.
    case unknown
    /// The share is higher; `sure` in percent: 95, 99 or 99.9.
    case worse(sure: Double)
    case better(sure: Double)
    case alike
  }

  /// One share of both, with what is made of it.
  public struct Share: Sendable, Hashable {
    /// `errors`, `slower than 300ms`.
    public var name: String
    /// Seconds that "slower" means; nil for errors.
    public var bound: Double?
    /// 0…1; nil where nothing tells or came.
    public var trial: Double?
    public var against: Double?
    public var verdict: Verdict
  }

  public var errors: Share
  public var slow: Share

  /// Requests that each side needs.
  public static let leastRequests = 200

  /// - Parameter threshold: seconds that an objective allows; else what the p95 of the other one is.
  public init(_ trial: RequestStatistics, against: RequestStatistics, threshold: Double? = nil) {
    errors = Share(
      name: "errors", trial: trial.errorRatio, against: against.errorRatio,
      verdict: Self.verdict(
        trial.errors.map { ($0, trial.judged) }, against.errors.map { ($0, against.judged) }))
    let bound = Self.bound(threshold ?? against.latency(0.95).seconds, in: against.buckets)
    func slow(_ statistics: RequestStatistics) -> (Double, Double)? {
      guard let bound, let total = statistics.buckets.total, total > 0,
        let within = statistics.fraction(within: bound)
      else { return nil }
      return (max(0, 1 - within) * total, total)
    }
    let (a, b) = (slow(trial), slow(against))
    self.slow = Share(
      name: "slow", bound: bound, trial: a.map { $0.0 / $0.1 }, against: b.map { $0.0 / $0.1 },
      verdict: bound == nil ? .unknown : Self.verdict(a, b))
  }

  /// A bound of the buckets at or above a time: shares are exact there alone.
  private static func bound(_ seconds: Double?, in buckets: HistogramBuckets) -> Double? {
    guard let seconds else { return nil }
    return buckets.bounds.first { $0 >= seconds * 0.999 && $0.isFinite }
      ?? buckets.bounds.last { $0.isFinite }
  }

  /// Holds `hits` of `n` requests against those of the other side.
  static func verdict(_ a: (hits: Double, n: Double)?, _ b: (hits: Double, n: Double)?) -> Verdict {
    guard let a, let b else { return .unknown }
    let least = min(a.n, b.n)
    if least < Double(leastRequests) {
      return .notEnough(n: Int(nearest: max(0, least).rounded(.down)), of: leastRequests)
    }
    let pooled = (a.hits + b.hits) / (a.n + b.n)
    // Not one on either side: as alike as can be.
    if pooled == 0 || pooled == 1 { return .alike }
    let expected = least * min(pooled, 1 - pooled)
    if expected < 5 {
      let needed = (5 / min(pooled, 1 - pooled)).rounded(.up)
      return .notEnough(n: Int(nearest: least.rounded(.down)), of: Int(nearest: min(needed, 1e9)))
    }
    let error = (pooled * (1 - pooled) * (1 / a.n + 1 / b.n)).squareRoot()
    let z = (a.hits / a.n - b.hits / b.n) / error
    guard let sure = confidence(z.magnitude) else { return .alike }
    return z > 0 ? .worse(sure: sure) : .better(sure: sure)
  }

  /// How sure a distance of `z` standard errors is, one-sided, in percent (95 % from 1.645 on, 99 % from 2.326, 99.9 % from
  /// 3.090); nil below.
  private static func confidence(_ z: Double) -> Double? {
    z >= 3.090 ? 99.9 : z >= 2.326 ? 99 : z >= 1.645 ? 95 : nil
  }

  /// The worse of the two, for one line.
  public var verdict: Verdict {
    for verdict in [errors.verdict, slow.verdict] {
      if case .worse = verdict { return verdict }
    }
    for verdict in [errors.verdict, slow.verdict] {
      if case .notEnough = verdict { return verdict }
    }
    return errors.verdict == .unknown ? slow.verdict : errors.verdict
  }
}

extension CohortComparison.Verdict {
  /// In words, as a person says it.
  public var words: String {
    switch self {
    case .notEnough(let n, let of): "not enough traffic yet: \(n) of \(of) requests"
    case .unknown: "nothing tells"
    case .worse(let sure): "worse, \(Self.text(sure)) % sure"
    case .better(let sure): "better, \(Self.text(sure)) % sure"
    case .alike: "no difference that shows"
    }
  }

  private static func text(_ sure: Double) -> String {
    sure == sure.rounded() ? "\(Int(sure))" : "\(sure)"
  }
}
