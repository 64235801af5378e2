import Exposition
import Telemetry
import Testing

@Suite("Signals on any metric")
struct SignalRuleTests {
  @Test("each way of reading, with matching labels, unit and scale")
  func readings() {
    func rule(
      _ name: String, _ metric: String, _ reading: SignalRule.Reading, scale: Double = 1,
      match: [Convention.LabelMatch] = []
    ) -> SignalRule {
      SignalRule(
        name: name, metrics: [metric], match: match, reading: reading, quantile: 0.5, scale: scale)
    }
    let table = RoleTable(signals: [
      rule("jobs", "jobs", .sum), rule("most", "other_jobs", .max),
      rule("mail", "sent", .rate, match: [.init("kind", "mail")]),
      rule("lost", "lost_total", .increase),
      rule("wait_ms", "wait_seconds", .quantile, scale: 1000),
    ])
    var target = Target(table: table)
    func text(_ n: Double) -> String {
      """
      # TYPE jobs gauge
      jobs{q="a"} 2
      jobs{q="b"} 3
      # TYPE other_jobs gauge
      other_jobs{q="a"} 2
      other_jobs{q="b"} 3
      # TYPE sent counter
      sent{kind="mail"} \(n * 10)
      sent{kind="post"} \(n * 1000)
      # TYPE lost_total counter
      lost_total \(n)
      # TYPE wait_seconds histogram
      wait_seconds_bucket{le="0.1"} 0
      wait_seconds_bucket{le="0.2"} \(n * 4)
      wait_seconds_bucket{le="+Inf"} \(n * 4)
      wait_seconds_sum 1
      wait_seconds_count \(n * 4)

      """
    }
    target.scrape(text(1), at: 0)
    target.scrape(text(6), at: 5)
    func value(_ name: String) -> Double? { target.meter.signal(named: name, at: 5)?.value }
    #expect(value("jobs") == 5)
    #expect(value("most") == 3)
    #expect(value("mail") == 10)
    #expect(value("lost") == 5)
    #expect(abs((value("wait_ms") ?? 0) - 150) < 1e-6)
    #expect(target.meter.signals(at: 5).contains { $0.name == "wait_ms" })
  }

  @Test("Go's scheduler latency is the p99 of its histogram, CPU saturation is of GOMAXPROCS")
  func scheduler() {
    var target = Target()
    func text(_ n: Double) -> String {
      """
      # TYPE go_sched_latencies_seconds histogram
      go_sched_latencies_seconds_bucket{le="0.0001"} \(n * 90)
      go_sched_latencies_seconds_bucket{le="0.01"} \(n * 100)
      go_sched_latencies_seconds_bucket{le="+Inf"} \(n * 100)
      # TYPE go_sched_gomaxprocs_threads gauge
      go_sched_gomaxprocs_threads 2
      # TYPE process_cpu_seconds_total counter
      process_cpu_seconds_total \(n * 5)

      """
    }
    target.scrape(text(1), at: 0)
    target.scrape(text(2), at: 5)
    let latency = target.meter.signal(named: "go_sched_latency_ms", at: 5)
    #expect(latency.map { $0.value > 5 && $0.value < 10 } == true)
    #expect(target.meter.saturation.first { $0.name == "cpu" }?.ratio == 0.5)
  }

  @Test("tokio's busy ratio is worked out where only busy time and workers are told")
  func busy() {
    var target = Target()
    func text(_ n: Double) -> String {
      """
      # TYPE tokio_workers_count gauge
      tokio_workers_count 4
      # TYPE tokio_total_busy_duration_seconds_total counter
      tokio_total_busy_duration_seconds_total \(n)

      """
    }
    target.scrape(text(0), at: 0)
    target.scrape(text(15), at: 5)
    #expect(target.meter.signal(named: "tokio_busy_ratio", at: 5)?.value == 0.75)
  }

  @Test("what a scrape really exports is known, also once series are gone")
  func exports() {
    var target = Target()
    target.scrape(promhttp(ok: 1, errors: 0), at: 0)
    #expect(target.meter.exports == [.rate, .errors])
    target.scrape("# TYPE queue_depth gauge\nqueue_depth 1\n", at: 5)
    #expect(target.meter.exports == [.queueDepth])
  }
}
