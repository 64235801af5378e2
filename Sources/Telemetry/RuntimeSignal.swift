/// The language a process seems to be written in, from what only that runtime exposes.
public enum RuntimeLanguage: String, Sendable, Hashable, Codable {
  case go, rust, other
}

/// A named measured value of one process, beside its requests.
public struct Signal: Sendable, Hashable, Codable {
  /// As conditions and screens name it: `go_goroutines`, `cpu_cores`.
  public var name: String
  public var value: Double
  /// `ms`, `bytes`, `cores`, `ratio`, `per_s`, or empty for a count.
  public var unit: String
  /// Seconds since the value was scraped.
  public var age: Double
  public init(name: String, value: Double, unit: String, age: Double) {
    self.name = name
    self.value = value
    self.unit = unit
    self.age = age
  }
}

/// How a signal is read from the series of its families. One of them is read in turn for each
/// signal of a fleet: a reference, so that none is copied for it.
final class RuntimeSignal: Sendable {
  enum Reading: UInt8, Sendable {
    /// The sum of the gauges with this name.
    case sum
    /// The largest of them.
    case max
    /// The increase a second over the last minute.
    case rate
    /// The increase over the last five minutes: a rare event stays visible for a while.
    case increase
    /// A quantile of the last minute, over the buckets of a histogram.
    case quantile
  }

  let name: String
  /// Sample names, `*` standing for any prefix or suffix.
  let families: [String]
  let reading: Reading
  let unit: String
  let scale: Double
  /// Which of a family's series count.
  let only: [Convention.LabelMatch]
  /// For `quantile`, 0…1.
  let quantile: Double

  init(
    _ name: String, _ families: [String], _ reading: Reading = .sum, unit: String = "",
    scale: Double = 1, only: [Convention.LabelMatch] = [], quantile: Double = 0.99
  ) {
    self.quantile = quantile
    self.name = name
    self.families = families
    self.reading = reading
    self.unit = unit
    self.scale = scale
    self.only = only
  }
}

/// Two gauges, how much is used and how much there is, matched by their common labels.
struct SaturationPair: Sendable {
  /// What is limited; a label's value is added where there is one (`db-pool orders`).
  var name: String
  var used: String
  var limit: String
  /// Names the thing among several of its kind.
  var label: String?
  /// Which of the used series count.
  var only: [Convention.LabelMatch]

  init(
    _ name: String, used: String, limit: String, label: String? = nil,
    only: [Convention.LabelMatch] = []
  ) {
    self.name = name
    self.used = used
    self.limit = limit
    self.label = label
    self.only = only
  }
}

/// Where a version is said, best first.
struct VersionFamily: Sendable {
  var family: String
  var label: String
  init(_ family: String, _ label: String) {
    self.family = family
    self.label = label
  }
}

/// Which runtime a family gives away.
struct LanguageHint: Sendable {
  var family: String
  var language: RuntimeLanguage
  init(_ family: String, _ language: RuntimeLanguage) {
    self.family = family
    self.language = language
  }
}
