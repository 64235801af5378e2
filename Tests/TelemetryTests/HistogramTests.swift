import Canonical
import Telemetry
import Testing

@Suite struct HistogramTests {
  let ordinary = HistogramBuckets([(0.1, 50), (0.5, 90), (1, 99), (.infinity, 100)])

  @Test("a quantile knows its bucket; past the last finite bound it is beyond")
  func latency() {
    #expect(ordinary.latency(0.25) == .within(value: 0.05, lower: 0, upper: 0.1))
    #expect(ordinary.latency(0.995) == .beyond(1))
    #expect(ordinary.latency(1).seconds == 1)
    #expect(ordinary.latency(0) == .within(value: 0, lower: 0, upper: 0.1))
    #expect(HistogramBuckets().latency(0.5) == .none)
    #expect(HistogramBuckets([(1, 0), (.infinity, 0)]).latency(0.5) == .none)
    #expect(HistogramBuckets([(1, 5)]).latency(0.5) == .none)
    #expect(HistogramBuckets([(0, 0), (1, 0), (.infinity, 5)]).latency(0).seconds == 0)
  }

  @Test("histogram_quantile's corners")
  func corners() {
    #expect(ordinary.quantile(-0.1) == -.infinity)
    #expect(ordinary.quantile(1.1) == .infinity)
    #expect(ordinary.quantile(.nan).isNaN)
    #expect(HistogramBuckets([(.infinity, 5)]).quantile(0.5).isNaN)
    #expect(HistogramBuckets([(-2, 5), (-1, 10), (.infinity, 10)]).quantile(0.2) == -2)
    // An empty lowest bucket is 0/0 there.
    #expect(HistogramBuckets([(1, 0), (2, 5), (.infinity, 5)]).quantile(0).isNaN)
    #expect(HistogramBuckets([(1, 0), (2, 5), (.infinity, 5)]).latency(0).seconds == 0)
  }

  @Test("counts that fall are raised, tiny differences levelled")
  func monotonic() {
    let fallen = HistogramBuckets([(1, 10), (2, 8), (3, 20), (.infinity, 20)])
    #expect(fallen.quantile(0.5) == 1)
    let noisy = HistogramBuckets([(1, 10), (2, 10 + 1e-13), (.infinity, 10)])
    #expect(noisy.quantile(1) == 1)
  }

  @Test("histograms with nothing finite in common keep their total")
  func nothingInCommon() {
    let merged = HistogramBuckets.merge([
      HistogramBuckets([(0.1, 1), (.infinity, 2)]), HistogramBuckets([(0.2, 1), (.infinity, 3)]),
    ])
    #expect(merged.total == 5)
    #expect(merged.commonBounds)
    #expect(merged.latency(0.5) == .none)
  }

  @Test("buckets survive as bytes, infinity and all; what does not rise is refused")
  func coding() throws {
    let bytes = try CanonicalEncoder.bytes(of: ordinary)
    #expect(try CanonicalDecoder.value(HistogramBuckets.self, from: bytes) == ordinary)
    func read(_ lists: (inout ByteWriter) -> Void) throws -> HistogramBuckets {
      var writer = ByteWriter()
      lists(&writer)
      writer.put(byte: 0)
      return try CanonicalDecoder.value(HistogramBuckets.self, from: writer.bytes)
    }
    #expect(throws: Never.self) {
      try read {
        $0.put(steps: [1, 2])
        $0.put(steps: [1, 1])
      }
    }
    #expect(throws: Malformed.self) {
      try read {
        $0.put(steps: [2, 1])
        $0.put(steps: [1, 1])
      }
    }
    #expect(throws: Malformed.self) {
      try read {
        // As many of the same.
        $0.put(99_999_999_999 as UInt64)
        $0.put(99_999_999_999 << 3 | 7 as UInt64)
        $0.put(steps: [1])
      }
    }
  }
}
