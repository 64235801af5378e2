import NIOCore
package import NIOPosix
import Synchronization

/// The door of the process that keeps a fleet's journal: a Unix socket that takes requests from other logins.
///
/// Whatever comes through it costs no more than the connection it came by.
package final class BridgeListener: Sendable {
  private let file: SocketFile
  private let channel: any Channel
  private let guests: Guests

  /// Where it listens.
  package var path: String { file.path }
  package var isShared: Bool { file.isShared }

  private init(_ file: SocketFile, _ channel: any Channel, _ guests: Guests) {
    self.file = file
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
    let (guests, gate) = (Guests(), Gate(limits))
    let channel: any Channel
    do {
      channel = try await ServerBootstrap(group: group)
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
    } catch {
      file.remove()
      throw BridgeError(file.path, "nobody can listen there: \(error)", .denied)
    }
    return BridgeListener(file, channel, guests)
  }

  /// Ends every conversation and takes the socket away.
  package func stop() async {
    // First, so that nobody who comes now waits for an answer.
    file.remove()
    try? await channel.close().get()
    await guests.leave()
    file.release()
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

  func leave() async {
    let open = all.withLock { all in
      all.isOver = true
      return Array(all.channels.values)
    }
    for channel in open { channel.close(promise: nil) }
    for channel in open { try? await channel.closeFuture.get() }
  }
}
