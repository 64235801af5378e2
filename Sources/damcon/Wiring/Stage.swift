import Canvas
import Console
import Foundation
import Screen
import Settings

/// This terminal, taken over for a console: whatever it shows, live or past.
struct Stage {
  private let screen: Screen
  private let port: ScreenPort
  private let preferences: Preferences
  private let bytesPerSecond: Int?

  /// To be made on the main thread, after `SignalMask.blockAll()`.
  init(_ preferences: Preferences) throws {
    self.preferences = preferences
    let settings = preferences.settings
    // Ten bits a byte, as on a serial line: start and stop included.
    bytesPerSecond = settings.link.value.map { $0 / 10 }
    let look = Screen.Options(
      depth: settings.color.value, theme: try preferences.theme(),
      unicode: preferences.wantsASCII ? false : nil, mouse: settings.mouse.value,
      bytesPerSecond: bytesPerSecond)
    do {
      screen = try Screen(look, environment: ProcessInfo.processInfo.environment)
      port = try ScreenPort()
    } catch {
      throw Failure(error.description)
    }
  }

  /// A desk at this terminal, as the responder's settings want it.
  func desk(
    _ tense: ConsoleDesk.Tense, source: Playback.Source, keyboard: Keyboard,
    errands: ConsoleDesk.Errands
  ) -> ConsoleDesk {
    let settings = preferences.settings
    let known = screen.terminal.glyphs
    var console = ConsoleState(
      size: screen.size, glyphs: settings.glyphs.value?.glyphs(known) ?? known,
      theme: settings.theme.value, localOffset: TimeZone.current.secondsFromGMT(),
      keys: settings.keys.value, themes: preferences.themeNames)
    console.terminalGlyphs = known
    console.columns = settings.columns.value
    return ConsoleDesk(
      console, tense, source: source, keyboard: keyboard, screen: port,
      library: preferences.library, bell: settings.bell,
      bytesPerSecond: bytesPerSecond, errands: errands)
  }

  /// Shows what is drawn until the responder quits, and gives the terminal back.
  func run(_ keyboard: Keyboard) throws {
    let exit: Screen.Exit
    do { exit = try screen.run(port) { keyboard.send($0) } } catch {
      throw Failure(error.description)
    }
    if case .abandoned(let why) = exit {
      throw Failure("the dashboard did not end in time after being \(why)")
    }
  }
}
