import Canvas
import Console
import Fleet
import Foundation
import Health
import Incident
import Telemetry
import Testing

extension Story {
  /// The incident, with what users do and a journey that tries it.
  static let atStake: Story = {
    var story = incident
    var fleet = shop
    var buy = Capability(
      name: "Buy", tier: .critical,
      needs: [.init(service: "cart"), .init(service: "payments"), .init(service: "pricing")])
    buy.usersGet.degraded = "prices up to 15 min old"
    buy.usersGet.lost = "nobody can pay"
    fleet.capabilities = [buy, Capability(name: "Browse", needs: [.init(service: "catalog")])]
    fleet.journeys = [
      Journey(
        name: "buy something", tier: .critical, capability: "Buy", every: 5,
        steps: [.init(place: .service("checkout", path: "/pay"))])
    ]
    story.add(.fleet(fleet))
    for _ in 0..<2 {
      story.pass(1)
      story.add(
        .journey(
          "buy something",
          JourneyRun(
            duration: 0.4, steps: [0.4],
            outcome: .failed(.init(step: 0, name: "pay", why: "503, expected 2xx")))))
    }
    return story
  }()

  /// Two that need each other and something that no one watches, each in a trouble of its own.
  static let tangled: Story = {
    var story = Story(
      Fleet(
        name: "tangle",
        services: [
          ("ledger", Tier.critical, ["billing"]), ("billing", .critical, ["ledger"]),
          ("mail", .optional, []), ("search", .important, []), ("feed", .important, []),
          ("web", .critical, ["billing", "mail"]),
        ].map { name, tier, needs in
          Service(
            name: name, tier: tier, instances: [Instance(url: "http://\(name):1")],
            dependsOn: needs)
        }))
    func tell(_ name: String, failing: String?) {
      var report = HealthReport(dialect: .damcon, status: failing == nil ? .pass : .fail)
      if let failing { report.checks = [.init(name: failing, status: .fail)] }
      story.probe(name, "http://\(name):1", .readiness, status: failing == nil ? 200 : 503, report)
    }
    for name in ["ledger", "billing", "mail", "search", "feed", "web"] {
      story.routes(name, "http://\(name):1")
      tell(name, failing: nil)
    }
    story.pass(2)
    tell("search", failing: "elastic")
    story.pass(2)
    tell("feed", failing: "elastic")
    story.pass(1)
    tell("billing", failing: "ledger")
    story.pass(3)
    tell("ledger", failing: "billing")
    story.pass(2)
    return story
  }()
}

@Suite("Where it began")
struct OriginPaneTests {
  private func frame(
    _ story: Story, _ size: Size, _ glyphs: GlyphSet = .unicode, keys: [Key] = []
  ) -> Frame {
    var console = ConsoleState(size: size, glyphs: glyphs, localOffset: 3600)
    for key in [.character("o")] + keys { _ = console.reduce(.key(key), over: story.state) }
    return render(story.state, console)
  }

  private func line(_ frame: Frame, _ words: String) -> String {
    frame.text.split(separator: "\n").first { $0.contains(words) }.map(String.init) ?? ""
  }

  @Test("The origin in an incident, at every size", arguments: GoldenTests.sizes)
  func goldens(_ size: Size) throws {
    try Golden.expectAll("origin-\(size)") { frame(.atStake, size, $0) }
    try Golden.expect(
      frame(.tangled, size, keys: [.character("G")]), "origin-tangled-\(size)")
    try Golden.expect(frame(.hostile, size), "origin-hostile-\(size)")
  }

  @Test("The candidate comes first, with the rule that decided and its evidence in words")
  func evidence() {
    let shown = frame(.atStake, Size(120, 40))
    #expect(line(shown, "WHERE IT BEGAN").contains("services in trouble"))
    #expect(shown.text.contains("it blames postgres, not"))
    #expect(line(shown, "users: Buy").contains("Buy lost: "))
    #expect(line(shown, "journey buy something").contains("step 1, pay: 503, expected 2xx"))
  }

