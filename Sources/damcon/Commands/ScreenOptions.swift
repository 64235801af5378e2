import ArgumentParser
import Canvas
import Console
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

  @Flag(
    inversion: .prefixedNo,
    help:
      "Ring for keys that can do nothing too; --no-bell: never, not even for what waits for you.")
  var bell: Bool?

  @Option(
    help: ArgumentHelp(
      "Bits a second of a slow link: less is drawn. 0 for one that keeps up.", valueName: "bps"))
  var link: Int?

  @Flag(
    inversion: .prefixedNo, help: "Print a line for each change instead of drawing a screen.")
  var linear: Bool?

  @Flag(help: "For a screen on a wall: few facts, large, in turns; no key is needed.")
  var wall = false

  @Option(
    help: ArgumentHelp(
      "Of the wall: seconds for which a page stays; else \(Int(Wall.usualRotation)).",
      valueName: "seconds"))
  var rotate: Double?

  @OptionGroup var veil: VeilOption

  func validate() throws {
    if let rotate {
      guard wall else { throw ValidationError("--rotate turns the pages of --wall.") }
      guard Wall.rotations.contains(rotate) else {
        throw ValidationError(
          "--rotate is from \(Int(Wall.rotations.lowerBound)) to "
            + "\(Int(Wall.rotations.upperBound)) seconds.")
      }
    }
    if veil.redact != nil, !wall {
      throw ValidationError(
        "--redact is for --wall: the other panes are full of names and addresses.")
    }
    if wall, linear == true {
      throw ValidationError("--wall draws a screen, which --linear does not.")
    }
    if ascii, let glyphs, glyphs != .ascii {
      throw ValidationError("--ascii and --glyphs \(glyphs.rawValue) contradict each other.")
    }
    if let link, link != 0, !Settings.links.contains(link) {
      throw ValidationError(
        "--link is from \(Settings.links.lowerBound) to \(Settings.links.upperBound) bits a second, "
          + "or 0.")
    }
  }

  /// The wall that was asked for; nil: somebody sits before this screen.
  var wallShown: Wall? {
    wall ? Wall(rotation: rotate ?? Wall.usualRotation, veiled: veil.rules) : nil
  }

  var flags: Settings.Flags {
    Settings.Flags(
      theme: theme, color: color, glyphs: ascii ? .ascii : glyphs, mouse: mouse, bell: bell,
      link: link, linear: linear)
  }
}

/// What a screen that strangers can see leaves out.
struct VeilOption: ParsableArguments {
  @Option(
    defaultAsFlag: "all",
    help: ArgumentHelp(
      """
      Of the wall: what is not shown as it is, of services, people (both: names), addresses, \
      messages; alone, all of it.
      """,
      valueName: "rules"),
    completion: .list(["all", "names"] + Veil.Rule.allCases.map(\.rawValue)))
  var redact: String?

  func validate() throws {
    do { _ = try redact.map(Veil.rules(named:)) } catch let problem as Veil.Problem {
      throw ValidationError("--redact: \(problem.sentence).")
    }
  }

  var rules: Set<Veil.Rule> { (try? redact.map(Veil.rules(named:))) ?? [] }
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
