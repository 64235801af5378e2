import Bridge
import Incident
import Session
import Synchronization

/// The lines of a session that another process keeps: none before it has told how things stand.
final class MirroredLines: Onlooker {
  private let lines: LiveLines

  init(_ lines: LiveLines) { self.lines = lines }

  func look(at state: State) {
    if state.present.sequence > 0 { lines.look(at: state) }
  }
}

/// What is told of the link to it.
final class LinkLines: Sendable {
  private enum Told { case whole, behind, lost }
  private let told = Mutex(Told.whole)
  private let put: @Sendable ([String]) -> Void

  init(_ put: @escaping @Sendable ([String]) -> Void) { self.put = put }

  func hear(_ status: LinkStatus) {
    let line: String? = told.withLock { told in
      switch (told, status.phase) {
      case (.whole, .behind):
        told = .behind
        return "the session is behind: \(status.words)"
      case (.whole, .lost), (.behind, .lost):
        told = .lost
        return "the session is lost: \(status.words)"
      case (.behind, .live), (.lost, .live):
        told = .whole
        return "the session is back"
      default: return nil
      }
    }
    if let line { put([line]) }
  }
}
