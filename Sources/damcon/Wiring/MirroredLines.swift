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
  private let isLost = Mutex(false)
  private let put: @Sendable ([String]) -> Void

  init(_ put: @escaping @Sendable ([String]) -> Void) { self.put = put }

  func hear(_ status: LinkStatus) {
    let isNow = status.phase == .lost
    guard isNow || status.phase == .live else { return }
    let isNews = isLost.withLock { was in
      defer { was = isNow }
      return was != isNow
    }
    if isNews { put([isNow ? "the session is lost: \(status.words)" : "the session is back"]) }
  }
}
