import Exposition
import Fleet
import Health
import Incident
import Telemetry

/// The workload that a journal is measured on: 50 services of 2 instances, asked every 5 seconds for
/// liveness, readiness and metrics; 120 kept series each, of which about 30 change a poll.
///
/// Requests come by chance (Poisson), as they do; gauges wander. One service is in trouble at a time,
/// for ten minutes of each hour.
struct NamedWorkload {
  static let services = 50
  static let instances = 2
  static let interval = 5.0
  static let began = Instant(wall: 1_795_000_000_000_000_000, offset: 0)

  let fleet: Fleet
  private(set) var now = 0.0
  /// Readings that were entered, and those of them that were others than before.
  private(set) var readings = 0
  private(set) var changed = 0
  private var targets: [Source]
  private var sequence: UInt64 = 0

  private static let bounds = [
    "0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1", "2.5", "5", "10", "+Inf",
  ]
  /// Handlers with the requests that each gets between two polls.
  private static let handlers: [(name: String, requests: Double)] = [
    ("/", 9), ("/cart", 0.7), ("/search", 0.2), ("/checkout", 0.1), ("/account", 0.05),
    ("/login", 0.02), ("/admin", 0.01),
  ]
  private static let codes = ["200", "500"]
  /// Runtime gauges: the name, where it starts, how far it wanders in a poll.
  private static let gauges: [(name: String, start: Double, step: Double)] = [
    ("go_goroutines", 80, 5), ("go_memstats_heap_alloc_bytes", 40_000_000, 400_000),
    ("go_memstats_heap_inuse_bytes", 48_000_000, 0), ("process_open_fds", 44, 1),
    ("process_resident_memory_bytes", 90_000_000, 20_480), ("process_max_fds", 1024, 0),
    ("go_threads", 12, 0), ("go_gomaxprocs", 4, 0), ("go_memstats_next_gc_bytes", 80_000_000, 0),
    ("http_requests_in_flight", 3, 2), ("db_pool_connections_in_use", 6, 2),
    ("db_pool_connections_max", 20, 0), ("queue_depth", 0, 1),
    ("process_virtual_memory_bytes", 8e8, 0),
  ]

  /// One instance and its counters.
  private struct Source {
    var target: Target
    var dice: Dice
    var values: [Double]
    var last: [Double]
    var definitions: [SeriesDefinition]
    var isDefined = false
    /// The gauges that wander: how far, and where they are kept.
    var gauges: [(step: Double, place: Int)]
    var cpu: Int?
  }

  init() {
    fleet = Fleet(
      name: "bench",
      services: (0..<Self.services).map { number in
        var service = Service(
          name: "service-\(number)", tier: Tier.allCases[number % 3],
          instances: (0..<Self.instances).map {
            Instance(url: "http://10.0.\(number).\($0 + 1):8080")
          })
        service.slos = [
          SLO(name: "availability", objective: 99.9, window: 30 * 86_400),
          SLO(name: "fast", objective: 99, threshold: 0.25, window: 30 * 86_400),
        ]
        if number > 0 { service.dependsOn = ["service-\(number / 2)"] }
        return service
      })
    let roles = RoleTable.builtIn
    targets = fleet.services.enumerated().flatMap { number, service in
      service.instances.enumerated().map { copy, instance in
        var extractor = Extractor { roles.wants(sampleName: $0, family: $1, type: $2) }
        let extraction = extractor.extract(Array(Self.exposition.utf8), format: .text)
        let places = Dictionary(
          extraction.defined.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { $1 })
        return Source(
          target: Target(service: service.name, instance: instance.url),
          dice: Dice(seed: UInt64(number * 7 + copy + 1)),
          values: extraction.readings.map(\.value), last: [], definitions: extraction.defined,
          gauges: Self.gauges.filter { $0.step > 0 }.compactMap { gauge in
            places[gauge.name].map { (gauge.step, $0) }
          }, cpu: places["process_cpu_seconds_total"])
      }
    }
  }

  /// Series that are kept of each instance.
  var seriesEach: Int { targets[0].values.count }

  private static var exposition: String {
    var text = "# TYPE http_request_duration_seconds histogram\n"
    for handler in handlers {
      for bound in bounds {
        text +=
          "http_request_duration_seconds_bucket{handler=\"\(handler.name)\",le=\"\(bound)\"} 0\n"
      }
      text += "http_request_duration_seconds_count{handler=\"\(handler.name)\"} 0\n"
    }
    text += "# TYPE http_requests_total counter\n"
    for handler in handlers {
      for code in codes {
        text += "http_requests_total{handler=\"\(handler.name)\",code=\"\(code)\"} 0\n"
      }
    }
    for gauge in gauges {
      text += "# TYPE \(gauge.name) gauge\n\(gauge.name) \(Int64(gauge.start))\n"
    }
    text += "# TYPE process_cpu_seconds_total counter\nprocess_cpu_seconds_total 12.5\n"
    text += "# TYPE process_start_time_seconds gauge\nprocess_start_time_seconds 1794990000.25\n"
    return text
  }

  /// The fleet, and which routes its targets have.
  mutating func begin(_ take: (Entry) -> Void) {
    enter(.fleet(fleet), take)
    for source in targets {
      enter(
        .routes(
          target: source.target,
          Routes(liveness: "/healthz", readiness: "/ready", metrics: "/metrics")), take)
    }
  }

