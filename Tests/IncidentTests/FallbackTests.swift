import Exposition
import Fleet
import Health
import Incident
import Telemetry
import Testing

/// A fleet told by entries, a second at a time.
private struct Tale {
  var state: State
  var now = Instant(wall: 1_795_221_900 * 1_000_000_000, offset: 0)
  var sequence: UInt64 = 0

  init(_ fleet: Fleet) {
    state = State(began: now)
    add(.fleet(fleet))
    for service in fleet.services {
      for instance in service.instances {
        add(
          .routes(
            target: Target(service: service.name, instance: instance.url),
            Routes(liveness: "/healthz", readiness: "/ready")))
      }
    }
  }

  mutating func add(_ event: Event) {
    sequence += 1
    state.apply(Entry(sequence: sequence, instant: now, event: event))
  }

  /// Every instance answers well each second, but for what `says` makes of a report.
  mutating func pass(_ seconds: Int, says: [String: HealthReport] = [:], down: [String] = []) {
    for _ in 0..<seconds {
      now = now.advanced(by: 1)
      for service in state.present.fleet.services {
        for instance in service.instances {
          let target = Target(service: service.name, instance: instance.url)
          for kind in ProbeKind.allCases {
            let isDown = down.contains(service.name)
            let report =
              says[instance.url] ?? says[service.name]
              ?? HealthReport(dialect: .damcon, status: .pass)
            add(
              .probe(
                target: target,
                Probe(
                  kind: kind, path: "/\(kind.rawValue)", duration: 0.001,
                  answer: isDown
                    ? .fault(Fault(.refused, "connection refused"))
                    : .response(status: 200, report: report))))
          }
        }
      }
      add(.tick)
    }
  }

  func service(_ name: String) -> ServicePresent { state.present.service(named: name)! }
  var track: FallbackTrack? { service("checkout").fallbackTracks.first }
  func capability(_ name: String) -> CapabilityPresent {
    state.present.capabilities.first { $0.id == name }!
  }
}

private func falling(_ active: Bool, tolerance: Double? = 20) -> HealthReport {
  var report = HealthReport(dialect: .damcon, status: .pass)
  report.fallbacks = [
    .init(
      name: "cached-prices", active: active, reason: "pricing timeout", mode: "cache",
      tolerance: tolerance, dependency: "pricing", userMessage: "prices up to 15 min old")
  ]
  return report
}

private func shop(
  _ plans: [FallbackPlan] = [], capabilities: [Capability] = [], instances: Int = 1
) -> Fleet {
  var checkout = Service(
    name: "checkout", tier: .critical,
    instances: (0..<instances).map { Instance(url: "http://10.0.0.\($0):1") },
    dependsOn: ["pricing"])
  checkout.fallbacks = plans
  var fleet = Fleet(
    name: "shop",
    services: [checkout, Service(name: "pricing", instances: [Instance(url: "http://10.0.1.1:1")])])
  fleet.capabilities = capabilities
  return fleet
}

@Suite("Fallbacks in the state")
struct FallbackTests {
  @Test("One appears with the entry that tells it, and its service is degraded, not healthy")
  func appears() throws {
    var tale = Tale(shop())
    tale.pass(5)
    #expect(tale.service("checkout").verdict.state == .healthy)
    #expect(tale.track == nil)
    tale.pass(1, says: ["checkout": falling(true)])
    let track = try #require(tale.track)
    #expect(track.phase == .active && track.usersGet == "prices up to 15 min old")
    #expect(tale.service("checkout").verdict.state == .degraded)
  }

  @Test("Beyond its tolerance the service is unhealthy, and the reason comes first")
  func critical() {
    var tale = Tale(shop())
    tale.pass(25, says: ["checkout": falling(true)])
    let verdict = tale.service("checkout").verdict
    #expect(verdict.state == .unhealthy)
    #expect(verdict.reasons.first == "fallback cached-prices 4s over its 20s tolerance")
    #expect(tale.service("checkout").health == .degraded, "its instances are merely degraded")
  }

