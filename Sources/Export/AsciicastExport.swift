package import Canvas
package import Console
import Fleet
package import Incident

/// The recording as asciinema plays it: a header and then events `[seconds, "o", text]`, one a line
/// (asciicast, version 2).
///
/// What is shown is what the console shows of each state. A frame writes the rows that are another
/// than before; the first one clears the screen.
package struct AsciicastExport: Exporter {
  /// How the recording is turned into a film.
  package struct Direction: Sendable {
    /// Seconds of the recording in one of the film; 0.01 to 100,000.
    package var speed = 1.0
    /// At most so many frames in a second of the film; 0.1 to 60.
    package var framesPerSecond = 10.0
    /// Seconds that nothing is shown to happen for, at most: where nothing was recorded for longer,
    /// the film goes on sooner.
    package var longestPause = 2.0

    package init(speed: Double = 1, framesPerSecond: Double = 10, longestPause: Double = 2) {
      self.speed = Direction.clamped(speed, 0.01...100_000, else: 1)
      self.framesPerSecond = Direction.clamped(framesPerSecond, 0.1...60, else: 10)
      self.longestPause = Direction.clamped(longestPause, 0.1...3600, else: 2)
    }

    private static func clamped(
      _ value: Double, _ range: ClosedRange<Double>, else usual: Double
    ) -> Double {
      value.isNaN ? usual : min(max(value, range.lowerBound), range.upperBound)
    }
  }

  private var console: ConsoleState
  private let prepare: (inout ConsoleState, State) -> Void
  private let theme: Theme
  private let depth: ColorDepth
  private let direction: Direction

  private var shown: Frame?
  /// When the film began, and the last frame was shown; nanoseconds of the session's clock.
  private var lastOffset: Int64 = 0
  /// Seconds of the film at which the last frame was shown.
  private var lastTime = 0.0
  private var lastSequence: UInt64?

  /// - Parameters:
  ///   - console: what is looked at, and how large.
  ///   - prepare: called before each frame, for what in the console follows the recording.
  package init(
    console: ConsoleState, theme: Theme, depth: ColorDepth = .truecolor,
    direction: Direction = Direction(),
    prepare: @escaping (inout ConsoleState, State) -> Void = { _, _ in }
  ) {
    self.console = console
    self.theme = theme.at(depth)
    self.depth = depth
    self.direction = direction
    self.prepare = prepare
  }

  package mutating func take(_ entry: Entry, after state: State, to write: Write) throws {
    // Before the fleet is known there is nothing to see.
    if state.present.fleet.name.isEmpty, state.present.services.isEmpty { return }
    guard shown != nil else { return try begin(state, to: write) }
    let time = time(of: entry.instant)
    guard time - lastTime >= 1 / direction.framesPerSecond else { return }
    try show(state, at: time, to: write)
  }

  package mutating func finish(after state: State?, to write: Write) throws {
    if let state {
      if shown == nil { try begin(state, to: write) }
      if state.present.sequence != lastSequence {
        try show(state, at: time(of: state.present.now), to: write)
      }
    }
    // The terminal is left as it was found.
    if shown != nil {
      try write(event("\u{1b}[0m\u{1b}[?7h\u{1b}[?25h\u{1b}[\(console.size.height);1H"))
    }
  }

  /// Where in the film an instant is, no earlier than the last frame.
  private func time(of instant: Instant) -> Double {
    let (passed, isTooMuch) = instant.offset.subtractingReportingOverflow(lastOffset)
    if isTooMuch { return lastTime + direction.longestPause }
    let seconds = max(0, Double(passed) / 1e9) / direction.speed
    return lastTime + min(seconds, direction.longestPause)
  }

  private mutating func begin(_ state: State, to write: Write) throws {
    let present = state.present
    lastOffset = present.now.offset
    lastSequence = present.sequence
    let wall = CivilTime(unixNanoseconds: present.now.wall).rfc3339Seconds
    let size = console.size
    let header = JSONText.object([
      ("version", .number(2)), ("width", .number(size.width)), ("height", .number(size.height)),
      ("timestamp", .number((present.now.unixSeconds).rounded(.down))),
      ("title", .string("damcon \(DisplayText.sanitised(present.fleet.name)) \(wall)")),
      ("env", .object([("TERM", .string("xterm-256color"))])),
    ])
    let frame = draw(state)
    // No wrapping: a glyph that the terminal thinks is wider than we do spoils its own row alone.
    var text = "\u{1b}[?25l\u{1b}[?7l\u{1b}[0m\u{1b}[2J"
    for y in 0..<size.height { text += row(y, of: frame) }
    shown = frame
    try write(header.compact + "\n" + event(text))
  }

  private mutating func show(_ state: State, at time: Double, to write: Write) throws {
    let frame = draw(state)
    let before = shown
    lastOffset = state.present.now.offset
    lastSequence = state.present.sequence
    lastTime = time
    var text = ""
    for y in 0..<frame.size.height where before?.row(y) != frame.row(y) {
      text += row(y, of: frame)
    }
    shown = frame
    if !text.isEmpty { try write(event(text)) }
  }

  private mutating func draw(_ state: State) -> Frame {
    let size = console.size
    prepare(&console, state)
    // The header has said how large all frames are.
    console.size = size
    return Console.render(state, console)
  }

  private func row(_ y: Int, of frame: Frame) -> String {
    "\u{1b}[\(y + 1);1H" + frame.ansi(row: y, theme: theme, depth: depth)
  }

  private func event(_ text: String) -> String {
    let milliseconds = (lastTime * 1000).rounded()
    return JSONText.array([.number(milliseconds / 1000), .string("o"), .string(text)]).compact
      + "\n"
  }
}
