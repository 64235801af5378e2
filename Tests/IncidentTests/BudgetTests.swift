import Conditions
import Fleet
import Health
import Incident
import Telemetry
import Testing

@Suite("Scrapes become budgets, alerts and incidents")
struct BudgetTests {
  private func total(_ shop: Shop, _ position: Int = 0) -> EventCount {
    shop.state.ledger.accounts[position].ledger.ever
  }

  @Test("nothing is known before the second scrape, then every event is counted once")
  func counts() {
    var shop = Shop(Shop.fleet(Shop.availability))
    #expect(shop.slo().measure == .waiting)
    #expect(shop.slo().remaining == nil)
    shop.scrape(ok: 5000, bad: 5000)
    #expect(shop.slo().remaining == nil)
    #expect(total(shop) == .none)
    for _ in 0..<24 {
      shop.pass(5)
      shop.scrape(ok: 100, bad: 1)
    }
    #expect(shop.slo().measure == .counted(nil))
    #expect(total(shop) == EventCount(bad: 24, total: 24 * 101))
    #expect(shop.slo().reading.burn(over: 5).map { ($0 - 1000 / 101).magnitude < 1e-9 } == true)
    #expect((110...125).contains(shop.slo().reading.covered))
  }

  @Test("a watch that begins just before a minute's turn has not seen two minutes")
  func minuteTurn() {
    // Two seconds before a whole minute.
    let began = Instant(wall: 1_795_000_078_000_000_000, offset: 0)
    var shop = Shop(Shop.fleet(Shop.availability), began: began)
    for _ in 0..<5 {
      shop.scrape(ok: 100, bad: 1)
      shop.pass(1)
    }
    #expect(shop.slo().reading.events.total == 404)
    #expect((3...5).contains(shop.slo().reading.covered), "\(shop.slo().reading.covered)")
  }

  @Test("events of several instances add up, whichever comes and goes")
  func instances() {
    var shop = Shop(Shop.fleet(Shop.availability, instances: 2))
    let two = shop.present.fleet
    for _ in 0..<3 {
      shop.scrape(0, 0, ok: 50)
      shop.scrape(0, 1, ok: 30, bad: 2)
      shop.pass(5)
    }
    #expect(total(shop) == EventCount(bad: 4, total: 164))
    // One leaves the fleet and comes back with its counters: what it did meanwhile is not known.
    var one = two
    one.services[0].instances.removeLast()
    shop.apply(.fleet(one))
    shop.pass(60)
    shop.scrape(0, 0, ok: 50)
    shop.apply(.fleet(two))
    shop.renumber(shop.target(0, 1))
    shop.scrape(0, 1, ok: 1000, bad: 1000)
    #expect(total(shop) == EventCount(bad: 4, total: 214))
    shop.pass(5)
    shop.scrape(0, 1, ok: 10)
    #expect(total(shop) == EventCount(bad: 4, total: 224))
  }

  @Test("what a silent instance counted is spread over the minutes it was silent")
  func gap() throws {
    var shop = Shop(Shop.fleet(Shop.availability))
    shop.scrape(ok: 0)
    for _ in 0..<10 {
      shop.pass(60)
      shop.fail(shop.target())
    }
    #expect(shop.slo().reading.covered == 0)
    shop.scrape(ok: 1000)
    let ledger = shop.state.ledger.accounts[0].ledger
    let now = try #require(ledger.minute)
    #expect((1..<10).allSatisfy { ledger.events(minute: now - $0)?.total == 100 })
    #expect(ledger.ever.total == 1000)
  }

