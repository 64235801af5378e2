import Canvas
import Console
import Incident
import Screen
import Session
import Settings
import YAMLText

/// A responder's console on this terminal: takes keys, draws frames, passes on what is asked.
///
/// It lives in the session's isolation; what leaves it is frames for the screen and intents.
final class LiveConsole: Onlooker {
  private var console: ConsoleState
  private let keyboard: Keyboard
  private let screen: ScreenPort
  private let library: ThemeLibrary
  private let submit: @Sendable (Intent) -> Void
  private var drawn: UInt64 = 0
  private var drawnAt: ContinuousClock.Instant?
  private var frames = FrameMaker()
  private var last: Frame?
  /// The theme that the screen has on.
  private var theme: String
  private var pace: Pace
  private let ringsBell: Bool
  private var lastKey = ContinuousClock.now

  init(
    _ console: ConsoleState, keyboard: Keyboard, screen: ScreenPort, library: ThemeLibrary,
    ringsBell: Bool, bytesPerSecond: Int?,
    submit: @escaping @Sendable (Intent) -> Void
  ) {
    self.console = console
    theme = console.theme
    self.ringsBell = ringsBell
    pace = Pace(bytesPerSecond: bytesPerSecond, at: .now)
    self.keyboard = keyboard
    self.screen = screen
    self.library = library
    self.submit = submit
  }

  func look(at state: State) {
    let events = keyboard.take()
    for event in events {
      for effect in console.reduce(event, over: state) { perform(effect) }
    }
    putOnTheme(over: state)
    let now = ContinuousClock.now
    let rests = settle(typed: !events.isEmpty, at: now)
    let isNews = state.present.sequence != drawn
    pace.observe(screen.statistics, at: now)
    console.slowLink = pace.rate
    let isTime = pace.allowsNews(since: drawnAt, at: now)
    guard !events.isEmpty || rests || isNews && isTime else { return }
    drawn = state.present.sequence
    drawnAt = now
    let frame = frames.frame(state, console)
    guard frame != last else { return }
    last = frame
    screen.post(frame)
  }

  /// Lets what stands beside the table follow the cursor once no key came for a moment.
  private func settle(typed: Bool, at now: ContinuousClock.Instant) -> Bool {
    guard console.lingering != nil else { return false }
    if typed {
      lastKey = now
      keyboard.lookAgain(in: ConsoleState.rest)
      return false
    }
    guard now - lastKey >= .seconds(ConsoleState.rest) else { return false }
    console.rest()
    return true
  }

  /// The screen takes a theme's colours; frames only name roles, and stay as they are.
  private func putOnTheme(over state: State) {
    guard console.themeShown != theme else { return }
    do {
      screen.use(try library.theme(console.themeShown).theme)
      theme = console.themeShown
    } catch {
      let first = error.problems.first?.description ?? "the theme cannot be read"
      console.keepTheme(theme, because: first, over: state)
    }
  }

  private func copy(_ text: String) {
    guard TmuxBuffer.isHere else { return screen.copy(text) }
    Task { [screen] in
      if await !TmuxBuffer.load(text) { screen.copy(text) }
    }
  }

  private func perform(_ effect: Effect) {
    switch effect {
    case .quit: screen.finish()
    case .bell: if ringsBell { screen.ring() }
    case .copy(let text): copy(text)
    case .redraw:
      screen.redraw()
      last = nil
    case .intent(.reload): submit(.reload)
    case .intent(.poll): submit(.poll)
    case .intent(.declare(let title)): submit(.declare(title: title))
    case .intent(.resolve): submit(.resolve)
    case .playback: screen.ring()
    }
  }
}
