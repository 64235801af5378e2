import Exposition
import Fleet
import Glibc
import Incident
import Telemetry

/// What budgets cost: 1,000 services with three objectives each, polled, and remembered for a month.
struct LedgerBench {
  private let options: Options
  private static let services = 1000
  /// Of them, those that fail and are slow on an ordinary day.
  private static let troubled = 10

  init(_ options: Options) { self.options = options }

  func run() throws(BenchError) {
    var table = Table(
      "ledger: \(Self.services) services of three SLOs, polled every five seconds; CPU of one thread",
      columns: ["damcon"])
    let before = resident
    var month = Month(Self.services)
    month.fail(allBut: Self.services - Self.troubled)
    // A scrape an hour spreads over its minutes, so that every minute of the month is held.
    let days = options.quick ? 4 : 30
    for _ in 0..<(days * 24 - 6) { month.poll(after: 3600) }
    // The charts' coarse points, then the fine ones and the windows.
    for _ in 0..<345 { month.poll(after: 60) }
    for _ in 0..<12 { month.poll(after: 5) }

    let rounds = options.quick ? 36 : 180
    let ordinary = month.polls(rounds)
    month.fail(allBut: 0)
    let outage = month.polls(rounds)
    month.fail(allBut: Self.services - Self.troubled)
    // A minute turns while nobody is heard: objectives and silences are gone through by ticks alone.
    let silence = month.ticks(180)
    var memory = Runs()
    memory.add((resident - before) / 1e6)

    func row(_ what: String, _ runs: Runs, _ digits: Int, atMost limit: Double?) {
      let goal = limit.map { Goal.atMost($0, 0).verdict(on: runs) }
      table.row(what, "ms", [runs.text(digits)], goal: goal ?? "")
    }
    row("one poll of all, applied", ordinary.whole, 1, atMost: 20)
    row("  the longest turn", ordinary.longest, 2, atMost: 2)
    row("with every service in trouble", outage.whole, 1, atMost: nil)
    row("  the longest turn", outage.longest, 2, atMost: 2)
    row("a tick while none is heard", silence.whole, 2, atMost: nil)
    row("  the longest turn", silence.longest, 2, atMost: 2)
    table.row(
      "memory after \(days) days", "MB", [memory.text(0)],
      goal: Goal.atMost(300, 0).verdict(on: memory))
    let held = month.held
    table.note("of that in ledgers: \((held / 1e6).fixed(0)) MB")
    table.note("a turn is one `State.apply`; polls of all services come within one second")
    table.note("\(Self.troubled) services are in trouble where nothing else is said")
    table.show()
  }

  private var resident: Double { ProcessUsage(of: getpid())?.resident ?? 0 }
}

/// What a stretch of a fleet's life cost, in milliseconds.
private struct Cost {
  /// Of each poll of all, or each tick.
  var whole = Runs()
  /// The longest turn of them all.
  var longest = Runs()
}

/// A fleet that lives by polls as long as is asked for.
private struct Month {
  private var state: State
  private let targets: [Target]
  private var scrapes: [Extraction]
  /// By series: how much it grows while a service is well, and while it fails.
  private var growth: [(well: Double, failing: Double)] = []
  /// Services before this one fail.
  private var failing = 0
  private var seconds = 0.0
  private let began = Instant(wall: 1_795_000_000_000_000_000, offset: 0)
  /// Requests a second of one handler.
  private static let rate = 20.0

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
          SLO(name: "faster", objective: 95, threshold: 0.05, window: 28 * 86_400),
        ]
        return service
      })
    targets = fleet.services.map { Target(service: $0.name, instance: $0.instances[0].url) }
    let roles = RoleTable.builtIn
    scrapes = (0..<count).map { number in
      var extractor = Extractor { roles.wants(sampleName: $0, family: $1, type: $2) }
      return extractor.extract(MovingService(number).exposition(at: 0), format: .text)
    }
    growth = scrapes.first?.defined.map(Self.growth) ?? []
    state = State(began: began)
    apply(.fleet(fleet))
    poll(after: 1)
    for index in scrapes.indices { scrapes[index].defined = [] }
  }

  /// What a series gains with each request of a handler. Nine of ten are quick while a service is
  /// well; while it fails one in twenty is lost and half are slow.
  private static func growth(_ series: SeriesDefinition) -> (well: Double, failing: Double) {
    guard [.counter, .histogram].contains(series.type) else { return (0, 0) }
    if series[label: "code"] == "500" { return (0, 0.05) }
    guard let bound = series[label: "le"].flatMap(Double.init) else { return (1, 1) }
    return bound < 0.05 ? (0.9, 0.3) : bound < 1 ? (1, 0.5) : (1, 1)
  }

  /// From now on all fail but so many.
  mutating func fail(allBut well: Int) { failing = targets.count - well }

  /// Lets time pass, then scrapes every service once within a second.
  mutating func poll(after passed: Double) {
    grow(by: passed)
    scrape {}
  }

  private mutating func grow(by passed: Double) {
    seconds += passed
    for index in scrapes.indices {
      for place in scrapes[index].readings.indices {
        let series = growth[Int(scrapes[index].readings[place].series)]
        let gained = passed * Self.rate * (index < failing ? series.failing : series.well)
        if gained > 0 { scrapes[index].readings[place].value += gained.rounded() }
      }
    }
  }

  /// - Parameter each: after each of them.
  private mutating func scrape(_ each: () -> Void) {
    let base = seconds
    for (index, target) in targets.enumerated() {
      seconds = base + Double(index) / Double(targets.count)
      apply(
        .scrape(
          target: target, Scrape(duration: 0.01, outcome: .extracted(scrapes[index], bytes: 4096))))
      each()
    }
    seconds = base
  }

  /// Every other poll is measured as a whole, the others turn by turn: asking for the time of a
  /// thread costs as much as a part of a turn.
  mutating func polls(_ count: Int) -> Cost {
    var cost = Cost()
    var longest: Int64 = 0
    for _ in 0..<count {
      grow(by: 5)
      let before = Clock.threadTime()
      scrape {}
      cost.whole.add(Double(Clock.threadTime() - before) / 1e6)
      grow(by: 5)
      var last = Clock.threadTime()
      scrape {
        let now = Clock.threadTime()
        longest = max(longest, now - last)
        last = now
      }
    }
    cost.longest.add(Double(longest) / 1e6)
    return cost
  }

  /// Seconds in which nothing is heard.
  mutating func ticks(_ count: Int) -> Cost {
    var cost = Cost()
    for _ in 0..<count {
      seconds += 1
      let before = Clock.threadTime()
      apply(.tick)
      cost.whole.add(Double(Clock.threadTime() - before) / 1e6)
    }
    cost.longest.add(cost.whole.values.max() ?? 0)
    return cost
  }

  private mutating func apply(_ event: Event) {
    state.apply(
      Entry(
        sequence: state.present.sequence + 1, instant: began.advanced(by: seconds), event: event))
  }

  /// Bytes that ledgers hold.
  var held: Double {
    state.ledger.accounts.reduce(0) { $0 + Double($1.ledger.bytesHeld) }
  }
}
