import Exposition
import Fleet
import Health
import Incident
import Telemetry

/// A fleet whose requests a test makes, scraped as a session would be: entries in, state out.
struct Shop {
  private(set) var state: State
  let began: Instant
  private var counts: [Target: (ok: Double, bad: Double)] = [:]
  private var known: Set<Target> = []
  private(set) var seconds = 0.0
  /// How far the wall is from where it began plus `seconds`.
  var wallShift = 0.0

  init(_ fleet: Fleet, began: Instant = Instant(wall: 1_795_000_020_000_000_000, offset: 0)) {
    self.began = began
    state = State(began: began)
    apply(.fleet(fleet))
  }

  /// One service with one instance for each number, and these objectives.
  static func fleet(
    _ slos: SLO..., of name: String = "cart", tier: Tier = .important, instances: Int = 1
  ) -> Fleet {
    Fleet(name: "shop", services: [service(name, tier: tier, instances: instances, slos)])
  }

  static func service(
    _ name: String, tier: Tier = .important, instances: Int = 1, _ slos: [SLO]
  ) -> Service {
    Service(
      name: name, tier: tier,
      instances: (0..<instances).map { Instance(url: "http://127.0.0.1:\(9000 + $0)/\(name)") },
      slos: slos)
  }

  static let availability = SLO(name: "availability", objective: 99.9, window: 30 * 86_400)

  var present: Present { state.present }
  func slo(_ position: Int = 0) -> SLOPresent { present.services[0].slos[position] }

  func target(_ service: Int = 0, _ instance: Int = 0) -> Target {
    let definition = present.services[service].definition
    return Target(service: definition.name, instance: definition.instances[instance].url)
  }

  mutating func pass(_ seconds: Double) { self.seconds += seconds }

  mutating func apply(_ event: Event) {
    var instant = began.advanced(by: seconds)
    instant.wall += Int64(wallShift * 1e9)
    state.apply(
      Entry(sequence: state.present.sequence + 1, instant: instant, event: event))
  }

  /// A scrape in which the counters have grown by so many.
  mutating func scrape(
    _ service: Int = 0, _ instance: Int = 0, ok: Double = 0, bad: Double = 0
  ) {
    let target = target(service, instance)
    let before = counts[target] ?? (0, 0)
    scrape(target, ok: before.ok + ok, bad: before.bad + bad)
  }

  /// A scrape in which the counters stand at so many.
  mutating func scrape(_ target: Target, ok: Double, bad: Double) {
    counts[target] = (ok, bad)
    var extraction = Extraction(
      readings: [Reading(series: 0, value: ok), Reading(series: 1, value: bad)])
    if known.insert(target).inserted { extraction.defined = Self.series }
    apply(
      .scrape(
        target: target, Scrape(duration: 0.01, outcome: .extracted(extraction, bytes: 99))))
  }

  /// A new exposition of the target is told from its first series on, as after a reload.
  mutating func renumber(_ target: Target) { known.remove(target) }

  mutating func fail(_ target: Target) {
    apply(
      .scrape(
        target: target,
        Scrape(duration: 2, outcome: .fault(Fault(.timeout, "no answer in 2.0 s")))))
  }

  private static let series = ["200", "503"].enumerated().map { number, code in
    SeriesDefinition(
      number: UInt32(number), name: "http_requests_total", family: "http_requests_total",
      type: .counter, labels: [Label("handler", "/a"), Label("code", code)])
  }
}
