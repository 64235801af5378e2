import Exposition
import Fleet
import Glibc
import Incident
import Telemetry

/// What budgets cost: 1,000 services with three objectives each, polled, and remembered for a month.
struct LedgerBench {
  private let options: Options
  private static let services = 1000

  init(_ options: Options) { self.options = options }

  func run() throws(BenchError) {
    var table = Table(
      "ledger: \(Self.services) services of three SLOs, polled every five seconds; CPU of one thread",
      columns: ["damcon"])
    let before = resident
    var month = Month(Self.services)
    // A scrape an hour spreads over its minutes, so that every minute of the month is held.
    let days = options.quick ? 4 : 30
    for _ in 0..<(days * 24 - 6) { month.poll(after: 3600) }
    // The charts' coarse points, then the fine ones and the windows.
    for _ in 0..<345 { month.poll(after: 60) }
    for _ in 0..<12 { month.poll(after: 5) }
    month.forget()

    var polls = Runs()
    var turns = Runs()
    var ticks = Runs()
    for _ in 0..<(options.quick ? 36 : 180) {
      month.poll(after: 5)
      polls.add(Double(month.applied) / 1e6)
    }
    turns.add(Double(month.longest) / 1e6)
    // A minute turns while nobody is heard: the objectives are gone through by ticks alone.
    month.forget()
    for _ in 0..<180 { ticks.add(Double(month.tick()) / 1e6) }
    turns.add(Double(month.longest) / 1e6)
    let worst = turns.values.max() ?? 0
    var worstRun = Runs()
    worstRun.add(worst)
    var memory = Runs()
    memory.add((resident - before) / 1e6)

    table.row(
      "one poll of all, applied", "ms", [polls.text(1)],
      goal: Goal.atMost(20, 0).verdict(on: polls))
    table.row(
      "longest turn, scrape or tick", "ms", [worstRun.text(2)],
      goal: Goal.atMost(2, 0).verdict(on: worstRun))
    table.row("a tick with nothing else", "ms", [ticks.text(2)])
    table.row(
      "memory after \(days) days", "MB", [memory.text(0)],
      goal: Goal.atMost(300, 0).verdict(on: memory))
    let held = month.held
    table.note("of that in ledgers: \((held / 1e6).fixed(0)) MB")
    table.note("a turn is one `State.apply`; polls of all services come within one second")
    table.show()
  }

  private var resident: Double { ProcessUsage(of: getpid())?.resident ?? 0 }
}

/// A fleet that lives by polls as long as is asked for.
private struct Month {
  private var state: State
  private let targets: [Target]
  private var scrapes: [Extraction]
  private var isCounter: [Bool] = []
  private var seconds = 0.0
  private let began = Instant(wall: 1_795_000_000_000_000_000, offset: 0)
  /// Nanoseconds of the last poll of all, and of the longest turn since `forget`.
  private(set) var applied: Int64 = 0
  private(set) var longest: Int64 = 0

  init(_ count: Int) {
    let fleet = Fleet(
      name: "bench",
      services: Bastion.fleet(count).services.map { service in
        var service = service
        // As often as they are asked here: else each would be stale between two polls.
        for place in service.instances.indices { service.instances[place].polling = PollPolicy() }
        service.slos = [
          SLO(name: "availability", objective: 99.9, window: 30 * 86_400),
          SLO(name: "fast", objective: 99, threshold: 0.25, window: 30 * 86_400),
          SLO(name: "faster", objective: 95, threshold: 0.06, window: 28 * 86_400),
        ]
        return service
      })
    targets = fleet.services.map { Target(service: $0.name, instance: $0.instances[0].url) }
    let roles = RoleTable.builtIn
    scrapes = (0..<count).map { number in
      var extractor = Extractor { roles.wants(sampleName: $0, family: $1, type: $2) }
      return extractor.extract(MovingService(number).exposition(at: 0), format: .text)
    }
    isCounter =
      scrapes.first?.defined.map { [.counter, .histogram, .summary].contains($0.type) } ?? []
    state = State(began: began)
    _ = apply(.fleet(fleet))
    poll(after: 1)
    for index in scrapes.indices { scrapes[index].defined = [] }
  }

  /// Lets time pass, then scrapes every service once within a second.
  mutating func poll(after passed: Double) {
    seconds += passed
    applied = 0
    let base = seconds
    for (index, target) in targets.enumerated() {
      for place in scrapes[index].readings.indices
      where isCounter[Int(scrapes[index].readings[place].series)] {
        let value = scrapes[index].readings[place].value
        scrapes[index].readings[place].value = (value * 1.001 + passed / 60).rounded()
      }
      seconds = base + Double(index) / Double(targets.count)
      applied += apply(
        .scrape(
          target: target, Scrape(duration: 0.01, outcome: .extracted(scrapes[index], bytes: 4096))))
    }
    seconds = base
  }

  mutating func tick() -> Int64 {
    seconds += 1
    return apply(.tick)
  }

  mutating func forget() { longest = 0 }

  private mutating func apply(_ event: Event) -> Int64 {
    let entry = Entry(
      sequence: state.present.sequence + 1, instant: began.advanced(by: seconds), event: event)
    let before = Clock.threadTime()
    state.apply(entry)
    let taken = Clock.threadTime() - before
    longest = max(longest, taken)
    return taken
  }

  /// Bytes that ledgers hold.
  var held: Double {
    state.ledger.accounts.reduce(0) { $0 + Double($1.ledger.bytesHeld) }
  }
}
