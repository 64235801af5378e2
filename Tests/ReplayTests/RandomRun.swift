import Conditions
import Exposition
import Fleet
import Health
import Incident
import Runbooks
import Telemetry

/// The entries of a made-up run: every kind of event, with values that are usual and values that are
/// not, by a seeded generator.
struct RandomRun {
  private(set) var entries: [Entry] = []
  private var dice: SplitMix
  private var now = Instant(wall: 1_795_196_800_000_000_000, offset: 0)
  private var fleet: Fleet
  private var series: [Target: [SeriesDefinition]] = [:]
  private var values: [Target: [Double]] = [:]
  private var epochs: [Target: UInt32] = [:]

  init(seed: UInt64, entries count: Int) {
    dice = SplitMix(state: seed)
    fleet = RandomRun.fleet(services: 4)
    add(.began)
    add(.fleet(fleet))
    remember()
    while entries.count < count { step() }
  }

  /// What a ledger kept of runs before.
  private mutating func remember() {
    let minute = now.wall / 60_000_000_000
    for var page in LedgerPage.asked(of: fleet) {
      for hour in (minute / 60 - 5)..<minute / 60 {
        var minutes = LedgerMemory.Minutes(hour: hour)
        for place in 0..<60 where roll(3) > 0 {
          minutes[place] = EventCount(bad: roll(3), total: 3 + roll(90))
        }
        page.memory.minutes.append(minutes)
      }
      page.memory.hours = [
        LedgerMemory.Hour(
          hour: minute / 60 - 90, events: EventCount(bad: 7, total: 9000), seen: 60)
      ]
      add(.ledger(page))
    }
  }

  private mutating func walk() {
    let outcome: JourneyRun.Outcome =
      switch roll(6) {
      case 0: .failed(.init(step: 1, name: "pay", why: "503, expected 2xx"))
      case 1: .notRun("a secret is missing")
      default: .passed
      }
    let steps = [Double(roll(900)) / 1000, Double(roll(900)) / 1000]
    add(
      .journey(
        "order", JourneyRun(duration: steps.reduce(0, +), steps: steps, outcome: outcome)))
  }

  private static func fleet(services: Int) -> Fleet {
    var fleet = Fleet(
      name: "random",
      services: (0..<services).map { number in
        var service = Service(
          name: "service-\(number)", tier: Tier.allCases[number % 3],
          instances: (0...number % 2).map {
            Instance(url: "http://127.0.0.1:\(9000 + number * 10 + $0)")
          }
        )
        service.slos = [SLO(name: "availability", objective: 99, window: 86_400)]
        if number > 0 { service.dependsOn = ["service-0"] }
        return service
      })
    fleet.capabilities = [
      Capability(name: "buy", tier: .critical, needs: [.init(service: "service-0")])
    ]
    fleet.capabilitySLOs = [
      CapabilitySLO(
        capability: "buy", slo: SLO(name: "buys", objective: 99.5, window: 86_400),
        services: ["service-0", "service-1"])
    ]
    fleet.journeys = [
      Journey(
        name: "order", capability: "buy",
        steps: [
          .init(place: .url("http://127.0.0.1:9900/")),
          .init(place: .service("service-0", path: "/pay")),
        ])
    ]
    return fleet
  }

  private mutating func add(_ event: Event) {
    entries.append(Entry(sequence: UInt64(entries.count + 1), instant: now, event: event))
  }

  /// Runbooks that come into force, and what somebody does in one.
  private mutating func runbooks(for service: String) {
    var card = RunbookCard(id: "book\(roll(3))", title: "Book", hash: hash())
    let texts = ["rate > 1 for 5s", "error_ratio > 1%", "p99_ms > 5 until < 2", "not rate > 5"]
    card.match = try? Condition(texts[Int(roll(4))])
    card.scope = RunbookScope(services: roll(2) == 0 ? [service] : [])
    card.verification = (try? Condition("rate > 0")).flatMap {
      try? Verification([$0], window: Double(roll(9)))
    }
    card.indicators = [Indicator(name: "x", condition: card.match ?? card.verification!.whole)]
    if roll(3) > 0 { return add(.runbooks([card])) }
    let deeds: [RunbookAct.Deed] = [
      .begin, .note(step: nil, text: "odd \(roll(9))"), .close(reason: "done"),
      .mark(StepMark(step: "containment.\(roll(3))", title: "cap", outcome: .done)),
      .mark(StepMark(step: "containment.\(roll(3))", title: "cap", outcome: .open)),
      .mark(StepMark(step: "rollback.1", title: "?", outcome: .decided("wait"))),
    ]
    add(
      .runbook(
        RunbookAct(by: "ada", service: service, runbook: .init(card), deed: deeds[Int(roll(6))])))
  }

