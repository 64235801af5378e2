import Bridge
import Canvas
import Console
import Fleet
import Incident
import Presence
import Replay
import Screen
import Session
import Settings
import Synchronization
import YAMLText

import struct Canvas.Frame

/// A responder's console on this terminal: takes keys, draws frames, passes on what is asked.
///
/// It is looked at by the owner of what it shows, which is the session while that is LIVE and the owner
/// of a past otherwise; the other one's looks are answered with nothing. What leaves it is frames for the
/// screen, intents, and what is asked of the past.
final class ConsoleDesk: Sendable {
  enum Tense: Sendable { case live, past }

  private struct Core {
    var console: ConsoleState
    var tense: Tense
    var drawn: UInt64 = 0
    var drawnAt: ContinuousClock.Instant?
    var frames = FrameMaker()
    /// Where the words of the runbooks are.
    var runbooks = RunbookDesk()
    var last: Frame?
    /// The theme that the screen has on.
    var theme: String
    var pace: Pace
    var lastKey = ContinuousClock.now
    /// What the past is shown of itself.
    var course: Past.Course?
    /// Asked of a past that is still being opened.
    var asks: [Past.Ask] = []
    var errands: Errands
    var isToBeDrawn = false
    var asksForHistory = false
    /// What the past that is shown is called, and what is known of it.
    var source: Playback.Source
    /// For the last line, from elsewhere.
    var sentence: String?
    /// What a key would confirm now, and since when that is on the screen.
    var confirmation: String?
    var askedSince: ContinuousClock.Instant?

    var haste = KeyHaste()

    /// What a key would confirm now, and since when anybody can read it.
    var question: KeyHaste.Question {
      guard confirmation != nil else { return .none }
      return askedSince.map { .seen($0) } ?? .unseen
    }

    /// - Returns: whether another question stands there than before.
    mutating func followConfirmation(over state: State) -> Bool {
      let asked = console.confirmation(over: state)
      guard asked != confirmation else { return false }
      confirmation = asked
      askedSince = nil
      return asked != nil
    }
  }

  private let core: Mutex<Core>
  private let keyboard: Keyboard
  /// What is asked of the session.
  private let line: IntentLine
  private let screen: ScreenPort
  private let library: ThemeLibrary
  private let bell: Setting<Bool>

  init(
    _ console: ConsoleState, _ tense: Tense, source: Playback.Source = .live, keyboard: Keyboard,
    screen: ScreenPort, library: ThemeLibrary, bell: Setting<Bool>, bytesPerSecond: Int?,
    errands: Errands
  ) {
    core = Mutex(
      Core(
        console: console, tense: tense, theme: console.theme,
        pace: Pace(bytesPerSecond: bytesPerSecond, at: .now), errands: errands, source: source))
    self.keyboard = keyboard
    line = IntentLine(carrying: errands.submit) { keyboard.ring() }
    self.screen = screen
    self.library = library
    self.bell = bell
  }

  /// Who looks: what they may not do is dim.
  func isFor(_ principal: Principal) {
    core.withLock { core in
      core.console.person = Person(
        name: principal.name, groups: principal.groups, uid: principal.uid, role: principal.role)
    }
  }

  /// A screen that nobody types at, and what it hides; nil: an ordinary one.
  func isWall(_ wall: Wall?) { core.withLock { $0.console.wall = wall } }

  /// Who else is here.
  func show(_ attendance: Attendance) {
    core.withLock { core in
      guard core.console.attendance != attendance else { return }
      core.console.attendance = attendance
      core.isToBeDrawn = true
    }
    keyboard.ring()
  }

  /// How it hangs on the session of another process.
  func show(_ link: Link) {
    let isNew = core.withLock { core in
      guard core.console.link != link else { return false }
      core.console.link = link
      core.isToBeDrawn = true
      return true
    }
    if isNew { keyboard.ring() }
  }

  /// The runbooks that this desk shows from now on, as they change.
  func use(_ runbooks: RunbookDesk) { core.withLock { $0.runbooks = runbooks } }

  // MARK: Looked at

  /// The session's look; it never waits for the past's.
  func look(at state: State) {
    core.withLockIfAvailable { core in
      guard core.tense == .live else { return heed(live: state, &core) }
      show(state, isNew: false, &core)
    }
  }

  /// What waits where it is live is told to whoever has gone back, too.
  private func heed(live state: State, _ core: inout Core) {
    let (effects, isNews) = core.console.heed(live: state)
    for effect in effects { perform(effect, state, &core) }
    guard isNews else { return }
    core.isToBeDrawn = true
    keyboard.ring()
  }

