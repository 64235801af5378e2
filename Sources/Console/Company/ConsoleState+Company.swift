import Canvas
import Fleet
import Incident
import Presence

/// Who is here, in few words.
extension ConsoleState {
  /// This responder's name, as the session knows it.
  var ownName: String? { attendance.flatMap { $0[$0.you]?.name } ?? person?.name }

  /// The names of those who are here, each once, walls left out.
  var people: [String] {
    Set((attendance?.attendees ?? []).filter { !$0.isWall }.map(\.name)).sorted()
  }

  /// `5 here, ines leads`; nil where nobody else can be here.
  func hereWords(_ present: Present, brief: Bool) -> String? {
    // Who was here when the link was lost is not who is.
    guard let attendance, link?.isHeard != false else { return nil }
    let count = people.count + max(0, attendance.more)
    // Being here alone is nothing to tell.
    guard count > 1 || people.contains(where: { $0 != ownName }) else { return nil }
    let here = "\(count) here"
    guard !brief, let leader = present.openIncident?.commander else { return here }
    return "\(here), \(DisplayCut.clip(leader, to: 16)) leads"
  }

  /// `ines, mira, +2`: each once, in the order that they came.
  static func listed(_ names: [String], most: Int) -> String {
    var distinct: [String] = []
    for name in names where !distinct.contains(name) { distinct.append(name) }
    var words = distinct.prefix(most).map { DisplayCut.clip($0, to: 24) }
    if distinct.count > most { words.append("+\(distinct.count - most)") }
    return words.joined(separator: ", ")
  }

  /// `  here too: ines, mira`: the others that look at the same, in the same tense; nothing where nobody does.
  func hereToo(_ isThere: (Viewpoint) -> Bool) -> [Run] {
    guard let attendance else { return [] }
    let names = attendance.others.compactMap { other -> String? in
      guard !other.isWall, other.name != ownName, let view = other.view,
        (view.past == nil) == (playback == nil), isThere(view)
      else { return nil }
      return other.name
    }
    return names.isEmpty ? [] : [Run("  here too: \(ConsoleState.listed(names, most: 3))", .dim)]
  }

  /// The samples that charts are drawn from have not come yet.
  var awaitsHistory: Bool { link?.hasHistory == false }

  static let aloneHere = "nobody else can be here: `damcon serve` lets several share one session"
}
