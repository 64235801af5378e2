import Simulator
import Testing

extension LiveFleet {
  /// The main incident: it comes by itself, it stays by itself, and it goes by containment only.
  ///
  /// Bounded by what is counted, not by time: machines that run tests are slow in their own way.
  @Suite struct IncidentTests {
    enum Remedy: String, CaseIterable, Sendable {
      case cap, throttle, ownBreaker, callersBreaker, drain, rollback
    }

    @Test(arguments: Remedy.allCases) func containmentEndsIt(remedy: Remedy) async throws {
      try await rehearse(try Scenario(yaml: Samples.small, file: "f"), speed: 3) {
        try await reachSaturation($0)
        let stable = $0.ports(of: "pricing").prefix(2)
        switch remedy {
        case .cap:
          for port in stable {
            try await order(port, "limits", #"{"max_concurrency":8}"#)
          }
        case .throttle:
          for port in stable { try await order(port, "throttle", #"{"ratio":0.6}"#) }
        case .ownBreaker:
          for port in stable {
            try await order(port, "breaker", #"{"name":"postgres","state":"open"}"#)
          }
        case .callersBreaker:
          for port in $0.ports(of: "search") {
            try await order(port, "breaker", #"{"name":"pricing","state":"open"}"#)
          }
        case .drain:
          for port in stable { try await order(port, "drain", #"{"on":true}"#) }
          for port in stable {
            #expect(
              try await eventually {
                try await Wire.get(port, "/admin/drain").body.contains(#""inside":0"#)
              })
          }
          for port in stable { try await order(port, "drain", #"{"on":false}"#) }
        case .rollback:
          for port in stable { try await order(port, "rollback", #"{"version":"2.2.9"}"#) }
        }
        let simulated = $0
        #expect(
          try await eventually {
            for port in stable where try await Wire.get(port, "/ready").status != 200 {
              return false
            }
            return true
          }, "not ready after \(remedy)")
        if remedy == .throttle {
          // Those who are refused make do with cached prices until nobody is refused any more.
          for port in stable { try await order(port, "throttle", #"{"ratio":0}"#) }
        }
        #expect(
          try await eventually { try await !isFallbackActive("cart", in: simulated) },
          "still on its fallback after \(remedy)")
        for port in stable { #expect(try await Wire.get(port, "/ready").status == 200) }
      }
    }

    @Test func itDoesNotHealByItself() async throws {
      try await rehearse(try Scenario(yaml: Samples.small, file: "f"), speed: 3) {
        try await reachSaturation($0)
        let simulated = $0
        let stable = simulated.ports(of: "pricing").prefix(2)
        // The database has long been well again; still nobody is served in time.
        for port in stable {
          let before = try await Wire.get(port, "/metrics").body
          #expect(
            try await eventually(within: 120) {
              let page = try await Wire.get(port, "/metrics").body
              return total(page, "requests_total", "/price")
                - total(before, "requests_total", "/price") > 150
            })
          let after = try await Wire.get(port, "/metrics").body
          let served =
            total(after, "requests_total", "/price", "status=\"200\"")
            - total(before, "requests_total", "/price", "status=\"200\"")
          #expect(served < 15, "\(served) of 150 were served in time")
        }
        #expect(try await isFallbackActive("cart", in: simulated))
        let canary = try #require(simulated.ports(of: "pricing").last)
        #expect(try await Wire.get(canary, "/ready").status == 200)
      }
    }

    @Test func theDamageSpreadsAsTold() async throws {
      try await rehearse(try Scenario(yaml: Samples.small, file: "f"), speed: 3) {
        try await reachSaturation($0)
        let pricing = try #require($0.ports(of: "pricing").first)
        let ready = try await Wire.get(pricing, "/ready")
        #expect(ready.status == 503)
        #expect(ready.body.contains(#""message":"pool saturated""#))
        #expect(try await Wire.get(pricing, "/healthz").status == 200)
        let page = try await Wire.get(pricing, "/metrics").body
        #expect(total(page, "tokio_blocking_queue_depth") > 16)
        #expect(total(page, "tokio_busy_ratio") > 0.9)
        let cart = try #require($0.ports(of: "cart").first)
        let cartReady = try await Wire.get(cart, "/ready")
        #expect(cartReady.status == 200)
        #expect(cartReady.body.contains(#""status":"warn""#))
        #expect(cartReady.body.contains(#""name":"cached-prices","active":true,"since":""#))
        #expect(cartReady.body.contains(#""tolerance_seconds":900,"dependency":"pricing""#))
        let search = try #require($0.ports(of: "search").first)
        #expect(total(try await Wire.get(search, "/metrics").body, "http_client_retries") > 20)
      }
    }

    /// Past the trigger (second 9), both stable instances full, cart on its fallback.
    private func reachSaturation(_ simulated: SimulatedFleet) async throws {
      let stable = simulated.ports(of: "pricing").prefix(2)
      let reached = try await eventually(within: 120) {
        guard await simulated.now > 11 else { return false }
        for port in stable where try await Wire.get(port, "/ready").status != 503 { return false }
        return try await isFallbackActive("cart", in: simulated)
      }
      try #require(reached, "the incident did not unfold")
    }

    private func isFallbackActive(_ name: String, in simulated: SimulatedFleet) async throws -> Bool
    {
      let port = try #require(simulated.ports(of: name).first)
      return try await Wire.get(port, "/ready").body.contains(#""active":true"#)
    }

    private func order(_ port: Int, _ topic: String, _ body: String) async throws {
      let reply = try await Wire.post(port, "/admin/\(topic)", body)
      try #require(reply.status == 200, "\(reply.body)")
    }
  }
}
