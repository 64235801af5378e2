import Telemetry

/// As much of PromQL as the shared cases use: selectors, ranges, a few functions, aggregations and
/// division. Only the tests evaluate expressions; the library offers the formulas.
struct PromQL {
  typealias Labels = [String: String]

  /// Which Prometheus' extrapolation is used.
  enum Flavour { case current, v2_42 }

  struct Series {
    var labels: Labels
    var samples: [TimedValue]
  }

  /// A value of an instant vector: a float, or a histogram with custom buckets.
  enum Value {
    case float(Double)
    case histogram(HistogramBuckets)
  }

  struct Element {
    var labels: Labels
    var value: Value
  }

  /// Outside of the subset: native histograms, mostly.
  struct Unsupported: Error { var what: String }
  struct Failure: Error { var what: String }

  private(set) var series: [Series] = []
  private var numbersByName: [String: [Int]] = [:]
  /// Families whose classic buckets also exist as one custom-bucket histogram.
  var customBucketFamilies: Set<String> = []
  var flavour = Flavour.current

  indirect enum Expression {
    case number(Double)
    case string(String)
    case selector(name: String?, matchers: [Matcher], range: Int64?)
    case call(String, [Expression])
    case aggregate(String, by: [String], Expression)
    case binary(String, Expression, Expression, ignoring: [String])
  }

  struct Matcher {
    var name: String
    var operation: String
    var value: String

    func matches(_ labels: Labels) throws -> Bool {
      let found = labels[name] ?? ""
      switch operation {
      case "=": return found == value
      case "!=": return found != value
      case "=~": return try found.wholeMatch(of: Regex(value)) != nil
      default: return try found.wholeMatch(of: Regex(value)) == nil
      }
    }
  }

  mutating func add(_ one: Series) {
    numbersByName[one.labels["__name__"] ?? "", default: []].append(series.count)
    series.append(one)
  }

  // MARK: Evaluation

  static func parse(_ text: String) throws -> Expression {
    var parser = PromQLParser(text)
    return try parser.parse()
  }

  func evaluate(_ text: String, at time: Int64) throws -> [Element] {
    try evaluate(try PromQL.parse(text), at: time)
  }

  func evaluate(_ expression: Expression, at time: Int64) throws -> [Element] {
    switch expression {
    case .number(let value): return [Element(labels: [:], value: .float(value))]
    case .string: throw Unsupported(what: "a string")
    case .selector(let name, let matchers, nil):
      return try instant(name, matchers, at: time)
    case .selector: throw Unsupported(what: "a bare range")
    case .call(let function, let arguments):
      return try call(function, arguments, at: time)
    case .aggregate(let operation, let labels, let inner):
      return try aggregate(operation, by: labels, try evaluate(inner, at: time))
    case .binary(let operation, let left, let right, let ignoring):
      return try binary(
        operation, try evaluate(left, at: time), try evaluate(right, at: time), ignoring)
    }
  }

  private func select(_ name: String?, _ matchers: [Matcher]) throws -> [Series] {
    let numbers = name.map { numbersByName[$0] ?? [] } ?? Array(series.indices)
    return try numbers.map { series[$0] }.filter { series in
      try matchers.allSatisfy { try $0.matches(series.labels) }
    }
  }

  private func instant(
    _ name: String?, _ matchers: [Matcher], at time: Int64
  ) throws -> [Element] {
    if let name, customBucketFamilies.contains(name) {
      return histograms(try select(name + "_bucket", matchers)) { latest($0, at: time) }
    }
    var found = try select(name, matchers).compactMap { series in
      latest(series.samples, at: time).map { Element(labels: series.labels, value: .float($0)) }
    }
    guard name == nil else { return found }
    for family in customBucketFamilies.sorted() {
      guard try matchers.allSatisfy({ try $0.matches(["__name__": family]) }) else { continue }
      found += histograms(try select(family + "_bucket", [])) { latest($0, at: time) }
    }
    return found
  }

  private func latest(_ samples: [TimedValue], at time: Int64) -> Double? {
    samples.last { $0.timestamp <= time && $0.timestamp > time - 300_000 }?.value
  }

