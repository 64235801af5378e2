import Exposition
import Fleet
import Health
import Incident
import Telemetry
import Testing

@Suite("Origins in a fleet")
struct OriginTests {
  /// A fleet that is told things by hand, a tick each second.
  private struct Tale {
    private(set) var state: State
    private var sequence: UInt64 = 0
    private var now = Instant(wall: 1_795_222_923_000_000_000, offset: 0)

    init(_ services: [(name: String, needs: [String])], aliases: [String: [String]] = [:]) {
      state = State(began: now)
      let fleet = Fleet(
        name: "shop",
        services: services.map { name, needs in
          var service = Service(
            name: name, tier: name == "search" ? .optional : .critical,
            instances: [Instance(url: "http://\(name):1"), Instance(url: "http://\(name):2")],
            dependsOn: needs)
          service.aliases = aliases[name] ?? []
          return service
        })
      add(.fleet(fleet))
      for service in services { tell(service.name) }
      pass(2)
    }

    mutating func add(_ event: Event) {
      sequence += 1
      state.apply(Entry(sequence: sequence, instant: now, event: event))
    }

    /// Time in which everyone says again what they said last.
    mutating func pass(_ seconds: Int) {
      for _ in 0..<seconds {
        now = now.advanced(by: 1)
        for (name, said) in last.sorted(by: { $0.key < $1.key }) {
          put(name, said.status, said.report)
        }
        add(.tick)
      }
    }

    private var last: [String: (status: Int, report: HealthReport)] = [:]

    mutating func tell(_ name: String, failing: [String] = [], breakers: [String] = []) {
      var report = HealthReport(dialect: .damcon, status: failing.isEmpty ? .pass : .fail)
      report.checks = failing.map { .init(name: $0, status: .fail) }
      report.breakers = breakers.map { .init(name: $0, state: .open) }
      if !breakers.isEmpty, failing.isEmpty { report.status = .warn }
      last[name] = (failing.isEmpty ? 200 : 503, report)
      put(name, failing.isEmpty ? 200 : 503, report)
    }

    private mutating func put(_ name: String, _ status: Int, _ report: HealthReport) {
      for url in ["http://\(name):1", "http://\(name):2"] {
        add(
          .probe(
            target: Target(service: name, instance: url),
            Probe(
              kind: .readiness, path: "/ready", duration: 0.01,
              answer: .response(status: status, report: report))))
      }
    }

    var origins: Origins { state.present.origins }
    func trouble(_ name: String) -> Trouble? { state.present.service(named: name)?.trouble }
  }

  private static let shop: [(name: String, needs: [String])] = [
    ("checkout", ["pricing", "inventory"]), ("cart", ["pricing"]), ("search", ["catalog"]),
    ("pricing", ["inventory"]), ("inventory", []), ("catalog", []),
  ]

