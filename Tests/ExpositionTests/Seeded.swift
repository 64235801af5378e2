import Exposition

/// SplitMix64: the same cases in every run.
struct Seeded: RandomNumberGenerator {
  var state: UInt64
  init(_ seed: UInt64) { state = seed }
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

/// A well-formed exposition of the text format, with all that it can hold.
let textExposition = """
  # A comment, and a blank line.

  # HELP http_requests_total Requests by code, with \\\\ and \\n in the help.
  # TYPE http_requests_total counter
  http_requests_total{method="GET",code="200"} 1027 1395066363000
  http_requests_total{code="500",method="GET",} 3
  http_requests_total{method="POST",code="200",path="C:\\\\DIR\\\\\\"x\\"\\nline"} 1.5e3
  # TYPE latency_seconds histogram
  latency_seconds_bucket{le="0.1"} 24054
  latency_seconds_bucket{le="0.5"} 33444
  latency_seconds_bucket{le="+Inf"} 144320
  latency_seconds_sum 53423.25
  latency_seconds_count 144320
  # TYPE rpc_seconds summary
  rpc_seconds{quantile="0.5"} 4773
  rpc_seconds{quantile="0.99"} NaN
  rpc_seconds_sum 1.7560473e+07
  rpc_seconds_count 2693
  # TYPE temperature gauge
  temperature{room="k\u{00FC}che"} -12.5 -3982045
  {"my.metric","label.x"="y"} 1
  no_type +Inf
  no_labels{} 42

  """

/// The same for OpenMetrics.
let openMetricsExposition = """
  # HELP http_requests Requests.
  # TYPE http_requests counter
  http_requests_total{code="200"} 1027 1395066363.5 # {trace_id="abc"} 0.67 1395066362.25
  http_requests_created{code="200"} 1395066000.1 1395066363.5
  # TYPE latency_seconds histogram
  # UNIT latency_seconds seconds
  latency_seconds_bucket{le="0.1"} 8 # {} 0.05
  latency_seconds_bucket{le="+Inf"} 10 # {trace_id="d\\"e\\\\f",span_id="1"} 9.8
  latency_seconds_count 10
  latency_seconds_sum 12.5
  # TYPE build info
  build_info{version="1.2",commit="3f9c"} 1
  # TYPE mode stateset
  mode{mode="on"} 1
  mode{mode="off"} 0
  # TYPE queue gaugehistogram
  queue_bucket{le="1"} 3
  queue_bucket{le="+Inf"} 4
  queue_gcount 4
  queue_gsum 3.2
  # TYPE "my.gauge" gauge
  {"my.gauge","label.x"="y"} 3
  # EOF

  """

extension ParsedExposition {
  /// The samples as text, in which NaN equals NaN.
  var sampleTexts: [String] { samples.map { "\($0)" } }
}