  @Test("What is folded says how much it holds, opens with Space or Enter, and closes again")
  func folds() {
    let down = Array(repeating: Key.down, count: 3)
    let closed = frame(.atStake, Size(120, 40), keys: down)
    #expect(line(closed, "▸").contains("symptoms of"), "\(closed.text)")
    for key in [Key.character(" "), .enter] {
      let open = frame(.atStake, Size(120, 40), keys: down + [key])
      #expect(line(open, "▾").contains("symptoms of"), "\(open.text)")
      #expect(open.text.contains("check postgres failing"))
      #expect(frame(.atStake, Size(120, 40), keys: down + [key, key]) == closed)
    }
  }

  @Test("Enter on a service opens it; Space where nothing is folded says so")
  func opens() {
    var console = ConsoleState(size: Size(120, 40))
    for key in [Key.character("o"), .down] {
      _ = console.reduce(.key(key), over: Story.atStake.state)
    }
    _ = console.reduce(.key(.character(" ")), over: Story.atStake.state)
    #expect(render(Story.atStake.state, console).text.contains("nothing is folded here"))
    _ = console.reduce(.key(.enter), over: Story.atStake.state)
    #expect(console.pane != .origin)
  }

  @Test("What no one watches, and a circle, are candidates with words of their own")
  func tangled() {
    let shown = frame(.tangled, Size(160, 60))
    #expect(line(shown, "? elastic").contains("origin"), "\(shown.text)")
    #expect(shown.text.contains("not watched; blamed by search and feed since"))
    #expect(shown.text.contains("billing and ledger, which need each other"))
    #expect(line(shown, "● web").isEmpty)
  }

  @Test("A fleet with nothing wrong has no beginning")
  func calm() {
    #expect(frame(.calm, Size(80, 24)).text.contains("Nothing is wrong that has a beginning."))
  }
}

@Suite("Triage")
struct TriageTests {
  private func order(_ story: Story) -> [String] {
    let order = FleetOrder(story.state.present, ConsoleState(size: Size(120, 40)))
    return order.rows.map { story.state.present.services[$0].definition.name }
  }

  @Test("In trouble before well, then tier, then severity: and a row says why it stands there")
  func order() throws {
    #expect(
      order(.incident) == [
        "checkout", "pricing", "cart", "search", "catalog", "inventory", "payments", "users",
      ])
    let present = Story.incident.state.present
    let pricing = try #require(present.services.firstIndex { $0.definition.name == "pricing" })
    let words = try #require(present.urgencyWords(ofServiceAt: pricing))
    #expect(words == "critical; burning 9.3x; 2 depend on it, 2 of them critical")
    #expect(present.urgencyWords(ofServiceAt: 1) == nil)
  }

  @Test("Of two alike the one whose budget goes faster comes first, in the steps of alerts")
  func cost() {
    var story = Story(
      Fleet(
        name: "f",
        services: ["a", "b"].map { name in
          Service(
            name: name, instances: [Instance(url: "http://\(name)")],
            slos: [SLO(name: "ok", objective: 99, window: 2_592_000)])
        }))
    for (name, errors) in [("a", 0.02), ("b", 0.2)] {
      story.routes(name, "http://\(name)")
      story.scrape(name, "http://\(name)", .init(rate: 100, errors: errors, median: 0.01))
    }
    story.pass(5)
    for (name, errors) in [("a", 0.02), ("b", 0.2)] {
      let failing = HealthReport(dialect: .damcon, status: .fail)
      story.probe(name, "http://\(name)", .liveness, status: 503, failing)
      story.probe(name, "http://\(name)", .readiness, status: 503, failing)
      story.scrape(name, "http://\(name)", .init(rate: 100, errors: errors, median: 0.01))
    }
    story.pass(3)
    #expect(order(story) == ["b", "a"])
    #expect(story.state.present.urgencyWords(ofServiceAt: 1) == "important; burning 20x")
  }

  @Test("A service that calls itself healthy while its figures are not is never at rest")
  func figures() {
    var story = Story.calm
    for _ in 0..<6 {
      story.probe("catalog", "http://10.0.0.7:8082", .liveness)
      story.probe("catalog", "http://10.0.0.7:8082", .readiness)
      story.scrape("catalog", "http://10.0.0.7:8082", .init(rate: 800, errors: 0.4, median: 0.002))
      story.pass(1)
    }
    let shown = render(story.state, ConsoleState(size: Size(120, 40))).text
    let row = shown.split(separator: "\n").first { $0.contains(" catalog ") } ?? ""
    #expect(row.contains("errors "), "\(shown)")
  }
}
