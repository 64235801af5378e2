import Exposition
import Fleet
import Health
import Incident

/// Applies a long made-up story and prints what the state came to, for two processes to compare.
@main
struct StateProbe {
  static func main() throws {
    var state = State(began: Story.began)
    for entry in Story.entries(seconds: 400) { state.apply(entry) }
    let bytes = try state.canonicalBytes()
    print(bytes.count, fingerprint(bytes))
  }

  /// FNV-1a over 64 bits: unlike Swift's own hashing it is the same in every process.
  static func fingerprint(_ bytes: [UInt8]) -> String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
    return String(hash, radix: 16)
  }
}

/// Five services that go up and down by a seeded generator.
enum Story {
  static let began = Instant(wall: 1_795_000_000_000_000_000, offset: 0)

  static var fleet: Fleet {
    Fleet(
      name: "story",
      services: (0..<5).map { number in
        Service(
          name: "service-\(number)", tier: Tier.allCases[number % 3],
          instances: [
            Instance(url: "http://127.0.0.1:\(9000 + number)"),
            Instance(url: "http://127.0.0.1:\(9100 + number)"),
          ])
      })
  }

  static func entries(seconds: Int) -> [Entry] {
    var dice = Dice(state: 7)
    var entries = [Entry(sequence: 1, instant: began, event: .fleet(fleet))]
    func add(_ event: Event, at instant: Instant) {
      entries.append(Entry(sequence: UInt64(entries.count + 1), instant: instant, event: event))
    }
    var counts: [Target: Double] = [:]
    var known: Set<Target> = []
    for second in 0..<seconds {
      for (number, service) in fleet.services.enumerated() {
        for (copy, instance) in service.instances.enumerated() {
          let target = Target(service: service.name, instance: instance.url)
          let instant = began.advanced(
            by: Double(second) + Double(number) / 10 + Double(copy) / 100)
          let roll = dice.next() % 100
          if second % 2 == 0 {
            add(.probe(target: target, probe(roll, at: instant)), at: instant)
          } else if roll < 5 {
            let fault = Fault(.timeout, "no answer in 2.0 s")
            add(.scrape(target: target, Scrape(duration: 2, outcome: .fault(fault))), at: instant)
          } else {
            counts[target, default: 0] += Double(roll)
            let extraction = extraction(
              counts[target] ?? 0, isFirst: known.insert(target).inserted)
            add(
              .scrape(
                target: target,
                Scrape(duration: 0.01, outcome: .extracted(extraction, bytes: 4096))),
              at: instant)
          }
        }
      }
    }
    return entries
  }

  private static func probe(_ roll: UInt64, at instant: Instant) -> Probe {
    let kind: ProbeKind = roll % 2 == 0 ? .liveness : .readiness
    if roll < 6 {
      return Probe(
        kind: kind, path: "/healthz", duration: 0.001,
        answer: .fault(Fault(.refused, "connection refused")))
    }
    var report = HealthReport(dialect: .damcon, status: roll < 20 ? .fail : .pass)
    report.version = roll < 50 ? "1.0.0" : "1.0.1"
    report.timestamp = instant.unixSeconds
    report.fallbacks = [.init(name: "cached", active: roll < 30, since: instant.unixSeconds)]
    report.saturation = [.init(name: "pool", used: Double(roll), limit: 100)]
    return Probe(
      kind: kind, path: "/healthz", duration: Double(roll) / 1000,
      answer: .response(status: roll < 20 ? 503 : 200, report: report))
  }

  private static func extraction(_ count: Double, isFirst: Bool) -> Extraction {
    let names = ["200", "500"]
    var defined: [SeriesDefinition] = []
    var readings: [Reading] = []
    func add(
      _ name: String, _ family: String, _ type: FamilyType, _ labels: [Label], _ value: Double
    ) {
      let number = UInt32(readings.count)
      if isFirst {
        defined.append(
          SeriesDefinition(number: number, name: name, family: family, type: type, labels: labels))
      }
      readings.append(Reading(series: number, value: value))
    }
    for (index, code) in names.enumerated() {
      add(
        "http_requests_total", "http_requests_total", .counter,
        [Label("handler", "/a"), Label("code", code)], index == 0 ? count : count / 50)
    }
    for (bound, share) in [("0.1", 0.5), ("0.5", 0.9), ("+Inf", 1)] {
      add(
        "http_request_duration_seconds_bucket", "http_request_duration_seconds", .histogram,
        [Label("handler", "/a"), Label("le", bound)], (count * share).rounded())
    }
    add("go_goroutines", "go_goroutines", .gauge, [], count.truncatingRemainder(dividingBy: 97))
    return Extraction(defined: defined, readings: readings, sampleCount: readings.count)
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
