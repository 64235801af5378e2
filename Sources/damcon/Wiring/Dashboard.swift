import Canvas
import Console
import Fleet
import Foundation
import Screen
import Session
import Settings

/// The dashboard on this terminal: the fleet behind it, the console in it, until the responder quits.
enum Dashboard {
  /// Takes the terminal over and returns when it has been given back.
  ///
  /// To be called on the main thread, after `SignalMask.blockAll()`.
  static func show(_ source: FleetSource, _ preferences: Preferences) throws {
    let settings = preferences.settings
    // Ten bits a byte, as on a serial line: start and stop included.
    let bytesPerSecond = settings.link.value.map { $0 / 10 }
    let look = Screen.Options(
      depth: settings.color.value, theme: try preferences.theme(),
      unicode: preferences.wantsASCII ? false : nil, mouse: settings.mouse.value,
      bytesPerSecond: bytesPerSecond)
    let screen: Screen
    let port: ScreenPort
    do {
      screen = try Screen(look, environment: ProcessInfo.processInfo.environment)
      port = try ScreenPort()
    } catch {
      throw Failure(error.description)
    }
    let live = LiveFleet(source.fleet, source: source)
    let session = live.session
    let keyboard = Keyboard(ringing: session.inbox)
    let known = screen.terminal.glyphs
    var console = ConsoleState(
      size: screen.size, glyphs: settings.glyphs.value?.glyphs(known) ?? known,
      theme: settings.theme.value, localOffset: TimeZone.current.secondsFromGMT(),
      keys: settings.keys.value, themes: preferences.themeNames)
    console.terminalGlyphs = known
    console.columns = settings.columns.value
    let responder = Principal(name: NSUserName())
    let attached = Task { [console] in
      await session.attach {
        LiveConsole(
          console, keyboard: keyboard, screen: port, library: preferences.library,
          ringsBell: settings.bell.value, bytesPerSecond: bytesPerSecond
        ) { intent in
          Task { await session.submit(intent, by: responder) }
        }
      }
    }
    defer {
      attached.cancel()
      try? Blocking.run { await live.stop() }
    }
    let exit: Screen.Exit
    do { exit = try screen.run(port) { keyboard.send($0) } } catch {
      throw Failure(error.description)
    }
    if case .abandoned(let why) = exit {
      throw Failure("the dashboard did not end in time after being \(why)")
    }
  }
}
