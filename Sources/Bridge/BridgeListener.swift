import NIOCore
package import NIOPosix
import Synchronization

/// The door of the process that keeps a fleet's journal: a Unix socket that takes requests from other logins.
///
/// Whatever comes through it costs no more than the connection it came by.
package final class BridgeListener: Sendable {
  /// nil where somebody else made the socket, and takes it away.
  private let file: SocketFile?
  private let channel: any Channel
  private let guests: Guests

  /// Where it listens.
  package let path: String
  /// Whether those of a group may talk to it.
  package let isShared: Bool

  private init(
    _ file: SocketFile?, path: String, isShared: Bool, _ channel: any Channel, _ guests: Guests
  ) {
    self.file = file
    self.path = path
    self.isShared = isShared
    self.channel = channel
    self.guests = guests
  }

  /// Begins to listen; the place is this process's until `stop`.
  package static func start(
    at place: SocketPlace, on group: MultiThreadedEventLoopGroup, limits: BridgeLimits = .init(),
    answering service: any BridgeService
  ) async throws(BridgeError) -> BridgeListener {
    let file = try SocketFile.open(place)
    guard let socket = file.take() else {
      throw BridgeError(file.path, "it is in use", .held)
    }
    do {
      let (channel, guests) = try await listen(on: socket, group, limits, service)
      return BridgeListener(file, path: file.path, isShared: file.isShared, channel, guests)
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
      let (channel, guests) = try await listen(on: descriptor, group, limits, service)
      return BridgeListener(nil, path: given.path, isShared: given.isShared, channel, guests)
    } catch {
      throw BridgeError(given.path, "nobody can listen there: \(error)", .denied)
    }
  }

  private static func listen(
    on socket: Int32, _ group: MultiThreadedEventLoopGroup, _ limits: BridgeLimits,
    _ service: any BridgeService
  ) async throws -> (any Channel, Guests) {
    let (guests, gate) = (Guests(), Gate(limits))
    let channel = try await ServerBootstrap(group: group)
      .childChannelOption(
        .recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 8 << 10)
      )
      .childChannelInitializer { child in
        child.eventLoop.makeCompletedFuture {
          guests.add(child)
          try child.pipeline.syncOperations.addHandler(
            Conversation(service, gate, limits, on: child.eventLoop))
        }
      }
      .withBoundSocket(socket).get()
    return (channel, guests)
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
    await guests.leave(Parting(reason: reason, returns: returns))
    file?.release()
  }
}

/// The connections that are open.
private final class Guests: Sendable {
  private struct All {
    var channels: [ObjectIdentifier: any Channel] = [:]
    var isOver = false
  }

  private let all = Mutex(All())

  func add(_ channel: any Channel) {
    let id = ObjectIdentifier(channel)
    let isLate = all.withLock { all in
      if !all.isOver { all.channels[id] = channel }
      return all.isOver
    }
    guard !isLate else { return channel.close(promise: nil) }
    channel.closeFuture.whenComplete { [self] _ in
      all.withLock { $0.channels[id] = nil }
    }
  }

  func leave(_ parting: Parting) async {
    let open = all.withLock { all in
      all.isOver = true
      return Array(all.channels.values)
    }
    for channel in open { channel.pipeline.fireUserInboundEventTriggered(parting) }
    for channel in open { try? await channel.closeFuture.get() }
  }
}