  @Test("It recovers only after its window, by ticks alone where nothing else is said")
  func recovery() {
    var plan = FallbackPlan(name: "cached-prices")
    plan.recoveredAfter = 10
    var tale = Tale(shop([plan]))
    tale.pass(5, says: ["checkout": falling(true)])
    tale.pass(1, says: ["checkout": falling(false)])
    #expect(tale.track?.phase == .recovering)
    #expect(tale.service("checkout").verdict.state == .degraded)
    #expect(
      tale.service("checkout").verdict.reasons == ["fallback cached-prices recovering, over in 10s"]
    )
    tale.pass(10, says: ["checkout": falling(false)])
    #expect(tale.track?.phase == .over)
    #expect(tale.service("checkout").verdict.state == .healthy)
    tale.pass(700, says: ["checkout": falling(false)])
    #expect(tale.track == nil, "what was over ten minutes ago is history")
  }

  @Test("A fallback that only metrics tell degrades its service too")
  func byMetrics() {
    var tale = Tale(shop())
    tale.pass(3)
    let series = SeriesDefinition(
      number: 0, name: "fallback_active", family: "fallback_active", type: .gauge,
      labels: [Label("name", "cached-prices")])
    tale.add(
      .scrape(
        target: Target(service: "checkout", instance: "http://10.0.0.0:1"),
        Scrape(
          duration: 0.01,
          outcome: .extracted(
            Extraction(
              defined: [series], readings: [Reading(series: 0, value: 1)], violations: [],
              violationCount: 0, dropped: 0, sampleCount: 1), bytes: 60))))
    #expect(tale.track?.phase == .active && tale.track?.isSinceTold == false)
    #expect(tale.service("checkout").verdict.state == .degraded)
    #expect(tale.service("checkout").verdict.reasons == ["fallback cached-prices active"])
  }

  @Test(
    "A service that lists it only while it is in use ends it by leaving it out; silence does not")
  func leftOut() {
    var tale = Tale(shop())
    tale.pass(5, says: ["checkout": falling(true)])
    tale.pass(20, down: ["checkout"])
    #expect(tale.track?.phase == .active)
    tale.pass(1)
    #expect(tale.track?.phase == .recovering)
  }

  @Test("Instances that disagree are counted")
  func disagreement() {
    var tale = Tale(shop(instances: 3))
    tale.pass(
      2,
      says: [
        "http://10.0.0.0:1": falling(true), "http://10.0.0.1:1": falling(false),
        "http://10.0.0.2:1": falling(false),
      ])
    #expect(tale.track?.active == 1 && tale.track?.known == 3)
  }

  @Test("The state with fallbacks and capabilities reads back from its bytes, and goes on the same")
  func codable() throws {
    var buy = Capability(name: "Buy", tier: .critical, needs: [.init(service: "checkout")])
    buy.expectedRecovery = 600
    var tale = Tale(shop(capabilities: [buy]))
    tale.pass(8, says: ["checkout": falling(true)])
    let bytes = try tale.state.canonicalBytes()
    var copy = tale
    copy.state = try State(canonicalBytes: bytes)
    #expect(try copy.state.canonicalBytes() == bytes)
    copy.pass(40, says: ["checkout": falling(false)])
    tale.pass(40, says: ["checkout": falling(false)])
    #expect(try copy.state.canonicalBytes() == tale.state.canonicalBytes())
  }

  @Test("A breaker keeps its worst state over the instances, and how often it opened")
  func breakers() {
    var tale = Tale(shop(instances: 3))
    func report(_ state: HealthReport.Breaker.State) -> HealthReport {
      var report = HealthReport(dialect: .damcon, status: .pass)
      report.breakers = [.init(name: "postgres", state: state)]
      return report
    }
    for _ in 0..<3 {
      tale.pass(2, says: ["checkout": report(.closed)])
      tale.pass(
        2, says: ["checkout": report(.closed), "http://10.0.0.1:1": report(.open)])
    }
    let found = tale.service("checkout").breakerStatuses(at: tale.now)
    #expect(found.map(\.name) == ["postgres"])
    #expect(found[0].state == .open && found[0].count == 1 && found[0].of == 3)
    #expect(found[0].openedLately == 3 && !found[0].isCounted)
    #expect(found[0].since.map { tale.now.seconds(since: $0) } == 1)
  }
}

