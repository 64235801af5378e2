import ArgumentParser
import Screen

/// The live dashboard.
struct Watch: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Watch a fleet live (what `damcon` alone does).",
    discussion: """
      With addresses alone Damcon finds the health and metrics routes itself. Without any it reads \
      damcon.yaml of this folder.
      """)

  @OptionGroup var fleet: FleetOptions
  @OptionGroup var look: ScreenOptions

  func run() throws {
    let source = try fleet.source()
    SignalMask.blockAll()
    try Dashboard.show(source, options: look)
  }
}
