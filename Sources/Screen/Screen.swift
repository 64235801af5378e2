internal import CNcurses
package import Canvas

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// The terminal, while it is ours: shows frames, tells of keys, and gives it back on every exit.
///
/// One thread makes it and runs it, usually the main one; frames come from others through a `ScreenPort`.
/// The loop waits in `poll` alone: input, posted frames, signals and a terminal that can take more
/// bytes wake it, and nothing in it blocks.
package final class Screen {
  package struct Options: Sendable {
    /// A depth that someone asked for by name.
    package var depth: ColorDepth?
    package var theme: Theme
    /// False draws ASCII even where the locale has more; nil asks the locale.
    package var unicode: Bool?
    /// Hears the mouse; the terminal's own selecting with it then wants Shift.
    package var mouse: Bool
    /// Bytes a second that may be written, where the link is known to be slow.
    package var bytesPerSecond: Int?

    package init(
      depth: ColorDepth? = nil, theme: Theme = .dark, unicode: Bool? = nil, mouse: Bool = false,
      bytesPerSecond: Int? = nil
    ) {
      self.mouse = mouse
      self.bytesPerSecond = bytesPerSecond
      self.depth = depth
      self.theme = theme
      self.unicode = unicode
    }
  }

  /// Why `run` returned.
  package enum Exit: Sendable, Hashable {
    /// Someone called `ScreenPort.finish`.
    case finished
    /// The program was asked to end and nobody finished the screen in time.
    case abandoned(InputEvent.Ending)
  }

  package let terminal: Terminal
  package private(set) var size: Size
  private let input: Int32
  private let options: Options
  private let outlet: Outlet
  private let signals: (read: Int32, write: Int32)
  private var decoder: KeyDecoder
  private var painter: Painter
  /// The frame last shown, to draw again after a stop or in another theme.
  private var latest: Frame?
  private var ending: (why: InputEvent.Ending, at: Int64)?
  private var inputIsOpen = true
  /// GNU screen passes on only what is wrapped for it.
  private let isInScreen: Bool

  /// How long an ending may take before the terminal is given back regardless.
  private static let endingWait: Int64 = 3000

  /// Finds out about the terminal; nothing is changed yet but the process' locale.
  ///
  /// - Parameter environment: TERM, NO_COLOR and COLORTERM are read from it.
  package init(_ options: Options = Options(), environment: [String: String]) throws(ScreenError) {
    guard isatty(STDOUT_FILENO) == 1 else { throw .notATerminal }
    let isUTF8 = cn_use_locale() == 1
    terminal = try Terminal.detect(
      environment: environment, flag: options.depth, isUTF8: options.unicode ?? isUTF8,
      lookup: Terminal.Capabilities.lookup)
    input = isatty(STDIN_FILENO) == 1 ? STDIN_FILENO : open("/dev/tty", O_RDONLY | O_CLOEXEC)
    guard input >= 0 else { throw .notATerminal }
    self.options = options
    isInScreen = environment["STY"].map { !$0.isEmpty } ?? false
    size = Self.windowSize()
    outlet = try Outlet()
    signals = try Pipe.make()
    // The keys are the terminal's own, whatever entry its colours come from.
    _ = cn_lookup(environment["TERM"] ?? terminal.entry)
    decoder = KeyDecoder(extra: Self.terminfoKeys(), hearsMouse: options.mouse)
    painter = Painter(theme: options.theme, depth: terminal.depth, pairs: 0)
  }

  deinit {
    close(signals.read)
    close(signals.write)
    if input != STDIN_FILENO { close(input) }
  }

  /// Takes the terminal over, shows what is posted and tells of events, until the port is finished.
  ///
  /// The first event is the size. `onEvent` is called on this thread and must return at once. Each
  /// `.resize` is to be answered with a frame of that size: nothing is drawn again until it comes.
  package func run(_ port: ScreenPort, onEvent: (InputEvent) -> Void) throws(ScreenError) -> Exit {
    try enter()
    defer { leave(port) }
    onEvent(.resize(size))
    while true {
      if let exit = present(port) { return exit }
      wait(port)
      port.acknowledgeWake()
      if outlet.pendingCount > 0 { outlet.flush() }
      readSignals(onEvent)
      readInput(onEvent)
      if let ending, Monotonic.milliseconds() - ending.at >= Self.endingWait {
        return .abandoned(ending.why)
      }
    }
  }

  // MARK: Taking over and giving back

  private func enter() throws(ScreenError) {
    guard
      cn_open(terminal.entry, outlet.sink, Int32(max(1, size.height)), Int32(max(1, size.width)))
        == 0
    else { throw .system("curses does not accept the entry \(terminal.entry)") }
    let hasDefaults = cn_start_color() == 1
    let isColored = terminal.depth != .none && hasDefaults
    painter = Painter(
      theme: options.theme, depth: isColored ? terminal.depth : .none, pairs: Int(cn_pairs()))
    outlet.begin(
      turningOffAttributes: cn_number("colors") >= 8, bytesPerSecond: options.bytesPerSecond)
    let goodbye = farewell()
    guard guard_enter(input, outlet.terminal, goodbye, goodbye.count) == 0 else {
      cn_close()
      throw .system("its mode cannot be set: \(String(cString: strerror(errno)))")
    }
    guard_capture_stderr()
    guard_install(signals.write)
    outlet.collect()
    outlet.write(modesOn)
    guard_unblock_signals()
  }

  private func leave(_ port: ScreenPort) {
    guard_block_signals()
    outlet.write(modesOff)
    cn_suspend()
    outlet.settle()
    outlet.drain(milliseconds: 1000)
    guard_leave()
    guard_uninstall()
    guard_release_stderr()
    cn_close()
    report(port)
    // What comes from here on acts as it did before there was a screen: an impatient Ctrl-C ends the program.
    guard_unblock_signals()
  }

  private static let pasteOn = "\u{1b}[?2004h"
  private static let pasteOff = "\u{1b}[?2004l"

  /// What is asked of the terminal beside what curses does: paste brackets, and the mouse if wanted.
  private var modesOn: String { Self.pasteOn + (options.mouse ? MouseReport.on : "") }
  private var modesOff: String { (options.mouse ? MouseReport.off : "") + Self.pasteOff }

  /// What undoes all we send, for a crash: modes, colours, cursor, the other screen.
  private func farewell() -> [CChar] {
    var text = modesOff
    for name in ["sgr0", "op", "cnorm", "rmcup"] {
      if let string = cn_string(name) { text += Self.unpadded(String(cString: string)) }
    }
    return text.utf8.map { CChar(bitPattern: $0) }
  }

  /// A terminfo string without its padding (`$<50>`), which only hardware terminals want.
  private static func unpadded(_ text: String) -> String {
    var result = text[...]
    while let start = result.firstRange(of: "$<"),
      let end = result[start.upperBound...].firstIndex(of: ">")
    {
      result = result[..<start.lowerBound] + result[result.index(after: end)...]
    }
    return String(result)
  }

  private func suspend(wholeGroup: Bool, _ onEvent: (InputEvent) -> Void) {
    outlet.write(modesOff)
    cn_suspend()
    outlet.settle()
    outlet.drain(milliseconds: 500)
    guard_leave()
    guard_stop(wholeGroup ? 1 : 0)
    resume(onEvent)
  }

  /// After a stop, of our own making or not: the mode, the other screen and every cell anew.
  private func resume(_ onEvent: (InputEvent) -> Void) {
    _ = guard_reenter()
    outlet.forgetRendition()
    outlet.write(modesOn)
    cn_redraw()
    refit(onEvent, always: true)
    onEvent(.resumed)
    repaint()
  }

  // MARK: The loop's parts

  private func wait(_ port: ScreenPort) {
    // What the link has no room for yet waits for time to pass, not for the terminal.
    let pause = outlet.pause(at: Monotonic.milliseconds())
    var set = [
      pollfd(fd: port.wakeRead, events: Int16(POLLIN), revents: 0),
      pollfd(fd: signals.read, events: Int16(POLLIN), revents: 0),
      pollfd(fd: inputIsOpen ? input : -1, events: Int16(POLLIN), revents: 0),
      pollfd(
        fd: outlet.isEmpty || pause > 0 ? -1 : outlet.terminal, events: Int16(POLLOUT), revents: 0),
    ]
    let now = Monotonic.milliseconds()
    var until: [Int64] = []
    if let deadline = decoder.deadline { until.append(deadline) }
    if let ending { until.append(ending.at + Self.endingWait) }
    if pause > 0 { until.append(now + pause) }
    let timeout = until.min().map { Int32(clamping: max(0, $0 - now)) } ?? -1
    _ = poll(&set, nfds_t(set.count), timeout)
  }

  /// Draws what was posted, once the terminal has taken all that came before.
  private func present(_ port: ScreenPort) -> Exit? {
    let canDraw = outlet.isEmpty
    let posted = port.take(frame: canDraw || outlet.isBroken)
    if let theme = posted.theme {
      painter.use(theme)
      if posted.frame == nil { repaint() }
    }
    if posted.wantsAll {
      cn_redraw()
      repaint()
    }
    for text in posted.copied { outlet.write(Clipboard.sequence(text, inScreen: isInScreen)) }
    if posted.rings > 0, let bell = cn_string("bel") { outlet.write(String(cString: bell)) }
    if let frame = posted.frame {
      latest = frame
      repaint()
      port.record { $0.framesPresented += 1 }
    }
    report(port)
    return posted.isFinished ? .finished : nil
  }

  private func repaint() {
    guard let frame = latest else { return }
    guard painter.paint(frame, within: size) else { return }
    _ = cn_update()
    outlet.collect()
    outlet.flush()
  }

  private func report(_ port: ScreenPort) {
    port.record { statistics in
      statistics.bytesWritten = outlet.total
      statistics.bytesPending = outlet.pendingCount
    }
  }

  private func readSignals(_ onEvent: (InputEvent) -> Void) {
    var buffer = [UInt8](repeating: 0, count: 64)
    let n = read(signals.read, &buffer, buffer.count)
    guard n > 0 else { return }
    let numbers = Set(buffer.prefix(n).map { Int32($0) })
    // Stop before resize before end: each as it would have come to a program that only listens.
    if numbers.contains(SIGTSTP) {
      suspend(wholeGroup: false, onEvent)
    } else if numbers.contains(SIGCONT) {
      resume(onEvent)
    } else if numbers.contains(SIGWINCH) {
      refit(onEvent, always: false)
    }
    if numbers.contains(SIGHUP) { end(.hangup, onEvent) }
    if numbers.contains(SIGTERM) { end(.terminated, onEvent) }
    if numbers.contains(SIGINT) { end(.interrupted, onEvent) }
  }

  private func readInput(_ onEvent: (InputEvent) -> Void) {
    let now = Monotonic.milliseconds()
    for event in decoder.expire(at: now) { deliver(event, onEvent) }
    guard inputIsOpen else { return }
    var ready = pollfd(fd: input, events: Int16(POLLIN), revents: 0)
    guard poll(&ready, 1, 0) > 0 else { return }
    var buffer = [UInt8](repeating: 0, count: 4096)
    let n = read(input, &buffer, buffer.count)
    if n > 0 {
      for event in decoder.feed(buffer.prefix(n), at: now) { deliver(event, onEvent) }
    } else if n == 0 || (errno != EINTR && errno != EAGAIN) {
      inputIsOpen = false
      end(.hangup, onEvent)
    }
  }

  private func deliver(_ event: InputEvent, _ onEvent: (InputEvent) -> Void) {
    if event == .key(.control("z")) {
      suspend(wholeGroup: true, onEvent)
    } else {
      onEvent(event)
    }
  }

  private func end(_ why: InputEvent.Ending, _ onEvent: (InputEvent) -> Void) {
    if ending == nil {
      ending = (why, Monotonic.milliseconds())
    } else if why != .hangup {
      // Asked twice: whoever should finish the screen is stuck.
      ending = (why, Monotonic.milliseconds() - Self.endingWait)
    }
    onEvent(.ending(why))
  }

  // MARK: Size and keys

  private func refit(_ onEvent: (InputEvent) -> Void, always: Bool) {
    let now = Self.windowSize()
    guard now != size || always else { return }
    let changed = now != size
    size = now
    cn_resize(Int32(max(1, size.height)), Int32(max(1, size.width)))
    if changed { cn_erase() }
    painter.forget()
    // The frame that answers this is drawn whole; the old one again would only double the bytes.
    if changed { onEvent(.resize(size)) }
  }

  /// As the terminal says; 80x24 where it says nothing.
  private static func windowSize() -> Size {
    var window = winsize()
    guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &window) == 0, window.ws_col > 0, window.ws_row > 0
    else { return Size(80, 24) }
    return Size(min(Int(window.ws_col), 2000), min(Int(window.ws_row), 1000))
  }

  /// The key sequences that the current terminfo entry names.
  private static func terminfoKeys() -> [[UInt8]: Key] {
    let named: [(String, Key)] = [
      ("kcuu1", .up), ("kcud1", .down), ("kcub1", .left), ("kcuf1", .right), ("khome", .home),
      ("kend", .end), ("kpp", .pageUp), ("knp", .pageDown), ("kdch1", .delete), ("kich1", .insert),
      ("kcbt", .backTab),
    ]
    var keys: [[UInt8]: Key] = [:]
    let functions = (1...12).map { ("kf\($0)", Key.function($0)) }
    for (name, key) in named + functions {
      if let string = cn_string(name) { keys[Array(String(cString: string).utf8)] = key }
    }
    return keys
  }
}
