import Canvas
import Incident

/// A wall needs no key, and takes few.
extension ConsoleState {
  /// `q` quits, Space keeps the page or lets go of it, the arrows turn pages; no other key means anything.
  ///
  /// - Returns: nil for what is no business of the wall.
  mutating func takeAtWall(_ event: InputEvent, _ state: State) -> [Effect]? {
    guard let wall else { return nil }
    switch event {
    case .resize, .resumed, .ending: return nil
    case .mouse, .paste: return []
    case .key(let key):
      let pages = WallPages(state, self, wall)
      switch key {
      case .character(" "): self.wall?.pinned = wall.pinned == nil ? pages.shown.topic : nil
      case .right: turn(to: pages.neighbour(1), by: 1)
      case .left: turn(to: pages.neighbour(-1), by: -1)
      case KeyName.panic: return leaveWall()
      case _ where keys.meaning(of: key, in: .fleet, tense) == .command(.quit): return leaveWall()
      default: break
      }
      return []
    }
  }

  /// A page that is kept gives way to its neighbour, which is kept then.
  private mutating func turn(to topic: Wall.Topic?, by step: Int) {
    if wall?.pinned != nil {
      wall?.pinned = topic
    } else {
      wall?.turns += step
    }
  }

  private mutating func leaveWall() -> [Effect] {
    wantsToQuit = true
    return [.quit]
  }
}
