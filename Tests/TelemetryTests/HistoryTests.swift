import Canonical
import Telemetry
import Testing

@Suite struct HistoryTests {
  @Test("five-second points of several instances add up, gaps are not zero")
  func fine() {
    var a = Target("a")
    var b = Target("b")
    var history = RequestHistory()
    for i in 0...40 {
      let at = Double(i) * 5
      // The fleet is idle for a while, then nobody answers for a while.
      let isIdle = (10..<15).contains(i)
      let isGone = (20..<30).contains(i)
      let count = isIdle ? 100 : (i < 10 ? i * 10 : (i - 4) * 10)
      if !isGone {
        a.scrape(promhttp(ok: count, errors: 0), at: at + 0.5)
        b.scrape(promhttp(ok: count, errors: count / 10), at: at + 1.5)
      }
      history.record([a.meter, b.meter], at: at + 4)
    }
    let points = history.recent(38, at: 204)
    #expect(points.count == 38)
    func point(_ start: Double) -> RequestHistory.Point? { points.first { $0.start == start } }
    #expect(point(25)?.rate == 4.2)
    #expect((point(25)?.errorRatio ?? 0) > 0.04)
    #expect(point(60)?.rate == 0)
    #expect(point(60)?.errorRatio == nil)
    #expect(point(110)?.rate == nil)
    #expect(point(185)?.rate == 4.2)
    #expect(history.rates(38, at: 204) == points.map(\.rate))
    #expect(history.minutes(10, at: 204).contains { $0.rate != nil })
  }

  @Test("a slow poll fills the points between its scrapes")
  func slowPolls() {
    var target = Target()
    var history = RequestHistory()
    for i in 0...20 {
      target.scrape(promhttp(ok: i * 30), at: Double(i) * 15 + 1)
      for step in [1.0, 6, 11] { history.record([target.meter], at: Double(i) * 15 + step) }
    }
    let points = history.recent(30, at: 301)
    #expect(points.filter { $0.start >= 180 && $0.start < 285 }.allSatisfy { $0.rate == 2 })
  }

  @Test("points keep how requests were spread; of summaries the worst instance's own figures")
  func spread() throws {
    var buckets = Target("a")
    var history = RequestHistory()
    func histogram(_ quick: Int, _ slow: Int) -> String {
      """
      # TYPE http_request_duration_seconds histogram
      http_request_duration_seconds_bucket{handler="/",le="0.1"} \(quick)
      http_request_duration_seconds_bucket{handler="/",le="1"} \(quick + slow)
      http_request_duration_seconds_bucket{handler="/",le="+Inf"} \(quick + slow)
      http_request_duration_seconds_count{handler="/"} \(quick + slow)

      """
    }
    for i in 0...10 {
      buckets.scrape(histogram(i * 30, i * 10), at: Double(i) * 5 + 1)
      history.record([buckets.meter], at: Double(i) * 5 + 4)
    }
    let point = try #require(history.recent(5, at: 54).last { $0.rate != nil })
    #expect(point.buckets.bounds == [0.1, 1, .infinity])
    #expect(point.buckets.fraction(from: 0, to: 0.1) == 0.75)

    var worse = Target("b")
    var better = Target("c")
    var summaries = RequestHistory()
    func summary(_ count: Int, _ p99: Double) -> String {
      """
      # TYPE http_request_duration_seconds summary
      http_request_duration_seconds{handler="/",quantile="0.99"} \(p99)
      http_request_duration_seconds_count{handler="/"} \(count)

      """
    }
    for i in 0...10 {
      worse.scrape(summary(i * 10, 0.5), at: Double(i) * 5 + 1)
      better.scrape(summary(i * 10, 0.2), at: Double(i) * 5 + 2)
      summaries.record([better.meter, worse.meter], at: Double(i) * 5 + 4)
    }
    let read = try #require(summaries.recent(5, at: 54).last { $0.rate != nil })
    #expect(read.p99 == .summary(value: 0.5, instance: "b"))
    #expect(read.p50 == .none && read.buckets.bounds.isEmpty)
    #expect(summaries.minutes(1, at: 54).last?.p99 == .summary(value: 0.5, instance: "b"))
  }

