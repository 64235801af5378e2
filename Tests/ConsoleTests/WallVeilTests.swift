import Canvas
import Console
import Containment
import Fleet
import Health
import Incident
import Presence
import Runbooks
import Telemetry
import Testing

/// What strangers can see says nothing that it was told not to.
@Suite("Veil")
struct WallVeilTests {
  /// A fleet in which all that has a name or says something would give itself away: names by `nam3`, people by `p3rson`,
  /// addresses by `10.66.`, words by `m3ssage`.
  static func canaries() throws -> Story {
    let said =
      "m3ssage of nam3-svc-1 at 10.66.0.1:80 for p3rson-owner and @p3rson-2 in #p3rson-room"
    let slo = SLO(name: "nam3-slo", objective: 99, threshold: 0.02, window: 86_400)
    let services = (0..<4).map { place in
      var service = Service(
        name: "nam3-svc-\(place)", tier: .critical,
        owner: Owner(team: "p3rson-team", primary: "p3rson-owner", channel: "#p3rson-room"),
        instances: [Instance(url: "http://10.66.0.\(place):80")],
        dependsOn: ["nam3-svc-\((place + 1) % 4)"], slos: [slo])
      service.aliases = ["nam3-alias-\(place)"]
      var plan = FallbackPlan(name: "nam3-fallback")
      plan.usersGet = said
      service.fallbacks = [plan]
      return service
    }
    var fleet = Fleet(
      name: "nam3-fleet", environment: Environment(name: "nam3-env"), services: services)
    var capability = Capability(
      name: "nam3-buy", tier: .critical, needs: [.init(service: "nam3-svc-0")])
    capability.usersGet = .init(degraded: said, lost: said)
    capability.expectedRecovery = 600
    fleet.capabilities = [capability]
    fleet.access = Access(grants: [Access.Grant(.commander, users: ["p3rson-lead"])])
    var story = Story(fleet)
    var card = RunbookCard(id: "nam3-book", title: "nam3 \(said)", hash: [7])
    card.escalation = [
      EscalationLevel(after: 300, to: "@p3rson-2", channel: "#p3rson-room"),
      EscalationLevel(after: 900, to: "p3rson-boss"),
    ]
    card.triage = TriageBox(within: 600, decide: said)
    story.add(.runbooks([card]))
    for service in services {
      story.routes(service.name, service.instances[0].url)
    }
    for step in 0..<12 {
      for (place, service) in services.enumerated() {
        let url = service.instances[0].url
        var report = HealthReport(dialect: .damcon, status: place == 3 ? .warn : .fail)
        report.message = said
        report.hint = said
        report.version = "m3ssage-1.0"
        report.checks = [.init(name: "m3ssage-check", status: .fail, required: true, message: said)]
        report.fallbacks = [
          .init(
            name: "nam3-fallback", active: true, since: story.unixSeconds - Double(60 + step),
            reason: said, mode: "cache", tolerance: 900, dependency: "nam3-svc-2",
            userMessage: said)
        ]
        if place == 2 {
          story.fault(service.name, url, Fault(.refused, "m3ssage 10.66.0.2:80 refused"))
        } else {
          story.probe(service.name, url, .liveness, report)
          story.probe(service.name, url, .readiness, status: place == 3 ? 200 : 503, report)
          story.scrape(service.name, url, Story.Traffic(rate: 50, errors: 0.2, median: 0.3))
        }
      }
      story.pass(5)
    }
    story.add(.incident(.declare(by: "p3rson-lead", title: said)))
    story.add(.incident(.severity(by: "p3rson-lead", .sev1)))
    story.add(.incident(.command(by: "p3rson-lead", commander: "p3rson-lead")))
    story.add(
      .runbook(
        RunbookAct(by: "p3rson-jon", service: "nam3-svc-0", runbook: .init(card), deed: .begin)))
    var action = Action(
      name: "nam3-action", kind: .capConcurrency,
      order: .http(HTTPOrder(method: "POST", url: try Template("{instance}/admin"))))
    action.title = said
    action.policy.approvals = 1
    var plan = ActionPlan(
      id: "1", of: action, service: "nam3-svc-1",
      steps: [
        ActionPlan.Step(
          target: "http://10.66.0.1:80", service: "nam3-svc-1", kind: .capConcurrency,
          order: .http(PlannedRequest(method: "POST", url: "http://10.66.0.1:80/admin", body: "")))
      ], by: "p3rson-ana")
    plan.arguments = [.init(name: "nam3-host", value: .text("10.66.0.1"))]
    story.add(.action(ActionMove(run: "1", by: "p3rson-ana", step: .plan(plan, hash: plan.hash))))
    story.add(.halt(HaltMove(by: "p3rson-halt", step: .stop(reason: said))))
    story.pass(1)
    return story
  }

  private static let marks: [(rule: Set<Veil.Rule>, mark: String)] = [
    ([.services], "nam3"), ([.people], "p3rson"), ([.addresses], "10.66."),
    ([.messages], "m3ssage"),
  ]

