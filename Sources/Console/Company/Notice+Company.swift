import Canvas
import Containment
import Fleet
import Incident
import Presence

/// What other people wait for: hands, names that were called, approvals.
extension Notice {
  static func ofCompany(_ present: Present, _ console: ConsoleState) -> [Notice] {
    // Nobody sits before a wall.
    guard let attendance = console.attendance, console.wall == nil, console.link?.isHeard != false
    else { return [] }
    var notices: [Notice] = []
    if isForHands(present, console, attendance) {
      notices += attendance.hands.filter { $0.id != attendance.you && !$0.isWall }.map {
        hand($0, $0.hand ?? 0, console)
      }
    }
    if let name = console.ownName {
      notices += Mention.all(of: name, present).map { mention($0, console) }
    }
    return notices.filter { !console.company.seen.contains($0.id) }
  }

  /// Hands are for who leads; for all while nobody does, or whoever does is not here.
  private static func isForHands(
    _ present: Present, _ console: ConsoleState, _ attendance: Attendance
  ) -> Bool {
    guard let leader = present.openIncident?.commander,
      attendance.attendees.contains(where: { $0.name == leader && !$0.isWall })
    else { return true }
    return leader == console.ownName
  }

  private static func hand(_ who: Attendee, _ since: Int64, _ console: ConsoleState) -> Notice {
    let key = console.keys.sign(.attend)
    let name = DisplayCut.clip(who.name, to: 24)
    let time = Clock.utc(Instant(wall: since, offset: 0))
    return Notice(
      kind: .hand, id: "hand \(who.id) \(since)", head: Run("▲ HAND", .warning),
      words: [
        "\(name) has a hand up since \(time): \(key) shows who is here",
        "\(name) since \(time): \(key)",
        "\(name): \(key)", ": \(key)",
      ], pane: .here)
  }

  private static func mention(_ mention: Mention, _ console: ConsoleState) -> Notice {
    let key = console.keys.sign(.attend)
    let by = DisplayCut.clip(mention.by, to: 24)
    return Notice(
      kind: .mention, id: "mention \(mention.at.offset) \(mention.by) \(mention.text)",
      head: Run("▸ CALLED", .info),
      words: [
        "by \(by): \(mention.text): \(key) opens the log",
        "by \(by): \(DisplayCut.clip(mention.text, to: 80)): \(key)",
        "by \(by): \(DisplayCut.clip(mention.text, to: 40)): \(key)", "by \(by): \(key)",
        ": \(key)",
      ], pane: .log)
  }
}

/// How far an approval has come, told to everybody alike.
extension ActionWords {
  /// `1 of 2: ines`, `0 of 2`
  static func quorum(_ run: ActionRun, at now: Instant) -> String {
    let standing = run.standing(at: now)
    let names = standing.isEmpty ? "" : ": \(standing.map(\.by).joined(separator: ", "))"
    return "\(standing.count) of \(run.plan.policy.approvals)\(names)"
  }

  /// `1 more of approvers`
  static func awaited(_ run: ActionRun, at now: Instant) -> String {
    let people = run.plan.policy.approvers
    return "\(missing(run, at: now)) more of \(people.isEmpty ? "the approvers" : people.words)"
  }
}
