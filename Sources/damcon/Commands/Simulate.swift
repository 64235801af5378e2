import ArgumentParser
import Fleet
import Screen
import Simulator

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

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
    SignalMask.blockAll()
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
    Simulate.waitForEnd()
    try Blocking.run { await simulated.stop() }
  }

  /// Returns when the program is asked to end; the signals were blocked before any thread began.
  private static func waitForEnd() {
    var signals = sigset_t()
    sigemptyset(&signals)
    for signal in [SIGINT, SIGTERM, SIGHUP] { sigaddset(&signals, signal) }
    var signal: Int32 = 0
    while sigwait(&signals, &signal) != 0 {}
  }
}
