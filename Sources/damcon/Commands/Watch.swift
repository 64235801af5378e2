import ArgumentParser
import Fleet
import Screen
import Settings

/// The live dashboard.
struct Watch: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Watch a fleet live (what `damcon` alone does).",
    discussion: """
      With addresses alone Damcon finds the health and metrics routes itself. Without any it reads \
      damcon.yaml of this folder.

      Where `damcon serve` keeps a session for this fleet, it joins that one instead of polling again \
      (see `damcon attach`); --alone does not.

      --linear needs no screen: it prints a line for each change that matters, without escape codes, \
      until it is interrupted. Use it with a screen reader, in a pipe, or where TERM is dumb.
      """)

  @OptionGroup var fleet: FleetOptions
  @OptionGroup var look: ScreenOptions
  @OptionGroup var journal: JournalOptions

  @Flag(help: "Poll and record by itself though a session is kept for this fleet.")
  var alone = false

  func run() throws {
    let preferences = try Preferences.read(look.flags)
    let source = try fleet.source()
    let found = try served(source)
    if preferences.settings.linear.value {
      EndSignals.block()
      if let found { return try LinearWatch.run(found, ascii: preferences.wantsASCII) }
      return try LinearWatch.run(
        source, ascii: preferences.wantsASCII, recording: journal.wish(.fleet))
    }
    SignalMask.blockAll()
    if let found {
      return try AttachedDashboard.show(found, preferences, wall: look.wallShown)
    }
    try Dashboard.show(
      source, preferences, recording: journal.wish(.fleet), wall: look.wallShown)
  }

  /// The session that is joined; nil where there is none, or where something is asked for that only this process does.
  private func served(_ source: FleetSource) throws -> FoundSession? {
    guard !alone, journal.record == nil, !journal.keepRaw else { return nil }
    let place = PlaceOptions.place(of: source.fleet.name, named: journal.socket ?? source.socket)
    return try FoundSession.served(at: place, fleet: source.fleet.name)
  }
}
