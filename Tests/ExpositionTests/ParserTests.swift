import Exposition
import Testing

struct ParserTests {
  @Test func `The text format is read whole`() {
    let parsed = Parser(format: .text).parse(textExposition)
    #expect(parsed.violations == [])
    #expect(
      parsed.families.map { "\($0.name) \($0.type.rawValue)" } == [
        "http_requests_total counter", "latency_seconds histogram", "rpc_seconds summary",
        "temperature gauge", "my.metric untyped", "no_type untyped", "no_labels untyped",
      ])
    #expect(parsed.families[0].help == "Requests by code, with \\ and \n in the help.")
    let samples = parsed.samples
    #expect(samples.count == 16)
    #expect(samples[0].labels == [Label("method", "GET"), Label("code", "200")])
    #expect(samples[0].timestamp == 1_395_066_363)
    #expect(samples[2][label: "path"] == "C:\\DIR\\\"x\"\nline")
    #expect(samples[2].value == 1500)
    #expect(samples[3].name == "latency_seconds_bucket" && samples[3].family == 1)
    #expect(samples[9].value.isNaN)
    #expect(samples[12].timestamp == -3982.045)
    #expect(samples[13].name == "my.metric" && samples[13][label: "label.x"] == "y")
    #expect(samples[14].value == .infinity)
    #expect(
      Parser(format: .text, manner: .strict).parse(textExposition).sampleTexts == parsed.sampleTexts
    )
  }

  @Test func `OpenMetrics is read whole`() throws {
    let parsed = Parser(format: .openMetrics).parse(openMetricsExposition)
    #expect(parsed.violations == [])
    #expect(
      parsed.families.map(\.type) == [
        .counter, .histogram, .info, .stateset, .gaugeHistogram, .gauge,
      ])
    #expect(parsed.families[1].unit == "seconds")
    let exemplar = try #require(parsed.samples[0].exemplar)
    #expect(exemplar.traceID == "abc" && exemplar.value == 0.67)
    #expect(exemplar.timestamp == 1_395_066_362.25)
    #expect(parsed.samples[0].timestamp == 1_395_066_363.5)
    #expect(
      parsed.samples[3].exemplar?.labels == [Label("trace_id", "d\"e\\f"), Label("span_id", "1")])
    #expect(parsed.samples.map(\.family) == [0, 0, 1, 1, 1, 1, 2, 3, 3, 4, 4, 4, 4, 5])
    let strict = Parser(format: .openMetrics, manner: .strict).parse(openMetricsExposition)
    #expect(strict.violations == [])
    #expect(strict.samples == parsed.samples)
  }

  @Test func `A bad line costs that line and is reported with its place`() {
    let parsed = Parser(format: .text).parse("a 1\nb{c=d} 2\nc x\n  d{e=\"f\"} 4 x\ne 5\n")
    #expect(parsed.samples.map(\.name) == ["a", "e"])
    #expect(
      parsed.violations == [
        Violation(line: 2, column: 5, reason: "expected `\"` at the start of the label value"),
        Violation(
          line: 3, column: 3,
          reason: "expected a number as the value, such as 1, 2.5e-3, NaN or +Inf"),
        Violation(
          line: 4, column: 14,
          reason:
            "expected a timestamp: whole milliseconds in the text format, finite seconds in OpenMetrics"
        ),
      ])
  }

  /// Nothing follows the suffix alone: only a TYPE line gives a type.
  @Test func `The type comes from TYPE and never from a suffix`() {
    let parsed = Parser(format: .text).parse(
      "x_total 1\n# TYPE y gauge\ny_total 2\ny_bucket{le=\"1\"} 3\n# TYPE z_count gauge\n# TYPE z summary\nz_count 4\nz_sum 5\n"
    )
    #expect(
      parsed.samples.map { parsed.families[$0.family].name } == [
        "x_total", "y_total", "y_bucket", "z_count", "z",
      ])
    #expect(
      parsed.samples.map { parsed.families[$0.family].type } == [
        .untyped, .untyped, .untyped, .gauge, .summary,
      ])
  }

  /// Caddy's OpenMetrics has a gauge `go_memstats_alloc_bytes` and a counter of the same name.
  @Test func `Families that clash are told apart by what their samples are called`() {
    for swapped in [false, true] {
      let gauge = "# TYPE x gauge\nx 1\n"
      let counter = "# TYPE x counter\nx_total 2\n"
      let text = (swapped ? counter + gauge : gauge + counter) + "# EOF\n"
      let parsed = Parser(format: .openMetrics).parse(text)
      #expect(parsed.violationCount == 1)
      for sample in parsed.samples {
        #expect(parsed.families[sample.family].type == (sample.name == "x" ? .gauge : .counter))
      }
      var extractor = Extractor { _, _, _ in true }
      _ = extractor.extract(Array(text.utf8), format: .openMetrics)
      let again = extractor.extract(Array(text.utf8), format: .openMetrics)
      #expect(extractor.extract(Array(text.utf8), format: .openMetrics).defined == [])
      #expect(again.readings.count == 2)
    }
  }

  @Test func `Line ends and blanks of all sorts are read`() {
    let crlf = Parser(format: .text).parse("# TYPE a counter\r\na{b=\"c\"} 1\r\na 2 3\r\n")
    #expect(crlf.samples.map(\.value) == [1, 2])
    #expect(crlf.families[0].type == .counter)
    #expect(crlf.violationCount == 1)
    #expect(
      Parser(format: .text).parse("\n\n  a\t{ b = \"c\" , } \t1 2 \n\na 3").samples.count == 2)
    let om = Parser(format: .openMetrics).parse("a 1\r\n\r\nb 2\n# EOF\r\n")
    #expect(om.samples.map(\.value) == [1, 2])
    #expect(Parser(format: .text).parse("").isValid)
    #expect(Parser(format: .text).parse("{").violationCount == 1)
    #expect(Parser(format: .text).parse("a{b=\"x\u{0}y\"} 1\n").samples[0][label: "b"] == "x\u{0}y")
  }

  @Test func `OpenMetrics that is cut short says so`() {
    let cut = Parser(format: .openMetrics).parse("a 1\nb 12")
    #expect(cut.samples.map(\.name) == ["a"])
    #expect(cut.violations.map(\.line) == [2, 2])
    let after = Parser(format: .openMetrics).parse("a 1\n# EOF\nb 2\n")
    #expect(after.samples.map(\.name) == ["a"])
    #expect(after.violations.map(\.reason) == ["data after `# EOF`"])
    #expect(Parser(format: .openMetrics).parse("a 1\n# EOF").isValid)
  }

  @Test func `OpenMetrics lines sent as text keep their exemplars`() {
    let parsed = Parser(format: .text).parse("a_total 1 # {trace_id=\"t\"} 0.5\nb 1\n")
    #expect(parsed.samples[0].exemplar?.traceID == "t")
    #expect(parsed.violationCount == 1)
  }

  @Test func `Unknown escapes stay as they are written`() {
    let parsed = Parser(format: .text).parse("a{b=\"\\t\\\\n\\n\"} 1\n")
    #expect(parsed.samples[0][label: "b"] == "\\t\\n\n")
    #expect(!Parser(format: .text, manner: .strict).parse("a{b=\"\\t\"} 1\n").isValid)
  }

  @Test func `Violations are all counted and not all kept`() {
    let body = String(repeating: "?\n", count: 5_000)
    let parsed = Parser(format: .text).parse(body)
    #expect(parsed.violationCount == 5_000)
    #expect(parsed.violations.count == Parser.violationLimit)
  }

  @Test func `The format comes from Content-Type, else from the end`() {
    func detect(_ type: String?, _ body: String) -> ExpositionFormat {
      ExpositionFormat.detect(contentType: type, body: Array(body.utf8))
    }
    #expect(
      detect("application/openmetrics-text; version=1.0.0; charset=utf-8", "a 1\n") == .openMetrics)
    #expect(detect("Text/Plain; version=0.0.4", "a 1\n# EOF\n") == .text)
    #expect(detect(nil, "a 1\n# EOF\n") == .openMetrics)
    #expect(detect(nil, "a 1\n# EOF") == .openMetrics)
    #expect(detect("application/octet-stream", "# EOF\n") == .openMetrics)
    #expect(detect(nil, "a 1\n") == .text)
    #expect(detect(nil, "a{b=\"# EOF\n") == .text)
    #expect(detect(nil, "") == .text)
  }

  @Test func `A tally counts what a parse finds`() {
    for (format, body) in [
      (ExpositionFormat.text, textExposition), (.openMetrics, openMetricsExposition),
    ] {
      let parsed = Parser(format: format).parse(body)
      let tally = Parser(format: format).tally(Array(body.utf8))
      #expect(tally.samples == parsed.samples.count)
      #expect(tally.series == parsed.samples.count)
      #expect(tally.violations == 0)
      #expect(tally.exemplars == parsed.samples.count { $0.exemplar != nil })
      #expect(tally.timestamps == parsed.samples.count { $0.timestamp != nil })
    }
    // Names that stood in the same places before are not a reason to miss a repetition.
    for lines in [
      "a{x=\"\",y=\"\"} 1\na{y=\"\"} 1\na{y=\"\",y=\"\"} 1\n",
      "{\"b.c\",\"x\"=\"\"} 1\n{\"d\",x=\"\",x=\"\"} 1\n",
    ] {
      #expect(Parser(format: .text).tally(Array(lines.utf8)).violations == 1)
      #expect(Parser(format: .text).parse(lines).violationCount == 1)
    }
    // A name that was quoted before is not a bare name now.
    let quoted = Parser(format: .text).parse("a{\"b.c\"=\"d\"} 1\na{b.c=\"d\"} 1\n")
    #expect(quoted.samples.count == 1 && quoted.violationCount == 1)
    let broken = Parser(format: .text).tally(Array("a 1\na 2\nb{\nc{d=\"\",d=\"\"} 1\n".utf8))
    #expect(broken.samples == 3 && broken.series == 2 && broken.violations == 2)
  }
}
