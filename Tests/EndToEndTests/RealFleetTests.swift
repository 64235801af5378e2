import Foundation
import Testing

/// Programs of other people on loopback, named by their addresses alone: what they run, how fast,
/// what holds back calls. Debian's are installed by `make deps-test`, as are the two of Python's
/// index, which are written in Rust.
@Suite("A real fleet without a fleet file", .serialized)
struct RealFleetTests {
  @Test("etcd, Prometheus and Alertmanager: versions, language, runtime signals and requests")
  func go() throws {
    guard let etcd = try RunningEtcd.start() else { return }
    defer { etcd.stop() }
    let prometheus = try RunningPrometheus()
    defer { prometheus.stop() }
    let alertmanager = try RunningAlertmanager()
    defer { alertmanager.stop() }
    #expect(waitUntil(60) { etcd.answers("/health") })
    #expect(waitUntil(60) { prometheus.answers("/-/ready") })
    #expect(waitUntil(60) { alertmanager.answers("/-/ready") })
    let queries = Traffic(to: prometheus.port, "/api/v1/query?query=up", every: 0.1)
    defer { queries.stop() }
    let alerts = Traffic(to: alertmanager.port, "/", every: 0.1)
    defer { alerts.stop() }

    let services = try snapshot(8, etcd.url, prometheus.url, alertmanager.url)
    #expect(services.count == 3)
    for (service, port) in zip(services, [etcd.port, prometheus.port, alertmanager.port]) {
      let name = "\(service["name"] ?? "") on \(port)"
      #expect(service["health"] as? String == "healthy", "\(name)")
      #expect(service["language"] as? String == "go", "\(name)")
      let versions = service["versions"] as? [String] ?? []
      #expect(versions.count == 1 && versions[0].contains("."), "\(name): \(versions)")
    }
    for service in services.dropFirst() {
      #expect((requests(service)["rate"] as? Double ?? 0) > 5, "\(service["requests"] ?? "")")
    }
    #expect(requests(services[1])["error_ratio"] as? Double == 0)
    // Alertmanager's histogram has no code: what fails cannot be told, and is not called 0.
    #expect(requests(services[2])["error_ratio"] is NSNull)
    for peer in [etcd as RunningServer, prometheus, alertmanager] {
      let runtime = try roles(peer.url)["runtime"] as? [String] ?? []
      for signal in ["go_goroutines", "go_gc_pause_ms", "open_fds", "memory_bytes", "cpu_cores"] {
        #expect(runtime.contains(signal), "\(signal) of \(peer.url) in \(runtime)")
      }
    }
  }

  @Test("vllm-router: its breaker opens on a broken worker and is told by its worker's name")
  func router() throws {
    guard let program = PythonProgram("vllm-router") else { return }
    let worker = try ScriptedWorker()
    defer { worker.stop() }
    let router = try RunningRouter(program, worker: worker.port)
    defer { router.stop() }
    #expect(waitUntil(90) { router.answersRequests })
    for _ in 0..<5 { _ = router.ask() }
    let before = try roles(router.metrics)
    #expect(before["language"] as? String == "rust")
    let counted = try #require(before["requests"] as? [String: Any])
    #expect(counted["convention"] as? String == "vllm-router", "\(counted)")

    worker.breaks()
    for _ in 0..<6 { _ = router.ask() }
    let found = try #require(try snapshot(4, router.metrics).first)
    #expect(found["language"] as? String == "rust")
    let breakers = found["breakers"] as? [[String: Any]] ?? []
    #expect(breakers.count == 1, "\(breakers)")
    #expect(breakers.first?["name"] as? String == "http://127.0.0.1:\(worker.port)")
    #expect(breakers.first?["state"] as? String == "open")
    #expect(
      try roles(router.metrics)["breakers"] as? [String] == [
        "http://127.0.0.1:\(worker.port)"
      ])
  }

  @Test("granian: the language, its runtime's signals and the requests it handles")
  func granian() throws {
    guard let program = PythonProgram("granian") else { return }
    let peer = try RunningGranian(program)
    defer { peer.stop() }
    #expect(waitUntil(60) { peer.answers("/") })
    let traffic = Traffic(to: peer.port, "/", every: 0.1)
    defer { traffic.stop() }
    #expect(waitUntil(30) { HTTPGet.body(port: peer.metricsPort, path: "/metrics") != nil })
    let found = try #require(try snapshot(8, peer.metrics).first)
    #expect(found["language"] as? String == "rust")
    #expect((requests(found)["rate"] as? Double ?? 0) > 3, "\(found["requests"] ?? "")")
    // Its main process gathers what its workers tell once a second, and tells nothing in between
    // where they are late.
    var seen: [String: Any] = [:]
    #expect(
      waitUntil(20) {
        seen = (try? roles(peer.metrics)) ?? [:]
        return (seen["requests"] as? [String: Any])?["convention"] as? String == "granian"
      })
    let runtime = seen["runtime"] as? [String] ?? []
    for signal in ["in_flight", "queue_depth", "worker_threads", "worker_respawns"] {
      #expect(runtime.contains(signal), "\(signal) in \(runtime)")
    }
  }

  // MARK: Damcon's answers

  private func snapshot(_ seconds: Int, _ urls: String...) throws -> [[String: Any]] {
    let result = try Command.run(
      Damcon.path, ["snapshot", "--format", "json", "--for", "\(seconds)s"] + urls)
    #expect(result.errors == "")
    return try #require(try json(result.output)["services"] as? [[String: Any]])
  }

  private func requests(_ service: [String: Any]) -> [String: Any] {
    service["requests"] as? [String: Any] ?? [:]
  }

  private func roles(_ url: String) throws -> [String: Any] {
    let result = try Damcon.run("inspect", "--format", "json", url)
    #expect(result.status == 0, "\(result.errors)")
    return try #require(try json(result.output)["roles"] as? [String: Any])
  }

  private func json(_ text: String) throws -> [String: Any] {
    try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }
}
