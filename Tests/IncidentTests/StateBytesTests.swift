import Canonical
import Exposition
import Fleet
import Health
import Incident
import Telemetry
import Testing

@Suite("A state as bytes, and back")
struct StateBytesTests {
  @Test("it comes back equal, whatever happened, and goes on as if it had not been away")
  func roundTrip() throws {
    var tale = Eventful()
    for second in 0..<200 {
      tale.pass()
      guard second % 7 == 0 else { continue }
      let bytes = try tale.state.canonicalBytes()
      let back = try State(canonicalBytes: bytes)
      #expect(back == tale.state, "after \(second) seconds")
      #expect(try back.canonicalBytes() == bytes)
    }
    var (live, revived) = (tale, tale)
    revived.state = try State(canonicalBytes: tale.state.canonicalBytes())
    for second in 0..<60 {
      live.pass()
      revived.pass()
      guard second % 9 == 0 else { continue }
      #expect(try live.state.canonicalBytes() == revived.state.canonicalBytes())
    }
  }

  @Test("definitions are not said twice: a longer one costs a state what it costs its fleet")
  func once() throws {
    func size(_ needs: Int) throws -> (state: Int, fleet: Int) {
      var fleet = Eventful.fleet
      // Of nobody that is watched: nothing else is made of them.
      fleet.services[0].dependsOn = (0..<needs).map { "elsewhere-\($0)" }
      var state = State(began: Eventful.began)
      state.apply(Entry(sequence: 1, instant: Eventful.began, event: .fleet(fleet)))
      let bytes = try CanonicalEncoder.bytes(of: fleet)
      return (try state.canonicalBytes().count, bytes.count)
    }
    let (short, long) = (try size(0), try size(400))
    #expect(long.fleet - short.fleet > 2000)
    #expect(Double(long.state - short.state) < 1.1 * Double(long.fleet - short.fleet))
  }

  @Test("a state that is cut anywhere is an error")
  func cut() throws {
    let bytes = try Eventful(seconds: 12).state.canonicalBytes()
    for count in stride(from: 0, to: bytes.count, by: 7) {
      #expect(throws: (any Error).self) {
        try State(canonicalBytes: Array(bytes[..<count]))
      }
    }
  }

  @Test("flipped bits give an error or a state that encodes again")
  func flips() throws {
    let bytes = try Eventful(seconds: 30).state.canonicalBytes()
    var dice = Eventful.Dice(state: 17)
    var errors = 0
    for _ in 0..<4000 {
      var flipped = bytes
      for _ in 0...Int(dice.next() % 4) {
        flipped[Int(dice.next() % UInt64(bytes.count))] ^= 1 << UInt8(dice.next() % 8)
      }
      do {
        let state = try State(canonicalBytes: flipped)
        let again = try state.canonicalBytes()
        #expect(try State(canonicalBytes: again).canonicalBytes() == again)
      } catch { errors += 1 }
    }
    #expect(errors > 1000)
  }
}

/// A second of everything that can happen, over and over.
struct Eventful {
  static let began = Instant(wall: 1_795_000_000_000_000_000, offset: 0)
  var state = State(began: Eventful.began)
  private var second = 0
  private var sequence: UInt64 = 1
  private var dice = Dice(state: 5)
  private var counts: [Double] = [0, 0]

  init(seconds: Int = 0) {
    state.apply(Entry(sequence: 1, instant: Eventful.began, event: .fleet(Eventful.fleet)))
    for _ in 0..<seconds { pass() }
  }

  static var fleet: Fleet {
    var services = ["checkout", "pricing", "carts"].map { name in
      Service(
        name: name, tier: name == "checkout" ? .critical : .important,
        instances: (0..<2).map { Instance(url: "http://10.0.0.\($0):80/\(name)") },
        dependsOn: name == "checkout" ? ["pricing"] : [],
        slos: [
          SLO(name: "availability", objective: 99.9, window: 30 * 86_400),
          SLO(name: "fast", objective: 99, threshold: 0.3, window: 7 * 86_400),
        ])
    }
    services[1].endpoints = [NamedEndpoint(name: "orders", routes: ["/orders"])]
    services[1].signals = []
    var fleet = Fleet(name: "shop", services: services)
    fleet.capabilities = [
      Capability(name: "buy", tier: .critical, needs: [Capability.Need(service: "checkout")])
    ]
    fleet.capabilitySLOs = [
      CapabilitySLO(
        capability: "buy", slo: SLO(name: "buying", objective: 99.5, window: 28 * 86_400),
        services: ["checkout"])
    ]
    fleet.journeys = [
      Journey(name: "walk", every: 10, steps: [.init(place: .service("carts", path: "/"))])
    ]
    return fleet
  }

