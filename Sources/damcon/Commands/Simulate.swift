import ArgumentParser
import Fleet
import Simulator

/// The simulated fleet alone.
struct Simulate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Run a simulated fleet without the dashboard, until interrupted.",
    discussion: """
      Prints each instance's address, then lives the scenario. Every service has admin endpoints \
      (POST /admin/limits, /throttle, /breaker, /flags, /drain, /rollback) that change what \
      happens next.
      """)

  @OptionGroup var scenario: ScenarioOptions

  func run() throws {
    EndSignals.block()
    let simulated = try scenario.start(near: false)
    var table = TextTable([
      ("SERVICE", .left), ("TIER", .left), ("LANG", .left), ("ADDRESS", .left),
    ])
    for service in simulated.fleet.services {
      for instance in service.instances {
        table.add([
          service.name, service.tier.rawValue, service.language?.rawValue ?? "", instance.url,
        ])
      }
    }
    try StandardOutput.write(table.lines.joined(separator: "\n") + "\n")
    EndSignals.wait()
    try Blocking.run { await simulated.stop() }
  }
}
