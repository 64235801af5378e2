import Foundation
import Telemetry
import Testing

/// Real samples of an incident, and what Prometheus 2.42 answered over them.
@Suite(.enabled(if: SharedData.isThere, "\(SharedData.absent)"))
struct PromQLOracleTests {
  struct Case {
    var expression: String
    var answers: [(labels: PromQL.Labels, values: [(time: Int64, value: Double)])]
  }

  static func samples(_ values: [[Any]]) -> [(Int64, Double)] {
    values.compactMap { pair in
      guard let time = pair[0] as? Double, let text = pair[1] as? String,
        let value = PromQL.number(text)
      else { return nil }
      return (Int64((time * 1000).rounded()), value)
    }
  }

  static func engine() throws -> PromQL {
    let json = try JSONSerialization.jsonObject(
      with: Data(try SharedData.bytes("promql-oracle/raw-samples.json")))
    let families = try #require((json as? [String: Any])?["series"] as? [String: [[String: Any]]])
    var engine = PromQL()
    for name in families.keys.sorted() {
      for one in families[name] ?? [] {
        let labels = try #require(one["metric"] as? [String: String])
        let values = samples(try #require(one["values"] as? [[Any]]))
        engine.add(
          .init(labels: labels, samples: values.map { TimedValue(timestamp: $0.0, value: $0.1) }))
      }
    }
    return engine
  }

  static func cases() throws -> [Case] {
    let json = try JSONSerialization.jsonObject(
      with: Data(try SharedData.bytes("promql-oracle/prometheus-2.42.json")))
    let cases = try #require((json as? [String: Any])?["cases"] as? [[String: Any]])
    return try cases.map { one in
      let result = try #require(one["result"] as? [[String: Any]])
      return Case(
        expression: try #require(one["expr"] as? String),
        answers: try result.map {
          (
            try #require($0["metric"] as? [String: String]),
            samples(try #require($0["values"] as? [[Any]]))
          )
        })
    }
  }

  static func agree(_ a: Double, _ b: Double) -> Bool {
    if a.isNaN || b.isNaN { return a.isNaN && b.isNaN }
    return a == b || (a - b).magnitude <= 1e-9 * max(1, a.magnitude, b.magnitude)
  }

  static func float(_ element: PromQL.Element?) -> Double? {
    if case .float(let value) = element?.value { value } else { nil }
  }

  @Test("the formulas of 2.42 reproduce every answer to 1e-9")
  func oldFormula() throws {
    var engine = try Self.engine()
    engine.flavour = .v2_42
    var compared = 0
    for one in try Self.cases() {
      let expression = try PromQL.parse(one.expression)
      for (time, expected) in byTime(one) {
        let found = try engine.evaluate(expression, at: time)
        #expect(found.count == expected.count, "\(one.expression) at \(time)")
        let byLabels = Dictionary(uniqueKeysWithValues: found.map { ($0.labels, $0) })
        for (labels, value) in expected {
          guard let read = Self.float(byLabels[labels]) else {
            Issue.record("\(one.expression) at \(time): no \(labels)")
            continue
          }
          compared += 1
          if !Self.agree(read, value) {
            Issue.record("\(one.expression) at \(time): \(read), Prometheus says \(value)")
          }
        }
      }
    }
    #expect(compared > 20_000)
  }

  @Test("today's formula differs from 2.42's only where the range or the cap says so")
  func currentFormula() throws {
    let engine = try Self.engine()
    var same = 0
    var different = 0
    for one in try Self.cases() {
      guard let (function, selector, range) = split(one.expression) else { continue }
      for (labels, values) in one.answers {
        let series = try #require(
          engine.series.first {
            $0.labels["__name__"] == selector
              && $0.labels.filter { $0.key != "__name__" } == labels.filter { $0.key != "__name__" }
          })
        for (time, expected) in values {
          let current = RangeSamples(of: series.samples, end: time, range: range)
          let value = function == "rate" ? current.rate : current.increase
          let differs = explained(series.samples, end: time, range: range)
          if let value, Self.agree(value, expected) {
            same += 1
          } else {
            different += 1
            #expect(
              differs, "\(one.expression) \(labels) at \(time): \(value ?? .nan), \(expected)")
          }
        }
      }
    }
    #expect(same > 10_000)
    #expect(different > 0)
  }

  @Test("quantiles over today's rates agree with 2.42's wherever the rates do")
  func currentQuantiles() throws {
    let engine = try Self.engine()
    var old = engine
    old.flavour = .v2_42
    var compared = 0
    for one in try Self.cases() where one.expression.hasPrefix("histogram_quantile") {
      guard case .call(_, let arguments) = try PromQL.parse(one.expression) else { continue }
      for (time, expected) in byTime(one) {
        let rates = try engine.evaluate(arguments[1], at: time)
        let oldRates = try old.evaluate(arguments[1], at: time)
        let oldByLabels = Dictionary(uniqueKeysWithValues: oldRates.map { ($0.labels, $0) })
        for (labels, value) in expected {
          let mine = rates.filter { element in labels.allSatisfy { element.labels[$0] == $1 } }
          let theirs = oldRates.filter { element in labels.allSatisfy { element.labels[$0] == $1 } }
          let agreed =
            mine.count == theirs.count
            && mine.allSatisfy {
              Self.agree(Self.float($0) ?? .nan, Self.float(oldByLabels[$0.labels]) ?? -1)
            }
          guard agreed else { continue }
          compared += 1
          let q = try #require(Self.float(try engine.evaluate(arguments[0], at: time).first))
          let buckets = HistogramBuckets(
            mine.compactMap { element in
              guard let bound = element.labels["le"].flatMap(PromQL.number),
                let count = Self.float(element)
              else { return nil }
              return (bound, count)
            })
          #expect(Self.agree(buckets.quantile(q), value), "\(one.expression) at \(time)")
        }
      }
    }
    #expect(compared > 1_000)
  }

  private func byTime(_ one: Case) -> [(Int64, [(PromQL.Labels, Double)])] {
    var times: [Int64: [(PromQL.Labels, Double)]] = [:]
    for (labels, values) in one.answers {
      for (time, value) in values { times[time, default: []].append((labels, value)) }
    }
    return times.sorted { $0.key < $1.key }
  }

  private func split(_ expression: String) -> (String, String, Int64)? {
    guard let match = expression.wholeMatch(of: /(rate|increase)\((\w+)\[(\w+)\]\)/),
      let range = PromQLParser.milliseconds(String(match.3))
    else { return nil }
    return (String(match.1), String(match.2), range)
  }

  /// The two changes since 2.42, told without their formulas: a sample exactly on the range's
  /// start; or a first sample further than the threshold from the start in a counter whose zero is
  /// nearer than that, so that 2.42 did not cap what 3.x does.
  private func explained(_ series: [TimedValue], end: Int64, range: Int64) -> Bool {
    let old = OldRange(of: series, end: end, range: range)
    if old.samples.first?.timestamp == old.start { return true }
    guard let first = old.samples.first, let last = old.samples.last, old.samples.count >= 2 else {
      return false
    }
    let average =
      Double(last.timestamp - first.timestamp) / 1000 / Double(old.samples.count - 1)
    return Double(first.timestamp - old.start) / 1000 >= average * 1.1
  }
}
