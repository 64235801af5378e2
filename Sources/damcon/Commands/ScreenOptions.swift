import ArgumentParser
import Canvas
import Settings

/// How the dashboard looks and behaves on this terminal; what is not said here comes from the
/// environment and the settings file.
struct ScreenOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A theme by name or file; else DAMCON_THEME, the settings file, dark.",
      valueName: "name|file"),
    completion: ThemeOption.completion)
  var theme: String?

  @Option(
    help:
      "How many colors to use; else DAMCON_COLOR, NO_COLOR, the settings, COLORTERM, terminfo.")
  var color: ColorDepth?

  @Option(help: "What charts and signs are drawn with; never more than the locale has.")
  var glyphs: GlyphChoice?

  @Flag(help: "Draw with ASCII alone, whatever the locale has: --glyphs ascii.") var ascii = false

  @Flag(inversion: .prefixedNo, help: "Take clicks and the wheel of the mouse; else off.")
  var mouse: Bool?

  @Flag(inversion: .prefixedNo, help: "Ring when a key can do nothing; else off.")
  var bell: Bool?

  @Option(
    help: ArgumentHelp(
      "Bits a second of a slow link: less is drawn. 0 for one that keeps up.", valueName: "bps"))
  var link: Int?

  @Flag(
    inversion: .prefixedNo, help: "Print a line for each change instead of drawing a screen.")
  var linear: Bool?

  func validate() throws {
    if ascii, let glyphs, glyphs != .ascii {
      throw ValidationError("--ascii and --glyphs \(glyphs.rawValue) contradict each other.")
    }
    if let link, link != 0, !Settings.links.contains(link) {
      throw ValidationError(
        "--link is from \(Settings.links.lowerBound) to \(Settings.links.upperBound) bits a second, "
          + "or 0.")
    }
  }

  var flags: Settings.Flags {
    Settings.Flags(
      theme: theme, color: color, glyphs: ascii ? .ascii : glyphs, mouse: mouse, bell: bell,
      link: link, linear: linear)
  }
}

/// What a shell offers after `--theme`.
enum ThemeOption {
  static let completion = CompletionKind.list([
    "dark", "light", "high-contrast", "colorblind-red-green", "colorblind-blue-yellow",
    "monochrome", "war-room",
  ])
}

extension ColorDepth: ExpressibleByArgument {}
extension GlyphChoice: ExpressibleByArgument {}
