import ArgumentParser
import Fleet
import Incident
import Screen
import Session
import Simulator
import Telemetry

/// A simulated fleet with an incident to contain, and the dashboard on it.
struct Demo: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "See the dashboard on a simulated fleet that has an incident.",
    discussion: """
      Starts real HTTP services on 127.0.0.1, traffic among them, and a scripted incident. Without \
      a terminal it prints one snapshot and exits 0.
      """)

  @OptionGroup var scenario: ScenarioOptions
  @OptionGroup var look: ScreenOptions

  @Option(
    name: .customLong("for"),
    help: ArgumentHelp("Without a terminal: how long to watch.", valueName: "duration"))
  var duration = DurationArgument(argument: "20s")!

  func run() throws {
    // Before the first thread: what starts later must never be interrupted by a signal.
    let hasScreen = StandardOutput.isTerminal
    if hasScreen { SignalMask.blockAll() }
    let simulated = try scenario.start(near: true)
    defer { try? Blocking.run { await simulated.stop() } }
    let source = FleetSource.fixed(simulated.fleet)
    if hasScreen { return try Dashboard.show(source, options: look) }
    let text = try Blocking.run { [duration] in
      await LiveFleet.once(source, after: duration.seconds) {
        SnapshotText.page(of: $0.present, window: Snapshot.window(for: duration.seconds))
      }
    }
    try StandardOutput.write(text)
  }
}
