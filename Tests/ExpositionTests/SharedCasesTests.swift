import Exposition
import Foundation
import Testing

@Suite(.enabled(if: Shared.isPresent, "DAMCON_SHARED is not set: the shared cases are not here"))
struct SharedCasesTests {
  /// The tolerant manner finds the samples that Prometheus' own parsers find, and says where they stop.
  @Test(arguments: [
    ("text-format/promparse-cases.json", ExpositionFormat.text),
    ("openmetrics/openmetricsparse-cases.json", .openMetrics),
  ])
  func `Table cases of Prometheus' lexers`(path: String, format: ExpositionFormat) throws {
    for row in try Shared.rows(path) {
      let input = try Shared.input(row)
      let parsed = Parser(format: format).parse(input)
      let shown = String(decoding: input, as: UTF8.self).debugDescription
      let expected = (row["samples"] as? [[String: Any]] ?? []).map { sample -> String in
        let labels = (sample["labels"] as? [String: String] ?? [:])
          .sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
          .map { "\(goJSON($0.key)):\(goJSON($0.value))" }.joined(separator: ",")
        let time = (sample["ts"] as? Int).map(String.init) ?? ""
        return "{\(labels)}\t\(sample["bits"] as? String ?? "?")\t\(time)"
      }
      let found = parsed.samples.map { answerLine($0, type: parsed.families[$0.family].type) }
      if row["error"] is String {
        #expect(parsed.violationCount > 0, "\(shown) should be reported")
        #expect(Array(found.prefix(expected.count)) == expected, "\(shown)")
      } else {
        #expect(parsed.violations == [], "\(shown)")
        #expect(found == expected, "\(shown)")
      }
    }
  }

  /// Strict text is what expfmt accepts, with the same families.
  @Test func `expfmt's own cases`() throws {
    for row in try Shared.rows("text-format/expfmt-cases.json") {
      let input = try Shared.input(row)
      let parsed = Parser(format: .text, manner: .strict).parse(input)
      let shown = String(decoding: input, as: UTF8.self).debugDescription
      if let error = row["error"] as? String {
        #expect(!parsed.isValid, "\(shown): \(error)")
        if let line = error.firstMatch(of: /error in line (\d+)/).flatMap({ Int($0.1) }) {
          #expect(parsed.violations.first?.line == line, "\(shown): \(error)")
        }
        continue
      }
      #expect(parsed.violations == [], "\(shown)")
      let families = row["families"] as? [String: [String: Any]] ?? [:]
      let expected = families.flatMap { ProtoJSON.lines($0.value) }.sorted()
      #expect(ProtoJSON.lines(parsed).sorted() == expected, "\(shown)")
      for (name, family) in families {
        let own = parsed.families.first { $0.name == name }
        #expect(own?.help == family["help"] as? String, "\(shown)")
      }
    }
  }

  /// Strict OpenMetrics takes the good cases and refuses the bad ones.
  @Test func `OpenMetrics conformance suite`() throws {
    let answers =
      try Shared.json("openmetrics/expected.prometheus_client-0.26.0.json")
      as? [String: [String: Any]]
    for name in try Shared.folder("openmetrics/cases") {
      let input = try Shared.bytes("openmetrics/cases/\(name)/metrics")
      let test = try Shared.json("openmetrics/cases/\(name)/test.json") as? [String: Any]
      let shouldParse = try (test?["shouldParse"] as? Bool).orThrow("\(name) says nothing")
      let parsed = Parser(format: .openMetrics, manner: .strict).parse(input)
      #expect(parsed.isValid == shouldParse, "\(name): \(parsed.violations)")
      // Tolerant reading refuses nothing that strict reading takes.
      if shouldParse {
        #expect(Parser(format: .openMetrics).parse(input).violations == [], "\(name)")
      }
      guard shouldParse, let om = answers?[name]?["om"] as? [String: Any],
        let families = om["families"] as? [[Any]]
      else { continue }
      let found = parsed.families.enumerated().map { index, family in
        PythonFamily.line(family, parsed.samples.filter { $0.family == index })
      }
      #expect(found == families.map(PythonFamily.line), "\(name)")
    }
  }

  /// Real dumps give the samples that Prometheus gives.
  @Test func `Dumps of real programs`() throws {
    let answers = try
      (Shared.json("dumps/expected.prometheus-head.json") as? [String: [String: Any]])
      .orThrow("no answers for the dumps")
    for (file, answer) in answers.sorted(by: { $0.key < $1.key }) {
      let bytes = try Shared.bytes("dumps/\(file)")
      let format: ExpositionFormat = answer["parser"] as? String == "om" ? .openMetrics : .text
      let parsed = Parser(format: format).parse(bytes)
      #expect(parsed.samples.count == answer["samples"] as? Int, "\(file)")
      let lines = parsed.samples.map { answerLine($0, type: parsed.families[$0.family].type) }
      #expect(
        SHA256.hex(lines.sorted().joined(separator: "\n")) == answer["sha256"] as? String, "\(file)"
      )
      if format == .text { #expect(parsed.violations == [], "\(file)") }

      var extractor = Extractor { _, _, _ in true }
      let first = extractor.extract(bytes, format: format)
      #expect(first.readings.count == parsed.samples.count, "\(file)")
      let second = extractor.extract(bytes, format: format)
      #expect(second.defined == [], "\(file)")
      #expect(second.readings.map(\.series) == first.readings.map(\.series), "\(file)")
    }
  }
}

