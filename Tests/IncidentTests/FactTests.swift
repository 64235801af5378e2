import Conditions
import Exposition
import Fleet
import Health
import Incident
import Telemetry
import Testing

@Suite("Facts of a fleet")
struct FactTests {
  private func truth(_ text: String, _ story: WorldStory, of service: String = "a") throws -> Truth
  {
    var run = ConditionRun()
    return run.advance(
      try Condition(text), FleetFacts(story.state, service: service), at: story.now.seconds)
  }

  private func told() -> WorldStory {
    var fleet = Fleet(name: "f", services: [WorldStory.service("a"), WorldStory.service("b")])
    fleet.signals = [
      SignalRule(name: "wait_ms", metrics: ["shop_wait_seconds"], scale: 1000)
    ]
    var story = WorldStory(fleet)
    var n = 0.0
    for _ in 0..<6 {
      story.report("a") {
        $0.version = "1.2.0"
        $0.phase = .serving
        $0.checks = [.init(name: "db", status: .warn)]
        $0.fallbacks = [.init(name: "cached", active: true)]
        $0.breakers = [.init(name: "db", state: .halfOpen)]
        $0.flags = [.init(name: "new", on: true)]
        $0.saturation = [.init(name: "pool", used: 9, limit: 10)]
        $0.rollout = .init(track: "canary", weight: 0.1)
      }
      story.scrape(
        "a",
        [
          ("http_requests_total", .counter, [Label("code", "200")], n * 0.9),
          ("http_requests_total", .counter, [Label("code", "500")], n * 0.1),
          ("go_goroutines", .gauge, [], 41), ("shop_wait_seconds", .gauge, [], 0.25),
        ])
      n += 100
      story.pass(5)
    }
    return story
  }

  @Test(
    "states, figures and signals can be asked for",
    arguments: [
      ("health is degraded", Truth.yes), ("readiness is pass", .yes),
      ("liveness is pass", .unknown),
      ("version is 1.2.0", .yes), ("phase is serving", .yes), ("track is canary", .yes),
      ("error_ratio == 10%", .yes), ("rate > 15 and rate < 25", .yes),
      ("saturation > 85%", .yes), ("saturation(pool) > 95%", .no), ("saturation(x) > 1%", .unknown),
      ("check(db) is warn", .yes), ("fallback(cached) is active", .yes),
      ("breaker(db) is half-open", .yes), ("flag(new) is on", .yes), ("flag(old) is on", .unknown),
      ("go_goroutines == 41", .yes), ("wait_ms == 250ms", .yes), ("p99_ms > 1", .unknown),
      ("b.health is healthy", .unknown), ("nobody.health is healthy", .unknown),
      ("age < 1m", .yes), ("unusual(rate) is yes", .unknown),
    ])
  func facts(_ text: String, _ expected: Truth) throws {
    #expect(try truth(text, told()) == expected, "\(text)")
  }

  @Test("how full things are is the fullest of what reports say, and of what only metrics know")
  func fullness() throws {
    var story = WorldStory(Fleet(name: "f", services: [WorldStory.service("a")]))
    story.report("a") {
      $0.saturation = [
        .init(name: "fds", used: 1, limit: 10), .init(name: "memory", used: 9),
        .init(name: "tables", used: 3, limit: 10),
      ]
    }
    let gauges = [
      ("process_open_fds", 90.0), ("process_max_fds", 100), ("process_resident_memory_bytes", 4),
      ("process_memory_limit_bytes", 8),
    ]
    story.scrape("a", gauges.map { ($0.0, .gauge, [], $0.1) })
    #expect(try truth("saturation(fds) == 10%", story) == .yes)
    // Of what a report gives no limit to, the metrics may know it.
    #expect(try truth("saturation(memory) == 50%", story) == .yes)
    #expect(try truth("saturation == 50%", story) == .yes)
    let service = try #require(story.state.present.service(named: "a"))
    #expect(service.saturations.map(\.name) == ["memory", "tables", "fds"])
    for one in service.saturations {
      #expect(try truth("saturation(\(one.name)) == \(one.ratio)", story) == .yes)
    }
  }