  /// The past's look: the first one takes the desk over.
  ///
  /// - Returns: what is asked of the past; nil when it is wanted no more.
  func look(at state: State, _ course: Past.Course) -> [Past.Ask] {
    core.withLock { core in
      let isNew = core.course != course
      if isNew { follow(course, state, &core) }
      core.tense = .past
      show(state, isNew: isNew, &core)
      // What comes of them is told, though it be what came of the last ones.
      if !core.asks.isEmpty { core.course?.trouble = nil }
      defer { core.asks = [] }
      return core.asks
    }
  }

  private func follow(_ course: Past.Course, _ state: State, _ core: inout Core) {
    if let trouble = course.trouble, trouble != core.course?.trouble {
      core.console.tell(trouble, over: state)
    }
    core.course = course
    var playback = Playback(source: core.source, span: course.span, wallOffset: course.wallOffset)
    playback.isPlaying = course.isPlaying
    playback.speed = course.speed
    playback.skipsIdle = course.skipsIdle
    playback.loop = course.loop
    playback.isSeeking = course.isSeeking
    playback.milestones = course.milestones
    playback.pulses = course.pulses
    core.console.playback = playback
  }

  /// What two instants differ in.
  func show(_ comparison: Comparison) {
    core.withLock { core in
      core.console.show(comparison)
      core.isToBeDrawn = true
    }
  }

  /// A sentence for the last line.
  func tell(_ sentence: String) {
    core.withLock { core in
      core.asks = []
      core.sentence = sentence
    }
    keyboard.ring()
  }

  /// What was found of the file that is shown.
  func tell(_ integrity: (words: String, isWhole: Bool), of file: String) {
    core.withLock { core in
      core.source = .file(name: file, integrity: integrity.words, isWhole: integrity.isWhole)
      core.console.playback?.source = core.source
      core.isToBeDrawn = true
    }
    keyboard.ring()
  }

  /// The disk does not answer, or it does again.
  func tell(recordingHangs: Bool) {
    core.withLock { core in
      core.console.recordingHangs = recordingHangs
      core.isToBeDrawn = true
    }
  }

  // MARK: Keys in, frames out

  private func show(_ state: State, isNew: Bool, _ core: inout Core) {
    let tense = core.tense
    core.console.library = core.runbooks.current
    let events = keyboard.take()
    _ = core.followConfirmation(over: state)
    for (place, event) in events.enumerated() {
      let isHasty = core.haste.judges(
        event, among: events.count, before: core.question, at: .now)
      for effect in core.console.reduce(event, over: state, isHasty: isHasty) {
        perform(effect, state, &core)
      }
      // What was typed before the question could be read is no answer to it.
      if core.followConfirmation(over: state) {
        for event in events[(place + 1)...] {
          switch event {
          case .key, .paste, .mouse: continue
          case .resize, .resumed, .ending:
            for effect in core.console.reduce(event, over: state) { perform(effect, state, &core) }
          }
        }
        break
      }
      // What was typed after the key that changes the tense is meant for what comes.
      if core.tense != tense { return keyboard.putBack(events[(place + 1)...]) }
    }
    for effect in core.console.heed(state) { perform(effect, state, &core) }
    for answer in line.answers() { hear(answer.outcome, of: answer.intent, state, &core) }
    if let sentence = core.sentence {
      core.sentence = nil
      core.console.tell(sentence, over: state)
      core.isToBeDrawn = true
    }
    putOnTheme(over: state, &core)
    let now = ContinuousClock.now
    let rests = settle(typed: !events.isEmpty, at: now, &core)
    // What a responder did to the past is an answer to a key, and not news.
    if isNew { core.isToBeDrawn = true }
    let isNews = state.present.sequence != core.drawn
    core.pace.observe(screen.statistics, at: now)
    core.console.slowLink = core.pace.rate
    let isTime = core.pace.allowsNews(since: core.drawnAt, at: now)
    guard !events.isEmpty || rests || core.isToBeDrawn || isNews && isTime else { return }
    core.isToBeDrawn = false
    core.drawn = state.present.sequence
    core.drawnAt = now
    let frame = core.frames.frame(state, core.console)
    if core.confirmation != nil, core.askedSince == nil { core.askedSince = now }
    askForHistory(&core)
    guard frame != core.last else { return }
    core.last = frame
    screen.post(frame)
  }

