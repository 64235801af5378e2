import Telemetry
import Testing

@Suite struct RangeSamplesTests {
  func series(_ values: [(Int64, Double)]) -> [TimedValue] {
    values.map { TimedValue(timestamp: $0.0 * 1000, value: $0.1) }
  }

  @Test("a range is open on the left: a sample on its start belongs to the one before")
  func leftOpen() {
    let samples = series([(0, 0), (15, 15), (30, 30), (45, 45), (60, 60)])
    let range = RangeSamples(of: samples, end: 60_000, range: 60_000)
    #expect(range.samples.map(\.timestamp) == [15_000, 30_000, 45_000, 60_000])
    #expect(range.increase == 60)
    #expect(range.rate.map { ($0 - 1).magnitude < 1e-12 } == true)
  }

  @Test("the extrapolation to the start ends where the counter would be zero")
  func zeroPoint() {
    // Born at 20 s with 1, rising by 10 every 10 s: zero would have been at 19 s.
    let samples = series([(20, 1), (30, 11), (40, 21)])
    #expect(RangeSamples(of: samples, end: 40_000, range: 30_000).increase == 21)
    // Far from the start: half an interval, not all the way.
    let late = series([(40, 101), (50, 111), (60, 121)])
    #expect(RangeSamples(of: late, end: 60_000, range: 60_000).increase == 25)
    #expect(RangeSamples(of: late, end: 60_000, range: 60_000).delta == 25)
  }

  @Test("resets are added back; fewer than two samples say nothing")
  func resets() {
    let samples = series([(10, 5), (20, 10), (30, 2), (40, 4)])
    let range = RangeSamples(of: samples, end: 40_000, range: 40_000)
    #expect(range.resets == 1)
    #expect(range.instantRate == 0.2)
    #expect(range.increase.map { $0.rounded() } == 12)
    let alone = RangeSamples(of: samples, end: 10_000, range: 5_000)
    #expect(alone.rate == nil)
    #expect(alone.resets == 0)
    #expect(alone.average == 5)
    #expect(RangeSamples(of: samples, end: 9_000, range: 5_000).average == nil)
  }
}