  @Test(
    "what no service could tell is unknown",
    arguments: [
      Reference(kind: "fallback"), Reference(kind: "breaker"), Reference(kind: "check"),
      Reference(kind: "budget"), Reference(kind: "capability"), Reference(kind: "journey"),
      Reference(kind: "burn", argument: "availability"),
      Reference(kind: "go_goroutines", argument: "x"), Reference(kind: ""),
    ])
  func nothing(_ reference: Reference) {
    #expect(FleetFacts(told().state, service: "a").fact(reference) == .unknown)
  }

  @Test("of another service by its name")
  func others() throws {
    #expect(try truth("a.error_ratio >= 10%", told(), of: "b") == .yes)
  }

  @Test("what is stale is no fact: conditions on it are unknown, not what they were")
  func stale() throws {
    var story = told()
    story.pass(60)
    story.add(.tick)
    #expect(try truth("error_ratio == 10%", story) == .unknown)
    #expect(try truth("go_goroutines == 41", story) == .unknown)
    #expect(try truth("readiness is pass", story) == .unknown)
    #expect(try truth("health is healthy", story) == .no)
  }

  @Test(
    "what a service said before it fell silent is nothing to act on",
    arguments: [
      "version is 1.2.0", "phase is serving", "track is canary", "saturation > 85%",
      "check(db) is warn", "fallback(cached) is active", "breaker(db) is half-open",
      "flag(new) is on",
    ])
  func silent(text: String) throws {
    var story = told()
    let condition = try Condition(text)
    func acting(_ story: WorldStory) -> Truth {
      var run = ConditionRun()
      return run.advance(
        condition, FleetFacts.acting(story.state.present, service: "a"),
        at: story.state.present.now.seconds)
    }
    #expect(acting(story) == .yes)
    story.pass(60)
    story.add(.tick)
    #expect(acting(story) == .unknown)
  }

  /// A shop that loses half of its orders, with a journey that fails and a capability that it costs.
  private func burning() -> Shop {
    var fleet = Shop.fleet(Shop.availability)
    fleet.capabilities = [
      Capability(name: "buy", needs: [.init(service: "cart")]),
      Capability(name: "look", needs: [.init(service: "nobody")]),
    ]
    fleet.journeys = ["order", "search"].map {
      Journey(
        name: $0, capability: "buy", every: 10, steps: [.init(place: .service("cart", path: "/"))])
    }
    var shop = Shop(fleet)
    for _ in 0..<40 {
      shop.scrape(ok: 50, bad: 50)
      shop.pass(5)
    }
    let failed = JourneyRun(
      duration: 0.1, steps: [0.1], outcome: .failed(.init(step: 0, name: "pay", why: "503")))
    shop.apply(.journey("order", failed))
    return shop
  }

  @Test(
    "budgets, alerts, journeys and capabilities can be asked for",
    arguments: [
      ("burn(availability, 5m) > 14.4", Truth.yes), ("burn(availability, 5m) > 501", .no),
      ("burn(availability, 7m) > 1", .unknown), ("burn(speed, 5m) > 1", .unknown),
      ("budget(availability) < 100%", .yes), ("budget(speed) < 100%", .unknown),
      ("alert(availability) is page", .yes), ("alert(availability) is ticket", .no),
      ("alert(speed) is page", .unknown),
      ("journey(order) is fail", .yes), ("journey(search) is fail", .unknown),
      ("journey(nothing) is fail", .unknown), ("capability(buy) is degraded", .yes),
      ("capability(look) is lost", .unknown), ("capability(nothing) is lost", .unknown),
    ])
  func stakes(_ text: String, _ expected: Truth) throws {
    let shop = burning()
    var run = ConditionRun()
    let truth = run.advance(
      try Condition(text), FleetFacts(shop.state, service: "cart"), at: shop.present.now.seconds)
    #expect(truth == expected, "\(text)")
  }

