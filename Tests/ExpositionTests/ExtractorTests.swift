import Exposition
import Testing

struct ExtractorTests {
  private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

  @Test func `Series are defined once, with family, type and labels`() {
    var extractor = Extractor { _, family, _ in family == "latency_seconds" || family == "my.metric"
    }
    let first = extractor.extract(bytes(textExposition), format: .text)
    #expect(first.sampleCount == 16)
    #expect(first.readings.map(\.value) == [24054, 33444, 144320, 53423.25, 144320, 1])
    #expect(first.defined.map(\.number) == [0, 1, 2, 3, 4, 5])
    #expect(
      first.defined[0]
        == SeriesDefinition(
          number: 0, name: "latency_seconds_bucket", family: "latency_seconds", type: .histogram,
          labels: [Label("le", "0.1")]))
    #expect(
      first.defined[5].name == "my.metric" && first.defined[5].labels == [Label("label.x", "y")])
    let second = extractor.extract(bytes(textExposition), format: .text)
    #expect(second.defined == [] && second.readings == first.readings)
  }

  @Test func `Lines in another order keep their numbers`() {
    let lines = textExposition.split(separator: "\n").filter { !$0.hasPrefix("#") }
    let types = textExposition.split(separator: "\n").filter { $0.hasPrefix("# TYPE") }
    var random = Seeded(3)
    var extractor = Extractor { _, _, _ in true }
    var known: [UInt32: SeriesDefinition] = [:]
    for round in 0..<20 {
      let body = (types + lines.shuffled(using: &random)).joined(separator: "\n") + "\n"
      let extraction = extractor.extract(bytes(body), format: .text)
      #expect(extraction.defined.isEmpty == (round > 0))
      for definition in extraction.defined { known[definition.number] = definition }
      let parsed = Parser(format: .text).parse(body)
      #expect(extraction.readings.count == parsed.samples.count)
      for (reading, sample) in zip(extraction.readings, parsed.samples) {
        #expect(known[reading.series]?.name == sample.name)
        #expect(Set(known[reading.series]?.labels ?? []) == Set(sample.labels))
        #expect(reading.value.bitPattern == sample.value.bitPattern || sample.value.isNaN)
      }
    }
  }

  @Test func `Labels in another order, or written otherwise, are the same series`() {
    var extractor = Extractor { _, _, _ in true }
    _ = extractor.extract(bytes("a{b=\"1\",c=\"2\"} 1\na{b=\"2\",c=\"1\"} 2\n"), format: .text)
    let next = extractor.extract(
      bytes("a{c=\"2\",b=\"1\"} 3\na { b = \"2\", c=\"1\", } 4\n{\"a\",\"b\"=\"1\",c=\"\\2\"} 5\n"),
      format: .text)
    #expect(
      next.readings.prefix(2) == [Reading(series: 0, value: 3), Reading(series: 1, value: 4)])
    #expect(next.defined.map(\.labels) == [[Label("b", "1"), Label("c", "\\2")]])
    let other = extractor.extract(bytes("{c=\"2\",\"a\",b=\"1\"} 6\n"), format: .text)
    #expect(other.defined == [] && other.readings == [Reading(series: 0, value: 6)])
  }

  @Test func `The last of a repeated series wins`() {
    var extractor = Extractor { _, _, _ in true }
    let extraction = extractor.extract(bytes("a 1\nb 2\na 3\n"), format: .text)
    #expect(extraction.readings == [Reading(series: 0, value: 3), Reading(series: 1, value: 2)])
    #expect(extraction.sampleCount == 3)
  }

  @Test func `A caller is asked once a name, and again when its type changes`() async {
    let asked = Asked()
    var extractor = Extractor { name, family, type in
      asked.note("\(name) \(family) \(type.rawValue)")
      return true
    }
    let body = bytes("# TYPE a counter\na{x=\"1\"} 1\na{x=\"2\"} 1\nb 1\na{x=\"3\"} 2\n")
    for _ in 0..<3 { _ = extractor.extract(body, format: .text) }
    #expect(asked.all == ["a a counter", "b b untyped"])
    let changed = extractor.extract(bytes("# TYPE a gauge\na{x=\"1\"} 1\n"), format: .text)
    #expect(asked.all.last == "a a gauge")
    #expect(changed.defined.map(\.type) == [.gauge])
    #expect(changed.defined[0].number == 4)
    // A family whose TYPE line is missing for once keeps its type.
    #expect(extractor.extract(bytes("a{x=\"1\"} 1\n"), format: .text).readings[0].series == 4)
  }

  @Test func `Series beyond the limit are left out and counted`() {
    var extractor = Extractor(seriesLimit: 3) { _, _, _ in true }
    let body = bytes((0..<5).map { "a{i=\"\($0)\"} \($0)\n" }.joined())
    for _ in 0..<3 {
      let extraction = extractor.extract(body, format: .text)
      #expect(extraction.epoch == 0)
      #expect(extraction.readings.map(\.value) == [0, 1, 2])
      #expect(extraction.dropped == 2)
    }
  }

  @Test func `Series that have gone make room, in a new epoch`() {
    var extractor = Extractor(seriesLimit: 8) { _, _, _ in true }
    func body(_ range: Range<Int>) -> [UInt8] {
      bytes(range.map { "a{pod=\"\($0)\"} \($0)\n" }.joined())
    }
    #expect(extractor.extract(body(0..<8), format: .text).defined.count == 8)
    let next = extractor.extract(body(6..<14), format: .text)
    #expect(next.epoch == 1)
    #expect(next.dropped == 0)
    #expect(next.defined.map(\.number) == Array(0..<8))
    #expect(next.readings.map(\.value) == (6..<14).map(Double.init))
    let steady = extractor.extract(body(6..<14), format: .text)
    #expect(steady.epoch == 1 && steady.defined == [])
  }

  @Test func `Names that come and go do not lock out new ones`() {
    var extractor = Extractor(seriesLimit: 16) { name, _, _ in name.hasPrefix("want") }
    for round in 0..<50 {
      let noise = (0..<10).map { "noise_\(round)_\($0) 1\n" }.joined()
      let extraction = extractor.extract(bytes("want_\(round) 1\n" + noise), format: .text)
      #expect(extraction.readings.count == 1, "\(round)")
    }
  }

  @Test func `Exemplars are kept up to a limit`() {
    var extractor = Extractor { _, _, _ in true }
    let body =
      "# TYPE a counter\n"
      + (0..<100).map { "a_total{i=\"\($0)\"} 1 # {trace_id=\"t\($0)\"} \($0) 1.5\n" }.joined()
      + "# EOF\n"
    for _ in 0..<2 {
      let extraction = extractor.extract(bytes(body), format: .openMetrics)
      #expect(extraction.violations == [])
      #expect(extraction.readings.count == 100)
      #expect(extraction.exemplars.count == Extractor.exemplarLimit)
      #expect(extraction.exemplars[7].series == 7)
      #expect(extraction.exemplars[7].exemplar.traceID == "t7")
      #expect(extraction.exemplars[7].exemplar.timestamp == 1.5)
    }
  }

  @Test func `What is wrong in wanted lines is reported each time, with its place`() {
    var extractor = Extractor { name, _, _ in name != "skip" }
    let body = bytes("skip{ broken\na 1\nb{c=\"d\" 1\n?\na x\ne{f=\"1\",f=\"2\"} 1\n")
    for _ in 0..<3 {
      let extraction = extractor.extract(body, format: .text)
      #expect(extraction.violations.map(\.line) == [3, 4, 5, 6])
      #expect(extraction.violationCount == 4)
      #expect(extraction.readings.map(\.value) == [1, 1])
      #expect(extraction.sampleCount == 6)
    }
    let many = extractor.extract(bytes(String(repeating: "?\n", count: 100)), format: .text)
    #expect(many.violationCount == 100 && many.violations.count == Extractor.violationLimit)
  }

  @Test func `A key of absurd length is refused, a long line is read`() {
    let long = String(repeating: "x", count: 1 << 20)
    var extractor = Extractor { _, _, _ in true }
    let extraction = extractor.extract(
      bytes("a{b=\"\(long)\"} 1\nc 2\n# HELP d \(long)\nd 3"), format: .text)
    #expect(extraction.readings.map(\.value) == [2, 3])
    #expect(extraction.violations.map(\.line) == [1])
    #expect(Parser(format: .text).parse("a{b=\"\(long)\"} 1\n").samples[0][label: "b"] == long)
  }

  @Test func `A change of format is only a change of names' meaning`() {
    var extractor = Extractor { _, _, _ in true }
    let om = bytes("# TYPE a counter\na_total 1\n# EOF\n")
    #expect(extractor.extract(om, format: .openMetrics).defined.map(\.type) == [.counter])
    #expect(extractor.extract(om, format: .text).defined == [])
  }

  @Test func `Extraction is the full parse, filtered`() {
    for (format, body) in [
      (ExpositionFormat.text, textExposition), (.openMetrics, openMetricsExposition),
    ] {
      let parsed = Parser(format: format).parse(body)
      for family in parsed.families.map(\.name) {
        var extractor = Extractor { _, candidate, _ in candidate == family }
        let extraction = extractor.extract(bytes(body), format: format)
        let expected = parsed.samples.filter { parsed.families[$0.family].name == family }
        #expect(extraction.defined.map(\.name) == expected.map(\.name))
        #expect(extraction.defined.map(\.labels) == expected.map(\.labels))
        #expect(extraction.defined.allSatisfy { $0.family == family })
        #expect(extraction.readings.map { "\($0.value)" } == expected.map { "\($0.value)" })
        #expect(extraction.exemplars.map(\.exemplar) == expected.compactMap(\.exemplar))
      }
    }
  }
}

/// What a closure was asked, from a closure that must be Sendable.
private final class Asked: @unchecked Sendable {
  // Used by one task, in order: the extractor calls it on the caller's own.
  private(set) var all: [String] = []
  func note(_ question: String) { all.append(question) }
}