  private mutating func roll(_ sides: UInt64) -> UInt64 { dice.next() % sides }

  private mutating func step() {
    let passed = Int64(roll(900)) * 1_000_000
    // Clocks jump, and not all that write a recording read theirs in milliseconds.
    let jump = roll(200) == 0 ? Int64(roll(7200)) * 1_000_000_000 - 3_600_000_000_000 : 0
    let fine = roll(20) == 0 ? Int64(roll(999_999)) : 0
    now = Instant(wall: now.wall + passed + fine + jump, offset: now.offset + passed + fine)
    let service = fleet.services[Int(roll(UInt64(fleet.services.count)))]
    let instance = service.instances[Int(roll(UInt64(service.instances.count)))]
    let target = Target(service: service.name, instance: instance.url)
    switch roll(100) {
    case 0..<45:
      scrape(target)
      addBody(of: target)
    case 45..<82:
      probe(target)
      addBody(of: target)
    case 82..<85: walk()
    case 85..<93: add(.tick)
    case 93: add(.note(Note(.warning, "line \(roll(1000)) \u{1b}[31m ünï")))
    case 94: add(.routes(target: target, Routes(liveness: "/healthz", metrics: "/metrics")))
    case 95:
      add(
        .incident(roll(2) == 0 ? .declare(by: "ada", title: "") : .resolve(by: "ada", reason: nil)))
    case 96 where roll(2) == 0: runbooks(for: target.service)
    case 96: add(.remark(Remark(by: "ada", text: "looking at \(target.service)")))
    case 97:
      if roll(6) == 0 {
        fleet = RandomRun.fleet(services: 3 + Int(roll(3)))
        add(.fleet(fleet))
        addDocuments()
      }
    case 98:
      if roll(12) == 0 {
        now = Instant(wall: now.wall + 60_000_000_000, offset: now.offset + 60_000_000_000)
        add(.began)
        add(.fleet(fleet))
        addDocuments()
        remember()
        series = [:]
      }
    default:
      add(
        .scrape(
          target: Target(service: "gone", instance: "x"),
          Scrape(duration: 0.25, outcome: .fault(Fault(.refused, "refused")))))
    }
  }

  private mutating func addDocuments() {
    add(
      .documents(
        (0...roll(2)).map { number in
          Document(
            kind: number == 0 ? .fleetFile : .runbook, name: "\(number).yaml", hash: hash(),
            size: Int(roll(9000)), masked: Int(roll(2)))
        }))
  }

  /// Now and then, of the poll before or of any.
  private mutating func addBody(of target: Target) {
    guard roll(3) == 0 else { return }
    add(.body(target: target, AnswerBody(AnswerBody.Kind.allCases[Int(roll(3))], hash: hash())))
  }

  /// One of a few, so that some come again.
  private mutating func hash() -> [UInt8] {
    [UInt8](repeating: UInt8(roll(8)), count: roll(50) == 0 ? 3 : 32)
  }

  private mutating func probe(_ target: Target) {
    let kind: ProbeKind = roll(2) == 0 ? .liveness : .readiness
    if roll(12) == 0 {
      add(
        .probe(
          target: target,
          Probe(
            kind: kind, path: "/healthz", duration: 2,
            answer: .fault(Fault(.timeout, "no answer in 2.0 s")))))
      return
    }
    let fails = roll(15) == 0
    var report = HealthReport(dialect: .damcon, status: fails ? .fail : .pass)
    report.timestamp = now.unixSeconds.rounded(.down)
    report.version = roll(40) == 0 ? "1.1.0" : "1.0.0"
    report.checks = [
      .init(name: "db", status: fails ? .fail : .pass, observed: Double(roll(9)) / 1000)
    ]
    report.fallbacks = [.init(name: "cached", active: roll(10) == 0, since: roll(2) == 0 ? 5 : nil)]
    report.saturation = [
      .init(name: "pool", used: Double(roll(20)), limit: roll(9) == 0 ? nil : 20)
    ]
    if roll(50) == 0 {
      report.message = String(repeating: "pool saturated ", count: Int(roll(200)))
    }
    add(
      .probe(
        target: target,
        Probe(
          kind: kind, path: kind == .liveness ? "/healthz" : "/ready",
          duration: Double(roll(1_000_000)) / 1e6,
          answer: .response(status: fails ? 503 : 200, report: report))))
  }

