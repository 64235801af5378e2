import Bridge
import Fleet
import Incident
import NIOPosix
import Session

/// The door for other logins of this host: open while this process keeps the fleet's journal.
///
/// Where it cannot be opened that is said in the log, and all else goes on.
final class BridgeDesk: Sendable {
  private let opening: Task<BridgeListener?, Never>

  /// - Parameters:
  ///   - path: of the socket, as somebody chose it; nil: the user's own place.
  ///   - isPassing: a fleet of which there may be several, such as a demo's; the first one listens.
  init(
    _ session: Session, _ fleet: Fleet, at path: String?, on group: MultiThreadedEventLoopGroup,
    isPassing: Bool
  ) {
    let place = BridgeOptions.place(of: fleet, named: path)
    opening = Task {
      do throws(BridgeError) {
        return try await BridgeListener.start(
          at: place, on: group, answering: SessionBridge(session, program: Version.current))
      } catch {
        if error.cause != .held || !isPassing {
          session.inbox.put(
            .note(Note(.warning, "nobody can act here from another login: \(error)")))
        }
        return nil
      }
    }
  }

  /// Ends every conversation and takes the socket away.
  func close() async { await opening.value?.stop() }
}
