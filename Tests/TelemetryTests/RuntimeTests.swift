import Exposition
import Telemetry
import Testing

@Suite struct RuntimeTests {
  @Test(
    "Go: language, version, goroutines, GC pauses, CPU as cores, file descriptors as saturation")
  func go() {
    var target = Target()
    func text(_ cpu: Double) -> String {
      """
      # TYPE go_info gauge
      go_info{version="go1.25.1"} 1
      # TYPE go_goroutines gauge
      go_goroutines 41
      # TYPE go_gc_duration_seconds summary
      go_gc_duration_seconds{quantile="0"} 1e-05
      go_gc_duration_seconds{quantile="1"} 0.004
      go_gc_duration_seconds_count 9
      # TYPE process_cpu_seconds_total counter
      process_cpu_seconds_total \(cpu)
      # TYPE process_open_fds gauge
      process_open_fds 256
      # TYPE process_max_fds gauge
      process_max_fds 1024
      # TYPE checkout_build_info gauge
      checkout_build_info{version="1.42.0",revision="3f9c2d1"} 1
      # TYPE go_build_info gauge
      go_build_info{path="shop",version="v0.9.9"} 1
      # TYPE go_sql_in_use_connections gauge
      go_sql_in_use_connections{db_name="orders"} 9
      # TYPE go_sql_max_open_connections gauge
      go_sql_max_open_connections{db_name="orders"} 10
      # TYPE go_panics_total counter
      go_panics_total 0

      """
    }
    target.scrape(text(10), at: 0)
    target.scrape(text(12.5), at: 5)
    #expect(target.meter.language == .go)
    #expect(target.meter.version == "1.42.0")
    let signals = Dictionary(
      uniqueKeysWithValues: target.meter.signals(at: 6).map { ($0.name, $0) })
    #expect(signals["go_goroutines"]?.value == 41)
    #expect(signals["go_gc_pause_ms"]?.value == 4)
    #expect(signals["cpu_cores"]?.value == 0.5)
    #expect(signals["cpu_cores"]?.age == 1)
    #expect(signals["go_panics"]?.value == 0)
    #expect(
      target.meter.saturation.map { "\($0.name) \($0.ratio)" }
        == ["db-pool orders 0.9", "fds 0.25"])
    #expect(target.meter.recognised.runtime.contains("go_goroutines"))
    #expect(target.meter.recognised.requests == nil)
  }

  @Test("Go: pauses out of the runtime's histogram, and memory against the limit that is nearest")
  func pausesAndMemory() {
    var target = Target()
    func text(_ short: Int, _ long: Int, limit: Double) -> String {
      """
      # TYPE go_sched_pauses_total_gc_seconds histogram
      go_sched_pauses_total_gc_seconds_bucket{le="0.001"} \(short)
      go_sched_pauses_total_gc_seconds_bucket{le="0.1"} \(short + long)
      go_sched_pauses_total_gc_seconds_bucket{le="+Inf"} \(short + long)
      # TYPE process_resident_memory_bytes gauge
      process_resident_memory_bytes 4e8
      # TYPE go_memstats_heap_inuse_bytes gauge
      go_memstats_heap_inuse_bytes 3e8
      # TYPE go_gc_gomemlimit_bytes gauge
      go_gc_gomemlimit_bytes \(limit)
      # TYPE shop_cgroup_memory_limit_bytes gauge
      shop_cgroup_memory_limit_bytes 5e8

      """
    }
    // Go says that it has no limit with the largest number there is.
    target.scrape(text(0, 0, limit: 9.223372036854776e18), at: 0)
    target.scrape(text(90, 10, limit: 9.223372036854776e18), at: 5)
    // The 99th of a hundred is nine tenths into the bucket of the ten long ones.
    let pause = target.meter.signal(named: "go_gc_pause_ms", at: 6)
    #expect(pause.map { ($0.value - (1 + 99 * 0.9)).magnitude < 1e-9 } == true)
    #expect(pause?.unit == "ms")
    #expect(target.meter.saturation.map { "\($0.name) \($0.ratio)" } == ["memory 0.8"])
    #expect(target.meter.signal(named: "go_memory_limit_bytes", at: 6)?.value ?? 0 > 9e18)
    #expect(!target.meter.mayBeFull(from: 0.95))
    target.scrape(text(90, 10, limit: 3e8), at: 10)
    #expect(
      target.meter.saturation.map { "\($0.name) \($0.ratio)" } == ["go-heap 1.0", "memory 0.8"])
    #expect(target.meter.mayBeFull(from: 0.95))
    // Nothing paused for more than a minute: there is no pause to tell.
    target.scrape(text(90, 10, limit: 3e8), at: 80)
    #expect(target.meter.signal(named: "go_gc_pause_ms", at: 80) == nil)
  }

  @Test("Rust: tokio signals under any prefix, panics, fallbacks and breakers")
  func rust() {
    var target = Target()
    func text(_ panics: Int, _ state: Int) -> String {
      """
      # TYPE rust_tokio_workers_count gauge
      rust_tokio_workers_count 4
      # TYPE tokio_blocking_queue_depth gauge
      tokio_blocking_queue_depth 17
      # TYPE pricing_panics_total counter
      pricing_panics_total \(panics)
      # TYPE fallback_active gauge
      fallback_active{name="cached-prices"} 1
      # TYPE search_fallback_active gauge
      search_fallback_active 0
      # HELP circuit_breaker_state 0 closed, 1 open, 2 half-open.
      # TYPE circuit_breaker_state gauge
      circuit_breaker_state{name="pricing"} \(state)

      """
    }
    target.scrape(text(2, 0), at: 0)
    target.scrape(text(3, 1), at: 5)
    let signals = Dictionary(
      uniqueKeysWithValues: target.meter.signals(at: 5).map { ($0.name, $0.value) })
    #expect(target.meter.language == .rust)
    #expect(signals["tokio_workers"] == 4)
    #expect(signals["tokio_blocking_queue_depth"] == 17)
    #expect(signals["rust_panics"] == 1)
    #expect(
      target.meter.fallbacks.map { "\($0.name) \($0.isActive)" }
        == ["cached-prices true", "search false"])
    #expect(target.meter.breakers.map(\.state) == [.open])
  }

  @Test("a new version shows as soon as its build info does")
  func newVersion() {
    var target = Target()
    let type = "# TYPE app_build_info gauge\n"
    target.scrape(type + "app_build_info{version=\"1.0\"} 1\n", at: 0)
    target.scrape(type + "app_build_info{version=\"1.1\"} 1\n", at: 5)
    #expect(target.meter.version == "1.1")
    target.scrape(type + "app_build_info{version=\"1.0\"} 1\n", at: 10)
    #expect(target.meter.version == "1.0")
  }

  @Test("exemplars with a trace are kept by slowness, for a while")
  func exemplars() {
    var target = Target()
    func text(_ n: Int) -> String {
      """
      # TYPE http_request_duration_seconds histogram
      http_request_duration_seconds_bucket{route="/a",le="1"} \(n)
      http_request_duration_seconds_bucket{route="/a",le="+Inf"} \(n) # {trace_id="t\(n)"} \(n).5 1.0
      http_request_duration_seconds_count{route="/a"} \(n)
      http_request_duration_seconds_sum{route="/a"} \(n)
      # EOF

      """
    }
    for n in 1...20 { target.scrape(text(n), at: Double(n), format: .openMetrics) }
    let kept = target.meter.exemplars(at: 20)
    #expect(kept.map(\.traceID) == ["t20", "t19", "t18", "t17", "t16", "t15", "t14", "t13"])
    #expect(kept.first?.duration == 20.5)
    #expect(kept.first?.endpoint == "/a")
    #expect(target.meter.exemplars(at: 2000).isEmpty)
  }
}