/// A family as Python's prometheus_client has it, in one line.
enum PythonFamily {
  static func line(_ family: [Any]) -> String {
    let text = family.prefix(4).map { "\($0)" }
    let samples = (family[4] as? [[Any]] ?? []).map { sample in
      let labels = (sample[1] as? [String: String] ?? [:]).sorted { $0.key < $1.key }
        .map { "\($0.key)=\($0.value)" }
      return "\(sample[0]) \(labels) \(number(sample[2])) \(number(sample[3]))"
    }
    return (text + samples).joined(separator: "|")
  }

  static func line(_ family: ParsedExposition.Family, _ samples: [ParsedExposition.Sample])
    -> String
  {
    let type = family.type == .untyped ? "unknown" : family.type.rawValue
    let text = [family.name, type, family.unit ?? "", family.help ?? ""]
    let lines = samples.map { sample in
      let labels = sample.labels.sorted { $0.name < $1.name }.map { "\($0.name)=\($0.value)" }
      return "\(sample.name) \(labels) \(sample.value) \(sample.timestamp.map { "\($0)" } ?? "-")"
    }
    return (text + lines).joined(separator: "|")
  }

  private static func number(_ written: Any) -> String {
    guard let text = written as? String else { return "-" }
    return Double(text).map { "\($0)" } ?? text
  }
}

/// expfmt's families, flattened to lines that compare.
enum ProtoJSON {
  static func lines(_ family: [String: Any]) -> [String] {
    let name = family["name"] as? String ?? ""
    let type = family["type"] as? String ?? "COUNTER"
    return (family["metric"] as? [[String: Any]] ?? []).flatMap { metric -> [String] in
      let labels = (metric["label"] as? [[String: Any]] ?? [])
        .map { "\($0["name"] as? String ?? "")=\($0["value"] as? String ?? "")" }.sorted()
      let head = "\(type) \(name) \(labels)"
      if let histogram = metric["histogram"] as? [String: Any] {
        var lines = (histogram["bucket"] as? [[String: Any]] ?? []).map {
          "\(head) le=\(number($0["upperBound"] ?? 0)) "
            + number($0["cumulativeCountFloat"] ?? $0["cumulativeCount"] ?? 0)
        }
        if let count = histogram["sampleCountFloat"] ?? histogram["sampleCount"] {
          lines.append("\(head) count \(number(count))")
        }
        if let sum = histogram["sampleSum"] { lines.append("\(head) sum \(number(sum))") }
        return lines
      }
      if let summary = metric["summary"] as? [String: Any] {
        var lines = (summary["quantile"] as? [[String: Any]] ?? []).map {
          "\(head) quantile=\(number($0["quantile"] ?? 0)) \(number($0["value"] ?? 0))"
        }
        if let count = summary["sampleCount"] { lines.append("\(head) count \(number(count))") }
        if let sum = summary["sampleSum"] { lines.append("\(head) sum \(number(sum))") }
        return lines
      }
      let value = ["counter", "gauge", "untyped"].compactMap { metric[$0] as? [String: Any] }.first
      let time = metric["timestampMs"].map { number($0) } ?? "-"
      return ["\(head) \(number(value?["value"] ?? 0)) \(time)"]
    }
  }

  static func lines(_ parsed: ParsedExposition) -> [String] {
    parsed.samples.map { sample in
      let family = parsed.families[sample.family]
      let type =
        family.type == .gaugeHistogram ? "GAUGE_HISTOGRAM" : family.type.rawValue.uppercased()
      var special = ""
      if [.histogram, .gaugeHistogram].contains(family.type) { special = "le" }
      if family.type == .summary { special = "quantile" }
      let labels = sample.labels.filter { $0.name != special }.map { "\($0.name)=\($0.value)" }
        .sorted()
      let head = "\(type) \(family.name) \(labels)"
      guard !special.isEmpty else {
        return "\(head) \(sample.value) \(sample.timestamp.map { "\($0 * 1000)" } ?? "-")"
      }
      if sample.name.hasSuffix("_count") { return "\(head) count \(sample.value)" }
      if sample.name.hasSuffix("_sum") { return "\(head) sum \(sample.value)" }
      return "\(head) \(special)=\(number(sample[label: special] ?? "")) \(sample.value)"
    }
  }

  private static func number(_ written: Any) -> String {
    if let number = written as? NSNumber { return "\(number.doubleValue)" }
    let text = "\(written)"
    return Double(text == "Infinity" ? "inf" : text == "-Infinity" ? "-inf" : text).map { "\($0)" }
      ?? text
  }
}
