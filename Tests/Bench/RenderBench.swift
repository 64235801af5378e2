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
  static func state(of count: Int) -> State {
    var bastion = Bastion(Bastion.fleet(count))
    let roles = RoleTable.builtIn
    var extractors = (0..<count).map { _ in
      Extractor { roles.wants(sampleName: $0, family: $1, type: $2) }
    }
    for second in stride(from: 1, through: 61, by: 5) {
      for target in 0..<count {
        let outcome: Scrape.Outcome
        if target % 20 == 19 {
          outcome = .fault(Fault(.refused, "connection refused"))
        } else {
          let text = MovingService(target).exposition(at: Double(second))
          outcome = .extracted(extractors[target].extract(text, format: .text), bytes: text.count)
        }
        _ = bastion.apply(
          .scrape(target: bastion.targets[target], Scrape(duration: 0.002, outcome: outcome)),
          at: Double(second) + Double(target) / Double(count))
      }
    }
    return bastion.state
  }
}
