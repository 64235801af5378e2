import ArgumentParser
import Bridge
import Console
import Screen
import Settings
import YAMLText

/// A screen of one's own on a session that is shared.
struct Attach: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Join the session that `damcon serve` keeps, with a screen of your own.",
    discussion: """
      Services are polled once, by the daemon; everybody sees the same facts at their own size. What \
      you may do is what the fleet file's access section gives your login on the daemon's host.

      Over the network it is SSH's: `ssh -t host damcon attach`. Without a terminal (no -t, or a pipe) \
      it prints a line for each change that matters. Through a forwarded socket \
      (ssh -L ./fleet.sock:/run/damcon/fleet.sock host) it only looks, since the other side \
      cannot know who sits here.

      :here shows who is here; :follow NAME goes where they look; :present lets others follow; \
      :hand raises a hand.
      """)

  @OptionGroup var bridge: PlaceOptions
  @OptionGroup var look: ScreenOptions

  func run() throws {
    let preferences = try Preferences.read(look.flags)
    let isLinear = preferences.settings.linear.value || !StandardOutput.isTerminal
    if isLinear, look.wallShown != nil {
      throw Failure("--wall needs a terminal to draw on", .wrongUse)
    }
    // Before the keys are taken: whoever waits for nothing can still be interrupted.
    let found = try bridge.session()
    if isLinear {
      EndSignals.block()
      return try LinearWatch.run(found, ascii: preferences.wantsASCII)
    }
    SignalMask.blockAll()
    try AttachedDashboard.show(found, preferences, wall: look.wallShown)
  }
}
