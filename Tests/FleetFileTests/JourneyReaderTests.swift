import Fleet
import FleetFile
import Foundation
import Telemetry
import Testing
import YAMLText

@Suite("Journeys of a fleet file")
struct JourneyReaderTests {
  private static let head = """
    version: 1
    services: [{name: shop, instances: ['http://10.0.0.1:80']}]
    capabilities: [{name: Buy, needs: shop}]
    journeys:

    """

  private func read(_ text: String) throws -> Fleet {
    try FleetFile.parse(Self.head + text, path: "damcon.yaml").fleet
  }

  @Test("a journey reads as it is written, and what is not written has its usual value")
  func whole() throws {
    let fleet = try read(
      """
        - name: buy
          tier: critical
          capability: Buy
          service: shop
          every: 20s
          timeout: 5s
          slo: {objective: 99.5%, threshold: 2s, window: 7d}
          bearer_token: {env: TOKEN}
          steps:
            - get: /cart?x=1
            - name: pay
              post: https://pay.example/orders
              headers: {X-Test: "1"}
              body: '{"a": 1}'
              expect: {status: [201, 3xx], body: {contains: order, lacks: [no, error]}, time: 800ms}
            - {path: /, expect: {body: hello}}
      """)
    let journey = try #require(fleet.journeys.first)
    #expect(journey.tier == .critical && journey.capability == "Buy")
    #expect(journey.every == 20 && journey.timeout == 5)
    #expect(journey.objective == .init(objective: 99.5, threshold: 2, window: 604_800))
    #expect(
      journey.credentials.headers == [
        .init(name: "Authorization", value: .environment(name: "TOKEN", prefix: "Bearer "))
      ])
    #expect(journey.steps.map(\.name) == ["GET shop /cart?x=1", "pay", "GET shop /"])
    #expect(journey.steps[0].expect == .init())
    #expect(journey.steps[1].method == "POST")
    #expect(journey.steps[1].place == .url("https://pay.example/orders"))
    #expect(journey.steps[1].body == .init(.literal("{\"a\": 1}")))
    #expect(
      journey.steps[1].expect
        == .init(
          statuses: [201...201, 300...399], contains: ["order"], lacks: ["no", "error"], within: 0.8
        ))
    #expect(journey.steps[1].expect.statusWords == "201 or 3xx")
    #expect(journey.steps[2].expect.contains == ["hello"])
  }

  @Test(
    "What is wrong is named with its place and what to do",
    arguments: [
      ("  - {name: a}", "damcon.yaml:5:5: journeys[0]: 'steps' is missing"),
      (
        "  - {name: a, steps: []}",
        "damcon.yaml:5:22: journeys[0].steps: a journey needs at least one step"
      ),
      (
        "  - {name: a, steps: [{get: /x}]}",
        "damcon.yaml:5:29: journeys[0].steps[0].get: whose path is '/x'? name the service with "
          + "service:"
      ),
      (
        "  - {name: a, service: shp, steps: [{get: /x}]}",
        "damcon.yaml:5:24: journeys[0].service: unknown service 'shp'; did you mean 'shop'?"
      ),
      (
        "  - {name: a, capability: Buyy, steps: [{get: 'http://h/'}]}",
        "damcon.yaml:5:27: journeys[0].capability: unknown capability 'Buyy'; did you mean 'Buy'?"
      ),
      (
        "  - {name: a, steps: [{get: 'http://u:p@h/'}]}",
        "damcon.yaml:5:29: journeys[0].steps[0].get: an address holds no user or password; give "
          + "them as headers or bearer_token instead"
      ),
      (
        "  - {name: a, steps: [{get: 'http://h/', expect: {status: ok}}]}",
        "damcon.yaml:5:59: journeys[0].steps[0].expect.status: expected a status such as 200 or "
          + "2xx, found 'ok'"
      ),
      (
        "  - {name: a, steps: [{get: 'http://h/', body: x}]}",
        "damcon.yaml:5:48: journeys[0].steps[0].body: a GET sends no body"
      ),
      (
        "  - {name: a, steps: [{get: 'http://h/', post: 'http://h/'}]}",
        "damcon.yaml:5:23: journeys[0].steps[0]: expected one of get, post, put, patch, delete or "
          + "head with what it asks for, such as get: /cart"
      ),
    ])
  func problems(_ text: String, _ sentence: String) throws {
    do {
      _ = try read(text)
      Issue.record("it was read")
    } catch let problems as FileProblems {
      #expect(problems.problems.map(\.description).contains(sentence), "\(problems)")
    }
  }

  @Test("two journeys of one name are one too many")
  func twice() throws {
    #expect {
      _ = try read(
        """
          - {name: a, steps: [{get: 'http://h/'}]}
          - {name: a, steps: [{get: 'http://h/'}]}
        """)
    } throws: { "\($0)".contains("the journey 'a' is named twice") }
  }
}