  /// Custom-bucket histograms out of classic series; a bound written twice counts once.
  private func histograms(
    _ series: [Series], _ read: ([TimedValue]) -> Double?
  ) -> [Element] {
    var groups: [(Labels, [Double: Double])] = []
    var positions: [Labels: Int] = [:]
    for one in series {
      guard let bound = one.labels["le"].flatMap(Self.number), let value = read(one.samples) else {
        continue
      }
      var labels = one.labels
      labels["le"] = nil
      labels["__name__"] = nil
      if let known = positions[labels] {
        groups[known].1[bound] = value
      } else {
        positions[labels] = groups.count
        groups.append((labels, [bound: value]))
      }
    }
    return groups.map { labels, buckets in
      Element(
        labels: labels,
        value: .histogram(HistogramBuckets(buckets.map { (bound: $0.key, count: $0.value) })))
    }
  }

  private func call(
    _ function: String, _ arguments: [Expression], at time: Int64
  ) throws -> [Element] {
    switch function {
    case "rate", "increase", "irate", "resets", "avg_over_time", "delta":
      guard case .selector(let name, let matchers, let range?) = arguments.first else {
        throw Unsupported(what: function)
      }
      let read: ([TimedValue]) -> Double? = { over(function, $0, end: time, range: range) }
      if let name, customBucketFamilies.contains(name) {
        // A custom-bucket histogram resets as a whole, which single buckets cannot tell.
        guard function == "rate" else { throw Unsupported(what: "\(function) of a histogram") }
        return histograms(try select(name + "_bucket", matchers), read)
      }
      return try select(name, matchers).compactMap { series in
        read(series.samples).map {
          var labels = series.labels
          labels["__name__"] = nil
          return Element(labels: labels, value: .float($0))
        }
      }
    case "histogram_quantile":
      let q = try scalar(arguments[0], at: time)
      return try buckets(try evaluate(arguments[1], at: time)).map {
        Element(labels: $0.0, value: .float($0.1.quantile(q)))
      }
    case "histogram_quantiles":
      guard case .string(let label) = arguments[1] else { throw Unsupported(what: function) }
      let groups = try buckets(try evaluate(arguments[0], at: time))
      return try arguments.dropFirst(2).flatMap { argument in
        let q = try scalar(argument, at: time)
        return try groups.map { labels, buckets in
          var labels = labels
          if labels[label] != nil { throw Failure(what: "\(label) is a label already") }
          labels[label] = q.isNaN ? "NaN" : "\(q)"
          return Element(labels: labels, value: .float(buckets.quantile(q)))
        }
      }
    case "histogram_fraction":
      let lower = try scalar(arguments[0], at: time)
      let upper = try scalar(arguments[1], at: time)
      return try buckets(try evaluate(arguments[2], at: time)).map {
        Element(labels: $0.0, value: .float($0.1.fraction(from: lower, to: upper)))
      }
    case "histogram_count":
      return try evaluate(arguments[0], at: time).map {
        guard case .histogram(let buckets) = $0.value else { throw Unsupported(what: function) }
        return Element(labels: $0.labels, value: .float(buckets.total ?? .nan))
      }
    default: throw Unsupported(what: function)
    }
  }

  private func scalar(_ expression: Expression, at time: Int64) throws -> Double {
    guard case .float(let value) = try evaluate(expression, at: time).first?.value else {
      throw Unsupported(what: "a scalar")
    }
    return value
  }

  private func over(
    _ function: String, _ samples: [TimedValue], end: Int64, range: Int64
  ) -> Double? {
    if flavour == .v2_42 {
      return OldRange(of: samples, end: end, range: range).value(of: function)
    }
    let range = RangeSamples(of: samples, end: end, range: range)
    switch function {
    case "rate": return range.rate
    case "increase": return range.increase
    case "delta": return range.delta
    case "irate": return range.instantRate
    case "resets": return range.resets
    default: return range.average
    }
  }

  /// Histograms of a vector, classic ones gathered by everything but `le`.
  private func buckets(_ elements: [Element]) throws -> [(Labels, HistogramBuckets)] {
    var classic: [(Labels, [(bound: Double, count: Double)])] = []
    var found: [(Labels, HistogramBuckets)] = []
    var positions: [Labels: Int] = [:]
    for element in elements {
      switch element.value {
      case .histogram(let buckets): found.append((element.labels, buckets))
      case .float(let value):
        guard let bound = element.labels["le"].flatMap(Self.number) else { continue }
        var labels = element.labels
        labels["le"] = nil
        if let known = positions[labels] {
          classic[known].1.append((bound, value))
        } else {
          positions[labels] = classic.count
          classic.append((labels, [(bound, value)]))
        }
      }
    }
    found += classic.map { labels, buckets in
      var labels = labels
      labels["__name__"] = nil
      return (labels, HistogramBuckets(buckets))
    }
    if Set(found.map(\.0)).count < found.count {
      throw Failure(what: "vector cannot contain metrics with the same labelset")
    }
    return found
  }

