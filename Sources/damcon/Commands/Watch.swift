import ArgumentParser
import Screen
import Settings

/// The live dashboard.
struct Watch: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Watch a fleet live (what `damcon` alone does).",
    discussion: """
      With addresses alone Damcon finds the health and metrics routes itself. Without any it reads \
      damcon.yaml of this folder.

      --linear needs no screen: it prints a line for each change that matters, without escape codes, \
      until it is interrupted. Use it with a screen reader, in a pipe, or where TERM is dumb.
      """)

  @OptionGroup var fleet: FleetOptions
  @OptionGroup var look: ScreenOptions
  @OptionGroup var journal: JournalOptions

  func run() throws {
    let preferences = try Preferences.read(look.flags)
    let source = try fleet.source()
    if preferences.settings.linear.value {
      EndSignals.block()
      return try LinearWatch.run(
        source, ascii: preferences.wantsASCII, recording: journal.wish(.fleet))
    }
    SignalMask.blockAll()
    try Dashboard.show(source, preferences, recording: journal.wish(.fleet))
  }
}
