import Exposition
import Telemetry
import Testing

@Suite("Events that a scrape brings for an objective")
struct ScrapedEventsTests {
  private func target(_ rules: EventRule...) -> Target {
    Target(table: RoleTable(rules: rules))
  }

  @Test("the first scrape is a baseline; after it, recognised requests and their errors")
  func requests() {
    var target = target(.requests(endpoint: nil))
    target.scrape(promhttp(ok: 100, errors: 3), at: 0)
    #expect(target.meter.countedFrom == nil)
    target.scrape(promhttp(ok: 190, errors: 13), at: 5)
    #expect(target.meter.countedFrom == 0)
    #expect(target.meter.scrapedEvents(of: 0) == ScrapedEvents(total: 100, bad: 10))
    target.scrape(promhttp(ok: 190, errors: 13), at: 10)
    #expect(target.meter.scrapedEvents(of: 0) == ScrapedEvents(total: 0, bad: 0))
  }

  @Test("a reset counts from zero, another process behind the address is a baseline")
  func resets() {
    var target = target(.requests(endpoint: nil))
    target.scrape(promhttp(ok: 100, errors: 3, start: 1000), at: 0)
    target.scrape(promhttp(ok: 20, errors: 5, start: 2000), at: 5)
    #expect(target.meter.scrapedEvents(of: 0) == ScrapedEvents(total: 25, bad: 5))
    target.scrape(promhttp(ok: 900, errors: 90, start: 1000), at: 10)
    #expect(target.meter.countedFrom == nil)
    #expect(target.meter.scrapedEvents(of: 0) == ScrapedEvents(total: 0, bad: 0))
  }