  @Test("the origin is named within a second of the second symptom, with its rule and evidence")
  func named() throws {
    var tale = Tale(Self.shop)
    tale.tell("pricing", failing: ["postgres"])
    tale.pass(14)
    tale.tell("checkout", failing: ["pricing"])
    tale.pass(1)
    tale.tell("cart", breakers: ["pricing"])
    tale.pass(1)
    let candidate = try #require(tale.origins.candidates.first)
    #expect(tale.origins.candidates.count == 1)
    #expect(candidate.name == "pricing" && candidate.isDecided)
    #expect(candidate.hurt.map(\.service) == ["checkout", "cart"])
    #expect(
      candidate.sentence(at: tale.state.present.now)
        == "origin: pricing turned first (01:02:05, 14s before checkout); it blames postgres, "
        + "not watched; what else it needs is healthy; 2 services need it")
    guard case .hurt(let hurt, let by) = tale.origins.place(of: "cart") else {
      Issue.record("cart hangs nowhere")
      return
    }
    #expect(hurt.under == "pricing" && by.name == "pricing")
    #expect(tale.origins.place(of: "catalog") == nil)
  }

  @Test("what still looks well though it needs the origin is told apart")
  func spared() throws {
    var tale = Tale(Self.shop)
    tale.tell("inventory", failing: ["redis"])
    tale.tell("pricing", failing: ["inventory"])
    tale.pass(2)
    let candidate = try #require(tale.origins.candidates.first)
    #expect(candidate.name == "inventory" && candidate.hurt.map(\.service) == ["pricing"])
    #expect(Set(candidate.spared) == ["checkout", "cart"])
    #expect(candidate.dependents == 3)
    #expect(Set(tale.state.present.dependents(of: "inventory")) == ["pricing", "checkout", "cart"])
  }

  @Test("the same check failing in two services makes what no one watches the candidate")
  func unwatched() throws {
    var tale = Tale(Self.shop)
    tale.tell("pricing", failing: ["postgres"])
    tale.pass(3)
    tale.tell("catalog", failing: ["Postgres"])
    tale.pass(2)
    let candidate = try #require(tale.origins.candidates.first)
    #expect(candidate.name == "postgres" && !candidate.isWatched)
    #expect(candidate.hurt.map(\.service) == ["pricing", "catalog"])
    #expect(
      candidate.sentence(at: tale.state.present.now).contains(
        "postgres not watched; blamed by pricing and catalog since 01:02:05"))
  }

  @Test("a failing check of the process itself blames nobody")
  func selfTests() throws {
    var tale = Tale(Self.shop)
    tale.tell("pricing", failing: ["disk-space"])
    tale.tell("catalog", failing: ["disk-space"])
    tale.pass(2)
    #expect(tale.origins.candidates.map(\.name).sorted() == ["catalog", "pricing"])
  }

  @Test("what two blame though it looks well is shown as such")
  func blamedButWell() throws {
    var tale = Tale(Self.shop)
    tale.tell("checkout", breakers: ["pricing"])
    tale.tell("cart", breakers: ["pricing"])
    tale.pass(2)
    let candidate = try #require(tale.origins.candidates.first)
    #expect(candidate.name == "pricing" && candidate.looksWell)
    #expect(candidate.evidence(at: tale.state.present.now)[0].contains("healthy by its own word"))
  }

  @Test(
    "a check that names a service, its alias or its address is a dependency on it",
    arguments: ["rates", "Rates-Service", "rates_svc", "http://rates:8080/healthz", "fx"])
  func learnt(_ name: String) throws {
    var tale = Tale([("pricing", []), ("rates", [])], aliases: ["rates": ["fx"]])
    tale.tell("rates", failing: ["disk"])
    tale.tell("pricing", failing: [name])
    tale.pass(2)
    let candidate = try #require(tale.origins.candidates.first)
    #expect(candidate.name == "rates" && candidate.hurt.map(\.service) == ["pricing"])
    #expect(tale.state.present.neighbours(of: "rates").neededBy == ["pricing"])
    // Whom a service stops naming it needs no more.
    tale.tell("pricing", failing: ["disk"])
    tale.pass(2)
    #expect(tale.state.present.neighbours(of: "rates").neededBy == [])
  }

  @Test("flapping does not begin anew: the first symptom stays the first")
  func flapping() throws {
    var tale = Tale(Self.shop)
    tale.tell("pricing", failing: ["postgres"])
    tale.pass(5)
    let began = try #require(tale.trouble("pricing")?.began)
    for _ in 0..<4 {
      tale.tell("pricing")
      tale.pass(20)
      #expect(tale.trouble("pricing")?.isResting == true)
      tale.tell("pricing", failing: ["postgres"])
      tale.pass(3)
    }
    let trouble = try #require(tale.trouble("pricing"))
    #expect(trouble.began == began && !trouble.isResting)
    #expect(trouble.symptoms.filter { $0.subject == "postgres" }.count == 1)
  }

  @Test("what healed and rested for a minute is over, unless others still suffer from it")
  func healing() throws {
    var tale = Tale(Self.shop)
    tale.tell("pricing", failing: ["postgres"])
    tale.pass(2)
    tale.tell("checkout", failing: ["pricing"])
    tale.pass(2)
    tale.tell("pricing")
    tale.pass(90)
    // Checkout is still down: where it began is still told, and that it is well again.
    let candidate = try #require(tale.origins.candidates.first)
    #expect(candidate.name == "pricing" && candidate.restingSince != nil)
    #expect(candidate.sentence(at: tale.state.present.now).contains("well again for 1m"))
    tale.tell("checkout")
    tale.pass(80)
    #expect(tale.origins.candidates.isEmpty)
    #expect(tale.trouble("pricing") == nil && tale.trouble("checkout") == nil)
  }

  @Test("one symptom of both instances is one symptom that counts two")
  func merged() throws {
    var tale = Tale(Self.shop)
    tale.tell("pricing", failing: ["postgres"])
    tale.pass(1)
    let symptom = try #require(tale.trouble("pricing")?.symptoms.first)
    #expect(symptom.kind == .check && symptom.instances == 2)
    #expect(symptom.words == "check postgres failing")
  }

  @Test("figures count as a symptom from their first reading on, once a second one confirms it")
  func confirmed() throws {
    var state = State(began: Instant(wall: 0, offset: 0))
    let url = "http://a:1"
    var service = Service(name: "a", instances: [Instance(url: url)])
    service.slos = [SLO(name: "availability", objective: 99, window: 2_592_000)]
    var sequence: UInt64 = 0
    func add(_ seconds: Double, _ event: Event) {
      sequence += 1
      state.apply(
        Entry(
          sequence: sequence, instant: Instant(wall: 0, offset: 0).advanced(by: seconds),
          event: event))
    }
    func scrape(_ seconds: Double, good: Double, bad: Double, first: Bool = false) {
      let series = [("200", 0), ("500", 1)].map { code, number in
        SeriesDefinition(
          number: UInt32(number), name: "http_requests_total", family: "http_requests_total",
          type: .counter, labels: [Label("handler", "/a"), Label("code", code)])
      }
      add(
        seconds,
        .scrape(
          target: Target(service: "a", instance: url),
          Scrape(
            duration: 0.01,
            outcome: .extracted(
              Extraction(
                defined: first ? series : [],
                readings: [Reading(series: 0, value: good), Reading(series: 1, value: bad)],
                sampleCount: 2), bytes: 100))))
    }
    add(0, .fleet(Fleet(name: "f", services: [service])))
    scrape(1, good: 100, bad: 0, first: true)
    scrape(5, good: 200, bad: 0)
    scrape(10, good: 250, bad: 50)
    #expect(state.present.services[0].trouble == nil)
    scrape(15, good: 300, bad: 100)
    let trouble = try #require(state.present.services[0].trouble)
    #expect(trouble.first?.kind == .errors)
    #expect(trouble.began.seconds == 10)
    #expect(trouble.first?.limit.map { abs($0 - 0.05) < 1e-9 } == true)
  }

  @Test("the state with origins and needs reads back from its bytes")
  func bytes() throws {
    var tale = Tale(Self.shop)
    tale.tell("pricing", failing: ["postgres"])
    tale.tell("checkout", breakers: ["pricing"])
    tale.pass(2)
    let bytes = try tale.state.canonicalBytes()
    var back = try State(canonicalBytes: bytes)
    #expect(back == tale.state)
    #expect(try back.canonicalBytes() == bytes)
    // Nothing that was only kept for speed is missed.
    let next = Entry(
      sequence: tale.state.present.sequence + 1, instant: tale.state.present.now.advanced(by: 2),
      event: .tick)
    back.apply(next)
    #expect(back.present.origins.candidates == tale.origins.candidates)
  }

  /// A thousand services, all of them in trouble with what they need.
  @Test("origins are found where a thousand services are in trouble together")
  func thousand() {
    var state = State(began: Instant(wall: 0, offset: 0))
    let count = 1000
    let fleet = Fleet(
      name: "large",
      services: (0..<count).map { place in
        Service(
          name: "s\(place)", instances: [Instance(url: "http://s\(place):1")],
          dependsOn: place == 0 ? [] : Set([place / 2, place / 3]).sorted().map { "s\($0)" })
      })
    var sequence: UInt64 = 0
    func add(_ seconds: Double, _ event: Event) {
      sequence += 1
      let entry = Entry(
        sequence: sequence, instant: Instant(wall: 0, offset: 0).advanced(by: seconds),
        event: event)
      state.apply(entry)
    }
    add(0, .fleet(fleet))
    for round in 0..<6 {
      for place in 0..<count {
        var report = HealthReport(dialect: .damcon, status: .fail)
        report.checks = [
          .init(name: "s\(place / 2)", status: .fail), .init(name: "db", status: .fail),
        ]
        let probe = Probe(
          kind: .readiness, path: "/ready", duration: 0.01,
          answer: .response(status: 503, report: report))
        let target = Target(service: "s\(place)", instance: "http://s\(place):1")
        add(1 + Double(round * 5) + Double(place) * 0.004, .probe(target: target, probe))
      }
    }
    #expect(!state.present.origins.candidates.isEmpty)
  }
}
