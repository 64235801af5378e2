import Canvas
import Console
import Exposition
import Fleet
import Glibc
import Health
import Incident
import Telemetry

/// What drawing one frame costs, before anything is sent to a terminal.
struct RenderBench {
  private let options: Options
  private static let sizes = [Size(80, 24), Size(200, 60)]

  init(_ options: Options) { self.options = options }

  func run() throws(BenchError) {
    let runs = options.runs(usually: 9)
    var table = Table(
      "render: one frame of the fleet from the state; CPU of one thread",
      columns: Self.sizes.map { "damcon, \($0.width)x\($0.height)" })
    for count in [50, 200, 1000] {
      let state = Self.state(of: count)
      let figures = Self.sizes.map { size in
        measure(runs) { render(state, ConsoleState(size: size)) }
      }
      let worst = figures.max { $0.median < $1.median } ?? Runs()
      table.row(
        "\(count) services", "µs", figures.map { $0.text(0) },
        goal: Goal.atMost(2000, 0, "a turn of the state's owner").verdict(on: worst))
    }
    let long = Self.longPast(Self.state(of: 200))
    let past = Self.sizes.map { size in
      measure(runs) {
        var console = ConsoleState(size: size)
        console.playback = long.playback
        return render(long.state, console)
      }
    }
    table.row(
      "200 in a day's recording", "µs", past.map { $0.text(0) },
      goal: Goal.atMost(2000, 0, "a turn of the state's owner").verdict(
        on: past.max { $0.median < $1.median } ?? Runs()))
    let lines = lines(of: 1000, runs)
    table.row(
      "lines of text of 1000", "µs", [lines.text(0)],
      goal: Goal.atMost(2000, 0, "a turn of the state's owner").verdict(on: lines))
    table.note(
      "the recording: 4,096 milestones and 1,440 minutes of burn on the timeline; the lines: what is"
        + " said after a quarter of a second of a fleet polled every five")
    table.note("one service in twenty refuses; the others have a minute of traffic behind them")
    table.note("\(runs) runs of at least 60 ms")
    table.show()
  }

  private func measure(_ runs: Int, _ body: () -> Frame) -> Runs {
    var result = Runs()
    var last = body()
    for _ in 0..<runs {
      let start = Clock.threadTime()
      var frames = 0
      var spent: Int64 = 0
      while spent < 60_000_000 {
        last = body()
        frames += 1
        spent = Clock.threadTime() - start
      }
      result.add(Double(spent) / Double(frames) / 1000)
    }
    precondition(last.text.contains("service-"), "the bench drew a frame without its services")
    return result
  }

  /// A fleet after a minute of scrapes, five seconds apart.
  static func state(of count: Int) -> State { PolledFleet(count).state }

  /// A state that is shown as the end of a day in which much happened.
  private static func longPast(_ state: State) -> (state: State, playback: Playback) {
    let now = state.present.now
    let start = now.advanced(by: -86_400)
    var playback = Playback(
      source: .file(name: "day.damcon", integrity: "intact", isWhole: true), from: start, to: now)
    let kinds = Milestone.Kind.allCases
    playback.milestones = (0..<4096).map { number in
      Milestone(
        kinds[number % kinds.count], sequence: UInt64(number),
        instant: start.advanced(by: Double(number) * 21), words: "something happened")
    }
    playback.pulses = (0..<1440).map { minute in
      Pulse(
        instant: start.advanced(by: Double(minute) * 60), burn: Double(minute % 40),
        worst: .healthy)
    }
    return (state, playback)
  }

  /// Microseconds of what a screen reader is told, each time after one service in twenty was polled.
  private func lines(of count: Int, _ runs: Int) -> Runs {
    var fleet = PolledFleet(count)
    var report = LinearReport()
    _ = report.lines(over: fleet.state)
    var result = Runs()
    let part = count / 20
    for turn in 0..<runs * 4 {
      let first = turn % 20 * part
      for target in first..<first + part { fleet.poll(target, at: 67 + Double(turn) / 4) }
      let start = Clock.threadTime()
      _ = report.lines(over: fleet.state)
      result.add(Double(Clock.threadTime() - start) / 1000)
    }
    return result
  }
}

/// A fleet that was scraped for a minute, and can be scraped on.
private struct PolledFleet {
  private var bastion: Bastion
  private var extractors: [Extractor]
  var state: State { bastion.state }

  init(_ count: Int) {
    bastion = Bastion(Bastion.fleet(count))
    let roles = RoleTable.builtIn
    extractors = (0..<count).map { _ in
      Extractor { roles.wants(sampleName: $0, family: $1, type: $2) }
    }
    for second in stride(from: 1, through: 61, by: 5) {
      for target in 0..<count {
        poll(target, at: Double(second) + Double(target) / Double(count))
      }
    }
  }

  mutating func poll(_ target: Int, at seconds: Double) {
    let outcome: Scrape.Outcome
    if target % 20 == 19 {
      outcome = .fault(Fault(.refused, "connection refused"))
    } else {
      let text = MovingService(target).exposition(at: seconds.rounded(.down))
      outcome = .extracted(extractors[target].extract(text, format: .text), bytes: text.count)
    }
    _ = bastion.apply(
      .scrape(target: bastion.targets[target], Scrape(duration: 0.002, outcome: outcome)),
      at: seconds)
  }
}
