import Canvas
import Fleet
import Incident

/// The line that says that what is shown is not live, why, and what is being done about it.
struct LinkBanner {
  private let link: Link
  private let present: Present
  private let console: ConsoleState

  init(_ link: Link, _ present: Present, _ console: ConsoleState) {
    self.link = link
    self.present = present
    self.console = console
  }

  /// Why nothing can be asked for.
  static func refusal(_ link: Link?) -> String {
    link?.phase == .connecting
      ? "the session is being joined: nothing can be asked of it yet"
      : "the session does not answer: nothing can be asked of it now"
  }

  /// What stands where LIVE stands else: `LOST 12s`; nil while the link is whole.
  static func header(_ link: Link) -> Run? {
    switch link.phase {
    case .whole: nil
    case .connecting: Run("CONNECTING", .info)
    case .behind: Run("BEHIND \(age(link))", .warning)
    case .lost: Run("LOST \(age(link))", .error)
    }
  }

  private static func age(_ link: Link) -> String {
    Quantity.countdown(Double(max(0, link.seconds)))
  }

  func draw(on canvas: Canvas) {
    let style: Style =
      switch link.phase {
      case .whole, .connecting: Style(.info)
      case .behind: Style(.warning)
      case .lost: Style(.error)
      }
    let x = canvas.width < 60 ? 0 : 1
    let room = canvas.width - x
    let text = words.first { DisplayText.width(of: $0, glyphs: canvas.glyphs) <= room }
    canvas.put(text ?? words.last ?? "", at: Point(x, 0), style)
  }

  /// Longest first.
  private var words: [String] {
    if link.phase == .connecting {
      let why = link.words.isEmpty ? "" : ": \(link.words)"
      return [
        "◌ joining the session\(why)\(trying.long)", "◌ joining the session\(why)\(trying.short)",
        "◌ joining the session\(why)", "◌ joining the session", "CONNECTING",
      ]
    }
    let age = LinkBanner.age(link)
    let time = Clock.utc(present.now)
    // In the past what is shown is of then whatever becomes of the link.
    let isPast = console.playback != nil
    let asOf = isPast ? "" : "; what is shown is as of \(time)"
    guard link.phase == .lost else {
      let why = link.words.isEmpty ? "this screen fell behind" : link.words
      return [
        "◐ BEHIND \(age): \(why): what is so now is on its way\(asOf)",
        "◐ BEHIND \(age): what is so now is on its way\(asOf)",
        "◐ BEHIND \(age): what is so now is on its way", "◐ BEHIND \(age)", "BEHIND",
      ]
    }
    let why = link.words.isEmpty ? "the session does not answer" : link.words
    let brief = isPast ? "" : " as of \(time)"
    return [
      "▲ LOST \(age): \(why)\(trying.long)\(asOf)", "▲ LOST \(age): \(why)\(trying.short)\(asOf)",
      "▲ LOST \(age): \(why)\(trying.short)", "▲ LOST \(age)\(brief)\(trying.short)",
      "▲ LOST \(age)\(brief)", "▲ LOST \(age)", "LOST",
    ]
  }

  /// `: trying again in 3s (try 4)`
  private var trying: (long: String, short: String) {
    let attempt = link.attempt > 0 ? " (try \(link.attempt))" : ""
    if let next = link.nextTry {
      let short = ": trying again in \(Quantity.countdown(Double(max(0, next))))"
      return (short + attempt, short)
    }
    return link.attempt > 0 ? (": trying again now\(attempt)", ": trying again now") : ("", "")
  }
}