  /// What charts look back on is sent once there is a frame to put them into; over a slow link not before a service is
  /// looked into.
  private func askForHistory(_ core: inout Core) {
    guard core.console.link?.hasHistory == false else {
      core.asksForHistory = false
      return
    }
    guard !core.asksForHistory, core.console.wall == nil, core.console.link?.phase == .whole else {
      return
    }
    if core.console.slowLink != nil {
      guard case .service = core.console.pane else { return }
    }
    core.asksForHistory = true
    core.errands.wantHistory()
  }

  /// Lets what stands beside the table follow the cursor once no key came for a moment.
  private func settle(
    typed: Bool, at now: ContinuousClock.Instant, _ core: inout Core
  ) -> Bool {
    guard core.console.lingering != nil else { return false }
    if typed {
      core.lastKey = now
      keyboard.lookAgain(in: ConsoleState.rest)
      return false
    }
    guard now - core.lastKey >= .seconds(ConsoleState.rest) else { return false }
    core.console.rest()
    return true
  }

  /// The screen takes a theme's colours; frames only name roles, and stay as they are.
  private func putOnTheme(over state: State, _ core: inout Core) {
    guard core.console.themeShown != core.theme else { return }
    do {
      screen.use(try library.theme(core.console.themeShown).theme)
      core.theme = core.console.themeShown
    } catch {
      let first = error.problems.first?.description ?? "the theme cannot be read"
      core.console.keepTheme(core.theme, because: first, over: state)
    }
  }

  private func copy(_ text: String) {
    guard TmuxBuffer.isHere else { return screen.copy(text) }
    Task { [screen] in
      if await !TmuxBuffer.load(text) { screen.copy(text) }
    }
  }

  // MARK: Asked

  /// Gives what was asked a moment to be answered, and says on standard error what else nobody would hear of. To be
  /// called once the terminal has been given back.
  func leave() {
    let left = try? Blocking.run { [line] in await line.close(within: 2) }
    for sentence in left ?? [] { Damcon.writeError(sentence) }
  }

  private func perform(_ effect: Effect, _ state: State, _ core: inout Core) {
    switch effect {
    case .quit: screen.finish()
    case .bell: if bell.value { screen.ring() }
    // Unless somebody said that it is never to ring: what waits for people is worth a sound.
    case .ring: if bell.value || bell.origin == .standard { screen.ring() }
    case .copy(let text): copy(text)
    case .redraw:
      screen.redraw()
      core.last = nil
    case .intent(let wish): line.take(Intent(wish))
    case .presence(let act): core.errands.act(act)
    case .playback(let wish): perform(wish, state, &core)
    }
  }

  private func hear(
    _ outcome: IntentOutcome, of intent: Intent, _ state: State, _ core: inout Core
  ) {
    core.isToBeDrawn = true
    switch intent {
    case .plan(let wish):
      core.console.hear(
        refusal: outcome.refusal, warnings: outcome.warnings, ofTicket: wish.ticket, over: state)
    default:
      if let refusal = outcome.refusal { core.console.tell(refusal, over: state) }
    }
  }

  private func perform(_ wish: PlaybackWish, _ state: State, _ core: inout Core) {
    // Two instants are compared in the past, whatever is shown.
    if core.tense == .live, case .compare = wish { perform(.enter, state, &core) }
    switch wish {
    case .enter:
      guard let openPast = core.errands.openPast else {
        core.console.tell("nothing is recorded, so there is nothing to go back to", over: state)
        return
      }
      openPast()
    case .live:
      core.errands.closePast()
      core.tense = .live
      core.course = nil
      core.asks = []
      core.console.playback = nil
      core.isToBeDrawn = true
      keyboard.ring()
    case .note(let text):
      if core.tense == .live {
        line.take(.remark(text))
      } else if let note = core.errands.note {
        do {
          if let ask = try note(text, state.present) { core.asks.append(ask) }
        } catch {
          core.console.tell((error as? Failure)?.sentence ?? "\(error)", over: state)
        }
      } else {
        // Into the journal as it is written now, with the time that it is about.
        let clock = CivilTime(unixNanoseconds: state.present.now.wall).clock
        line.take(.remark("\(clock)Z: \(text)"))
      }
    case .seek(let offset): core.asks.append(.seek(offset))
    case .step(let seconds): core.asks.append(.step(seconds))
    case .event(let count): core.asks.append(.event(count))
    case .play: core.asks.append(.play)
    case .pause: core.asks.append(.pause)
    case .speed(let speed): core.asks.append(.speed(speed))
    case .skipIdle(let skips): core.asks.append(.skipIdle(skips))
    case .loop(let range): core.asks.append(.loop(range))
    case .compare(let a, let b): core.asks.append(.compare(a, b))
    }
  }
}