  @Test(
    "a budget that is not lost any more heals, and one that nobody counts for a while is not known to"
  )
  func healing() throws {
    func healing(_ shop: Shop) throws -> Fact {
      FleetFacts.acting(shop.present, service: "cart")
        .fact(try #require(Condition("budget_healing(availability) is yes").terms.first).reference)
    }
    var shop = Shop(Shop.fleet(Shop.availability))
    #expect(try healing(shop) == .unknown)
    func pass(_ count: Int, bad: Double) {
      for _ in 0..<count {
        shop.pass(5)
        shop.scrape(ok: 100 - bad, bad: bad)
      }
    }
    pass(24, bad: 0)
    #expect(try healing(shop) == .unknown)
    pass(60, bad: 0)
    #expect(try healing(shop) == .word("yes"))
    pass(12, bad: 10)
    #expect(try healing(shop) == .word("no"))
    let before = try #require(shop.slo().remaining)
    pass(84, bad: 0)
    #expect(try healing(shop) == .word("yes"))
    #expect(try #require(shop.slo().remaining) >= before)
    // It follows from the ledger: a state that was read again says the same.
    let read = try State(canonicalBytes: shop.state.canonicalBytes())
    #expect(read.present.services[0].slos[0].isHealing == true)
    shop.pass(120)
    shop.apply(.tick)
    #expect(try healing(shop) == .unknown)
  }

  @Test("a page opens an incident, names what burnt, and costs what was spent since it began")
  func incident() throws {
    var shop = Shop(Shop.fleet(Shop.availability, of: "checkout"))
    for _ in 0..<720 {
      shop.scrape(ok: 100)
      shop.pass(5)
    }
    #expect(shop.slo().alert == nil)
    #expect(shop.present.openIncident == nil)
    let ill = shop.seconds
    while shop.slo().alert?.severity != .page, shop.seconds < ill + 3600 {
      shop.scrape(ok: 50, bad: 50)
      shop.pass(5)
    }
    let alert = try #require(shop.slo().alert)
    #expect(alert.severity == .page)
    // 6 x a thousandth of the 72,000 requests of all that was watched is 432 errors: 45 seconds.
    #expect((43...50).contains(shop.seconds - ill))
    let change = try #require(shop.present.alertChanges.last)
    #expect(change.slo == "availability" && change.to == .page)
    let incident = try #require(shop.present.openIncident)
    #expect(incident.because.hasPrefix("checkout availability: burning 6."))
    // The minutes before the page are its cost too: all errors so far.
    shop.scrape(ok: 50, bad: 50)
    let spend = try #require(shop.slo().incidentSpend)
    let remaining = try #require(shop.slo().remaining)
    #expect(spend > 0)
    #expect((spend - (1 - remaining)).magnitude < 1e-3)

    // It is closed by people alone, and does not open again while the same page fires.
    for _ in 0..<1000 {
      shop.scrape(ok: 100)
      shop.pass(5)
    }
    #expect(shop.slo().alert?.severity != .page)
    #expect(shop.present.alertChanges.last?.to != .page)
    #expect(shop.present.openIncident != nil)
    shop.apply(.incident(.resolve(by: "ada", reason: nil)))
    #expect(shop.present.openIncident == nil)
    #expect(shop.present.incidents.last?.resolved?.by == "ada")
    #expect(shop.slo().incidentSpend == nil)
  }

  @Test("a critical service that goes down opens an incident, others do not")
  func critical() {
    for (tier, opens) in [(Tier.critical, true), (.important, false)] {
      var shop = Shop(Shop.fleet(Shop.availability, of: "pricing", tier: tier))
      for _ in 0..<5 {
        shop.pass(5)
        shop.apply(
          .probe(
            target: shop.target(),
            Probe(
              kind: .liveness, path: "/healthz", duration: 0.001,
              answer: .fault(Fault(.refused, "connection refused")))))
      }
      #expect((shop.present.openIncident != nil) == opens, "\(tier)")
    }
  }

  @Test("an incident can be declared; a second declaration changes nothing")
  func declared() {
    var shop = Shop(Shop.fleet(Shop.availability))
    shop.apply(.incident(.resolve(by: "ada", reason: nil)))
    #expect(shop.present.incidents.isEmpty)
    shop.apply(.incident(.declare(by: "ada", title: "carts are empty")))
    shop.apply(.incident(.declare(by: "bob", title: "again")))
    #expect(shop.present.incidents.count == 1)
    #expect(shop.present.openIncident?.because == "carts are empty (ada)")
  }

  @Test("a spent budget warns and then freezes as its policy says")
  func policy() {
    var slo = Shop.availability
    slo.window = 3600
    slo.policy = BudgetPolicy(warn: 0.5, freeze: 0.1)
    #expect(
      [nil, 0.51, 0.5, 0.1, -1].map { slo.policy.standing(remaining: $0) } == [
        .fine, .fine, .warned, .frozen, .frozen,
      ])
    var never = slo
    never.policy = BudgetPolicy(warn: nil, freeze: nil)
    #expect(never.policy.standing(remaining: -5) == .fine)
  }

  @Test("a capability's events are those of the services where its requests enter")
  func capability() {
    var fleet = Shop.fleet(Shop.availability, of: "web")
    fleet.services.append(Shop.service("mobile", []))
    fleet.services.append(Shop.service("other", []))
    fleet.capabilitySLOs = [
      CapabilitySLO(capability: "Buy", slo: Shop.availability, services: ["web", "mobile"])
    ]
    var shop = Shop(fleet)
    for _ in 0..<2 {
      for service in 0..<3 { shop.scrape(service, 0, ok: 10, bad: 1) }
      shop.pass(5)
    }
    #expect(total(shop, 0) == EventCount(bad: 1, total: 11))
    #expect(total(shop, 1) == EventCount(bad: 2, total: 22))
    #expect(shop.present.capabilitySLOs[0].owner == .capability("Buy"))
    #expect(shop.present.capabilitySLOs[0].reading.events.total == 22)
  }

