import Bridge
import Fleet
import Incident
import NIOCore
import NIOPosix
import Session

/// The door for other logins of this host: open while this process keeps the fleet's journal.
///
/// Where it cannot be opened that is said in the log, and all else goes on.
final class BridgeDesk: Sendable {
  let company = Company()
  let broadcast = Broadcast()
  private let opening: Task<Result<BridgeListener, BridgeError>, Never>
  /// Those who look on have a thread of their own: however many there are, no poll waits for them.
  private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)

  /// Seconds in which what was asked is answered, once nobody can ask any more.
  private static let patience = 5.0

  /// - Parameters:
  ///   - kind: what this process is to those who come: `serve`, `watch`, `demo`.
  ///   - path: of the socket, as somebody chose it; nil: the user's own place.
  ///   - isPassing: a fleet of which there may be several, such as a demo's; the first one listens.
  ///   - descriptor: of a socket that listens already, and is taken over instead of one at the place.
  init(
    _ session: Session, _ fleet: Fleet, _ journal: LiveJournal, kind: String, at path: String?,
    isPassing: Bool, inherited descriptor: Int32? = nil
  ) {
    let place = PlaceOptions.place(of: fleet.name, named: path)
    let service = SessionBridge(
      session, program: Version.current, kind: kind, muster: company.muster, broadcast: broadcast,
      archive: JournalDoor { try await journal.archive() })
    opening = Task { [group, company, broadcast] in
      await broadcast.follow(session)
      await session.tell(company.muster)
      do throws(BridgeError) {
        if let descriptor {
          return .success(
            try await BridgeListener.start(on: descriptor, on: group, answering: service))
        }
        return .success(try await BridgeListener.start(at: place, on: group, answering: service))
      } catch {
        if error.cause != .held || !isPassing {
          session.inbox.put(
            .note(Note(.warning, "nobody can act here from another login: \(error)")))
        }
        return .failure(error)
      }
    }
  }

  /// Where it listens, as soon as it does; throws why it cannot.
  func path() async throws(BridgeError) -> String { try await opening.value.get().path }

  /// Ends every conversation and takes the socket away.
  func close() async {
    if let listener = try? await opening.value.get() {
      await listener.stop()
      guard await listener.settle(within: BridgeDesk.patience) else {
        // An answer comes yet, as from a disk that hangs: until it has, there is a thread for it.
        Task { [group] in
          while !(await listener.settle(within: 60)) {}
          try? await group.shutdownGracefully()
        }
        return
      }
    }
    try? await group.shutdownGracefully()
  }
}