  @Test("six hours by the minute, no more, and the same bytes each time")
  func bounded() throws {
    func run() throws -> ([UInt8], RequestHistory) {
      var target = Target()
      var history = RequestHistory()
      for i in 0..<(8 * 720) {
        target.scrape(promhttp(ok: i * 5), at: Double(i) * 5)
        history.record([target.meter], at: Double(i) * 5)
      }
      return (try CanonicalEncoder.bytes(of: history), history)
    }
    let (bytes, history) = try run()
    let points = history.minutes(1000, at: 8 * 3600)
    #expect(points.filter { $0.rate != nil }.count == RequestHistory.coarseLimit)
    #expect(points.last { $0.rate != nil }?.rate == 1)
    #expect(bytes.count < 120_000)
    #expect(try run().0 == bytes)
    #expect(try CanonicalDecoder.value(RequestHistory.self, from: bytes) == history)
  }

  @Test("points keep their own bounds while a service changes its buckets again and again")
  func changingBounds() throws {
    var history = RequestHistory()
    func statistics(_ round: Int) -> RequestStatistics {
      var target = Target()
      func histogram(_ count: Int) -> String {
        """
        # TYPE http_request_duration_seconds histogram
        http_request_duration_seconds_bucket{handler="/",le="0.1"} \(count)
        http_request_duration_seconds_bucket{handler="/",le="\(round + 1)"} \(2 * count)
        http_request_duration_seconds_bucket{handler="/",le="+Inf"} \(2 * count)
        http_request_duration_seconds_count{handler="/"} \(2 * count)

        """
      }
      target.scrape(histogram(0), at: 0)
      target.scrape(histogram(10), at: 5)
      return target.meter.statistics(window: .minute, at: 5)
    }
    let rounds = 200
    for round in 0..<rounds {
      history.record(at: Double(round) * 5 + 10) { _, take in take(statistics(round)) }
    }
    let now = Double(rounds - 1) * 5 + 10
    let points = history.recent(60, at: now)
    #expect(points.count == 60)
    for (place, point) in points.enumerated() {
      let round = rounds - 60 + place
      #expect(point.start == Double(round) * 5)
      #expect(point.buckets.bounds == [0.1, Double(round + 1), .infinity])
      #expect(point.buckets.counts == [10, 20, 20])
    }
    // However much lies before them, no more is told than is said.
    #expect(history.recent(200, at: now).count { $0.rate != nil } == RequestHistory.fineLimit)
    #expect(history.rates(200, at: now) == history.recent(200, at: now).map(\.rate))
    let bytes = try CanonicalEncoder.bytes(of: history)
    #expect(try CanonicalDecoder.value(RequestHistory.self, from: bytes) == history)
    // A recording can come from anywhere: parts that do not fit are refused, not read past.
    var (told, more) = (ByteWriter(), ByteWriter())
    let row: [Double] = [10, 20, 20]
    let counts: [Double] = (0..<12).flatMap { _ in row }
    told.put(steps: counts)
    more.put(steps: [7] + counts)
    let torn = bytes.replacing(told.bytes, with: more.bytes)
    #expect(torn != bytes)
    #expect(throws: Malformed.self) {
      try CanonicalDecoder.value(RequestHistory.self, from: torn)
    }
  }

  @Test("signals keep one value each five seconds, and a gap where none was scraped")
  func signals() {
    var history = SignalHistory()
    for i in 0..<100 where !(90..<95).contains(i) {
      let signal = Signal(name: "go_goroutines", value: Double(i), unit: "", age: 0)
      history.record([signal], at: Double(i) * 5)
    }
    let values = history.values(of: "go_goroutines", count: 20, at: 99 * 5)
    #expect(values.first == 80)
    #expect(values.last == 99)
    #expect(values[10...14].allSatisfy { $0 == nil })
    #expect(history.values(of: "go_goroutines", count: 200, at: 500).compactMap { $0 }.count <= 60)
    #expect(history.values(of: "nothing", at: 0).isEmpty)
  }
}