  private func aggregate(
    _ operation: String, by names: [String], _ elements: [Element]
  ) throws -> [Element] {
    var groups: [(Labels, [Value])] = []
    var positions: [Labels: Int] = [:]
    for element in elements {
      let labels = element.labels.filter { names.contains($0.key) }
      if let known = positions[labels] {
        groups[known].1.append(element.value)
      } else {
        positions[labels] = groups.count
        groups.append((labels, [element.value]))
      }
    }
    return try groups.map { labels, values in
      if operation == "count" {
        return Element(labels: labels, value: .float(Double(values.count)))
      }
      let floats = values.compactMap { if case .float(let value) = $0 { value } else { nil } }
      if floats.count == values.count {
        let sum = floats.reduce(0, +)
        let value = operation == "avg" ? sum / Double(floats.count) : sum
        return Element(labels: labels, value: .float(value))
      }
      let parts = values.compactMap { if case .histogram(let value) = $0 { value } else { nil } }
      guard parts.count == values.count else { throw Unsupported(what: "a mixed sum") }
      // An average of histograms has the same quantiles as their sum.
      return Element(labels: labels, value: .histogram(.merge(parts)))
    }
  }

  private func binary(
    _ operation: String, _ left: [Element], _ right: [Element], _ ignoring: [String]
  ) throws -> [Element] {
    let dropped = Set(ignoring + ["__name__"])
    func key(_ labels: Labels) -> Labels { labels.filter { !dropped.contains($0.key) } }
    return try left.compactMap { l in
      guard let r = right.first(where: { key($0.labels) == key(l.labels) }) else { return nil }
      guard case .float(let a) = l.value, case .float(let b) = r.value else {
        throw Unsupported(what: "arithmetic on histograms")
      }
      let value =
        switch operation {
        case "/": a / b
        case "+": a + b
        case "-": a - b
        default: a * b
        }
      return Element(labels: key(l.labels), value: .float(value))
    }
  }

  static func number(_ text: String) -> Double? {
    switch text.lowercased() {
    case "+inf", "inf": .infinity
    case "-inf": -.infinity
    case "nan": .nan
    default: Double(text.hasSuffix(".") ? text + "0" : text)
    }
  }
}

/// The formulas of Prometheus 2.42: a range closed on both ends, and the extrapolation towards
/// the counter's zero taken before the threshold is looked at. Here to prove the oracle.
struct OldRange {
  var samples: [TimedValue]
  var start: Int64
  var end: Int64

  init(of series: [TimedValue], end: Int64, range: Int64) {
    start = end - range
    self.end = end
    // The range of today with one millisecond more: closed on the left.
    samples = Array(RangeSamples(of: series, end: end, range: range + 1).samples)
  }

  func value(of function: String) -> Double? {
    switch function {
    case "rate": return extrapolated(perSecond: true)
    case "increase": return extrapolated(perSecond: false)
    case "irate":
      guard samples.count >= 2 else { return nil }
      let (a, b) = (samples[samples.count - 2], samples[samples.count - 1])
      let increase = b.value < a.value ? b.value : b.value - a.value
      return increase / (Double(b.timestamp - a.timestamp) / 1000)
    case "resets":
      if samples.isEmpty { return nil }
      return Double(zip(samples, samples.dropFirst()).filter { $1.value < $0.value }.count)
    default:
      if samples.isEmpty { return nil }
      return samples.reduce(0) { $0 + $1.value } / Double(samples.count)
    }
  }

  private func extrapolated(perSecond: Bool) -> Double? {
    guard samples.count >= 2, let first = samples.first, let last = samples.last else {
      return nil
    }
    var result = last.value - first.value
    for (a, b) in zip(samples, samples.dropFirst()) where b.value < a.value { result += a.value }
    var toStart = Double(first.timestamp - start) / 1000
    let toEnd = Double(end - last.timestamp) / 1000
    let sampled = Double(last.timestamp - first.timestamp) / 1000
    let average = sampled / Double(samples.count - 1)
    if result > 0, first.value >= 0 { toStart = min(toStart, sampled * (first.value / result)) }
    let threshold = average * 1.1
    var extent = sampled
    extent += toStart < threshold ? toStart : average / 2
    extent += toEnd < threshold ? toEnd : average / 2
    var factor = extent / sampled
    if perSecond { factor /= Double(end - start) / 1000 }
    return result * factor
  }
}
