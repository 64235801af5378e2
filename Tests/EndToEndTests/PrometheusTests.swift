import Foundation
import Testing

/// Damcon's own answer beside what Debian's Prometheus and Alertmanager say of themselves.
@Suite("A real Prometheus and Alertmanager", .serialized)
struct PrometheusTests {
  @Test("a snapshot agrees with what Prometheus answers about itself")
  func agreement() throws {
    let peer = try RunningPrometheus()
    defer { peer.stop() }
    #expect(waitUntil(30) { peer.answers("/-/ready") })
    // Steady traffic, so that both sides measure the same rate whatever their windows.
    let traffic = Traffic(to: peer.port, "/api/v1/query?query=up", every: 0.1)
    defer { traffic.stop() }
    #expect(waitUntil(30) { peer.value("count_over_time(up[15s])").map { $0 >= 12 } ?? false })

    let result = try Damcon.run("snapshot", "--format", "json", "--for", "10s", peer.url)
    #expect(result.status == 0, "\(result.errors)")
    let services = try #require(
      try json(result.output)["services"] as? [[String: Any]])
    let service = try #require(services.first)
    #expect(service["language"] as? String == "go")
    #expect(service["health"] as? String == "healthy")
    let version = try #require(peer.version)
    #expect(service["versions"] as? [String] == [version])

    let endpoints = try #require(service["endpoints"] as? [[String: Any]])
    let query = try #require(
      endpoints.first { ($0["name"] as? String)?.contains("/api/v1/query") == true })
    let expected = try #require(
      peer.value(#"sum(rate(prometheus_http_requests_total{handler="/api/v1/query"}[12s]))"#))
    let rate = try #require(query["rate"] as? Double)
    #expect(abs(rate - expected) < 0.25 * expected, "\(rate) against \(expected)")

    let requests = try #require(service["requests"] as? [String: Any])
    #expect(requests["error_ratio"] as? Double == 0)
    let latency = try #require(query["latency_ms"] as? [String: Any])
    let quantile = try #require(
      peer.value(
        #"histogram_quantile(0.99, sum by (le) (rate(prometheus_http_request_duration_seconds_bucket{handler="/api/v1/query"}[12s])))"#
      ))
    let p99 = try #require(latency["p99"] as? Double)
    #expect(abs(p99 - quantile * 1000) < 0.1 * quantile * 1000, "\(p99) against \(quantile)")

    // The routes that Damcon and Prometheus poll are no traffic of the service's users.
    let names = endpoints.compactMap { $0["name"] as? String }
    #expect(!names.contains { $0.contains("/metrics") || $0.contains("/-/") }, "\(names)")
  }

  @Test("an Alertmanager is found healthy, with its version and language")
  func alertmanager() throws {
    let peer = try RunningAlertmanager()
    defer { peer.stop() }
    #expect(waitUntil(30) { peer.answers("/-/ready") })
    let result = try Damcon.run("snapshot", "--format", "json", "--for", "4s", peer.url)
    #expect(result.status == 0, "\(result.errors)")
    let services = try #require(try json(result.output)["services"] as? [[String: Any]])
    #expect(services[0]["health"] as? String == "healthy")
    #expect(services[0]["language"] as? String == "go")
    #expect((services[0]["versions"] as? [String])?.count == 1)
    let instance = try #require((services[0]["instances"] as? [[String: Any]])?.first)
    #expect(instance["liveness"] as? String == "pass")
    #expect(instance["readiness"] as? String == "pass")
  }

  private func json(_ text: String) throws -> [String: Any] {
    try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }
}

/// A server of Debian's on a port of its own, ended by its process id.
class RunningServer {
  let port: UInt16
  let folder: URL
  private let child: Child

  var url: String { "http://127.0.0.1:\(port)" }

  init(_ program: String, _ arguments: (UInt16, URL) throws -> [String]) throws {
    port = try FreePort.take()
    folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("damcon-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    child = try Child(program, try arguments(port, folder))
  }

  func stop() {
    child.signal(SIGTERM)
    _ = child.wait(10)
    try? FileManager.default.removeItem(at: folder)
  }

  func answers(_ path: String) -> Bool { get(path) != nil }

  /// The body of a 200; nil for anything else.
  func get(_ path: String) -> Data? { HTTPGet.body(port: port, path: path) }
}

final class RunningPrometheus: RunningServer {
  init() throws {
    try super.init("/usr/bin/prometheus") { port, folder in
      let file = folder.appendingPathComponent("prometheus.yml")
      try """
      global: {scrape_interval: 1s}
      scrape_configs:
        - job_name: self
          static_configs: [{targets: ["127.0.0.1:\(port)"]}]
      """.write(to: file, atomically: true, encoding: .utf8)
      return [
        "--config.file=\(file.path)", "--storage.tsdb.path=\(folder.path)/data",
        "--web.listen-address=127.0.0.1:\(port)",
      ]
    }
  }

  /// The first value of an instant query; nil where there is none.
  func value(_ expression: String) -> Double? {
    var components = URLComponents(string: "/api/v1/query")
    components?.queryItems = [URLQueryItem(name: "query", value: expression)]
    guard let path = components?.string, let data = get(path.replacing("+", with: "%2B")),
      let root = try? JSONSerialization.jsonObject(with: data) as? [String: Any],
      let result = (root["data"] as? [String: Any])?["result"] as? [[String: Any]],
      let text = (result.first?["value"] as? [Any])?.last as? String
    else { return nil }
    return Double(text)
  }

  var version: String? {
    guard let data = get("/api/v1/status/buildinfo"),
      let root = try? JSONSerialization.jsonObject(with: data) as? [String: Any]
    else { return nil }
    return (root["data"] as? [String: Any])?["version"] as? String
  }
}

final class RunningAlertmanager: RunningServer {
  init() throws {
    try super.init("/usr/bin/prometheus-alertmanager") { port, folder in
      let file = folder.appendingPathComponent("alertmanager.yml")
      try "route: {receiver: nobody}\nreceivers: [{name: nobody}]\n"
        .write(to: file, atomically: true, encoding: .utf8)
      return [
        "--config.file=\(file.path)", "--storage.path=\(folder.path)/data",
        "--web.listen-address=127.0.0.1:\(port)", "--cluster.listen-address=",
      ]
    }
  }
}

/// One request after another at a steady pace, until stopped.
final class Traffic: @unchecked Sendable {
  private let timer: any DispatchSourceTimer

  init(to port: UInt16, _ path: String, every seconds: Double) {
    timer = DispatchSource.makeTimerSource(queue: DispatchQueue(label: "traffic"))
    timer.schedule(deadline: .now(), repeating: seconds)
    timer.setEventHandler { _ = HTTPGet.body(port: port, path: path) }
    timer.resume()
  }

  func stop() { timer.cancel() }
}
