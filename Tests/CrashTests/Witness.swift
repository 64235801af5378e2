import Containment
import Foundation
import Incident
import Journal
import Replay

/// What the journal tells at a moment, read as anybody may read it while it is being written.
final class Witness: Sendable {
  private let path: String
  private let lock = NSLock()
  /// Touched under the lock alone.
  nonisolated(unsafe) private var player: Player?

  init(_ path: String) { self.path = path }

  /// How an action stands by all that is in the file; nil where nothing of it is.
  func state(of id: String) throws -> ActionRun.State? {
    try lock.withLock {
      let player = try self.player ?? Player(try JournalArchive(path: path))
      self.player = player
      try player.goOn { _ in true }
      return player.state.present.actionRun(id)?.state
    }
  }

  /// Why a request of this key should not have come; nil where the journal says that it is being sent.
  func fault(_ key: String) -> String? {
    do {
      let isRevert = key.contains("-revert-")
      let id = String(key.dropLast(isRevert ? "-revert-1".count : "-1".count))
      let state = try state(of: id)
      let isRight = isRevert ? state == .reverting : state == .intended || state == .sent
      return isRight
        ? nil : "\(key) was received, and it is \(state?.rawValue ?? "absent") in the journal"
    } catch {
      return "\(key) was received, and the journal cannot be read: \(error)"
    }
  }
}
