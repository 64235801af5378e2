import Canvas
import Containment
import Fleet
import Incident

/// The line that nobody can overlook: everything is stopped, by whom, since when.
struct HaltBanner {
  private let halt: Halt
  private let present: Present
  private let console: ConsoleState

  init(_ halt: Halt, _ present: Present, _ console: ConsoleState) {
    self.halt = halt
    self.present = present
    self.console = console
  }

  func draw(on canvas: Canvas) {
    let style = Style(.environmentDanger)
    canvas.fill(nil, style)
    let room = canvas.width - 1
    let text = words.first { DisplayText.width(of: $0, glyphs: canvas.glyphs) <= room }
    canvas.put(text ?? words.last ?? "", at: Point(canvas.width < 60 ? 0 : 1, 0), style)
  }

  /// Longest first.
  private var words: [String] {
    let age = Quantity.duration(max(0, present.now.seconds(since: halt.at)))
    let since = "since \(Clock.utc(halt.at)), \(age)"
    let reason = halt.reason.isEmpty ? "" : ": \(halt.reason)"
    let lift = console.playback == nil ? "   :go lifts it" : ""
    return [
      "■ EMERGENCY STOP by \(halt.by) \(since)\(reason)   nothing is sent but what takes back\(lift)",
      "■ EMERGENCY STOP by \(halt.by) \(since)\(reason)\(lift)",
      "■ EMERGENCY STOP by \(halt.by) \(since)\(lift)",
      "■ EMERGENCY STOP by \(halt.by)\(lift)", "■ STOPPED by \(halt.by) \(age)",
      "■ STOPPED \(halt.by)", "■ STOPPED",
    ]
  }
}
