import Canonical
import Conditions
import Fleet
import Health
import Incident
import Runbooks
import Telemetry
import Testing

/// Which runbooks fit a service, made of entries like all the rest.
@Suite("Runbooks match by what is so, and are followed")
struct RunbookMatchTests {
  private static func card(
    _ id: String, _ match: String?, _ scope: RunbookScope = RunbookScope(services: ["cart"]),
    hash: UInt8? = nil
  ) throws -> RunbookCard {
    var card = RunbookCard(
      id: id, title: id, hash: [UInt8](repeating: hash ?? UInt8(id.utf8.first!), count: 32))
    card.match = try match.map { try Condition($0) }
    card.scope = scope
    return card
  }

  /// So many polls of five seconds, each with a hundred requests.
  private static func live(_ shop: inout Shop, polls: Int, bad: Double) {
    for _ in 0..<polls {
      shop.pass(5)
      shop.scrape(ok: 100 - bad, bad: bad)
    }
  }

  private static func shop(_ cards: [RunbookCard]) -> Shop {
    var shop = Shop(Shop.fleet(Shop.availability))
    shop.apply(.runbooks(cards))
    live(&shop, polls: 20, bad: 0)
    return shop
  }

  @Test("none while all is well, then it is coming, then it holds, with its reason and since when")
  func course() throws {
    var shop = Self.shop([try Self.card("errors", "error_ratio > 5% for 30s")])
    #expect(shop.present.runbookMatches(of: "cart").isEmpty)
    Self.live(&shop, polls: 3, bad: 50)
    let coming = try #require(shop.present.runbookMatches(of: "cart").first)
    guard case .coming(let seconds) = coming.kind else {
      Issue.record("it holds already: \(coming)")
      return
    }
    #expect((1...30).contains(seconds))
    #expect(coming.since == nil)
    Self.live(&shop, polls: 12, bad: 50)
    let match = try #require(shop.present.runbookMatches(of: "cart").first)
    #expect(match.kind == .holds)
    let since = try #require(match.since)
    // From the first poll that showed it, its 30 s included.
    #expect((60...75).contains(shop.present.now.seconds(since: since)), "\(match)")
    #expect(
      match.because.first?.hasPrefix("errors 50 % over 5 % for 1m") == true, "\(match.because)")
    Self.live(&shop, polls: 20, bad: 0)
    #expect(shop.present.runbookMatches(of: "cart").isEmpty)
  }

  @Test("the closer cut one is first, and equal ones are told by equal scores")
  func order() throws {
    var shop = Self.shop([
      try Self.card("any", "error_ratio > 5%", RunbookScope()),
      try Self.card("important", "error_ratio > 5%", RunbookScope(tiers: [.important])),
      try Self.card("mine", "error_ratio > 5%"),
      try Self.card("other", "error_ratio > 5%", RunbookScope(services: ["nobody"])),
      try Self.card("rust", "error_ratio > 5%", RunbookScope(languages: [.rust])),
      try Self.card("yours", "error_ratio > 5% and rate > 1"),
    ])
    Self.live(&shop, polls: 10, bad: 50)
    let found = shop.present.runbookMatches(of: "cart")
    #expect(found.map(\.id) == ["mine", "yours", "important", "any"])
    #expect(found[0].score == found[1].score)
    #expect(found[1].score > found[2].score)
  }

  @Test("indicators that are out of bounds speak for it")
  func indicators() throws {
    var strong = try Self.card("strong", "error_ratio > 5%")
    strong.indicators = [Indicator(name: "rate", condition: try Condition("rate > 1"))]
    var shop = Self.shop([try Self.card("plain", "error_ratio > 5%"), strong])
    Self.live(&shop, polls: 10, bad: 50)
    let found = shop.present.runbookMatches(of: "cart")
    #expect(found.map(\.id) == ["strong", "plain"])
    #expect(found[0].because.contains { $0.hasPrefix("rate") })
    let parts = try #require(shop.present.runbookParts(of: strong.hash, service: "cart"))
    #expect(parts.indicators.map(\.truth) == [.yes])
  }

  @Test("what a service's own report names is there without any condition")
  func named() throws {
    var shop = Self.shop([try Self.card("KubePodCrashLooping", nil), try Self.card("no", nil)])
    var report = HealthReport(dialect: .damcon, status: .warn)
    report.hint = "see https://runbooks.example/kubernetes/kubepodcrashlooping."
    shop.apply(
      .probe(
        target: shop.target(),
        Probe(
          kind: .readiness, path: "/ready", duration: 0.01,
          answer: .response(status: 200, report: report))))
    let found = shop.present.runbookMatches(of: "cart")
    #expect(found.map(\.id) == ["KubePodCrashLooping"])
    #expect(found.map(\.kind) == [.named])
  }

  @Test("a report may name several, as words of whatever case")
  func namedAsWords() throws {
    var shop = Self.shop([
      try Self.card("Disk-Full", nil), try Self.card("disk", nil), try Self.card("errors", nil),
      try Self.card("ERRORS", nil),
    ])
    var report = HealthReport(dialect: .damcon, status: .warn)
    report.hint = "(disk-full), then \"Errors\". Not full: disks; see disk-full"
    shop.apply(
      .probe(
        target: shop.target(),
        Probe(
          kind: .readiness, path: "/ready", duration: 0.01,
          answer: .response(status: 200, report: report))))
    let found = shop.present.runbookMatches(of: "cart")
    #expect(found.map(\.id) == ["Disk-Full", "ERRORS", "errors"])
  }

  @Test("a runbook of a language applies once the service says what it is written in")
  func language() throws {
    let so = "readiness is pass"
    var shop = Self.shop([
      try Self.card("rust", so, RunbookScope(languages: [.rust])),
      try Self.card("mine", so, RunbookScope(services: ["cart", "x"], languages: [.rust, .go])),
      try Self.card("other", so, RunbookScope(services: ["x"], languages: [.rust])),
      try Self.card("go", so, RunbookScope(services: ["cart"], languages: [.go])),
      try Self.card("tier", so, RunbookScope(languages: [.rust], tiers: [.critical])),
      try Self.card("both", so, RunbookScope(languages: [.rust], tiers: [.important])),
      try Self.card("any", so, RunbookScope()),
    ])
    func answer(_ language: String?) {
      var report = HealthReport(dialect: .damcon, status: .pass)
      report.language = language
      shop.apply(
        .probe(
          target: shop.target(),
          Probe(
            kind: .readiness, path: "/ready", duration: 0.01,
            answer: .response(status: 200, report: report))))
      shop.pass(5)
    }
    answer(nil)
    #expect(shop.present.runbookMatches(of: "cart").map(\.id) == ["any"])
    answer("rust")
    #expect(shop.present.runbookMatches(of: "cart").map(\.id) == ["mine", "both", "rust", "any"])
    answer("go")
    #expect(shop.present.runbookMatches(of: "cart").map(\.id) == ["go", "mine", "any"])
  }

  @Test("read again, a runbook that says the same goes on, and another begins anew")
  func reload() throws {
    let before = try Self.card("errors", "error_ratio > 5% for 40s")
    var shop = Self.shop([before])
    Self.live(&shop, polls: 12, bad: 50)
    #expect(shop.present.runbookMatches(of: "cart").first?.kind == .holds)
    var after = before
    after.title = "Errors"
    after.hash = [UInt8](repeating: 9, count: 32)
    shop.apply(.runbooks([try Self.card("aaa", nil), after]))
    #expect(shop.present.runbookMatches(of: "cart").first?.kind == .holds)
    #expect(shop.present.runbookMatches(of: "cart").first?.title == "Errors")
    shop.apply(.runbooks([try Self.card("errors", "error_ratio > 6% for 40s")]))
    #expect(shop.present.runbookMatches(of: "cart").first?.kind != .holds)
    shop.apply(.runbooks([]))
    #expect(shop.present.runbookMatches(of: "cart").isEmpty)
  }

  // MARK: Followed

  private static func act(_ card: RunbookCard, _ deed: RunbookAct.Deed) -> Event {
    .runbook(RunbookAct(by: "ana", service: "cart", runbook: .init(card), deed: deed))
  }

  @Test("what was proved and comes back is open again; the end of the incident closes it")
  func recurrence() throws {
    var card = try Self.card("errors", "error_ratio > 5% for 10s")
    card.verification = try Verification([try Condition("error_ratio < 1%")], window: 20)
    var shop = Self.shop([card])
    shop.apply(.incident(.declare(by: "ana", title: "errors")))
    Self.live(&shop, polls: 6, bad: 50)
    shop.apply(Self.act(card, .begin))
    #expect(shop.present.unproved.map(\.runbook.id) == ["errors"])
    Self.live(&shop, polls: 24, bad: 0)
    guard case .verified? = shop.present.works.first?.phase else {
      Issue.record("not verified: \(shop.present.works)")
      return
    }
    #expect(shop.present.unproved.isEmpty)
    Self.live(&shop, polls: 12, bad: 50)
    #expect(shop.present.works.map(\.recurrences) == [1])
    #expect(shop.present.unproved.count == 1)
    shop.apply(.incident(.resolve(by: "jon", reason: "drained")))
    guard case .closed(let closing)? = shop.present.works.first?.phase else {
      Issue.record("the incident is over and the work is not")
      return
    }
    #expect(closing.by == "jon")
    #expect(closing.reason == "drained")
    #expect(shop.present.incidents.last?.resolved?.reason == "drained")
  }

  @Test("severity, lead and phase are the open incident's")
  func life() {
    var shop = Self.shop([])
    shop.apply(.incident(.severity(by: "ana", .sev1)))
    #expect(shop.present.openIncident == nil)
    shop.apply(.incident(.declare(by: "ana", title: "x")))
    shop.apply(.incident(.severity(by: "ana", .sev2)))
    shop.apply(.incident(.command(by: "ana", commander: "jon")))
    shop.pass(30)
    shop.apply(.incident(.phase(by: "jon", .containing)))
    let incident = shop.present.openIncident
    #expect(incident?.severity == .sev2)
    #expect(incident?.commander == "jon")
    #expect(incident?.phase == .containing)
    #expect(incident?.phaseSince == shop.present.now)
  }

  @Test("all of it is in the state's bytes, and goes on from them")
  func bytes() throws {
    var card = try Self.card("errors", "error_ratio > 5% for 30s")
    card.indicators = [Indicator(name: "e", condition: try Condition("error_ratio > 5% for 5s"))]
    card.verification = try Verification([try Condition("error_ratio < 1%")], window: 20)
    card.escalation = [EscalationLevel(after: 60, to: "@jon", channel: "#x")]
    card.triage = TriageBox(within: 600, decide: "contain", otherwise: "roll back")
    card.criteria.customers = try Condition("error_ratio > 10% for 20s")
    var shop = Self.shop([card])
    Self.live(&shop, polls: 4, bad: 50)
    let mark = StepMark(step: "containment.1", title: "cap", outcome: .decided("cap at 32"))
    shop.apply(Self.act(card, .mark(mark)))
    shop.apply(Self.act(card, .note(step: nil, text: "hm")))
    let bytes = try shop.state.canonicalBytes()
    let again = try State(canonicalBytes: bytes)
    #expect(again == shop.state)
    #expect(try again.canonicalBytes() == bytes)
    var (one, other) = (shop.state, again)
    for second in 1...120 {
      let entry = Entry(
        sequence: one.present.sequence + 1,
        instant: shop.present.now.advanced(by: Double(second)), event: .tick)
      one.apply(entry)
      other.apply(entry)
    }
    #expect(try one.canonicalBytes() == (try other.canonicalBytes()))
  }
}
