public import Canonical

/// One latency percentile, with how it is known. Seconds throughout.
public enum LatencyQuantile: Sendable, Hashable {
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

extension LatencyQuantile: CanonicalOnly {
  public func write(to encoder: CanonicalEncoder) {
    switch self {
    case .none: encoder.write("none")
    case .within(let value, let lower, let upper):
      encoder.write("within")
      encoder.write(value)
      encoder.write(lower)
      encoder.write(upper)
    case .beyond(let bound):
      encoder.write("beyond")
      encoder.write(bound)
    case .summary(let value, let instance):
      encoder.write("summary")
      encoder.write(value)
      encoder.write(instance)
    }
  }

  public init(canonical decoder: CanonicalDecoder) throws {
    switch try decoder.text() {
    case "none": self = .none
    case "within":
      self = .within(
        value: try decoder.double(), lower: try decoder.double(), upper: try decoder.double())
    case "beyond": self = .beyond(try decoder.double())
    case "summary": self = .summary(value: try decoder.double(), instance: try decoder.text())
    default: throw Malformed("this is no quantile", at: decoder.place)
    }
  }
}
