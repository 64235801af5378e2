import ArgumentParser
import Fleet
import Incident
import Screen
import Session
import Settings
import Simulator
import Telemetry

/// A simulated fleet with an incident to contain, and the dashboard on it.
struct Demo: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "See the dashboard on a simulated fleet that has an incident.",
    discussion: """
      Starts real HTTP services on 127.0.0.1, traffic among them, and a scripted incident. Without \
      a terminal it prints one snapshot and exits 0; with --linear it prints a line for each change \
      that matters, until it is interrupted.
      """)

  @OptionGroup var scenario: ScenarioOptions
  @OptionGroup var look: ScreenOptions
  @OptionGroup var journal: JournalOptions

  @Option(
    name: .customLong("for"),
    help: ArgumentHelp(
      "Without a screen: how long to watch (20s; with --linear, until interrupted).",
      valueName: "duration"))
  var duration: DurationArgument?

  func run() throws {
    let preferences = try Preferences.read(look.flags)
    let linear = preferences.settings.linear.value
    // Before the first thread: what starts later must never be interrupted by a signal.
    let hasScreen = !linear && StandardOutput.isTerminal
    if linear { EndSignals.block() } else if hasScreen { SignalMask.blockAll() }
    let simulated = try scenario.start(near: true)
    defer { try? Blocking.run { await simulated.stop() } }
    let source = FleetSource.fixed(try scenario.watched(simulated), RunbookShelf.samples())
    if hasScreen {
      return try Dashboard.show(
        source, preferences, recording: journal.wish(.temporary), wall: look.wallShown)
    }
    if linear {
      return try LinearWatch.run(
        source, ascii: preferences.wantsASCII, recording: journal.wish(.temporary),
        seconds: duration?.seconds)
    }
    if journal.keepRaw, journal.record == nil {
      throw Failure("--keep-raw without a screen needs a file to record into (--record)", .wrongUse)
    }
    let seconds = duration?.seconds ?? 20
    let text = try Blocking.run { [journal] in
      await LiveFleet.once(source, after: seconds, recording: journal.wish(.none)) {
        SnapshotText.page(of: $0.present, window: Snapshot.window(for: seconds))
      }
    }
    try StandardOutput.write(text)
  }
}
