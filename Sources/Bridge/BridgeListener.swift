import Admission
import NIOCore
package import NIOPosix

/// The door of the process that keeps a fleet's journal: a Unix socket that takes requests from other logins.
///
/// Whatever comes through it costs no more than the connection it came by.
package final class BridgeListener: Sendable {
  /// nil where somebody else made the socket, and takes it away.
  private let file: SocketFile?
  private let channel: any Channel
  private let guests: OpenChannels
  private let errands: Errands

  /// Where it listens.
  package let path: String
  /// Whether those of a group may talk to it.
  package let isShared: Bool

  private init(
    _ file: SocketFile?, path: String, isShared: Bool, _ door: Door
  ) {
    self.file = file
    self.path = path
    self.isShared = isShared
    channel = door.channel
    guests = door.guests
    errands = door.errands
  }

  /// What has begun to listen.
  private struct Door {
    var channel: any Channel
    var guests: OpenChannels
    var errands: Errands
  }

  /// Begins to listen; the place is this process's until `stop`.
  ///
  /// - Parameter naming: says who somebody is, however long that takes.
  package static func start(
    at place: SocketPlace, on group: MultiThreadedEventLoopGroup, limits: BridgeLimits = .init(),
    naming: @escaping @Sendable (PeerCredentials) -> Peer = { Peer($0) },
    answering service: any BridgeService
  ) async throws(BridgeError) -> BridgeListener {
    let file = try SocketFile.open(place)
    guard let socket = file.take() else {
      throw BridgeError(file.path, "it is in use", .held)
    }
    do {
      let door = try await listen(on: socket, group, limits, naming, service)
      return BridgeListener(file, path: file.path, isShared: file.isShared, door)
    } catch {
      file.remove()
      throw BridgeError(file.path, "nobody can listen there: \(error)", .denied)
    }
  }

  /// Takes a socket over that another program made for this one, such as systemd: it stays when this one ends.
  ///
  /// - Parameter descriptor: closed with the listener; where it is refused it stays open.
  package static func start(
    on descriptor: Int32, on group: MultiThreadedEventLoopGroup, limits: BridgeLimits = .init(),
    answering service: any BridgeService
  ) async throws(BridgeError) -> BridgeListener {
    let given = try GivenSocket(descriptor)
    do {
      let door = try await listen(on: descriptor, group, limits, { Peer($0) }, service)
      return BridgeListener(nil, path: given.path, isShared: given.isShared, door)
    } catch {
      throw BridgeError(given.path, "nobody can listen there: \(error)", .denied)
    }
  }

  private static func listen(
    on socket: Int32, _ group: MultiThreadedEventLoopGroup, _ limits: BridgeLimits,
    _ naming: @escaping NameDesk.Naming, _ service: any BridgeService
  ) async throws -> Door {
    let (guests, errands, gate) = (OpenChannels(), Errands(), BridgeGate(limits))
    let names = NameDesk(limits, by: naming)
    let channel = try await ServerBootstrap(group: group)
      .childChannelOption(
        .recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 8 << 10)
      )
      .childChannelInitializer { child in
        child.eventLoop.makeCompletedFuture {
          guests.add(child)
          try child.pipeline.syncOperations.addHandler(
            Conversation(service, gate, names, errands, limits, on: child.eventLoop))
        }
      }
      .withBoundSocket(socket).get()
    return Door(channel: channel, guests: guests, errands: errands)
  }

  /// Ends every conversation and takes the socket away.
  ///
  /// - Parameters:
  ///   - reason: the last word to those who stay.
  ///   - returns: it is worth coming back.
  package func stop(
    saying reason: String = "the session has ended", returns: Bool = true
  ) async {
    // First, so that nobody who comes now waits for an answer.
    file?.remove()
    try? await channel.close().get()
    let parting = Parting(reason: reason, returns: returns)
    await guests.leave { $0.pipeline.fireUserInboundEventTriggered(parting) }
    file?.release()
  }

  /// Waits, once it is stopped, until nothing more of what was asked comes back to the event loop.
  ///
  /// - Returns: whether nothing does, after so many seconds at most: then the loop may be shut down.
  package func settle(within seconds: Double) async -> Bool {
    await errands.areOver(within: seconds)
  }
}
