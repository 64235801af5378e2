import ArgumentParser
import Canvas
import Screen

/// How the dashboard looks on this terminal.
struct ScreenOptions: ParsableArguments {
  @Option(help: "How many colours to use; else NO_COLOR, COLORTERM and terminfo decide.")
  var color: ColorDepth?

  @Flag(help: "Hear the mouse: a click chooses a row, a second one opens it.") var mouse = false

  @Flag(help: "Sound the terminal's bell for a key that can do nothing.") var bell = false

  @Option(
    help: ArgumentHelp(
      "The link to this terminal carries so many bits a second; draw accordingly.",
      valueName: "bps"))
  var link: Int?

  @Flag(help: "Draw with ASCII alone, whatever the locale has.") var ascii = false

  func validate() throws {
    if let link, link < 300 { throw ValidationError("--link is at least 300 bits a second.") }
  }

  var screen: Screen.Options {
    Screen.Options(
      depth: color, theme: .dark, unicode: ascii ? false : nil, mouse: mouse,
      // Ten bits a byte, as on a serial line: start and stop included.
      bytesPerSecond: link.map { $0 / 10 })
  }
}

extension ColorDepth: ExpressibleByArgument {}
