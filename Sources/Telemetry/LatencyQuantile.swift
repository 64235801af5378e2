/// One latency percentile, with how it is known. Seconds throughout.
public enum LatencyQuantile: Sendable, Hashable, Codable {
  /// No traffic, or nothing that measures latency.
  case none
  /// Interpolated inside the bucket from `lower` to `upper`: the truth lies between the two.
  case within(value: Double, lower: Double, upper: Double)
  /// Past the last finite bucket: all that is known is `> bound`.
  case beyond(Double)
  /// The worst instance's own figure: summaries cannot be merged, so they never are.
  case summary(value: Double, instance: String)

  /// The number to compare with: for `beyond` the bound, which the truth exceeds.
  public var seconds: Double? {
    switch self {
    case .none: nil
    case .within(let value, _, _): value
    case .beyond(let bound): bound
    case .summary(let value, _): value
    }
  }
}
