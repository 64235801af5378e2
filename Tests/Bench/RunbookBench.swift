import Canvas
import Conditions
import Console
import Exposition
import Fleet
import Incident
import Runbooks
import Telemetry

/// What runbooks cost while a fleet is watched, and until one is on the screen.
struct RunbookBench {
  private let options: Options
  private static let services = 1000
  private static let runbooks = 2000

  init(_ options: Options) { self.options = options }

  func run() throws(BenchError) {
    let runs = options.runs(usually: 5)
    let cards: [RunbookCard]
    do { cards = try (0..<Self.runbooks).map(Self.card) } catch {
      throw BenchError("a condition of the bench is none: \(error)")
    }
    var table = Table(
      "runbooks: \(Self.runbooks) of them, \(Self.services) services; CPU of one thread",
      columns: ["damcon"])
    let (all, one) = rescoring(cards, runs)
    table.row(
      "all services re-scored after a poll", "ms", [all.text(1)],
      goal: Goal.atMost(10, 0, "after a poll").verdict(on: all))
    table.row("one service re-scored", "µs", [one.text(1)])
    let opening = opening(cards, runs)
    table.row(
      "opening one: key to frame, 120x40", "ms", [opening.text(2)],
      goal: Goal.atMost(16, 0, "a frame").verdict(on: opening))
    table.note(
      "eight in ten are for one service, one in ten for a tier, one in ten for any; each asks two or three things"
    )
    table.note("re-scoring: scrapes with runbooks less the same scrapes without them; \(runs) runs")
    table.show()
  }

  private static let signals = [
    "p99_ms", "p95_ms", "error_ratio", "rate", "saturation", "go_goroutines", "rust_panics",
    "tokio_busy_ratio",
  ]

  /// What real ones ask: a figure over a limit for a time, and a second thing that is so.
  private static func card(_ number: Int) throws -> RunbookCard {
    var card = RunbookCard(
      id: "runbook-\(number)", title: "Runbook \(number)",
      hash: (0..<32).map { UInt8(truncatingIfNeeded: number &* 31 &+ $0 &+ number >> 8) })
    let first = signals[number % signals.count]
    let second = signals[(number / 7 + 3) % signals.count]
    func over(_ signal: String) -> String {
      let isShare = signal.hasSuffix("_ratio") || signal == "saturation"
      return "\(signal) > " + (isShare ? "0.99\(number % 40)" : "\(1_000_000 + number % 40)")
    }
    card.match = try Condition(
      number % 3 == 0
        ? "\(over(first)) for 1m and \(over(second)) and health is not healthy"
        : "\(over(first)) for 2m or \(over(second))")
    switch number % 10 {
    case 0: card.scope = RunbookScope(tiers: [.important])
    case 1: break
    default: card.scope = RunbookScope(services: ["service-\(number % services)"])
    }
    return card
  }

  /// Milliseconds of all services, and microseconds of one.
  private func rescoring(_ cards: [RunbookCard], _ runs: Int) -> (all: Runs, one: Runs) {
    var (all, one) = (Runs(), Runs())
    for _ in 0..<runs {
      var plain = Rounds(Self.services)
      var full = Rounds(Self.services)
      full.take(cards)
      var differences = Runs()
      let rounds = options.quick ? 8 : 16
      for round in 0..<rounds + 4 {
        let difference = full.round(less: &plain)
        // The first polls meet every series for the first time.
        if round >= 4 { differences.add(Double(difference)) }
      }
      let spent = max(0, differences.median)
      all.add(spent / 1e6)
      one.add(spent / 1e3 / Double(Self.services))
    }
    return (all, one)
  }

  private func opening(_ cards: [RunbookCard], _ runs: Int) -> Runs {
    var rounds = Rounds(50)
    rounds.take(cards)
    for _ in 0..<4 { rounds.round() }
    let text = """
      ## Meaning
      It is slow: {{ signal p99_ms }}.

      ## Containment

      """
      + (1...40).map { "\($0). Do the thing number \($0) with `care` and see [why](#meaning)\n" }
      .joined()
    let library = RunbookLibrary(
      cards.map {
        Runbook(card: $0, path: "\($0.id).md", text: RunbookText(text), source: text)
      })
    var result = Runs()
    for _ in 0..<runs * 3 {
      var console = ConsoleState(size: Size(120, 40))
      console.library = library
      let state = rounds.state
      let start = Clock.threadTime()
      _ = console.reduce(.key(.character("r")), over: state)
      _ = console.reduce(.key(.enter), over: state)
      let frame = render(state, console)
      result.add(Double(Clock.threadTime() - start) / 1e6)
      precondition(frame.text.contains("CONTAINMENT"), "the bench opened no runbook")
    }
    return result
  }

  /// Services that are scraped one after another, round by round.
  private struct Rounds {
    private var bastion: Bastion
    private var extractors: [Extractor]
    private var second = 0
    var state: State { bastion.state }

    init(_ count: Int) {
      bastion = Bastion(Bastion.fleet(count))
      let roles = RoleTable.builtIn
      extractors = (0..<count).map { _ in
        Extractor { roles.wants(sampleName: $0, family: $1, type: $2) }
      }
    }

    mutating func take(_ cards: [RunbookCard]) { _ = bastion.apply(.runbooks(cards), at: 0) }

    /// Applies a poll of every service.
    mutating func round() {
      second += 5
      for target in extractors.indices { _ = poll(target) }
    }

    /// Nanoseconds that it takes longer than others do, each poll beside theirs: what the machine does
    /// meanwhile comes upon both.
    mutating func round(less others: inout Rounds) -> Int64 {
      second += 5
      others.second += 5
      var difference: Int64 = 0
      for target in extractors.indices {
        difference += poll(target)
        difference -= others.poll(target)
      }
      return difference
    }

    private mutating func poll(_ target: Int) -> Int64 {
      let text = MovingService(target).exposition(at: Double(second))
      let extraction = extractors[target].extract(text, format: .text)
      let event = Event.scrape(
        target: bastion.targets[target],
        Scrape(duration: 0.002, outcome: .extracted(extraction, bytes: text.count)))
      return bastion.apply(
        event, at: Double(second) + 4.5 * Double(target) / Double(extractors.count))
    }
  }
}
