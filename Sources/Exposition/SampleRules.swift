/// What OpenMetrics asks of one sample by the type of its family.
enum SampleRules {
  /// The labels that say which group of its family a sample belongs to, sorted.
  static func group(
    of sample: ParsedExposition.Sample, family: String, type: FamilyType
  ) -> OpenMetricsGroups.Group {
    let splitting: String? =
      switch type {
      case .summary where sample.name == family: "quantile"
      case .stateset: family
      case .histogram, .gaugeHistogram: sample.name == family + "_bucket" ? "le" : nil
      default: nil
      }
    // Info metrics cannot be told apart: all their labels are the value.
    if type == .info { return [] }
    return sample.labels.filter { $0.name != splitting }
      .sorted { ($0.name, $0.value) < ($1.name, $1.value) }
  }

  static func complaints(
    of sample: ParsedExposition.Sample, family: String, type: FamilyType
  ) -> [String] {
    var found: [String] = []
    let suffix = String(sample.name.dropFirst(family.count))
    let value = sample.value
    switch type {
    case .stateset:
      if sample[label: family] == nil { found.append("a state has the label \(family)") }
      if value != 0, value != 1 { found.append("a state is 0 or 1") }
    case .info:
      if value != 1 { found.append("an info metric is 1") }
    case .summary where suffix.isEmpty:
      let quantile = sample[label: "quantile"].flatMap(number)
      if quantile.map({ $0 >= 0 && $0 <= 1 }) != true {
        found.append("a summary's sample has a label quantile between 0 and 1")
      }
      if value < 0 { found.append("a quantile's value is not negative") }
    case .histogram, .gaugeHistogram:
      if suffix == "_bucket" {
        let le = sample[label: "le"]
        let bound = le.flatMap(number)
        if bound == nil || bound?.isNaN == true || bound == .infinity && le != "+Inf" {
          found.append("a bucket has a label le that is a number or +Inf")
        }
      }
    default: break
    }
    let counts = ["_bucket", "_count", "_gcount"]
    if counts.contains(suffix), !value.isNaN, value.rounded() != value || value.isInfinite {
      found.append("a count is a whole number")
    }
    if counts.contains(suffix) || ["_total", "_sum", "_gsum"].contains(suffix), value.isNaN {
      found.append("\(sample.name) cannot be NaN")
    }
    if counts.contains(suffix) || ["_total", "_sum"].contains(suffix), value < 0 {
      found.append("\(sample.name) cannot be negative")
    }
    if sample.exemplar != nil {
      let mayHave =
        switch type {
        case .histogram, .gaugeHistogram: suffix == "_bucket"
        case .counter: suffix == "_total"
        default: false
        }
      if !mayHave { found.append("only buckets and counters' totals have exemplars") }
    }
    return found
  }

  static func number(_ text: String) -> Double? {
    var text = text
    return text.withUTF8 { bytes in
      var value = 0.0
      guard let address = bytes.baseAddress, Number.read(address, bytes.count, into: &value) else {
        return nil
      }
      return value
    }
  }
}

/// What OpenMetrics asks of the samples of one histogram or gauge histogram.
struct HistogramRules {
  let family: String
  private(set) var complaints: [(line: Int, reason: String)] = []

  private var group: OpenMetricsGroups.Group?
  private var time: Nanoseconds?
  private var line = 0
  private var bound: Double?
  private var population = 0.0
  private var count: Double?
  private var hasSum = false
  private var hasGaugeSum = false
  private var hasNegativeGaugeSum = false
  private var hasNegativeBounds = false

  init(family: String) { self.family = family }

  mutating func take(_ sample: ParsedExposition.Sample, at time: Nanoseconds?) {
    let suffix = sample.name.dropFirst(family.count)
    guard !suffix.isEmpty else { return }
    let group = SampleRules.group(of: sample, family: family, type: .histogram)
    if group != self.group || time != self.time {
      finish()
      let found = complaints
      self = HistogramRules(family: family)
      complaints = found
      self.group = group
      self.time = time
    }
    line = sample.line
    switch suffix {
    case "_bucket":
      guard let bound = sample[label: "le"].flatMap(SampleRules.number) else { return }
      if bound < 0 { hasNegativeBounds = true }
      if let before = self.bound, bound <= before { complain("the buckets are not in order of le") }
      if sample.value < population { complain("a bucket holds less than the one before it") }
      self.bound = bound
      population = sample.value
    case "_count", "_gcount": count = sample.value
    case "_sum": hasSum = true
    case "_gsum":
      hasGaugeSum = true
      if sample.value < 0 { hasNegativeGaugeSum = true }
    default: break
    }
  }

  /// Checks the group that is complete.
  mutating func finish() {
    guard group != nil else { return }
    if bound != .infinity { complain("the bucket le=\"+Inf\" is missing") }
    if let count, count != population {
      complain("the count is not that of the bucket le=\"+Inf\"")
    }
    if hasSum || hasGaugeSum, count == nil { complain("a sum without a count") }
    if !hasSum, !hasGaugeSum, count != nil { complain("a count without a sum") }
    if hasNegativeBounds, hasSum { complain("a histogram with negative buckets has no sum") }
    if !hasNegativeBounds, hasNegativeGaugeSum {
      complain("a negative sum without negative buckets")
    }
    group = nil
  }

  private mutating func complain(_ reason: String) {
    complaints.append((line, reason))
  }
}