  private static func frames(_ veiled: Set<Veil.Rule>, _ story: Story, lost: Bool = false)
    -> [String]
  {
    var frames: [String] = []
    for size in [Size(20, 5), Size(40, 12), Size(80, 24), Size(120, 40), Size(250, 70)] {
      for isPast in [false, true] {
        var console = WallTests.console(size, Wall(veiled: veiled))
        console.attendance = Attendance(
          attendees: ["p3rson-lead", "p3rson-visitor"].enumerated().map { place, name in
            Attendee(id: UInt64(place), name: name, role: .viewer, since: 0, hand: 4)
          }, you: 0)
        if lost {
          console.link = Link(.lost, seconds: 9, words: "m3ssage: 10.66.0.9 does not answer")
        }
        if isPast {
          console.playback = .file(story)
          console.playback?.source = .file(
            name: "nam3.damcon", integrity: "m3ssage", isWhole: false)
        }
        frames += WallTests.panes(story, console).map(\.frame.text)
      }
    }
    return frames
  }

  @Test("with all rules nothing of a fleet's own words is on any page of any size")
  func all() throws {
    let story = try Self.canaries()
    for isLost in [false, true] {
      for frame in Self.frames(Set(Veil.Rule.allCases), story, lost: isLost) {
        for (_, mark) in Self.marks { #expect(!frame.contains(mark), "\(mark)\n\(frame)") }
      }
    }
  }

  @Test("without a rule all of it is there: the canaries sing")
  func none() throws {
    let frames = Self.frames([], try Self.canaries())
    for (_, mark) in Self.marks { #expect(frames.contains { $0.contains(mark) }, "\(mark)") }
  }

  @Test("each rule hides what it is for, also inside of what others say, and no more")
  func one() throws {
    let story = try Self.canaries()
    for (rule, mark) in Self.marks {
      let frames = Self.frames(rule, story)
      for frame in frames { #expect(!frame.contains(mark), "\(mark)\n\(frame)") }
      for (other, left) in Self.marks where other != rule && left != "10.66." {
        // Addresses are told by messages alone.
        #expect(frames.contains { $0.contains(left) }, "\(rule) hides \(left)")
      }
    }
  }

  @Test("the same thing has the same word for as long as the fleet is the same")
  func stable() throws {
    var story = try Self.canaries()
    let veil = Veil(Set(Veil.Rule.allCases), story.state.present)
    #expect(veil.service("nam3-svc-0") == "service A" && veil.service("nam3-svc-3") == "service D")
    #expect(veil.service("nobody's") == "a service" && veil.fleet == "fleet")
    #expect(veil.capability("nam3-buy") == "capability A")
    let before = ["p3rson-lead", "p3rson-owner", "p3rson-boss", "p3rson-jon"].map(veil.person)
    #expect(Set(before).count == 4 && before.allSatisfy { $0.hasPrefix("responder ") })
    story.add(.incident(.command(by: "p3rson-lead", commander: "p3rson-jon")))
    story.pass(60)
    let later = Veil(Set(Veil.Rule.allCases), story.state.present, company: ["somebody"])
    #expect(
      ["p3rson-lead", "p3rson-owner", "p3rson-boss"].map(later.person) == Array(before.prefix(3)))
    #expect(later.person("somebody").hasPrefix("responder "))
    #expect(later.person("who is not here") == "a responder")
    #expect(veil.said("anything") == nil)
  }

  @Test("what is said keeps its sense where names alone are veiled")
  func said() throws {
    let story = try Self.canaries()
    let names = Veil([.services, .people], story.state.present)
    #expect(
      names.said("NAM3-SVC-1 refuses nam3-svc-2; ask p3rson-jon")?
        .hasPrefix("service B refuses service C; ask responder ") == true)
    let addresses = Veil([.addresses], story.state.present)
    #expect(
      addresses.said("no answer from 10.66.0.1:80 in 2.40s") == "no answer from a host in 2.40s")
    #expect(addresses.said("http://10.66.0.1:80 (v1.42.0)") == "host B1 (v1.42.0)")
    for word in [
      "10.0.0.7", "10.0.0.7:8080", "[::1]:80", "fe80::1", "db-7.internal", "localhost:9",
      "unix:///run/a.sock", "redis-0.redis.svc", "host=db.example.com,",
    ] {
      #expect(addresses.said("at \(word) now")?.contains("a host") == true, "\(word)")
    }
    for words in ["p99 2.40s over 800ms", "1.42.0 since 01:02:03Z", "36.5% of 12.5x", "and so on."]
    {
      #expect(addresses.said(words) == words)
    }
    #expect(addresses.service("10.0.0.9:80") == "a service")
  }