  @Test("an endpoint's requests alone, by the metrics' name or by the fleet's")
  func endpoint() {
    for name in ["GET /pay", "/pay"] {
      var target = target(.requests(endpoint: name))
      func page(_ pay: Int, _ cart: Int) -> String {
        promhttp(ok: pay, errors: pay / 10, path: "/pay")
          + promhttp(ok: cart, errors: cart, path: "/cart")
      }
      target.scrape(page(0, 0), at: 0)
      target.scrape(page(100, 500), at: 5)
      #expect(
        target.meter.scrapedEvents(of: 0) == ScrapedEvents(total: 110, bad: 10), "\(name)")
    }
    var target = target(.requests(endpoint: "/nowhere"))
    target.scrape(promhttp(ok: 1), at: 0)
    #expect(target.meter.scrapedEvents(of: 0) == nil)
  }

  @Test("where nothing tells errors apart nothing is counted, rather than all taken for good")
  func untold() {
    var target = target(.requests(endpoint: nil))
    let text = "# TYPE http_requests_total counter\nhttp_requests_total{handler=\"/a\"} "
    target.scrape(text + "1\n", at: 0)
    target.scrape(text + "9\n", at: 5)
    #expect(target.meter.scrapedEvents(of: 0) == nil)
  }

  private func histogram(_ counts: [(String, Int)]) -> String {
    var text = "# TYPE http_request_duration_seconds histogram\n"
    for (le, count) in counts {
      text += "http_request_duration_seconds_bucket{handler=\"/a\",le=\"\(le)\"} \(count)\n"
    }
    return text + "http_request_duration_seconds_count{handler=\"/a\"} \(counts.last?.1 ?? 0)\n"
  }

  @Test(
    "faster than a threshold: exact at a bucket's bound, read between two bounds, or past the last",
    arguments: [
      (0.25, 40.0, LatencyBasis.bound(0.25)),
      (0.3, 36.0, .between(0.25, 0.5, share: 0.2)),
      (0.05, 75.0, .between(0, 0.1, share: 0.5)),
      (2.0, 10.0, .past(0.5)),
    ])
  func latency(threshold: Double, bad: Double, basis: LatencyBasis) throws {
    var target = target(.latency(threshold: threshold, endpoint: nil))
    target.scrape(histogram([("0.1", 0), ("0.25", 0), ("0.5", 0), ("+Inf", 0)]), at: 0)
    target.scrape(histogram([("0.1", 50), ("0.25", 60), ("0.5", 80), ("+Inf", 90)]), at: 5)
    target.scrape(histogram([("0.1", 100), ("0.25", 120), ("0.5", 180), ("+Inf", 190)]), at: 10)
    let events = try #require(target.meter.scrapedEvents(of: 0))
    #expect(events.total == 100)
    switch basis {
    case .between(let low, let high, let share):
      guard case .between(let a, let b, let c) = try #require(events.basis) else {
        Issue.record("\(events)")
        return
      }
      #expect(a == low && b == high && (c - share).magnitude < 1e-9)
    default: #expect(events.basis == basis)
    }
    let expected: Double =
      switch threshold {
      case 0.25: 40
      case 0.3: 100 - (60 + 40 * 0.2)
      case 0.05: 100 - 50 * 0.5
      default: 0
      }
    #expect((events.bad - expected).magnitude < 1e-9, "\(bad)")
  }

  @Test("milliseconds made seconds still meet their bound")
  func unit() throws {
    let bounds = (1...40).map { Double($0) * 100 * 0.001 } + [.infinity]
    #expect(bounds.contains { $0 != ($0 * 10).rounded() / 10 })
    for tenth in 1...40 {
      guard case .bound = try #require(LatencyBasis(threshold: Double(tenth) / 10, bounds: bounds))
      else {
        Issue.record("\(tenth)")
        continue
      }
    }
  }

  @Test("a fleet file's own selectors: two of good, bad and total, each a sum")
  func selected() {
    let text = { (ok: Int, late: Int, dropped: Int) in
      """
      # TYPE jobs_total counter
      jobs_total{state="ok",queue="a"} \(ok)
      jobs_total{state="late",queue="a"} \(late)
      jobs_total{state="dropped",queue="b"} \(dropped)
      # TYPE jobs_started_total counter
      jobs_started_total \(ok + late + dropped)

      """
    }
    let good = MetricSelector("jobs_total", [.init("state", ["ok"])])
    let bad = MetricSelector("jobs_total", [.init("state", ["late", "drop*"])])
    let notOK = MetricSelector("jobs_total", [.init("state", ["!ok"])])
    let all = MetricSelector("jobs_started_*")
    for selectors in [
      EventSelectors(good: [good], bad: [bad]), EventSelectors(bad: [notOK], total: [all]),
      EventSelectors(good: [good], total: [all]),
    ] {
      var target = target(.selected(selectors))
      target.scrape(text(10, 0, 0), at: 0)
      target.scrape(text(100, 6, 4), at: 5)
      #expect(
        target.meter.scrapedEvents(of: 0) == ScrapedEvents(total: 100, bad: 10), "\(selectors)")
    }
  }

  @Test("a selector that takes nothing does not make every event a bad one")
  func nothingTaken() {
    let rule = EventRule.selected(
      EventSelectors(good: [MetricSelector("misspelt_total")], total: [MetricSelector("all_total")])
    )
    var target = target(rule)
    target.scrape("# TYPE all counter\nall_total 1\n", at: 0)
    target.scrape("# TYPE all counter\nall_total 9\n", at: 5)
    #expect(target.meter.scrapedEvents(of: 0) == nil)
  }

  @Test("labels are chosen by any of their values, unless one rules it out")
  func labels() {
    let bad = EventSelectors(
      bad: [MetricSelector("r_total", [.init("code", ["5*", "429", "!501"])])],
      total: [MetricSelector("r_total")])
    var target = target(.selected(bad))
    func page(_ n: Int) -> String {
      "# TYPE r_total counter\n"
        + ["200", "429", "500", "501", "503"].map { "r_total{code=\"\($0)\"} \(n)\n" }.joined()
    }
    target.scrape(page(0), at: 0)
    target.scrape(page(10), at: 5)
    #expect(target.meter.scrapedEvents(of: 0) == ScrapedEvents(total: 50, bad: 30))
  }
}