@Suite("What a file says of a fleet that is there")
struct AmendTests {
  private let fleet = Fleet(
    name: "sim",
    services: [
      Service(
        name: "shop", tier: .critical, language: .rust,
        instances: [Instance(url: "http://127.0.0.1:1")], dependsOn: ["db"],
        slos: [SLO(name: "fast", objective: 99, threshold: 1, window: 60)]),
      Service(name: "db", instances: [Instance(url: "http://127.0.0.1:2")]),
    ])

  private func amend(_ text: String) throws -> Fleet {
    try FleetFile.amend(fleet, by: text, under: "fleet", path: "s.yaml")
  }

  @Test("it adds to services that keep what they have, and says what is at stake")
  func adds() throws {
    let amended = try amend(
      """
      name: story
      fleet:
        services:
          - {name: shop, aliases: store, depends_on: db}
        capabilities: [{name: Buy, needs: shop}]
        journeys: [{name: buy, service: shop, steps: [{get: /}]}]
      """)
    #expect(amended.name == "sim")
    #expect(amended.services.map(\.name) == ["shop", "db"])
    #expect(amended.services[0].aliases == ["store"])
    #expect(amended.services[0].instances == fleet.services[0].instances)
    #expect(amended.services[0].tier == .critical && amended.services[0].dependsOn == ["db"])
    #expect(amended.services[0].slos == fleet.services[0].slos)
    #expect(amended.services[1] == fleet.services[1])
    #expect(amended.capabilities.map(\.name) == ["Buy"])
    #expect(amended.journeys.map(\.name) == ["buy"])
  }

  @Test("nothing said changes nothing; a service that is not there is named with its place")
  func limits() throws {
    #expect(try amend("name: story") == fleet)
    #expect {
      _ = try amend("name: story\nfleet:\n  services: [{name: shp}]")
    } throws: { "\($0)" == "s.yaml:3:21: there is no service 'shp'; did you mean 'shop'?" }
  }

  @Test(
    "what every shipped scenario says is at stake is read",
    arguments: ["bad-rollout", "calm", "dependency-outage", "pricing-timeout"])
  func shipped(_ name: String) throws {
    let path = samples.appending(path: "scenarios/\(name).yaml").path
    let text = try String(contentsOfFile: path, encoding: .utf8)
    let names = [
      "pricing", "checkout", "cart", "search", "catalog", "inventory", "payments", "users",
    ]
    let simulated = Fleet(
      name: "sim",
      services: names.map { Service(name: $0, instances: [Instance(url: "http://127.0.0.1:1")]) })
    let amended = try FleetFile.amend(simulated, by: text, under: "fleet", path: path)
    #expect(amended.capabilities.map(\.name) == ["Buy", "Fill a cart", "Search", "Browse"])
    #expect(amended.journeys.count == 2)
    #expect(amended.journeys.allSatisfy { $0.capability != nil })
  }
}
