public import Canonical

/// A signal that the fleet file reads out of any metric (`signals:`), beside the built-in ones.
public struct SignalRule: Sendable, Hashable {
  public enum Reading: String, Sendable, Hashable, CanonicalCodable, CaseIterable {
    /// The value; of several series their sum.
    case gauge, sum
    /// The largest of several series.
    case max
    /// Of a counter, the increase a second over the last minute.
    case rate
    /// Of a counter, the increase over the last five minutes.
    case increase
    /// Of a histogram, one quantile of the last minute.
    case quantile
  }

  /// As conditions and screens name it: `queue_wait_ms`.
  public var name: String
  /// Names of metrics, without a histogram's `_bucket`; `*` stands for any prefix or suffix.
  public var metrics: [String]
  /// Which of their series count.
  public var match: [Convention.LabelMatch]
  public var reading: Reading
  /// For `quantile`, 0…1.
  public var quantile: Double
  /// `ms`, `bytes`, `cores`, `ratio`, `per_s`, or empty for a count.
  public var unit: String
  /// What a value is multiplied by to be in `unit`.
  public var scale: Double

  public init(
    name: String, metrics: [String], match: [Convention.LabelMatch] = [],
    reading: Reading = .gauge, quantile: Double = 0.99, unit: String = "", scale: Double = 1
  ) {
    self.name = name
    self.metrics = metrics
    self.match = match
    self.reading = reading
    self.quantile = quantile
    self.unit = unit
    self.scale = scale
  }
}

extension RuntimeSignal {
  convenience init(_ rule: SignalRule) {
    let reading: Reading =
      switch rule.reading {
      case .gauge, .sum: .sum
      case .max: .max
      case .rate: .rate
      case .increase: .increase
      case .quantile: .quantile
      }
    self.init(
      rule.name, rule.reading == .quantile ? rule.metrics.map(Self.bucketName) : rule.metrics,
      reading, unit: rule.unit, scale: rule.scale, only: rule.match, quantile: rule.quantile)
  }

  /// `x_bucket`; a pattern that is open at its end takes those already.
  private static func bucketName(_ metric: String) -> String {
    metric.hasSuffix("*") || metric.hasSuffix("_bucket") ? metric : metric + "_bucket"
  }
}

extension SignalRule: FieldCoded {
  public static var blank: Self { Self(name: "", metrics: []) }

  public mutating func pass(_ fields: Fields) throws {
    try fields.pass(&name, &metrics, &match, &reading)
    try fields.pass(&quantile, &unit, &scale)
  }
}
