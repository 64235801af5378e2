import Exposition
import Fleet
import Health
import Incident
import Telemetry

/// A fleet and what happens to it, made by hand: entries go through `State.apply`, as live ones do.
struct Story {
  private(set) var state: State
  /// What the entries so far were found to bring.
  private(set) var milestones: [Milestone] = []
  private var finder = Milestones()
  private var sequence: UInt64 = 0
  private var now: Instant
  private var counters: [String: Counters] = [:]

  /// 2026-11-21T00:45:00Z
  static let start: Int64 = 1_795_221_900 * 1_000_000_000

  init(_ fleet: Fleet) {
    now = Instant(wall: Story.start, offset: 0)
    state = State(began: now)
    add(.fleet(fleet))
  }

  var unixSeconds: Double { now.unixSeconds }

  mutating func add(_ event: Event) {
    sequence += 1
    let entry = Entry(sequence: sequence, instant: now, event: event)
    state.apply(entry)
    milestones += finder.take(entry, after: state)
  }

  /// Lets time pass, a tick each second.
  mutating func pass(_ seconds: Int) {
    for _ in 0..<seconds {
      now = now.advanced(by: 1)
      add(.tick)
    }
  }

  /// Moves on without an entry: the next one brings the time along.
  mutating func skip(_ seconds: Double) { now = now.advanced(by: seconds) }

  mutating func routes(_ service: String, _ instance: String) {
    add(
      .routes(
        target: Target(service: service, instance: instance),
        Routes(liveness: "/healthz", readiness: "/ready", metrics: "/metrics")))
  }

  mutating func probe(
    _ service: String, _ instance: String, _ kind: ProbeKind, status: Int = 200,
    took: Double = 0.003, _ report: HealthReport = HealthReport(dialect: .damcon, status: .pass)
  ) {
    add(
      .probe(
        target: Target(service: service, instance: instance),
        Probe(
          kind: kind, path: kind == .liveness ? "/healthz" : "/ready", duration: took,
          answer: .response(status: status, report: report))))
  }

  mutating func fault(_ service: String, _ instance: String, _ fault: Fault, took: Double = 2) {
    let target = Target(service: service, instance: instance)
    for kind in ProbeKind.allCases {
      add(
        .probe(
          target: target, Probe(kind: kind, path: "/healthz", duration: took, answer: .fault(fault))
        ))
    }
    add(.scrape(target: target, Scrape(duration: took, outcome: .fault(fault))))
  }

  /// What one process counted so far.
  private struct Counters {
    var isDefined = false
    var requests: [Double] = Array(repeating: 0, count: Story.series.count)
  }

  /// How requests went since the last scrape.
  struct Traffic {
    var rate: Double
    var errors = 0.0
    /// Seconds that the median takes; half as many take four times as long, a few twelve times.
    var median: Double
    var version = "1.0.0"
    var goroutines: Double? = 40
    var violations: [Violation] = []
    var trace: String?
  }

  private static let bounds: [(Double, String)] = [
    (0.005, "0.005"), (0.01, "0.01"), (0.025, "0.025"), (0.05, "0.05"), (0.1, "0.1"),
    (0.25, "0.25"), (0.5, "0.5"), (1, "1"), (2.5, "2.5"), (5, "5"), (.infinity, "+Inf"),
  ]
  private static let handlers = ["/api/quote", "/api/list"]

  private static let series: [SeriesDefinition] = {
    var series: [SeriesDefinition] = []
    func add(_ name: String, _ family: String, _ type: FamilyType, _ labels: [Label]) {
      series.append(
        SeriesDefinition(
          number: UInt32(series.count), name: name, family: family, type: type, labels: labels))
    }
    for handler in handlers {
      for code in ["200", "503"] {
        add(
          "http_requests_total", "http_requests_total", .counter,
          [Label("handler", handler), Label("code", code)])
      }
      for (_, text) in bounds {
        add(
          "http_request_duration_seconds_bucket", "http_request_duration_seconds", .histogram,
          [Label("handler", handler), Label("le", text)])
      }
    }
    add("go_goroutines", "go_goroutines", .gauge, [])
    return series
  }()

  mutating func scrape(
    _ service: String, _ instance: String, _ traffic: Traffic, over seconds: Double = 5,
    took: Double = 0.012
  ) {
    let key = service + instance
    var known = counters[key] ?? Counters()
    let perHandler = Story.bounds.count + 2
    for (index, share) in [0.75, 0.25].enumerated() {
      let base = index * perHandler
      let count = traffic.rate * share * seconds
      known.requests[base] += count * (1 - traffic.errors)
      known.requests[base + 1] += count * traffic.errors
      for (row, bound) in Story.bounds.enumerated() {
        var below = 0.0
        for (part, factor) in [(0.6, 1.0), (0.33, 4.0), (0.07, 12.0)]
        where traffic.median * factor <= bound.0 {
          below += part
        }
        known.requests[base + 2 + row] += count * below
      }
    }
    known.requests[Story.series.count - 1] = traffic.goroutines ?? 0
    var extraction = Extraction(
      defined: known.isDefined ? [] : Story.series, readings: [],
      violations: traffic.violations, violationCount: traffic.violations.count, dropped: 0,
      sampleCount: 1204)
    for (number, value) in known.requests.enumerated() {
      if number == Story.series.count - 1, traffic.goroutines == nil { continue }
      extraction.readings.append(Reading(series: UInt32(number), value: value))
    }
    if let trace = traffic.trace {
      extraction.exemplars = [
        ExemplarReading(
          series: 9,
          exemplar: Exemplar(labels: [Label("trace_id", trace)], value: 2.41, timestamp: nil))
      ]
    }
    known.isDefined = true
    counters[key] = known
    add(
      .scrape(
        target: Target(service: service, instance: instance),
        Scrape(duration: took, outcome: .extracted(extraction, bytes: 68_213))))
  }
}