@Suite("What users can do")
struct CapabilityTests {
  private var buy: Capability {
    var buy = Capability(
      name: "Buy", tier: .critical, needs: [.init(service: "checkout"), .init(service: "pricing")])
    buy.usersGet = .init(lost: "nobody can pay")
    buy.expectedRecovery = 1800
    return buy
  }

  @Test("Before anything is heard it is not known, never whole")
  func unknown() {
    var tale = Tale(shop(capabilities: [buy]))
    tale.add(.tick)
    #expect(tale.capability("Buy").state == .unknown)
    tale.pass(2)
    #expect(tale.capability("Buy").state == .whole)
    #expect(tale.capability("Buy").status == "works as usual")
  }

  @Test("The same thing gives the same words, however long it lasts")
  func stable() {
    var tale = Tale(shop(capabilities: [buy]))
    tale.pass(2)
    var said: Set<String> = []
    for _ in 0..<3 {
      tale.pass(30, says: ["checkout": falling(true, tolerance: nil)])
      said.insert(tale.capability("Buy").status)
      tale.pass(40, says: ["checkout": falling(false)])
      #expect(tale.capability("Buy").status == "works as usual")
    }
    #expect(said == ["prices up to 15 min old"])
  }

  @Test("A service that is down is a loss, unless a fallback elsewhere stands in for it")
  func cover() {
    var tale = Tale(shop(capabilities: [buy]))
    tale.pass(2)
    tale.pass(5, down: ["pricing"])
    #expect(tale.capability("Buy").state == .lost)
    #expect(tale.capability("Buy").status == "nobody can pay")
    #expect(tale.capability("Buy").causes.first?.words == "pricing is unreachable")
    tale.pass(2, says: ["checkout": falling(true)], down: ["pricing"])
    #expect(tale.capability("Buy").state == .degraded)
    #expect(tale.capability("Buy").status == "prices up to 15 min old")
  }

  @Test("What is optional is missed, and what is tolerated is not")
  func tolerance() {
    var browse = Capability(name: "Browse", needs: [.init(service: "checkout")])
    browse.toleratesDegraded = true
    var search = Capability(
      name: "Search",
      needs: [.init(service: "checkout"), .init(service: "pricing", isOptional: true)])
    search.toleratesDegraded = false
    var tale = Tale(shop(capabilities: [browse, search]))
    tale.pass(2)
    tale.pass(4, says: ["checkout": falling(true)])
    #expect(tale.capability("Browse").state == .whole)
    #expect(tale.capability("Search").state == .degraded)
    tale.pass(60, says: ["checkout": falling(false)])
    tale.pass(4, down: ["pricing"])
    #expect(tale.capability("Search").state == .degraded)
    #expect(tale.capability("Search").status == "works with less: pricing is unreachable")
  }

  @Test("When it is expected back is counted from when it broke")
  func expected() throws {
    var tale = Tale(shop(capabilities: [buy]))
    tale.pass(2)
    tale.pass(61, down: ["pricing"])
    let left = try #require(tale.capability("Buy").expected(at: tale.now))
    #expect(abs(left - 1740) < 1.5)
  }

  @Test("Without capabilities each service that serves less speaks for itself")
  func derived() {
    var tale = Tale(shop())
    tale.pass(2)
    #expect(tale.state.present.usersView.isEmpty)
    tale.pass(3, says: ["checkout": falling(true)], down: ["pricing"])
    let view = tale.state.present.usersView
    #expect(view.map(\.id) == ["checkout", "pricing"])
    #expect(
      view.map(\.status) == ["prices up to 15 min old", "does not work: pricing is unreachable"])
    #expect(view.map(\.isService) == [true, true])
  }

  @Test("A service that left the fleet is no longer watched: not known")
  func gone() {
    var fleet = shop(capabilities: [buy])
    var tale = Tale(fleet)
    tale.pass(2)
    fleet.services.removeLast()
    tale.add(.fleet(fleet))
    tale.pass(1)
    #expect(tale.capability("Buy").state == .unknown)
    #expect(tale.capability("Buy").status == "not known: pricing is not watched")
  }
}
