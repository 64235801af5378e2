import Canvas
import Fleet
import Incident

/// A screen that hangs where many people pass: read from the back of the room, by eyes that press no key.
///
/// Its pages take turns by the session's own time, so that two walls of one size on one session show the same page at
/// the same instant, and one that is replayed shows what was shown.
package struct Wall: Sendable, Hashable {
  /// Seconds for which a page stays.
  package var rotation: Double
  /// What nobody who passes by may read.
  package var veiled: Set<Veil.Rule>
  /// The page that stays for as long as it has something to say; nil where they take turns.
  package var pinned: Topic?
  /// Pages that keys went on, or back where negative.
  package internal(set) var turns = 0

  /// Shorter, nobody has read it; longer, nobody waits for the next.
  package static let rotations = 2.0...3600.0
  package static let usualRotation = 15.0

  /// - Parameter rotation: brought into `rotations`.
  package init(
    rotation: Double = Wall.usualRotation, veiled: Set<Veil.Rule> = [], pinned: Topic? = nil
  ) {
    let asked = rotation.isNaN ? Wall.usualRotation : rotation
    self.rotation = min(Wall.rotations.upperBound, max(Wall.rotations.lowerBound, asked))
    self.veiled = veiled
    self.pinned = pinned
  }

  /// What a page is about, in the order in which they come.
  package enum Topic: String, Sendable, Hashable, CaseIterable {
    /// The worst of everything.
    case now
    case services, users, budgets, fallbacks, clocks, actions

    var title: String {
      switch self {
      case .now: "WORST NOW"
      case .services: "SERVICES"
      case .users: "WHAT USERS CAN DO"
      case .budgets: "BUDGETS"
      case .fallbacks: "FALLBACKS"
      case .clocks: "CLOCKS"
      case .actions: "UNDER WAY"
      }
    }
  }

  /// Which of so many pages it is the turn of.
  func place(of count: Int, at seconds: Double) -> Int {
    guard count > 1 else { return 0 }
    let turn = Int(max(0, min(1e15, seconds / rotation))) &+ turns
    return ((turn % count) + count) % count
  }
}

/// Where the picture stands, so that no cell of a screen shows the same for ever.
struct WallShift {
  let area: Rect

  /// Seconds for which it stays.
  static let pause = 60.0

  /// A cell further each minute, there and back over a margin that grows with the screen.
  init(_ size: Size, at seconds: Double) {
    let columns = size.width >= 72 ? 4 : size.width >= 20 ? 1 : 0
    let rows = size.height >= 20 ? 2 : size.height >= 12 ? 1 : 0
    let places = (columns + 1) * (rows + 1)
    var step = 0
    if places > 1 {
      step = Int(max(0, min(1e15, seconds / WallShift.pause))) % (2 * places - 2)
      if step >= places { step = 2 * places - 2 - step }
    }
    let row = step / (columns + 1)
    let column = step % (columns + 1)
    area = Rect(
      x: row % 2 == 0 ? column : columns - column, y: row, width: size.width - columns,
      height: size.height - rows)
  }
}
