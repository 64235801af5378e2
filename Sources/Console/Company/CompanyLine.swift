import Canvas
import Fleet
import Incident
import Presence

/// The line that says whose way is gone along, who comes along, and that this screen only looks.
struct CompanyLine {
  private let present: Present
  private let console: ConsoleState

  init(_ present: Present, _ console: ConsoleState) {
    self.present = present
    self.console = console
  }

  static func isNeeded(_ console: ConsoleState) -> Bool {
    console.company.following != nil || console.link?.onlyLooks != nil
      || console.company.isPresenting && console.attendance != nil
  }

  func draw(on canvas: Canvas) {
    let x = canvas.width < 60 ? 0 : 1
    let room = canvas.width - x
    // Each piece is told at length where that leaves room for the others, else in brief.
    var pieces = pieces.map { (words: $0, at: 0) }
    func width() -> Int {
      pieces.reduce(-3) {
        $0 + DisplayText.width(of: $1.words[$1.at].text, glyphs: canvas.glyphs) + 3
      }
    }
    while width() > room,
      let longest = pieces.indices.reversed().first(where: {
        pieces[$0].at < pieces[$0].words.count - 1
      })
    {
      pieces[longest].at += 1
    }
    var runs: [Run] = []
    for piece in pieces {
      if !runs.isEmpty { runs.append(Run("   ")) }
      runs.append(piece.words[piece.at])
    }
    canvas.put(runs, at: Point(x, 0))
  }

  /// Each longest first.
  private var pieces: [[Run]] {
    var pieces: [[Run]] = []
    if let following = console.company.following { pieces.append(along(following)) }
    if console.company.isPresenting, console.attendance != nil { pieces.append(presenting) }
    if let why = console.link?.onlyLooks {
      pieces.append([
        Run("▲ LOOKS ONLY: \(why)", .warning),
        Run("▲ LOOKS ONLY: \(DisplayCut.clip(why, to: 32))", .warning),
        Run("▲ LOOKS ONLY", .warning),
      ])
    }
    return pieces
  }

  private func along(_ following: Company.Following) -> [Run] {
    let key = console.keys.sign(.follow)
    let name = following.id.flatMap { console.attendance?[$0]?.name }
    switch (following.whom, name) {
    case (.presenter, nil):
      return [
        Run("▸ following whoever presents: nobody does now; \(key) ends it", .info),
        Run("▸ following: nobody presents", .info),
      ]
    case (.presenter, let name?):
      let name = DisplayCut.clip(name, to: 24)
      return [
        Run(
          "▸ following \(name), who presents: any key that moves ends it, and so does \(key)", .info
        ),
        Run("▸ following \(name): any key ends it", .info), Run("▸ following \(name)", .info),
      ]
    case (.attendee(let called), let name):
      let name = DisplayCut.clip(name ?? called, to: 24)
      return [
        Run("▸ following \(name): any key that moves ends it, and so does \(key)", .info),
        Run("▸ following \(name): any key ends it", .info), Run("▸ following \(name)", .info),
      ]
    }
  }

  private var presenting: [Run] {
    let key = console.keys.sign(.present)
    let along = console.attendance.map { here in
      ConsoleState.listed(here.others.filter { $0.follows == here.you }.map(\.name), most: 3)
    }
    let who = along.flatMap { $0.isEmpty ? nil : $0 } ?? "nobody yet"
    return [
      Run("● you present, followed by \(who): \(key) ends it", .info),
      Run("● you present: \(who)", .info), Run("● you present", .info),
    ]
  }
}