  @Test("a reload keeps what is counted while it means the same, and begins anew when it does not")
  func reload() {
    var shop = Shop(Shop.fleet(Shop.availability))
    for _ in 0..<3 {
      shop.scrape(ok: 100, bad: 10)
      shop.pass(5)
    }
    var fleet = shop.present.fleet
    fleet.services[0].slos[0].objective = 99
    fleet.services[0].slos[0].window = 7 * 86_400
    shop.apply(.fleet(fleet))
    shop.scrape(ok: 100)
    #expect(total(shop) == EventCount(bad: 20, total: 320))
    #expect(shop.slo().reading.burns.last?.minutes == 7 * 1440)
    #expect(shop.slo().reading.events.total == 320)
    // Speed instead: the old events say nothing of it.
    fleet.services[0].slos[0].counts = .latency(threshold: 0.3, endpoint: nil)
    shop.apply(.fleet(fleet))
    #expect(total(shop) == .none)
    shop.renumber(shop.target())
    shop.pass(5)
    shop.scrape(ok: 1)
    #expect(shop.slo().measure == .missing)
    #expect(shop.slo().caveat == "the metrics have nothing that counts these events")
    // What the service's table shows went on all the while.
    #expect(shop.present.services[0].requests.rate != nil)
  }

  @Test("what a file kept is gone on with, and its minutes are not counted again")
  func remembers() throws {
    var shop = Shop(Shop.fleet(Shop.availability))
    let minute = shop.state.ledger.clock.minute
    var page = LedgerPage.asked(of: shop.present.fleet)[0]
    var hours: [LedgerMemory.Minutes] = []
    for back in stride(from: Int64(90), through: 1, by: -1) {
      let place = minute - back
      if hours.last?.hour != place / 60 { hours.append(.init(hour: place / 60)) }
      hours[hours.count - 1][Int(place % 60)] = EventCount(bad: 2, total: 100)
    }
    page.memory = LedgerMemory(minutes: hours)
    shop.apply(.ledger(page))
    #expect(shop.slo().reading.events == EventCount(bad: 180, total: 9000))
    #expect(shop.slo().reading.covered == 90 * 60)
    #expect(shop.slo().alert?.severity == .page)
    // The wall went back by ten minutes before this run: those are known, and are not added.
    var behind = Shop(
      Shop.fleet(Shop.availability),
      began: Instant(wall: shop.began.wall - 600_000_000_000, offset: 0))
    behind.apply(.ledger(page))
    behind.scrape(ok: 0)
    for _ in 0..<20 {
      behind.pass(60)
      behind.scrape(ok: 60)
    }
    #expect(behind.slo().refusedMinutes == 10)
    #expect(
      behind.slo().reading.events.total
        + behind.state.ledger.accounts[0].ledger.refused.events.total
        == 9000 + 20 * 60)
    // Another meaning, another account.
    page.meaning = "within 300000000 ns"
    var other = Shop(Shop.fleet(Shop.availability))
    other.apply(.ledger(page))
    #expect(other.slo().reading.events == .none)
  }

  @Test("a wall that is set back or forward never brings a minute twice")
  func walls() {
    var shop = Shop(Shop.fleet(Shop.availability))
    shop.scrape(ok: 0)
    var sum: UInt64 = 0
    for step in 0..<200 {
      shop.pass(20)
      if step % 17 == 3 { shop.wallShift -= 3600 }
      if step % 29 == 5 { shop.wallShift += 1800 }
      shop.scrape(ok: 7)
      sum += 7
    }
    let ledger = shop.state.ledger.accounts[0].ledger
    #expect(ledger.ever.total == sum)
    #expect(ledger.sum(over: 30 * 1440)?.events.total == sum)
    #expect(
      (0..<4320).compactMap { ledger.events(minute: ledger.minute! - $0)?.total }
        .allSatisfy { $0 <= 21 + 7 })
  }

  @Test("an alert goes by itself when its windows are clean, scraped or not")
  func silence() {
    var shop = Shop(Shop.fleet(Shop.availability))
    for _ in 0..<30 {
      shop.scrape(ok: 50, bad: 50)
      shop.pass(5)
    }
    #expect(shop.slo().alert?.severity == .page)
    for _ in 0..<420 {
      shop.pass(1)
      shop.apply(.tick)
    }
    #expect(shop.slo().alert?.pair.short != 5)
  }

  @Test("the state with its ledgers can be written, read and gone on with")
  func keyframe() throws {
    var shop = Shop(Shop.fleet(Shop.availability))
    for step in 0..<100 {
      shop.scrape(ok: 50, bad: step > 50 ? 5 : 0)
      shop.pass(5)
    }
    shop.apply(.incident(.declare(by: "ada", title: "t")))
    let restored = try State(canonicalBytes: shop.state.canonicalBytes())
    #expect(restored == shop.state)
    #expect(try restored.canonicalBytes() == shop.state.canonicalBytes())
  }
}
