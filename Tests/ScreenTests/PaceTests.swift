import Screen
import Testing

@Suite("The pace of news")
struct PaceTests {
  private let began = ContinuousClock.now

  private func after(_ milliseconds: Int) -> ContinuousClock.Instant {
    began + .milliseconds(milliseconds)
  }

  private func statistics(written: Int, pending: Int = 0) -> ScreenPort.Statistics {
    var statistics = ScreenPort.Statistics()
    statistics.bytesWritten = written
    statistics.bytesPending = pending
    return statistics
  }

  @Test("on a link that keeps up news come four times a second")
  func usual() {
    var pace = Pace(bytesPerSecond: nil, at: began)
    pace.observe(statistics(written: 9000), at: after(10))
    #expect(pace.allowsNews(since: nil, at: after(10)))
    #expect(!pace.allowsNews(since: after(10), at: after(200)))
    #expect(pace.allowsNews(since: after(10), at: after(260)))
    #expect(pace.rate == nil)
  }

  @Test("on a link of known speed news leave half of it to keys")
  func given() {
    var pace = Pace(bytesPerSecond: 960, at: began)
    #expect(pace.rate == 960)
    pace.observe(statistics(written: 480), at: after(0))
    #expect(!pace.allowsNews(since: after(0), at: after(990)))
    #expect(pace.allowsNews(since: after(0), at: after(1010)))
  }

  @Test("a link that makes us wait is measured, told of, given no more news, and forgotten in time")
  func measured() throws {
    var pace = Pace(bytesPerSecond: nil, at: began)
    pace.observe(statistics(written: 1000, pending: 4000), at: after(0))
    #expect(pace.rate == nil && !pace.allowsNews(since: after(-900), at: after(0)))
    pace.observe(statistics(written: 1500, pending: 3500), at: after(500))
    let rate = try #require(pace.rate)
    #expect((980...1020).contains(rate))
    pace.observe(statistics(written: 5000), at: after(4000))
    #expect(pace.rate != nil)
    #expect(pace.allowsNews(since: after(0), at: after(20_000)))
    pace.observe(statistics(written: 5000), at: after(20_000))
    #expect(pace.rate == nil)
  }

  @Test("a moment's wait is any terminal's")
  func brief() {
    var pace = Pace(bytesPerSecond: nil, at: began)
    pace.observe(statistics(written: 1000, pending: 4000), at: after(0))
    pace.observe(statistics(written: 5000), at: after(100))
    pace.observe(statistics(written: 5000, pending: 100), at: after(600))
    #expect(pace.rate == nil)
  }
}
