import Exposition
import Fleet
import Glibc
import Incident
import Telemetry

/// What one scrape costs between the socket and the state: extraction, then `State.apply`.
struct ApplyBench {
  private let options: Options
  private static let services = 200

  init(_ options: Options) { self.options = options }

  func run() throws(BenchError) {
    let sample = Sample.load()
    let runs = options.runs(usually: 5)
    let seconds = options.quick ? 5 : 20
    var table = Table(
      "apply: \(Self.services) services, each scraped once a second; CPU of one thread",
      columns: [
        "damcon, \((Double(sample.bytes.count) / 1000).fixed(0)) kB", "damcon, small Go service",
      ])
    let real = measure(runs, seconds) { _, _ in sample.bytes }
    let small = measure(runs, seconds) { target, second in
      MovingService(target).exposition(at: Double(second))
    }
    table.row("what Damcon wants, extracted", "µs", [real, small].map { $0.extract.text(1) })
    table.row("one scrape entry applied", "µs", [real, small].map { $0.apply.text(1) })
    table.row("a target's first scrape, both", "µs", [real, small].map { $0.first.text(0) })
    table.row("one tick in a silent second", "µs", [real, small].map { $0.tick.text(1) })
    table.row("series wanted of samples", "", [real, small].map(\.share))
    table.note("the state's share of 200 scrapes a second: that many times 200 µs")
    table.note("\(runs) runs of \(seconds) seconds of entries after a minute of them")
    table.show()
  }

  private struct Figures {
    var extract = Runs()
    var apply = Runs()
    var first = Runs()
    var tick = Runs()
    var share = ""
  }

  private func measure(
    _ runs: Int, _ seconds: Int, _ body: (_ target: Int, _ second: Int) -> [UInt8]
  ) -> Figures {
    var figures = Figures()
    let fleet = Bastion.fleet(Self.services)
    let roles = RoleTable.builtIn
    var extractors = (0..<Self.services).map { _ in
      Extractor { roles.wants(sampleName: $0, family: $1, type: $2) }
    }
    var bastion = Bastion(fleet)
    var second = 0
    // What is kept grows in the first minute; after it a second is like any other.
    let warming = options.quick ? 15 : 65
    for run in -1..<runs {
      var extracting: Int64 = 0
      var applying: Int64 = 0
      var scrapes = 0
      for _ in 0..<(run < 0 ? warming : seconds) {
        for target in 0..<Self.services {
          let text = body(target, second)
          let start = Clock.threadTime()
          let extraction = extractors[target].extract(text, format: .text)
          extracting += Clock.threadTime() - start
          if figures.share.isEmpty {
            figures.share = "\(extraction.readings.count) of \(extraction.sampleCount)"
          }
          let event = Event.scrape(
            target: bastion.targets[target],
            Scrape(duration: 0.002, outcome: .extracted(extraction, bytes: text.count)))
          let at = Double(second) + Double(target) / Double(Self.services)
          applying += bastion.apply(event, at: at)
          scrapes += 1
        }
        // All targets are met for the first time in the first second, and dear then.
        if second == 0 {
          figures.first.add(Double(extracting + applying) / Double(scrapes) / 1000)
        }
        second += 1
      }
      // Ticks come where nothing else does: a second later, with nothing in it.
      second += 1
      let tick = bastion.apply(.tick, at: Double(second))
      second += 1
      guard run >= 0 else { continue }
      figures.extract.add(Double(extracting) / Double(scrapes) / 1000)
      figures.apply.add(Double(applying) / Double(scrapes) / 1000)
      figures.tick.add(Double(tick) / 1000)
    }
    return figures
  }
}

/// A state with its entries, as a session on a bastion would own it.
struct Bastion {
  private(set) var state: State
  let targets: [Target]
  private static let began: Int64 = 1_795_000_000_000_000_000

  init(_ fleet: Fleet) {
    let start = Instant(wall: Self.began, offset: 0)
    state = State(began: start)
    targets = fleet.services.flatMap { service in
      service.instances.map { Target(service: service.name, instance: $0.url) }
    }
    _ = apply(.fleet(fleet), at: 0)
  }

  /// Answers the nanoseconds of CPU it took.
  mutating func apply(_ event: Event, at seconds: Double) -> Int64 {
    let start = Instant(wall: Self.began, offset: 0)
    let entry = Entry(
      sequence: state.present.sequence + 1, instant: start.advanced(by: seconds), event: event)
    let before = Clock.threadTime()
    state.apply(entry)
    return Clock.threadTime() - before
  }

  /// Services of one instance each, polled every second.
  static func fleet(_ count: Int) -> Fleet {
    Fleet(
      name: "bench",
      services: (0..<count).map { number in
        Service(
          name: "service-\(number)",
          instances: [
            Instance(
              url: "http://127.0.0.1:\(20_000 + number)", liveness: .none, readiness: .none,
              metrics: .path("/metrics"), polling: PollPolicy(interval: 1, timeout: 1))
          ])
      })
  }
}
