import Fleet
import Health
import Incident
import NIOConcurrencyHelpers
import NIOCore
import Polling
import Testing

@Suite struct DiscoveryTests {
  private func discovered(_ url: String, timeout: Double = 10) -> Instance {
    Instance(url: url, polling: PollPolicy(interval: 0.1, timeout: timeout))
  }

  /// What a server with these routes is found to have.
  private func routes(
    timeout: Double = 10, _ script: @escaping TestServer.Script,
    location: SourceLocation = #_sourceLocation
  ) async throws -> Routes? {
    let server = try await TestServer(script: script)
    var found: Routes?
    try await polling([discovered(server.url, timeout: timeout)]) { recorder, _ in
      try await recorder.wait("routes are found", location: location) {
        !$0.routes(of: server.url).isEmpty
      }
      found = recorder.routes(of: server.url).first
    }
    await server.close()
    return found
  }

  @Test func theUsualRoutesAreFoundAndPolled() async throws {
    let server = try await TestServer { asked in
      switch asked.path {
      case "/-/healthy", "/-/ready": answer("Prometheus Server is Healthy.\n")
      case "/metrics": answer(metricsBody)
      default: answer("404 Not Found", body: "404 page not found\n")
      }
    }
    try await polling([discovered(server.url, timeout: 10)]) { recorder, _ in
      try await recorder.wait("all is polled") {
        $0.scrapes(of: server.url).count >= 2 && $0.probes(of: server.url, .liveness).count >= 2
          && $0.probes(of: server.url, .readiness).count >= 2
      }
      #expect(
        recorder.routes(of: server.url)
          == [Routes(liveness: "/-/healthy", readiness: "/-/ready", metrics: "/metrics")])
      #expect(recorder.faults(of: server.url) == [])
    }
    #expect(server.asked.count >= 15 && server.connectionCount <= 5)
    await server.close()
  }

  @Test func aServiceThatIsNotReadyIsFoundNonetheless() async throws {
    let found = try await routes { asked in
      switch asked.path {
      case "/healthz": answer("ok")
      case "/ready": answer("503 Service Unavailable", body: "warming")
      default: answer("404 Not Found", body: "")
      }
    }
    #expect(found == Routes(liveness: "/healthz", readiness: "/ready", metrics: nil))
  }

  @Test func aPageForEveryPathIsNoRoute() async throws {
    let found = try await routes { asked in
      switch asked.path {
      case "/livez": answer(type: "application/json", body: #"{"status":"pass"}"#)
      case "/metrics": answer(metricsBody)
      default: answer(type: "text/html", body: "<!doctype html><div id=app></div>")
      }
    }
    #expect(found == Routes(liveness: "/livez", readiness: nil, metrics: "/metrics"))
  }

  @Test func aHealthPageInHTMLIsARouteWhereOtherPathsAreNot() async throws {
    let found = try await routes { asked in
      asked.path == "/health"
        ? answer(type: "text/html", body: "<html>fine</html>") : answer("404 Not Found", body: "")
    }
    #expect(found == Routes(liveness: "/health"))
  }

  @Test func aRouteThatWantsCredentialsIsToldAsMisconfigured() async throws {
    let server = try await TestServer { asked in
      switch asked.path {
      case "/healthz": answer("ok")
      case "/metrics": answer("401 Unauthorized", body: "")
      default: answer("404 Not Found", body: "")
      }
    }
    try await polling([discovered(server.url)]) { recorder, _ in
      try await recorder.wait("it is told") { !$0.faults(of: server.url).isEmpty }
      let fault = try #require(recorder.faults(of: server.url).first)
      #expect(fault.kind == .misconfigured && fault.detail.contains("401 Unauthorized"))
      #expect(recorder.routes(of: server.url).first?.metrics == "/metrics")
    }
    await server.close()
  }

  @Test func aRouteThatHangsWhereOthersAnswerIsTheRoute() async throws {
    let found = try await routes(timeout: 4) { asked in
      switch asked.path {
      case "/healthz": [.hang]
      case "/metrics": answer(metricsBody)
      default: answer("404 Not Found", body: "")
      }
    }
    #expect(found == Routes(liveness: "/healthz", readiness: nil, metrics: "/metrics"))
  }

  @Test func anUnreachableTargetIsToldAndFoundWhenItComes() async throws {
    let first = try await TestServer { _ in [.hang] }
    let port = first.port
    await first.close()
    let url = "http://127.0.0.1:\(port)"
    try await polling([discovered(url)]) { recorder, _ in
      try await recorder.wait("its fault is told") { $0.probes(of: url, .liveness).count >= 3 }
      #expect(recorder.faults(of: url).allSatisfy { $0.kind == .refused })
      #expect(recorder.routes(of: url).isEmpty)
      let server = try await TestServer(port: port) { asked in
        asked.path == "/healthz" ? answer("ok") : answer("404 Not Found", body: "")
      }
      try await recorder.wait("it is found") {
        $0.routes(of: url) == [Routes(liveness: "/healthz")]
      }
      await server.close()
    }
  }

  /// Half a minute of patience is part of it: a deploy in between is not worth looking around for.
  @Test func aRouteThatIsGoneIsLookedForAgain() async throws {
    let hasMoved = NIOLockedValueBox(false)
    let server = try await TestServer { asked in
      let path = hasMoved.withLockedValue(\.self) ? "/livez" : "/healthz"
      return asked.path == path ? answer("ok") : answer("404 Not Found", body: "")
    }
    try await polling([discovered(server.url)]) { recorder, _ in
      try await recorder.wait("its route is found") {
        $0.routes(of: server.url) == [Routes(liveness: "/healthz")]
      }
      hasMoved.withLockedValue { $0 = true }
      try await recorder.wait("the new route is found") {
        $0.routes(of: server.url).last == Routes(liveness: "/livez")
      }
    }
    await server.close()
  }

  @Test func aTargetWithoutAnyRouteIsToldAsMisconfiguredAndAskedSparingly() async throws {
    let server = try await TestServer { _ in answer("404 Not Found", body: "") }
    try await polling([discovered(server.url)]) { recorder, _ in
      try await recorder.wait("it is told, and told again") { $0.faults(of: server.url).count >= 4 }
      #expect(recorder.faults(of: server.url).allSatisfy { $0.kind == .misconfigured })
      #expect(recorder.routes(of: server.url).isEmpty)
    }
    // All of the usual paths once, then one an interval.
    #expect(server.asked.count <= 19 + 10)
    await server.close()
  }

  @Test func pathsAndQueriesBelowABaseAndWholeAddresses() async throws {
    let other = try await TestServer { _ in answer(metricsBody) }
    let server = try await TestServer { _ in answer("ok") }
    let instance = Instance(
      url: server.url + "/base", liveness: .path("/healthz?full=1"), readiness: .none,
      metrics: .path(other.url + "/m"), polling: PollPolicy(interval: 0.1, timeout: 10))
    try await polling([instance]) { recorder, _ in
      try await recorder.wait("both are polled") {
        !$0.probes(of: instance.url).isEmpty && !$0.scrapes(of: instance.url).isEmpty
      }
    }
    #expect(server.asked.first?.path == "/base/healthz?full=1")
    #expect(other.asked.first?.path == "/m")
    await server.close()
    await other.close()
  }

  @Test func theFetcherFindsTheSameRoutes() async throws {
    let server = try await TestServer { asked in
      switch asked.path {
      case "/healthz", "/readyz": answer("ok")
      case "/metrics": answer(headers: "X-Sent: yes\r\n", body: metricsBody)
      default: answer("404 Not Found", body: "")
      }
    }
    let fetcher = Fetcher(group: pollingGroup, readers: .all)
    let instance = discovered(server.url)
    #expect(
      try await fetcher.routes(of: instance)
        == Routes(liveness: "/healthz", readiness: "/readyz", metrics: "/metrics"))
    let got = try await fetcher.get("/metrics", of: instance, for: .metrics)
    #expect(got.status == 200 && got.body == Array(metricsBody.utf8))
    #expect(got.headers.contains { $0.name == "X-Sent" && $0.value == "yes" })
    await server.close()
    await #expect(throws: Fetcher.Failure.self) { try await fetcher.get("/metrics", of: instance) }
    await fetcher.shutdown()
  }
}