  private mutating func add(_ event: Event, _ part: Int) {
    sequence += 1
    let instant = Eventful.began.advanced(by: Double(second) + Double(part) / 16)
    state.apply(Entry(sequence: sequence, instant: instant, event: event))
  }

  mutating func pass() {
    second += 1
    for (number, service) in Eventful.fleet.services.enumerated() {
      for (copy, instance) in service.instances.enumerated() {
        let target = Target(service: service.name, instance: instance.url)
        let part = number * 2 + copy
        switch second % 3 {
        case 0: add(.probe(target: target, probe()), part)
        case 1: add(.scrape(target: target, scrape(part)), part)
        default: if second == 2 { add(.routes(target: target, Routes(liveness: "/healthz")), part) }
        }
      }
    }
    if second % 10 == 0 {
      let why = JourneyRun(duration: 0.25, steps: [0.25], outcome: .passed)
      add(.journey("walk", why), 10)
    }
    if second == 40 { add(.incident(.declare(by: "ann", title: "odd")), 11) }
    if second == 90 { add(.incident(.resolve(by: "ann", reason: nil)), 11) }
    if second % 25 == 0 { add(.note(Note(.warning, "note \(second)")), 12) }
    add(.tick, 13)
  }

  private mutating func probe() -> Probe {
    let roll = dice.next() % 100
    let kind: ProbeKind = dice.next() % 2 == 0 ? .liveness : .readiness
    if roll < 4 {
      return Probe(kind: kind, path: "/x", duration: 2, answer: .fault(Fault(.timeout, "slow")))
    }
    var report = HealthReport(dialect: .damcon, status: roll < 12 ? .fail : .pass)
    report.timestamp = Eventful.began.unixSeconds + Double(second)
    report.version = roll < 60 ? "1.0.0" : "1.0.1"
    report.checks = [.init(name: "pricing", status: roll < 20 ? .fail : .pass, observed: 0.003)]
    report.fallbacks = [
      .init(name: "cached", active: roll < 30, since: report.timestamp, tolerance: 20)
    ]
    report.breakers = [.init(name: "db", state: roll < 8 ? .open : .closed)]
    report.flags = [.init(name: "new", on: roll < 50, exposure: 0.25)]
    report.saturation = [.init(name: "pool", used: Double(roll), limit: 100)]
    report.rollout = .init(track: roll < 50 ? "stable" : "canary", weight: 0.1)
    return Probe(
      kind: kind, path: "/x", duration: Double(roll) / 1e6,
      answer: .response(status: roll < 12 ? 503 : 200, report: report))
  }

  private mutating func scrape(_ part: Int) -> Scrape {
    let roll = Double(dice.next() % 30)
    counts[part % 2] += roll
    let total = counts[part % 2]
    var defined: [SeriesDefinition] = []
    var readings: [Reading] = []
    func add(
      _ name: String, _ family: String, _ type: FamilyType, _ labels: [Label], _ value: Double
    ) {
      let number = UInt32(readings.count)
      if second <= 4 {
        defined.append(
          SeriesDefinition(number: number, name: name, family: family, type: type, labels: labels))
      }
      readings.append(Reading(series: number, value: value))
    }
    for path in ["/a", "/orders"] {
      let label = Label("handler", path)
      for (code, share) in [("200", 1.0), ("500", 0.02)] {
        add(
          "http_requests_total", "http_requests_total", .counter, [label, Label("code", code)],
          (total * share).rounded())
      }
      for (bound, share) in [("0.1", 0.5), ("0.5", 0.9), ("+Inf", 1)] {
        add(
          "http_request_duration_seconds_bucket", "http_request_duration_seconds", .histogram,
          [label, Label("le", bound)], (total * share).rounded())
      }
    }
    add("go_goroutines", "go_goroutines", .gauge, [], roll)
    add("process_cpu_seconds_total", "process_cpu_seconds_total", .counter, [], total / 100)
    add("process_start_time_seconds", "process_start_time_seconds", .gauge, [], 1_794_990_000.25)
    add("process_open_fds", "process_open_fds", .gauge, [], 40 + roll)
    add("process_max_fds", "process_max_fds", .gauge, [], 64)
    return Scrape(
      duration: 0.012,
      outcome: .extracted(
        Extraction(defined: defined, readings: readings, sampleCount: readings.count), bytes: 4096))
  }

  /// SplitMix64.
  struct Dice {
    var state: UInt64
    mutating func next() -> UInt64 {
      state &+= 0x9e37_79b9_7f4a_7c15
      var z = state
      z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
      z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
      return z ^ (z >> 31)
    }
  }
}
