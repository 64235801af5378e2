import Canvas
import Fleet
import Incident
import Presence

/// Everybody who is here: raised hands first, then as they came; Enter goes along with one.
struct HerePane {
  private let present: Present
  private let console: ConsoleState

  init(_ present: Present, _ console: ConsoleState) {
    self.present = present
    self.console = console
  }

  var list: BlockList {
    var list = BlockList()
    guard let attendance = console.attendance else {
      list.absence = [[Run("Nobody else can be here: this is no shared session.", .dim)]]
      return list
    }
    let hands = attendance.hands
    let rest = attendance.attendees.filter { $0.hand == nil }
    // An empty line below it only where that keeps nobody out of sight.
    list.head =
      attendance.attendees.count < console.size.height - 7
      ? [head(attendance), []] : [head(attendance)]
    if console.size.height < 10 { list.head = [] }
    let columns = Columns(attendance)
    list.blocks = (hands + rest).map { attendee in
      BlockList.Block(id: "\(attendee.id)", lines: lines(attendee, attendance, columns))
    }
    list.absence = [[Run("Nobody is here.", .dim)]]
    return list
  }

  private func head(_ attendance: Attendance) -> [Run] {
    var runs = [Run("Who is here", .title)]
    if attendance.more > 0 {
      runs.append(Run("  and \(attendance.more) more, for whom there is no room", .dim))
    }
    switch present.openIncident {
    case nil: runs.append(Run("  no incident is open", .dim))
    case let incident?:
      let leads = incident.commander.map { "\(DisplayCut.clip($0, to: 24)) leads" }
      runs.append(
        leads.map { Run("  \($0)", .strong) } ?? Run("  nobody leads: :lead NAME", .warning))
    }
    return runs
  }

  /// One line each, as far as that has room: twenty people stand on one screen.
  private func lines(
    _ attendee: Attendee, _ attendance: Attendance, _ columns: Columns
  ) -> [[Run]] {
    let width = console.size.width
    let isNarrow = width < HerePane.narrow
    let name = HerePane.name(attendee, attendance)
    let part = HerePane.part(attendee)
    var first: [Run] = []
    if attendee.hand != nil {
      first.append(Run(isNarrow ? "▲ HAND " : "▲ ", .warning))
    } else if !isNarrow {
      first.append(Run("  "))
    }
    first.append(Run(name.text, .strong))
    if !name.you.isEmpty { first.append(Run(name.you, .dim)) }
    if isNarrow {
      first.append(Run("  " + part))
    } else {
      first.append(Run(String(repeating: " ", count: max(0, columns.name - name.width) + 2)))
      first.append(Run(part.padded(to: columns.part + 1)))
    }
    let flags = flags(of: attendee, attendance, isNarrow: isNarrow)
    let whole = first + flags
    let looks = Run("  " + looks(attendee), .dim)
    let since = Run("  since \(HerePane.time(attendee.since))", .dim)
    var lines: [[Run]]
    if HerePane.width(whole + [looks, since]) < width {
      lines = [whole + [looks, since]]
    } else if HerePane.width(whole + [looks]) < width {
      lines = [whole + [looks]]
    } else if console.size.height < 10 {
      return [whole]
    } else if HerePane.width(whole) <= width {
      lines = [whole, [Run("  "), looks]]
    } else {
      lines = [first, [Run("  ")] + flags, [Run("  "), looks]]
    }
    if let why = attendee.onlyLooks {
      lines.append([Run("    ▲ looks only: \(why)", .warning)])
    }
    return lines
  }

  /// What they do beside looking, and who waits for it.
  private func flags(
    of attendee: Attendee, _ attendance: Attendance, isNarrow: Bool
  ) -> [Run] {
    var runs: [Run] = []
    if let hand = attendee.hand, !isNarrow {
      runs.append(Run("  HAND since \(HerePane.time(hand))", .warning))
    }
    if present.openIncident?.commander == attendee.name, !attendee.isWall {
      runs.append(Run("  leads", .strong))
    }
    if attendee.isPresenting { runs.append(Run("  ● presents", .info)) }
    if let follows = attendee.follows {
      let name = attendance[follows].map { DisplayCut.clip($0.name, to: 24) } ?? "somebody"
      runs.append(Run("  follows \(name)", .info))
    }
    if attendee.isBehind { runs.append(Run("  ◐ behind", .warning)) }
    return runs
  }

  /// Columns below which times are left out.
  private static let narrow = 60

  /// Widths of what stands below each other.
  private struct Columns {
    var name = 0
    var part = 0

    init(_ attendance: Attendance) {
      for attendee in attendance.attendees {
        name = max(name, HerePane.name(attendee, attendance).width)
        part = max(part, HerePane.part(attendee).count)
      }
    }
  }

  private static func name(
    _ attendee: Attendee, _ attendance: Attendance
  ) -> (text: String, you: String, width: Int) {
    let text = DisplayCut.clip(attendee.name, to: 24)
    let you = attendee.id == attendance.you ? " (you)" : ""
    return (text, you, DisplayText.width(of: text) + you.count)
  }

  private static func part(_ attendee: Attendee) -> String {
    attendee.isWall ? "wall" : attendee.role.rawValue
  }

  /// With the column that stays empty before it.
  private static func width(_ runs: [Run]) -> Int {
    runs.reduce(1) { $0 + DisplayText.width(of: $1.text) }
  }

  private func looks(_ attendee: Attendee) -> String {
    guard let view = attendee.view else { return "has not said where they look" }
    return "looks at \(view.words(present, console.playback))"
  }

  /// Of nanoseconds since 1970.
  private static func time(_ wall: Int64) -> String { Clock.utc(Instant(wall: wall, offset: 0)) }
}
