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
    list.head = [head(attendance), []]
    if console.size.height < 10 { list.head = [] }
    list.blocks = (hands + rest).map { attendee in
      BlockList.Block(id: "\(attendee.id)", lines: lines(attendee, attendance))
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

  private func lines(_ attendee: Attendee, _ attendance: Attendance) -> [[Run]] {
    let isNarrow = console.size.width < 60
    var first: [Run] = []
    if let hand = attendee.hand {
      let since = isNarrow ? "" : " since \(HerePane.time(hand))"
      first.append(Run("▲ HAND\(since) ", .warning))
    }
    first.append(Run(DisplayCut.clip(attendee.name, to: 24), .strong))
    if attendee.id == attendance.you { first.append(Run(" (you)", .dim)) }
    first.append(Run("  \(attendee.isWall ? "wall" : attendee.role.rawValue)"))
    if present.openIncident?.commander == attendee.name, !attendee.isWall {
      first.append(Run("  leads", .strong))
    }
    if attendee.isPresenting { first.append(Run("  ● presents", .info)) }
    if let follows = attendee.follows {
      let name = attendance[follows].map { DisplayCut.clip($0.name, to: 24) } ?? "somebody"
      first.append(Run("  follows \(name)", .info))
    }
    if attendee.isBehind { first.append(Run("  ◐ behind", .warning)) }
    if !isNarrow { first.append(Run("  since \(HerePane.time(attendee.since))", .dim)) }
    guard console.size.height >= 10 else { return [first] }
    var lines = [first, [Run("  "), Run(looks(attendee), .dim)]]
    if let why = attendee.onlyLooks {
      lines.append([Run("  ▲ looks only: \(why)", .warning)])
    }
    return lines
  }

  private func looks(_ attendee: Attendee) -> String {
    guard let view = attendee.view else { return "has not said where they look" }
    return "looks at \(view.words(present, console.playback))"
  }

  /// Of nanoseconds since 1970.
  private static func time(_ wall: Int64) -> String { Clock.utc(Instant(wall: wall, offset: 0)) }
}
