import Exposition
import Telemetry
import Testing

/// Real `/metrics` of real programs: what is recognised in each.
@Suite(.enabled(if: SharedData.isThere, "\(SharedData.absent)"))
struct RealDumpTests {
  /// The dump, and five seconds later the dump with every counter twice as high.
  func metered(_ file: String, format: ExpositionFormat = .text) throws -> InstanceMeter {
    var target = Target(file)
    let first = target.scrape(try SharedData.bytes("dumps/" + file), at: 0, format: format)
    var second = first
    second.defined = []
    for i in second.readings.indices {
      let series = first.defined[Int(second.readings[i].series)]
      if series.type != .gauge, series.type != .untyped { second.readings[i].value *= 2 }
    }
    target.meter.ingest(second, at: 5)
    return target.meter
  }

  @Test func prometheus() throws {
    let meter = try metered("prometheus.text.txt")
    let roles = meter.recognised
    #expect(roles.language == .go)
    #expect(roles.version == "2.42.0+ds")
    #expect(roles.requests?.family == "prometheus_http_requests_total")
    #expect(roles.requests?.endpointLabel == "handler")
    #expect(roles.requests?.error == "code")
    #expect(roles.requests?.convention == "Prometheus")
    #expect(roles.latency?.family == "prometheus_http_request_duration_seconds")
    #expect(roles.latency?.kind == .histogram)
    #expect(roles.runtime.contains("go_goroutines"))
    #expect(meter.saturation.contains { $0.name == "fds" })
    #expect(meter.endpoints.allSatisfy { !$0.contains("/-/ready") && !$0.contains("/metrics") })
    let minute = meter.statistics(window: .minute, at: 5)
    #expect(minute.requests > 0 && minute.requests < 100)
    #expect(minute.latency(0.5) != .none)
  }

  @Test func alertmanager() throws {
    let meter = try metered("alertmanager.text.txt")
    #expect(meter.recognised.language == .go)
    #expect(meter.recognised.version?.hasPrefix("0.25.0") == true)
    #expect(meter.recognised.latency?.family == "alertmanager_http_request_duration_seconds")
    #expect(meter.recognised.requests?.convention == "Alertmanager")
    // Its metrics do not tell errors.
    #expect(meter.statistics(window: .minute, at: 5).errors == nil)
  }

  @Test func etcd() throws {
    let meter = try metered("etcd.text.txt")
    #expect(meter.recognised.language == .go)
    #expect(meter.recognised.version?.hasPrefix("3.4.23") == true)
    #expect(meter.recognised.requests?.family == "grpc_server_handled_total")
    #expect(meter.recognised.requests?.endpointLabel == "grpc_method")
    #expect(meter.recognised.requests?.error == "grpc_code")
    #expect(meter.recognised.conventions.contains("go-grpc-prometheus"))
    #expect(meter.endpoints.allSatisfy { $0.hasPrefix("etcdserverpb.") })
    #expect(meter.saturation.contains { $0.name == "storage" })
  }

  @Test(arguments: ["caddy.text.txt", "caddy.openmetrics.txt"])
  func caddy(file: String) throws {
    let meter = try metered(file, format: file.contains("openmetrics") ? .openMetrics : .text)
    #expect(meter.recognised.requests?.convention == "Caddy")
    #expect(meter.recognised.latency?.family == "caddy_http_request_duration_seconds")
    // One request passes several handlers and counts once.
    let requests = file.contains("openmetrics") ? 7.0 : 5
    #expect(meter.statistics(window: .minute, at: 5).requests == requests)
    #expect(meter.statistics(window: .minute, at: 5).errorRatio == 0)
  }

  @Test func sglangRouter() throws {
    let meter = try metered("sglang-router.text.txt")
    let roles = meter.recognised
    #expect(roles.language == .rust)
    #expect(roles.requests?.family == "smg_http_requests_total")
    #expect(roles.requests?.endpointLabel == "path")
    #expect(roles.requests?.error == "smg_http_responses_total by status_code")
    #expect(roles.latency?.family == "smg_http_request_duration_seconds")
    #expect(roles.breakers.count == 2)
    #expect(meter.breakers.contains { $0.state == .open || $0.state == .halfOpen })
    #expect(meter.endpoints == ["POST /v1/chat/completions"])
    let minute = meter.statistics(window: .minute, at: 5)
    #expect(minute.requests == 910)
    // 3 and 275; the 18 with no code are readiness probes.
    #expect(minute.errors == 278)
    #expect(minute.buckets.total == 908)
    // Errors are not told by endpoint.
    #expect(
      meter.statistics(window: .minute, at: 5, endpoint: "POST /v1/chat/completions").errors == nil)
  }

  @Test func kubeScheduler() throws {
    let meter = try metered("kubernetes-1.35-scheduler-metrics")
    #expect(meter.recognised.language == .go)
    #expect(meter.recognised.version?.hasPrefix("v1.35") == true)
    // It serves nothing but probes and scrapes, and what it asks of others is not its traffic.
    #expect(meter.recognised.requests == nil)
    #expect(meter.recognised.runtime.contains("go_maxprocs"))
  }
}
