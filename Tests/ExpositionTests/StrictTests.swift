import Exposition
import Testing

struct StrictTests {
  private func text(_ body: String) -> ParsedExposition {
    Parser(format: .text, manner: .strict).parse(body)
  }

  private func openMetrics(_ body: String) -> ParsedExposition {
    Parser(format: .openMetrics, manner: .strict).parse(body + "# EOF\n")
  }

  /// What expfmt refuses, with the line it names.
  @Test(arguments: [
    ("a 1\nb 2", 2), ("# cut", 1), ("a{b=\"\\x\"} 1\n", 1), ("a{@=\"b\"} 1\n", 1),
    ("a{__name__=\"b\"} 1\n", 1), ("a{b+=\"c\"} 1\n", 1), ("a{b=c} 1\n", 1), ("a{b=\"c\"+} 1\n", 1),
    ("a{b=\"c\" d=\"e\"} 1\n", 1), ("# TYPE a summary\na{quantile=\"x\"} 1\n", 2),
    ("# TYPE a histogram\na_bucket{le=\"x\"} 1\n", 2), ("a 1 2.5\n", 1), ("a 1 2 3\n", 1),
    ("a 1 \n", 1), ("a 1 2 \n", 1), ("a x\n", 1), ("a\n", 1), ("# HELP a x\n# HELP a y\n", 2),
    ("# TYPE a counter\n# TYPE a gauge\n", 2), ("a 1\n# TYPE a counter\n", 2),
    ("# TYPE a bla\n", 1),
    ("# TYPE a counter \n", 1), ("# TYPE a info\n", 1), ("# TYPE a-b counter\n", 1), ("?a 1\n", 1),
    ("{b=\"c\"} 1\n", 1), ("{} 1\n", 1), ("a{b=\"\u{FFFD}", 1), ("a 1_2\n", 1), ("a 0x1p-3\n", 1),
    ("a{b=\"c\",b=\"d\"} 1\n", 1), ("{\"a\",\"b\"} 1\n", 1), ("{\"a\".b=\"c\"} 1\n", 1),
    ("# TYPE \"a\\t\" counter\n", 1), ("{\"a\",\"b\nc\"=\"d\"} 1\n", 1), ("a{\"b\"} 1\n", 1),
    ("# TYPE a histogram\na_count -1\n", 2), ("# TYPE a histogram\na_bucket{le=\"1\"} -1\n", 2),
    ("# HELP a b\\tc\n", 1), ("a 1e999\n", 1), ("a 1\r\n", 1), ("{\"\"} 1\n", 1),
  ])
  func `Strict text refuses what expfmt refuses`(body: String, line: Int) {
    #expect(text(body).violations.first?.line == line, "\(body.debugDescription)")
  }

  @Test(arguments: [
    "", "\n\t\n", "\t", "# \n", "#\n", "# HELP\n", "# HELP a\n", "# TYPE a\n", "# TYPE a \n",
    "#TYPE a summArY\n", "# TYPE a gauge_histogram\n", "# TYPE a gaugehistogram\n",
    "a{b=\"c\",} 1\n", "a { b = \"c\" } 1 -5\n", "a{b=\"c\"}1\n", "\"a.b\" 1\n",
    "\"a.b\"{c=\"d\"} 1\n",
    "{a,b=\"c\"} 1\n", "{b=\"c\",\"a.b\"} 1\n", "a{\"b.c\"=\"d\"} 1\n",
    "a +inf\na NaN\na -INF\na .5\na 5.\n",
    "# TYPE a histogram\na_bucket{le=\"1\",le=\"2\"} 1\na_sum -1\n", "# UNIT a b\n",
    "# TYPE a counter\n# HELP a x\na 1\n# HELP b y\nb 1\na 2\n",
  ])
  func `Strict text takes what expfmt takes`(body: String) {
    #expect(text(body).violations == [], "\(body.debugDescription)")
    if !body.hasPrefix("\"") && !body.hasPrefix("{a") {
      #expect(Parser(format: .text).parse(body).sampleTexts == text(body).sampleTexts)
    }
  }

  @Test func `Strict text gives counts and sums to their family`() {
    let parsed = text(
      "# TYPE a summary\na_count 1\na_sum 2\na_bucket 3\n# TYPE b histogram\nb_bucket{le=\"1\"} 1\n"
    )
    #expect(parsed.samples.map { parsed.families[$0.family].name } == ["a", "a", "a_bucket", "b"])
  }

