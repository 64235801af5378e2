import Export
import Exposition
import Fleet
import Health
import Incident
import Telemetry

/// A recording made by hand: entries as a session gives them, each with the state after it.
struct Tape {
  private(set) var entries: [Entry] = []
  private(set) var state: State
  private(set) var now: Instant
  private var extractors: [Target: Extractor] = [:]

  /// 2026-11-21T00:45:00Z
  static let start: Int64 = 1_795_221_900 * 1_000_000_000

  init(_ fleet: Fleet, at wall: Int64 = Tape.start) {
    now = Instant(wall: wall, offset: 0)
    state = State(began: now)
    add(.began)
    add(.fleet(fleet))
    for service in fleet.services {
      for instance in service.instances {
        add(
          .routes(
            target: Target(service: service.name, instance: instance.url),
            Routes(liveness: "/healthz", readiness: "/ready", metrics: "/metrics")))
      }
    }
  }

  mutating func add(_ event: Event) {
    let entry = Entry(sequence: UInt64(entries.count + 1), instant: now, event: event)
    entries.append(entry)
    state.apply(entry)
  }

  /// Lets time pass, a tick each second.
  mutating func pass(_ seconds: Int) {
    for _ in 0..<seconds {
      now = now.advanced(by: 1)
      add(.tick)
    }
  }

  /// Sets the wall clock.
  mutating func shiftWall(by seconds: Int64) { now.wall += seconds * 1_000_000_000 }

  /// Moves on without an entry.
  mutating func skip(_ seconds: Double) { now = now.advanced(by: seconds) }

  mutating func scrape(_ target: Target, _ text: String, _ format: ExpositionFormat = .text) {
    var extractor =
      extractors[target] ?? Extractor(keepsHelp: { _ in true }, wants: { _, _, _ in true })
    let extraction = extractor.extract(Array(text.utf8), format: format)
    extractors[target] = extractor
    add(
      .scrape(
        target: target,
        Scrape(duration: 0.01, outcome: .extracted(extraction, bytes: text.utf8.count))))
  }

  mutating func probe(
    _ target: Target, status: Int = 200, _ change: (inout HealthReport) -> Void = { _ in }
  ) {
    var report = HealthReport(dialect: .damcon, status: status == 200 ? .pass : .fail)
    change(&report)
    for kind in ProbeKind.allCases {
      add(
        .probe(
          target: target,
          Probe(
            kind: kind, path: "/ready", duration: 0.003,
            answer: .response(status: kind == .liveness ? 200 : status, report: report))))
    }
  }

  /// Nothing is answered any more.
  mutating func refuse(_ target: Target) {
    let fault = Fault(.refused, "connection refused")
    for kind in ProbeKind.allCases {
      add(
        .probe(
          target: target,
          Probe(kind: kind, path: "/ready", duration: 0.001, answer: .fault(fault))))
    }
    add(.scrape(target: target, Scrape(duration: 0.001, outcome: .fault(fault))))
  }

  /// The text that an exporter makes of all of it, and how often each piece was written.
  func export(_ exporter: some Exporter) throws -> (text: String, caveats: [String]) {
    try export(exporter, entries[...])
  }

  /// The same of a part of it, as a seek would begin there.
  func export(
    _ exporter: some Exporter, _ part: ArraySlice<Entry>
  ) throws -> (text: String, caveats: [String]) {
    var exporter = exporter
    var text = ""
    var state = State(began: entries[0].instant)
    for entry in entries.prefix(part.endIndex) {
      state.apply(entry)
      guard entry.sequence > UInt64(part.startIndex) else { continue }
      try exporter.take(entry, after: state) { text += $0 }
    }
    try exporter.finish(after: part.isEmpty ? nil : state) { text += $0 }
    return (text, exporter.caveats)
  }
}

