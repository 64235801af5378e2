import ArgumentParser
import Canvas
import Screen

/// How the dashboard looks on this terminal.
struct ScreenOptions: ParsableArguments {
  @Option(help: "How many colours to use; else NO_COLOR, COLORTERM and terminfo decide.")
  var color: ColorDepth?

  @Flag(help: "Draw with ASCII alone, whatever the locale has.") var ascii = false

  var screen: Screen.Options {
    Screen.Options(depth: color, theme: .dark, unicode: ascii ? false : nil)
  }
}

extension ColorDepth: ExpressibleByArgument {}
