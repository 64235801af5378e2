import Foundation
import Testing

/// What is at stake, as pipelines and scripts ask for it, of real services on loopback.
@Suite("Gate and snapshot")
struct StakesCommandTests {
  private static let slo = """
    {name: availability, objective: 50, window: 1h, \
    burn: [{alert: page, long: 10m, short: 5m, factor: 1.5}]}
    """

  private func gate(
    _ service: CountingService, release: String = "{owner: ada}", slo: String = Self.slo
  ) throws -> Command {
    let listener = try service.listen()
    let folder = try FleetFolder(
      "gated",
      "services: [{name: pay, instances: \(listener.url), release: \(release), slos: [\(slo)]}]")
    return try folder.run("gate", "pay", "--for", "4s")
  }

  @Test("a budget that allows it is go and exit 0, with what the yes rests on")
  func go() throws {
    let result = try gate(CountingService(goodAScrape: 20))
    #expect(result.status == 0, "\(result.errors)")
    #expect(
      result.output == "go: pay: it is healthy; 100 % of 1h left\n")
    #expect(result.errors.isEmpty)
  }

  @Test("a spent budget freezes by its policy: hold and exit 1, with the reason")
  func frozen() throws {
    let slo = Self.slo.replacing("objective: 50", with: "objective: 99.9, policy: {freeze: 10%}")
    let result = try gate(CountingService(goodAScrape: 50, badAScrape: 50), slo: slo)
    #expect(result.status == 1, "\(result.errors)")
    #expect(
      result.output.contains(
        /^hold: pay: availability has -[0-9.]+ % of its budget left, releases freeze at 10 %; availability pages: burning 500x over 10m and 5m \([12]m seen\), both over 1.5\n$/
      ), "\(result.output)")
    #expect(result.output.split(separator: "\n").count == 1)
  }

  @Test("less left than the release's gate is hold and exit 1, though nothing is frozen or pages")
  func gated() throws {
    // Half the events are bad where half may be: one minute of the hour's sixty, or two.
    let result = try gate(
      CountingService(goodAScrape: 50, badAScrape: 50), release: "{gate: 99%}")
    #expect(result.status == 1, "\(result.errors)")
    #expect(
      result.output.contains(
        /^hold: pay: 9(8\.3|6\.6) % of 1h left, gate at 99 %\n$/),
      "\(result.output)")
  }

  @Test("a service that is not ready is held though its budget is whole")
  func ill() throws {
    let result = try gate(CountingService(goodAScrape: 20, failing: true))
    #expect(result.status == 1)
    #expect(result.output.hasPrefix("hold: pay: it is "), "\(result.output)")
  }

  @Test("what is not known is no yes: without an event of the objective it holds")
  func unknown() throws {
    let result = try gate(CountingService())
    #expect(result.status == 1)
    #expect(
      result.output == "hold: pay: nothing is known of the budget of availability\n",
      "\(result.output)")
  }

  @Test("an unknown service is wrong use: one sentence that names those there are")
  func stranger() throws {
    let folder = try FleetFolder(
      "gated",
      "services: [{name: pay, instances: \"http://127.0.0.1:9\"}, {name: cart, instances: \"http://127.0.0.1:9\"}]"
    )
    let result = try folder.run("gate", "pya")
    #expect(result.status == 2)
    #expect(result.output.isEmpty)
    #expect(result.errors == "\(folder.file) has no service 'pya'; it has pay, cart\n")
  }

  @Test("a snapshot tells objectives, alerts, capabilities, journeys, the origin and who it hurts")
  func snapshot() throws {
    let pay = try CountingService(goodAScrape: 50, badAScrape: 50, failing: true).listen()
    let cart = try CountingService(goodAScrape: 20).listen()
    let folder = try FleetFolder(
      "stakes",
      """
      services:
        - name: cart
          instances: \(cart.url)
          depends_on: [pay]
          slos: [\(Self.slo)]
        - name: pay
          tier: critical
          instances: \(pay.url)
          slos: [\(Self.slo.replacing("objective: 50", with: "objective: 90"))]
      capabilities:
        - name: Buy
          tier: critical
          needs: pay
          users_get: {lost: nobody can pay}
        - {name: Browse, needs: cart}
      journeys:
        - {name: checkout, service: pay, every: 1s, timeout: 1s, steps: [{get: /checkout}]}
        - {name: look, service: cart, every: 1s, timeout: 1s, steps: [{get: /checkout}]}
      """)
    let result = try folder.run("snapshot", "--format", "json", "--for", "6s")
    #expect(result.status == 1, "\(result.errors)")
    let document = try #require(
      JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
    func named(_ name: String, in key: String) throws -> [String: Any] {
      try #require(
        (document[key] as? [[String: Any]])?.first { $0["name"] as? String == name },
        "\(name) among \(key) of \(result.output)")
    }

    let (ill, well) = (try named("pay", in: "services"), try named("cart", in: "services"))
    #expect(ill["origin"] as? Bool == true)
    #expect(well["origin"] as? Bool == false)
    #expect(ill["blast_radius"] as? [String] == ["cart"])
    #expect(well["blast_radius"] as? [String] == [])

    let slo = try #require((ill["slos"] as? [[String: Any]])?.first)
    #expect(
      Set(slo.keys) == [
        "name", "objective", "window_seconds", "covered_seconds", "budget_remaining", "burn",
        "alerting", "exhausts_in_seconds", "policy", "incident_spend",
      ])
    #expect(slo["name"] as? String == "availability")
    #expect(slo["objective"] as? Double == 90)
    #expect(slo["window_seconds"] as? Double == 3600)
    #expect((slo["covered_seconds"] as? Double).map { $0 > 0 && $0 < 60 } == true)
    // Half of the events where a tenth may be: five times too fast, over every window alike.
    let burn = try #require(slo["burn"] as? [String: Double])
    #expect(Set(burn.keys).isSuperset(of: ["5m", "10m", "1h"]))
    #expect(burn.values.allSatisfy { ($0 - 5).magnitude < 1e-9 })
    // A twelfth of the budget in one minute of the hour, two should a minute have ended meanwhile.
    let left = try #require(slo["budget_remaining"] as? Double)
    #expect([1, 2].contains { (left - (1 - $0 * 5.0 / 60)).magnitude < 1e-9 }, "\(left)")
    #expect((slo["incident_spend"] as? Double).map { ($0 - (1 - left)).magnitude < 1e-9 } == true)
    #expect(
      (slo["exhausts_in_seconds"] as? Double).map { ($0 - left * 3600 / 5).magnitude < 1e-6 }
        == true)
    #expect(slo["alerting"] as? String == "page")
    #expect(slo["policy"] as? String == "fine")
    let fine = try #require((well["slos"] as? [[String: Any]])?.first)
    #expect(fine["budget_remaining"] as? Double == 1)
    #expect(fine["alerting"] is NSNull)
    #expect(fine["exhausts_in_seconds"] is NSNull)

    let alerts = try #require(document["alerts"] as? [[String: Any]])
    #expect(alerts.count == 1)
    #expect(alerts.first?["service"] as? String == "pay")
    #expect(alerts.first?["slo"] as? String == "availability")
    #expect(alerts.first?["severity"] as? String == "page")
    #expect(
      (alerts.first?["because"] as? String)?.contains(
        /^burning 5x over 10m and 5m \([12]m seen\), both over 1\.5$/) == true)
    #expect((alerts.first?["since"] as? String)?.contains(/^20\d\d-\d\d-\d\dT.*Z$/) == true)

    let (buy, browse) = (
      try named("Buy", in: "capabilities"), try named("Browse", in: "capabilities")
    )
    #expect(Set(buy.keys) == ["name", "tier", "state", "because", "status"])
    #expect(buy["tier"] as? String == "critical")
    #expect(buy["state"] as? String == "lost")
    #expect((buy["status"] as? String)?.contains("nobody can pay") == true)
    #expect((buy["because"] as? [String])?.first?.hasPrefix("pay is ") == true)
    #expect(browse["state"] as? String == "whole")
    #expect(browse["because"] as? [String] == [])

    let (broken, whole) = (try named("checkout", in: "journeys"), try named("look", in: "journeys"))
    #expect(broken["ok"] as? Bool == false)
    #expect(broken["latency_ms"] is NSNull)
    #expect((broken["because"] as? [String])?.first?.contains("500") == true)
    #expect(broken["availability"] as? Double == 0)
    #expect(whole["ok"] as? Bool == true)
    #expect((whole["latency_ms"] as? Double).map { $0 > 0 && $0 < 5000 } == true)
    #expect(whole["because"] as? [String] == [])
    #expect(whole["availability"] as? Double == 1)
  }
}