/// A shop of two services, small enough to be read as a whole.
enum Shop {
  static let cart = Target(service: "cart", instance: "http://10.0.0.7:8081")
  static let pricing = Target(service: "pricing", instance: "http://10.0.0.7:8080")

  static let fleet = Fleet(
    name: "shop",
    services: [
      Service(
        name: "cart", tier: .critical, language: .go, instances: [Instance(url: cart.instance)],
        dependsOn: ["pricing"],
        slos: [SLO(name: "availability", objective: 99.9, window: 30 * 86_400)]),
      Service(name: "pricing", instances: [Instance(url: pricing.instance)]),
    ])

  /// What cart has counted: requests that took 20 ms, some of which failed.
  static func page(ok: Int, bad: Int) -> String {
    """
    # HELP http_requests_total Requests by handler and code.
    # TYPE http_requests_total counter
    http_requests_total{handler="/a",code="200"} \(ok)
    http_requests_total{handler="/a",code="503"} \(bad)
    # TYPE http_request_duration_seconds histogram
    http_request_duration_seconds_bucket{handler="/a",le="0.01"} 0
    http_request_duration_seconds_bucket{handler="/a",le="0.03"} \(ok + bad)
    http_request_duration_seconds_bucket{handler="/a",le="+Inf"} \(ok + bad)
    http_request_duration_seconds_sum{handler="/a"} \(Double(ok + bad) / 50)
    http_request_duration_seconds_count{handler="/a"} \(ok + bad)
    # TYPE go_goroutines gauge
    go_goroutines 40

    """
  }

  /// A minute of traffic, then a minute in which a tenth of it fails, cart falls back, and pricing
  /// is gone.
  static let incident: Tape = {
    var tape = Tape(fleet)
    for step in 0..<24 {
      let bad = max(0, step - 11) * 10
      tape.scrape(cart, page(ok: step * 100 - bad, bad: bad))
      tape.probe(cart) {
        $0.version = step < 12 ? "1.9.3" : "1.9.4"
        if step >= 12 {
          $0.fallbacks = [
            .init(name: "cached-prices", active: true, reason: "pricing timeout", mode: "cache")
          ]
          $0.saturation = [.init(name: "workers", used: 62, limit: 64)]
        }
      }
      if step < 12 { tape.probe(pricing) { $0.version = "2.3.0" } } else { tape.refuse(pricing) }
      if step == 14 { tape.add(.incident(.declare(by: "@ada", title: "prices are old"))) }
      if step == 20 { tape.add(.note(Note(.info, "rolled back"))) }
      if step == 22 { tape.add(.incident(.resolve(by: "@ada", reason: nil))) }
      tape.pass(5)
    }
    return tape
  }()

  /// Everything that a service can say is meant to break what it is written into.
  static let evil = "=cmd|' /C'!A0,\"\u{301}\"\n\r\u{1b}[2J\u{202e};\\ \u{2028}\u{0}é"

  static let hostile: Tape = {
    let target = Target(service: evil, instance: "http://x/\"\n")
    var tape = Tape(
      Fleet(
        name: evil, services: [Service(name: evil, instances: [Instance(url: target.instance)])]))
    tape.scrape(
      target,
      """
      # TYPE http_requests_total counter
      http_requests_total{handler="a\\"b\\\\c\\nd",service="mine",empty=""} 1
      # TYPE odd gauge
      odd NaN
      odd{x="1"} +Inf
      odd{x="2"} -Inf
      # TYPE http_requests gauge
      http_requests 7
      # TYPE damcon_error_ratio gauge
      damcon_error_ratio 9

      """)
    tape.probe(target, status: 503) {
      $0.version = evil
      $0.message = evil
      $0.fallbacks = [
        .init(name: evil, active: true, since: .nan, reason: evil, tolerance: .infinity)
      ]
      $0.saturation = [.init(name: evil, used: .nan, limit: 0)]
    }
    tape.add(.note(Note(.warning, evil)))
    tape.pass(20)
    return tape
  }()
}