  @Test("a journey that ran long ago is no fact")
  func staleJourney() throws {
    var shop = burning()
    shop.pass(120)
    shop.apply(.tick)
    var run = ConditionRun()
    let truth = run.advance(
      try Condition("journey(order) is fail"), FleetFacts(shop.state, service: "cart"),
      at: shop.present.now.seconds)
    #expect(truth == .unknown)
  }

  @Test("a rollback trigger runs by itself, is told with how far it has come, and then fires")
  func trigger() throws {
    var service = WorldStory.service("a")
    service.release = Release(rollback: [try Condition("error_ratio > 5% for 5m")])
    var story = WorldStory(Fleet(name: "f", services: [service]))
    var n = 0.0
    func step() {
      story.scrape(
        "a",
        [
          ("http_requests_total", .counter, [Label("code", "200")], n * 0.5),
          ("http_requests_total", .counter, [Label("code", "500")], n * 0.5),
        ])
      n += 100
      story.pass(5)
    }
    for _ in 0..<46 { step() }
    let run = story["a"].rollbackTriggers[0].run
    #expect(run.truth == .no)
    let held = try #require(run.held)
    #expect(held.of == 300)
    #expect(held.seconds > 210 && held.seconds < 230)
    #expect(story["a"].releaseAdvice(budget: nil, at: story.now).kind != .rollBack)
    for _ in 0..<20 { step() }
    #expect(story["a"].rollbackTriggers[0].run.truth == .yes)
    #expect(
      story["a"].releaseAdvice(budget: nil, at: story.now).words
        == "roll back: error_ratio > 5% for 5m")
    // Silence is not recovery.
    for _ in 0..<60 {
      story.pass(1)
      story.add(.tick)
    }
    #expect(story["a"].rollbackTriggers[0].run.truth == .unknown)
  }

  @Test("a promotion is held by the budget, the schedule and the service itself, in words")
  func advice() throws {
    var service = WorldStory.service("a")
    service.release = Release(gate: 0.25)
    var story = WorldStory(Fleet(name: "f", services: [service]))
    story.report("a")
    #expect(
      story["a"].releaseAdvice(budget: (0.12, "the month"), at: story.now).words
        == "hold: 12 % of the month left, gate at 25 %")
    #expect(story["a"].releaseAdvice(budget: (0.5, "the month"), at: story.now).kind == .go)
    #expect(story["a"].releaseAdvice(budget: nil, at: story.now).kind == .go)
    for _ in 0..<12 {
      story.report("a", status: 503)
      story.pass(5)
    }
    #expect(
      story["a"].releaseAdvice(budget: (0.5, "the month"), at: story.now).words
        .contains("hold: it is"))
  }

  @Test("a schedule says when nothing goes out, over midnight and in a freeze too")
  func schedule() {
    // 2026-11-20 is a Friday; 17:46:40.
    let friday = WorldStory.began.unixSeconds
    let days = ReleaseSchedule(days: [0, 1, 2, 3, 4], hours: .init(from: 540, until: 1020))
    #expect(days.closure(atUnixSeconds: friday) == "releases go out 9:00-17:00 UTC")
    #expect(days.closure(atUnixSeconds: friday - 3600) == nil)
    #expect(days.closure(atUnixSeconds: friday + 86_400) == "no releases on Sat")
    let nights = ReleaseSchedule(days: [4], hours: .init(from: 1320, until: 360))
    #expect(nights.closure(atUnixSeconds: friday) != nil)
    #expect(nights.closure(atUnixSeconds: friday + 5 * 3600) == nil)
    #expect(nights.closure(atUnixSeconds: friday + 10 * 3600) == nil)
    #expect(nights.closure(atUnixSeconds: friday + 13 * 3600) != nil)
    let frozen = ReleaseSchedule(
      freezes: [.init(from: friday - 10, until: friday + 800, reason: "the holidays")])
    #expect(
      frozen.closure(atUnixSeconds: friday) == "frozen until 2026-11-20 18:00 UTC, the holidays")
    #expect(frozen.closure(atUnixSeconds: friday + 800) == nil)
  }
}
