import Exposition
import Fleet
import Foundation
import Simulator
import Telemetry
import Testing

extension LiveFleet {
  /// A simulated fleet is real to whoever asks it: sockets, routes, formats, and nothing left behind.
  @Suite struct SimulatedFleetTests {
    @Test(arguments: Samples.names) func everyRouteOfEveryInstanceAnswers(name: String) async throws
    {
      try await rehearse(try Samples.library.scenario(name).withoutClients) { simulated in
        #expect(simulated.fleet.services.count >= 8)
        #expect(simulated.fleet.environment?.name == "simulated")
        for service in simulated.scenario.services {
          for port in simulated.ports(of: service.name) {
            for path in [service.health.liveness, service.health.readiness, "/metrics", "/admin"] {
              let reply = try await Wire.get(port, path)
              #expect(reply.status == 200, "\(service.name) \(path): \(reply.body)")
            }
            for endpoint in service.endpoints {
              let reply = try await Wire.exchange(
                port,
                "\(endpoint.method) \(endpoint.path)?q=1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                  + "Content-Length: 0\r\n\r\n")
              #expect(reply.head.contains("x-trace-id: "), "\(service.name) \(endpoint.path)")
            }
          }
        }
      }
    }

    @Test func theFleetValueSaysWhatTheScenarioSays() async throws {
      try await rehearse(try Samples.library.scenario("pricing-timeout").withoutClients) {
        simulated in
        let checkout = try #require(simulated.fleet.services.first { $0.name == "checkout" })
        #expect(checkout.tier == .critical)
        #expect(checkout.language == .go)
        #expect(checkout.owner?.team == "payments-team")
        #expect(checkout.dependsOn == ["pricing", "inventory", "payments"])
        #expect(checkout.slos.first?.objective == 99.9)
        let users = try #require(simulated.fleet.services.first { $0.name == "users" })
        #expect(users.instances.first?.readiness == .path("/readyz"))
        let urls = simulated.fleet.services.flatMap { $0.instances.map(\.url) }
        #expect(Set(urls).count == urls.count)
      }
    }

    @Test func expositionsAreValidInTheStrictManner() async throws {
      try await rehearse(try Samples.library.scenario("calm")) { simulated in
        for service in simulated.scenario.services {
          let port = try #require(simulated.ports(of: service.name).first)
          let isOpenMetrics = service.exposition == .openmetrics
          let served = try await eventually {
            total(try await Wire.get(port, "/metrics").body, "requests_total") >= 20
          }
          #expect(served, "\(service.name) had no traffic")
          for _ in 0..<3 {
            let reply = try await Wire.get(port, "/metrics")
            let format: ExpositionFormat = isOpenMetrics ? .openMetrics : .text
            let parsed = Parser(format: format, manner: .strict).parse(reply.body)
            #expect(parsed.violations.isEmpty, "\(service.name): \(parsed.violations)")
            #expect(reply.body.hasSuffix("# EOF\n") == isOpenMetrics)
            #expect(reply.body.contains("trace_id=") == isOpenMetrics)
          }
        }
      }
    }

    @Test func rustPagesComeInAnotherOrderEachTimeAndGoPagesDoNot() async throws {
      try await rehearse(try Samples.library.scenario("calm").withoutClients) { simulated in
        func families(_ service: String) async throws -> [Substring] {
          let port = try #require(simulated.ports(of: service).first)
          return try await Wire.get(port, "/metrics").body.split(separator: "\n")
            .filter { $0.hasPrefix("# TYPE") && !$0.contains("http_request") }
        }
        let (rust, rustAgain) = (try await families("inventory"), try await families("inventory"))
        #expect(rust != rustAgain)
        #expect(rust.sorted() == rustAgain.sorted())
        #expect(try await families("users") == (try await families("users")))
      }
    }

    @Test func garbageIsRefusedAndHurtsNobody() async throws {
      try await rehearse(try Samples.library.scenario("calm").withoutClients) { simulated in
        let port = try #require(simulated.ports(of: "cart").first)
        let unframed = ["\u{0}\u{1}\u{2}\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n"]
        for bytes in unframed { _ = try? await Wire.raw(port, bytes) }
        let close = " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
        #expect(try await Wire.exchange(port, "GET /nowhere\(close)\r\n").status == 404)
        #expect(try await Wire.exchange(port, "BREW /cart\(close)\r\n").status == 400)
        #expect(try await Wire.exchange(port, "PATCH /cart\(close)\r\n").status == 405)
        #expect(try await Wire.exchange(port, "DELETE /metrics\(close)\r\n").status == 405)
        #expect(try await Wire.exchange(port, "GET /%00%ff\"\\\(close)\r\n").status == 404)
        let long = String(repeating: "x", count: 100_000)
        #expect(try await Wire.post(port, "/admin/limits", long).status == 413)
        let deep = String(repeating: "[", count: 60_000)
        #expect(try await Wire.post(port, "/admin/limits", deep).status == 400)
        #expect(try await Wire.get(port, "/cart").status == 200)
      }
    }

    @Test func fiftyRequestsAtOnceAllAnswer() async throws {
      try await rehearse(try Samples.library.scenario("calm").withoutClients) { simulated in
        let port = try #require(simulated.ports(of: "catalog").first)
        let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
          for _ in 0..<50 { group.addTask { try await Wire.get(port, "/catalog").status } }
          return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(statuses == [Int](repeating: 200, count: 50))
      }
    }

    @Test func aStoppedFleetLeavesItsPortsAndDescriptorsFree() async throws {
      let scenario = try Scenario(yaml: Samples.small, file: "small.yaml")
      let base = try #require(await freeBase(for: scenario))
      let before = openDescriptors()
      for _ in 0..<3 {
        try await rehearse(scenario, portBase: base, speed: 4) { simulated in
          #expect(simulated.ports(of: "cart") == [base + 3])
          let served = try await eventually {
            total(try await Wire.get(base + 3, "/metrics").body, "http_requests_total") > 3
          }
          #expect(served)
        }
        await #expect(throws: (any Error).self) { try await Wire.get(base, "/metrics") }
      }
      #expect(try await eventually(within: 10) { openDescriptors() <= before })
    }

    @Test func twoFleetsRunBesideEachOther() async throws {
      let scenario = try Samples.library.scenario("calm").withoutClients
      try await rehearse(scenario) { first in
        try await rehearse(scenario) { second in
          let urls = [first, second].flatMap { $0.fleet.services.flatMap(\.instances).map(\.url) }
          #expect(Set(urls).count == urls.count)
        }
        let port = try #require(first.ports(of: "users").first)
        #expect(try await Wire.get(port, "/healthz").body == "ok")
      }
    }

    @Test func aTakenPortIsSaidAndNothingStaysOpen() async throws {
      let scenario = try Scenario(yaml: Samples.small, file: "small.yaml")
      try await rehearse(scenario) { simulated in
        let port = try #require(simulated.ports(of: "pricing").last)
        await #expect {
          try await SimulatedFleet.start(scenario: scenario, portBase: port)
        } throws: {
          "\($0)" == "cannot listen on 127.0.0.1:\(port) for pricing/0: the port is taken"
        }
      }
    }