  @Test("an address is found wherever it stands, and whatever it is put together with")
  func joined() throws {
    let veil = Veil([.addresses], try Self.canaries().state.present)
    for (said, left) in [
      ("/10.0.0.7:5432", "/a host"), ("pricing/10.0.0.7:8080", "pricing/a host"),
      ("[10.0.0.7:80]", "[a host]"), ("10.0.0.7,10.0.0.8", "a host,a host"),
      ("at\t10.0.0.7\nand\t10.0.0.8", "at\ta host\nand\ta host"),
      ("7.pool.example.com", "a host"), ("ip10.0.0.7x", "ipa hostx"),
      ("upstream:db.internal", "upstream:a host"), ("a|10.0.0.7|b", "a|a host|b"),
      ("dial(10.0.0.7)", "dial(a host)"), ("10.0.0.7-10.0.0.9", "a host-a host"),
      ("(pricing/10.0.0.7).", "(pricing/a host)."), ("from=\"10.0.0.7:1\"", "from=\"a host\""),
      ("10.0.0.7.5432", "a host"),
    ] {
      #expect(veil.said(said) == left, "\(said): \(veil.said(said) ?? "")")
    }
    for words in ["1.42.beta is out", "12/30 of a|b", "a\tb\n c", "since 01:02:03Z", "2.of 3"] {
      #expect(veil.said(words) == words)
    }
  }

  @Test(
    "what has a name beside services and people is not told by it where those of services are veiled"
  )
  func others() throws {
    let journey = Journey(
      name: "browse pages", tier: .critical, every: 5,
      steps: [.init(place: .service("cart", path: "/pay"))])
    var fleet = Fleet(
      name: "f", services: [Service(name: "cart", instances: [Instance(url: "http://a:1")])])
    fleet.journeys = [journey]
    var story = Story(fleet)
    var report = HealthReport(dialect: .damcon, status: .fail)
    report.checks = [
      .init(name: "ledger-disk", status: .fail), .init(name: "ready", status: .pass),
    ]
    report.breakers = [.init(name: "psp-breaker", state: .open)]
    report.flags = [.init(name: "new-basket", on: true)]
    story.routes("cart", "http://a:1")
    story.probe("cart", "http://a:1", .liveness, report)
    story.add(.runbooks([RunbookCard(id: "cart-full", title: "Baskets run over", hash: [3])]))
    let order = Order.http(HTTPOrder(method: "POST", url: try Template("{instance}/admin")))
    story.add(.actions([Action(name: "drain-basket", kind: .capConcurrency, order: order)]))
    story.pass(1)
    let present = story.state.present
    let names = [
      "ledger-disk", "ready", "psp-breaker", "new-basket", "browse pages", "cart-full",
      "Baskets run over", "drain-basket",
    ]
    let said = "it says: " + names.joined(separator: "; ") + ": already done"
    let veil = Veil([.services], present)
    let told = try #require(veil.said(said))
    for name in names where name != "ready" { #expect(!told.contains(name), "\(told)") }
    #expect(told.hasPrefix("it says: a check; a check; a breaker; a flag; a journey; a runbook"))
    #expect(told.hasSuffix("a runbook; an action: already done"), "\(told)")
    #expect(Veil([.people], present).said(said) == said)
  }

  @Test("of a name or an address that was cut off nothing is left")
  func cut() throws {
    let story = try Self.canaries()
    let names = Veil([.services, .people], story.state.present)
    for (said, left) in [
      ("ask nam3-svc…", "ask …"), ("ask NAM3-s...", "ask ..."), ("(n…", "(…"),
      ("ask nam3-svc-1…", "ask service B…"), ("for p3rson-ow…", "for …"), ("xnam3-a…", "x…"),
      ("xn… goes on", "xn… goes on"), ("nam3 was seen…", "nam3 was seen…"),
    ] {
      #expect(names.said(said) == left)
    }
    // Which of the two it was nobody knows.
    let two = Story(Fleet(name: "f", services: [Service(name: "cart"), Service(name: "cart-db")]))
    let veil = Veil([.services], two.state.present)
    #expect(veil.said("cart is slow: cart…") == "service A is slow: …")
    #expect(veil.said("of f…") == "of the fleet…" && veil.said("of off…") == "of off…")
    let addresses = Veil([.addresses], story.state.present)
    for (said, left) in [
      ("refused by 10.66…", "refused by …"), ("refused by 10.66.0...", "refused by ..."),
      ("at 10.66.0.1:8…", "at a host…"), ("at db-7.inter…", "at a host…"), ("at http:/…", "at …"),
      ("12 of 30…", "12 of 30…"), ("and so on...", "and so on..."),
    ] {
      #expect(addresses.said(said) == left)
    }
  }

  @Test("a short name is one only where it stands alone")
  func short() {
    let story = Story(Fleet(name: "f", services: [Service(name: "db"), Service(name: "web")]))
    let veil = Veil([.services], story.state.present)
    #expect(
      veil.said("db: the database of web is webbed")
        == "service A: the database of service B is webbed")
    #expect(veil.said("") == nil && veil.said(nil) == nil)
  }

  @Test("rules are read from a list, and a word that is none is named")
  func rules() throws {
    let all = try Veil.rules(named: "all")
    #expect(all == Set(Veil.Rule.allCases))
    let some = try Veil.rules(named: "names, addresses")
    #expect(some == [.services, .people, .addresses])
    let problem = #expect(throws: Veil.Problem.self) { try Veil.rules(named: "names,colours") }
    #expect(problem?.sentence.hasPrefix("`colours` is no rule: those are services, people") == true)
  }
}
