import Canvas
import Console
import Fleet
import Incident
import Presence

/// Who is here in the stories of several: ana looks, ines and mira are there too, and a wall hangs.
enum Crew {
  /// ana is 1, ines 2, mira 3, the wall 4.
  static func attendance(
    you: UInt64 = 1, _ change: (inout [Attendee]) -> Void = { _ in }
  ) -> Attendance {
    let since = Story.start
    var attendees = [
      Attendee(id: 1, name: "ana", role: .responder, since: since),
      Attendee(id: 2, name: "ines", role: .commander, since: since),
      Attendee(id: 3, name: "mira", role: .approver, since: since),
      Attendee(id: 4, name: "ops", role: .viewer, since: since, isWall: true),
    ]
    change(&attendees)
    return Attendance(attendees: attendees, you: you)
  }

  static let screens: [(Size, GlyphSet)] = [
    (Size(20, 5), .unicode), (Size(80, 24), .unicode), (Size(80, 24), .ascii),
    (Size(120, 40), .unicode),
  ]

  /// Whether each row fills its screen, and no byte of it could do anything to a terminal.
  static func isClean(_ frame: Frame, _ glyphs: GlyphSet) -> Bool {
    (0..<frame.size.height).allSatisfy { y in
      let row = frame.row(y)
      return row.reduce(0) { $0 + Int($1.width) } == frame.size.width
        && row.allSatisfy {
          $0.width == 0
            || $0.glyph.base >= 0x20 && !(0x7f...0x9f).contains($0.glyph.base)
              && !(0x202a...0x202e).contains($0.glyph.base)
              && !(0x2066...0x2069).contains($0.glyph.base)
        }
        && (!glyphs.isASCII || row.allSatisfy { $0.glyph.base < 0x7f })
    }
  }
}