    @Test func runEndsWhenItsTaskIsCancelled() async throws {
      let scenario = try Scenario(yaml: Samples.small, file: "small.yaml")
      let simulated = try await SimulatedFleet.start(scenario: scenario)
      let port = try #require(simulated.ports(of: "cart").first)
      let life = Task { await simulated.run() }
      #expect(try await Wire.get(port, "/healthz").status == 200)
      life.cancel()
      await life.value
      await #expect(throws: (any Error).self) { try await Wire.get(port, "/healthz") }
    }

    @Test(arguments: [0, -3, 65_533]) func impossiblePortsAreRefused(base: Int) async throws {
      let scenario = try Scenario(yaml: Samples.small, file: "small.yaml")
      await #expect {
        try await SimulatedFleet.start(scenario: scenario, portBase: base)
      } throws: {
        "\($0)" == "the 5 ports from \(base) on are not all between 1 and 65535"
      }
    }

    /// A row of ports below those that the kernel gives out by itself, so that no connection of
    /// another program takes one of them between two starts.
    private func freeBase(for scenario: Scenario) async -> Int? {
      for base in stride(from: 20_011, to: 32_000, by: 97) {
        if (try? await rehearse(scenario, portBase: base, { _ in true })) != nil { return base }
      }
      return nil
    }

    private func openDescriptors() -> Int {
      (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count) ?? 0
    }
  }
}