  /// One poll of everything, spread over the interval.
  mutating func poll(_ take: (Entry) -> Void) {
    let start = now
    let events = targets.count * 3
    for index in targets.indices {
      let isTroubled = Int(start) % 3600 < 600 && index / 2 == Int(start / 3600) % Self.services
      for part in 0..<3 {
        let jitter = Double(targets[index].dice.next() % 4)
        now =
          start + (Double(index * 3 + part) * Self.interval * 1000 / Double(events) + jitter)
          .rounded() / 1000
        switch part {
        case 0: enter(.probe(target: targets[index].target, probe(index, .liveness, false)), take)
        case 1:
          enter(.probe(target: targets[index].target, probe(index, .readiness, isTroubled)), take)
        default:
          let scrape = scrape(index, isTroubled)
          enter(.scrape(target: targets[index].target, scrape), take)
        }
      }
    }
    now = start + Self.interval
  }

  private mutating func enter(_ event: Event, _ take: (Entry) -> Void) {
    sequence += 1
    let milliseconds = Int64((now * 1000).rounded()) * 1_000_000
    take(
      Entry(
        sequence: sequence,
        instant: Instant(
          wall: Self.began.wall + milliseconds, offset: Self.began.offset + milliseconds),
        event: event))
  }

  private mutating func probe(_ index: Int, _ kind: ProbeKind, _ isTroubled: Bool) -> Probe {
    var report = HealthReport(dialect: .damcon, status: isTroubled ? .fail : .pass)
    report.timestamp = 1_795_000_000 + now.rounded(.down)
    report.service = targets[index].target.service
    report.version = "1.42.0"
    report.build = "3f9c2d1"
    report.language = "go"
    report.phase = .serving
    if kind == .readiness {
      let observed = Double(1 + targets[index].dice.next() % 4) / 1000
      report.checks = [
        .init(name: "postgres", status: isTroubled ? .fail : .pass, observed: observed),
        .init(name: "cache", status: .pass, required: false, observed: 0.001),
      ]
      report.fallbacks = [.init(name: "cached-prices", active: isTroubled, mode: "cache")]
      report.saturation = [
        .init(name: "db-pool", used: Double(4 + targets[index].dice.next() % 4), limit: 20)
      ]
    }
    return Probe(
      kind: kind, path: kind == .liveness ? "/healthz" : "/ready",
      duration: Double(600 + targets[index].dice.next() % 400) / 1e6,
      answer: .response(status: isTroubled ? 503 : 200, report: report))
  }

  private mutating func scrape(_ index: Int, _ isTroubled: Bool) -> Scrape {
    var source = targets[index]
    defer { targets[index] = source }
    let handlers = Self.handlers
    let each = Self.bounds.count + 1
    for (number, handler) in handlers.enumerated() {
      for _ in 0..<source.dice.poisson(handler.requests) {
        // Log-normal about 40 ms; slow while in trouble.
        let exponent = source.dice.bell() * 0.9 + (isTroubled ? 2.5 : 0)
        let slot = Self.slot(exponent)
        for bucket in slot..<Self.bounds.count { source.values[number * each + bucket] += 1 }
        source.values[number * each + each - 1] += 1
        let code = source.dice.next() % 1000 < (isTroubled ? 300 : 2) ? 1 : 0
        source.values[handlers.count * each + number * Self.codes.count + code] += 1
      }
    }
    for (gauge, place) in source.gauges {
      let moved = (source.dice.bell() * gauge).rounded()
      source.values[place] = max(0, source.values[place] + moved)
    }
    if let cpu = source.cpu {
      source.values[cpu] =
        ((source.values[cpu] + 0.05 + 0.03 * source.dice.unit()) * 100).rounded() / 100
    }
    readings += source.values.count
    if !source.last.isEmpty {
      for place in source.values.indices where source.values[place] != source.last[place] {
        changed += 1
      }
    }
    source.last = source.values
    var extraction = Extraction(
      readings: source.values.enumerated().map { Reading(series: UInt32($0), value: $1) },
      sampleCount: source.values.count + 30)
    if !source.isDefined {
      source.isDefined = true
      extraction.defined = source.definitions
    }
    return Scrape(
      duration: Double(900 + source.dice.next() % 500) / 1e6,
      outcome: .extracted(extraction, bytes: 11_000 + Int(source.dice.next() % 40)))
  }

  /// The first bucket that holds a request of 40 ms times e to the power of `exponent`.
  private static func slot(_ exponent: Double) -> Int {
    // ln(bound / 40 ms)
    let steps = [-2.08, -1.39, -0.47, 0.22, 0.92, 1.83, 2.53, 3.22, 4.14, 4.83, 5.52]
    return steps.firstIndex { exponent <= $0 } ?? steps.count
  }
}

extension Dice {
  /// From 0 to 1.
  mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// About normal: mean 0, deviation 1 (the sum of twelve uniform numbers, less six).
  mutating func bell() -> Double { (0..<12).reduce(-6) { sum, _ in sum + unit() } }

  /// Knuth's method, in steps of which none underflows.
  mutating func poisson(_ mean: Double) -> Int {
    var count = 0
    var left = mean
    while left > 0 {
      let step = min(left, 30)
      left -= step
      var product = unit()
      let least = Dice.powers(-step)
      while product > least {
        count += 1
        product *= unit()
      }
    }
    return count
  }

  /// e to the power of a small negative number, by its series.
  private static func powers(_ exponent: Double) -> Double {
    var (term, sum) = (1.0, 1.0)
    let halved = exponent / 64
    for n in 1..<12 {
      term *= halved / Double(n)
      sum += term
    }
    for _ in 0..<6 { sum *= sum }
    return sum
  }
}
