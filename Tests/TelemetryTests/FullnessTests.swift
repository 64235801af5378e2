import Telemetry
import Testing

@Suite("How full limited things are")
struct FullnessTests {
  private static let gauges = [
    "process_open_fds", "process_max_fds", "os_fd_used", "os_fd_limit",
    "process_resident_memory_bytes", "process_memory_limit_bytes", "container_memory_limit_bytes",
    "go_sched_gomaxprocs_threads", "jobs_pool_in_use", "jobs_pool_max",
    "jobs_pool_size", "saturation_used{name=\"x\"}", "saturation_limit{name=\"x\"}",
    "envoy_cluster_circuit_breakers_default_rq_pending_open{envoy_cluster_name=\"prices\"}",
    "envoy_cluster_circuit_breakers_high_cx_open{envoy_cluster_name=\"prices\"}",
  ]

  /// Several gauges may tell of one thing, some have no limit, others are not there at all.
  @Test("one number is the same as the largest of the list, of all of it and of each part")
  func fullest() {
    var random = SplitMix(11)
    var told: Set<String> = []
    for _ in 0..<200 {
      var target = Target()
      for round in 0..<3 {
        var text = "# TYPE process_cpu_seconds_total counter\n"
        text += "process_cpu_seconds_total \(Double(round) * 2.5)\n"
        for gauge in Self.gauges where random.next() % 4 != 0 {
          text += "# TYPE \(gauge.prefix { $0 != "{" }) gauge\n\(gauge) \(random.next() % 5)\n"
        }
        target.scrape(text, at: Double(round) * 5)
        let all = target.meter.saturation
        told.formUnion(all.map(\.name))
        func largest(_ isMeant: (String) -> Bool) -> Double? {
          var seen: Set<String> = []
          // Of two with one name the first speaks.
          return all.filter { seen.insert($0.name).inserted && isMeant($0.name) }.map(\.ratio).max()
        }
        let meter = target.meter
        #expect(meter.fullness(of: nil) { _ in false } == largest { _ in true })
        #expect(meter.fullness(of: "no such thing") { _ in false } == nil)
        for name in Set(all.map(\.name)) {
          #expect(meter.fullness(of: name) { _ in false } == largest { $0 == name })
          #expect(meter.fullness(of: nil) { $0 == name } == largest { $0 != name })
          #expect(meter.fullness(of: name) { $0 == name } == nil)
        }
      }
    }
    #expect(told.isSuperset(of: ["cpu", "fds", "memory", "pending requests to prices"]), "\(told)")
  }
}
