import Telemetry
import Testing

/// Prometheus' own test script for histogram functions: the classic and the custom-bucket cases.
@Suite(.enabled(if: SharedData.isThere, "\(SharedData.absent)"))
struct PromQLScriptTests {
  @Test("classic and custom-bucket cases of histograms.test")
  func histograms() throws {
    var script = Script()
    try script.run(try SharedData.text("promqltest/histograms.test"))
    #expect(script.passed >= 150, "\(script.passed) cases ran, \(script.skipped.count) skipped")
    // Standard deviations, sums and arithmetic of native histograms are not offered.
    for expression in script.skipped {
      let isNative = [
        "_with_reset", "histogram_sum", "histogram_avg", "histogram_std", "{{", "sum(", "avg(",
      ]
      .contains { expression.contains($0) }
      #expect(isNative, "\(expression) was skipped")
    }
  }
}

/// `load`, `load_with_nhcb`, `eval instant at` and the lines that follow them.
private struct Script {
  var engine = PromQL()
  var passed = 0
  var skipped: [String] = []
  /// Native histograms were loaded, which are not read.
  var hasNative = false

  mutating func run(_ text: String) throws {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    var i = 0
    while i < lines.count {
      let line = lines[i]
      i += 1
      if line == "clear" {
        engine = PromQL()
        hasNative = false
        continue
      }
      guard let first = line.first, first != "#", !first.isWhitespace else { continue }
      var body: [Substring] = []
      while i < lines.count, lines[i].first?.isWhitespace == true {
        body.append(lines[i].drop { $0.isWhitespace })
        i += 1
      }
      if line.hasPrefix("load") {
        let step = try #require(
          line.split(separator: " ").last.flatMap { PromQLParser.milliseconds(String($0)) })
        for one in body { try load(one, step, custom: line.hasPrefix("load_with_nhcb")) }
      } else if let match = line.wholeMatch(of: /eval instant at (\w+) (.*)/) {
        let time = try #require(PromQLParser.milliseconds(String(match.1)))
        check(String(match.2), at: time, body)
      }
    }
  }

  private mutating func load(_ line: Substring, _ step: Int64, custom: Bool) throws {
    if line.contains("{{") {
      hasNative = true
      return
    }
    let end = try #require(line.firstIndex(of: "}"))
    let labels = try Script.labels(line[...end])
    var values: [Double] = []
    for item in line[line.index(after: end)...].split(whereSeparator: \.isWhitespace) {
      if let match = item.wholeMatch(of: /([0-9.]+)(\+[0-9.]+)?x([0-9]+)/) {
        let start = try #require(Double(match.1))
        let rise = match.2.flatMap { Double($0.dropFirst()) } ?? 0
        for step in 0...(try #require(Int(match.3))) { values.append(start + rise * Double(step)) }
      } else {
        values.append(try #require(Double(item)))
      }
    }
    engine.add(
      .init(
        labels: labels,
        samples: values.enumerated().map {
          TimedValue(timestamp: Int64($0) * step, value: $1)
        }))
    if custom, let name = labels["__name__"], name.hasSuffix("_bucket") {
      engine.customBucketFamilies.insert(String(name.dropLast("_bucket".count)))
    }
  }

  private mutating func check(_ expression: String, at time: Int64, _ body: [Substring]) {
    if hasNative {
      skipped.append(expression + " {{")
      return
    }
    let fails = body.contains { $0.hasPrefix("expect fail") }
    var expected: [(PromQL.Labels, Double)] = []
    for line in body where !line.hasPrefix("expect") && !line.hasPrefix("#") {
      guard let end = line.lastIndex(of: "}"), let labels = try? Script.labels(line[...end]),
        let value = PromQL.number(
          String(line[line.index(after: end)...].drop { $0.isWhitespace }))
      else {
        skipped.append(expression + " " + line)
        return
      }
      expected.append((labels, value))
    }
    do {
      let found = try engine.evaluate(expression, at: time)
      if fails {
        Issue.record("\(expression) should have failed")
        return
      }
      #expect(found.count == expected.count, "\(expression)")
      for (labels, value) in expected {
        let element = found.first {
          $0.labels == labels || $0.labels.filter { $0.key != "__name__" } == labels
        }
        guard case .float(let read) = element?.value else {
          Issue.record("\(expression): no \(labels)")
          continue
        }
        // As promqltest compares: to one part in 10⁶.
        let near =
          read == value || (read.isNaN && value.isNaN)
          || (read - value).magnitude <= 1e-6 * value.magnitude
        #expect(near, "\(expression) \(labels): \(read), expected \(value)")
      }
      passed += 1
    } catch is PromQL.Failure where fails {
      passed += 1
    } catch {
      skipped.append(expression)
    }
  }

  private static func labels(_ text: Substring) throws -> PromQL.Labels {
    var labels: PromQL.Labels = [:]
    let brace = try #require(text.firstIndex(of: "{"))
    let name = text[..<brace]
    if !name.isEmpty { labels["__name__"] = String(name) }
    for match in text[brace...].matches(of: /(\w+)="([^"]*)"/) {
      labels[String(match.1)] = String(match.2)
    }
    return labels
  }
}