  private mutating func scrape(_ target: Target) {
    if roll(20) == 0 {
      add(
        .scrape(target: target, Scrape(duration: 2, outcome: .fault(Fault(.timeout, "no answer")))))
      return
    }
    var defined: [SeriesDefinition] = []
    if series[target] == nil || roll(60) == 0 {
      if series[target] != nil { epochs[target, default: 0] += 1 }
      defined = definitions()
      series[target] = defined
      values[target] = Array(repeating: 0, count: defined.count)
    } else if roll(60) == 0 {
      let number = UInt32(series[target]?.count ?? 0)
      defined = [
        SeriesDefinition(
          number: number, name: "extra_\(number)", family: "extra_\(number)", type: .gauge,
          labels: [])
      ]
      series[target]? += defined
      values[target]?.append(0)
    }
    var known = values[target] ?? []
    let requests = Double(roll(40))
    for place in known.indices where roll(3) > 0 {
      switch roll(60) {
      case 0: known[place] = Double(roll(100)) / 8
      case 1: known[place] = Double(bitPattern: dice.next())
      case 2: known[place] = .nan
      case 3: known[place] = -0.0
      case 4: known[place] = 0
      case 5: known[place] = .infinity
      case 6: known[place] += 0.01
      default:
        known[place] = (known[place].isFinite ? known[place].magnitude.rounded() : 0) + requests
      }
      if known[place].magnitude > 1e300 { known[place] = 1e300 }
    }
    values[target] = known
    var readings = known.enumerated().map { Reading(series: UInt32($0), value: $1) }
    if roll(30) == 0 { readings = readings.filter { $0.series % 4 != UInt32(values.count % 4) } }
    if roll(30) == 0 { readings.reverse() }
    if roll(200) == 0 { readings.append(Reading(series: 4_000_000, value: 1)) }
    var extraction = Extraction(
      epoch: epochs[target] ?? 0, defined: defined, readings: readings, sampleCount: known.count + 5
    )
    if roll(40) == 0 {
      extraction.violations = [Violation(line: 3, column: 7, reason: "no number")]
      extraction.violationCount = 1
    }
    if roll(25) == 0, !known.isEmpty {
      extraction.exemplars = [
        ExemplarReading(
          series: 0,
          exemplar: Exemplar(
            labels: [Label("trace_id", "a\(roll(99))")], value: 0.3, timestamp: nil))
      ]
    }
    add(
      .scrape(
        target: target,
        Scrape(
          duration: Double(roll(9000)) / 1e6,
          outcome: .extracted(extraction, bytes: 4000 + Int(roll(50))))))
  }

  private func definitions() -> [SeriesDefinition] {
    var found: [SeriesDefinition] = []
    func add(_ name: String, _ family: String, _ type: FamilyType, _ labels: [Label]) {
      found.append(
        SeriesDefinition(
          number: UInt32(found.count), name: name, family: family, type: type, labels: labels))
    }
    for code in ["200", "500"] {
      add(
        "http_requests_total", "http_requests_total", .counter,
        [Label("handler", "/a"), Label("code", code)])
    }
    for bound in ["0.1", "0.5", "+Inf"] {
      add(
        "http_request_duration_seconds_bucket", "http_request_duration_seconds", .histogram,
        [Label("handler", "/a"), Label("le", bound)])
    }
    add(
      "http_request_duration_seconds_count", "http_request_duration_seconds", .histogram,
      [Label("handler", "/a")])
    add("go_goroutines", "go_goroutines", .gauge, [])
    return found
  }
}

/// SplitMix64.
struct SplitMix {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}