  @Test(arguments: [
    "# TYPE a histogram\na_bucket{le=\"1\"} 2\na_bucket{le=\"+Inf\"} 1\n",
    "# TYPE a histogram\na_bucket{le=\"2\"} 1\na_bucket{le=\"1\"} 1\na_bucket{le=\"+Inf\"} 1\n",
    "# TYPE a histogram\na_bucket{le=\"1\"} 1\n",
    "# TYPE a histogram\na_bucket{le=\"+Inf\"} 1\na_count 2\na_sum 1\n",
    "# TYPE a histogram\na_bucket{le=\"+Inf\"} 1\na_count 1\n",
    "# TYPE a histogram\na_bucket{le=\"+Inf\"} 1\na_sum 1\n",
    "# TYPE a histogram\na_bucket{le=\"Inf\"} 1\n",
    "# TYPE a histogram\na_bucket{le=\"+Inf\"} 1.5\n",
    "# TYPE a histogram\na_bucket{le=\"-1\"} 0\na_bucket{le=\"+Inf\"} 1\na_count 1\na_sum 1\n",
    "# TYPE a gaugehistogram\na_bucket{le=\"+Inf\"} 1\na_gcount 1\na_gsum -1\n",
    "# TYPE a summary\na{quantile=\"1.5\"} 1\n", "# TYPE a summary\na 1\n",
    "# TYPE a summary\na{quantile=\"0.5\"} -1\n",
    "# TYPE a counter\na_total -1\n", "# TYPE a counter\na_total NaN\n", "# TYPE a counter\na 1\n",
    "# TYPE a info\na_info 2\n", "# TYPE a info\na_info{b=\"c\"} 1 # {} 1\n",
    "# TYPE a stateset\na{a=\"x\"} 2\n", "# TYPE a stateset\na{b=\"x\"} 1\n",
    "# TYPE a_s info\n# UNIT a_s s\n", "# UNIT a s\n", "# UNIT a_s s\n# UNIT a_s s\n",
    "# TYPE a gauge\na 1\n# HELP a b\n", "# TYPE a counter\n# TYPE a_total gauge\na_total 1\n",
    "a 1\nb 1\na 2\n", "# TYPE a gauge\na{b=\"1\"} 1\na{b=\"2\"} 1\na{b=\"1\"} 1\n",
    "# TYPE a gauge\na 1 2\na 1 1\n", "# TYPE a gauge\na 1 2\na 1\n",
    "# TYPE a gauge\na 1 # {b=\"c\"} 1\n",
    "# TYPE a counter\na_total 1 # {b=\"\(String(repeating: "x", count: 128))\"} 1\n",
    "a{b=\"c\",} 1\n", "a{b=\"c\",b=\"d\"} 1\n", "a{__b=\"c\"} 1\n", "a  1\n", "a 1 \n",
    "a{ b=\"c\"} 1\n",
    "# comment\n", "\n", "# TYPE a untyped\n", "# TYPE a  gauge\n", "# HELP a\n",
  ])
  func `Strict OpenMetrics refuses what breaks a rule`(body: String) {
    #expect(!openMetrics(body).isValid, "\(body.debugDescription)")
  }

  @Test(arguments: [
    "# TYPE a histogram\na_bucket{le=\"1\"} 1\na_bucket{le=\"+Inf\"} 2\na_count 2\na_sum 1\na_created 1\n",
    "# TYPE a histogram\na_bucket{le=\"-1\"} 1\na_bucket{le=\"+Inf\"} 2\n",
    "# TYPE a gaugehistogram\na_bucket{le=\"-1\"} 1\na_bucket{le=\"+Inf\"} 2\na_gcount 2\na_gsum -1\n",
    "# TYPE a counter\na_total{b=\"c\"} 1 # {d=\"\(String(repeating: "x", count: 127))\"} 1 1\n",
    "# TYPE a info\na_info{b=\"c\"} 1\na_info{b=\"d\"} 1\n",
    "# TYPE a gauge\na 1 1\na 2 1.0000000001\na 3 2\n",
    "# TYPE a_s gauge\n# UNIT a_s s\n# HELP a_s x\\n\\\"\na_s 1\n", "a NaN\n", "a -inf\n",
    "a 1e-3 1e3\n",
    "# HELP a \n# TYPE a unknown\n", "{\"a.b\",c=\"d\"} 1\n",
  ])
  func `Strict OpenMetrics takes what keeps them`(body: String) {
    #expect(openMetrics(body).violations == [], "\(body.debugDescription)")
  }

  @Test func `A histogram of several moments has every bucket in each of them`() {
    let moment = { (time: Int) in
      """
      a_bucket{le="1"} \(time) \(time)
      a_bucket{le="+Inf"} \(time) \(time)
      a_count \(time) \(time)
      a_sum \(time) \(time)

      """
    }
    let parsed = openMetrics("# TYPE a histogram\n" + moment(1) + moment(2) + moment(3))
    #expect(parsed.violations == [])
    #expect(parsed.samples.count == 12)
    // Twice at one moment it is there once.
    let twice = openMetrics("# TYPE a counter\na_total 1 1\na_total 1 1\na_total 2 2\n")
    #expect(twice.samples.count == 2)
  }
}
