import Admission
import Foundation
package import NIOCore
import NIOHTTP1
import NIOPosix

/// A small HTTP/1.1 server for what Damcon itself answers: whole requests, whole answers.
///
/// Whoever comes costs no more than `HTTPLimits` say, however slow, large or many.
package final class HTTPServer: Sendable {
  package typealias Answering = @Sendable (HTTPRequestSeen) async -> HTTPAnswer

  /// Where it listens; the port is the one that the system gave, where 0 was asked for.
  package let address: HTTPAddress
  package var port: Int { address.port }
  /// Places whose allowance is remembered.
  private static let remembered = 1024
  private let channel: any Channel
  private let guests: OpenChannels

  private init(_ address: HTTPAddress, _ channel: any Channel, _ guests: OpenChannels) {
    self.address = address
    self.channel = channel
    self.guests = guests
  }

  /// Begins to listen.
  ///
  /// - Parameter answering: is asked once for each whole request, on no particular thread.
  package static func start(
    host: String, port: Int, on group: any EventLoopGroup, limits: HTTPLimits = HTTPLimits(),
    answering: @escaping Answering
  ) async throws(HTTPServingError) -> HTTPServer {
    let wanted = HTTPAddress(host: host, port: port)
    let guests = OpenChannels()
    let gate = Gate<String>(
      Gate.Limits(
        connections: limits.connections, connectionsOfOne: limits.connectionsOfOne,
        requestsPerSecond: limits.allowance, remembered: HTTPServer.remembered))
    let channel: any Channel
    do {
      channel = try await ServerBootstrap(group: group)
        .serverChannelOption(.backlog, value: 128)
        .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
        .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
        .childChannelOption(
          .recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 8 << 10)
        )
        .childChannelInitializer { child in
          child.eventLoop.makeCompletedFuture {
            guests.add(child)
            try HTTPConversation.add(to: child, gate, limits, answering)
          }
        }
        .bind(host: host, port: port).get()
    } catch {
      throw HTTPServingError(address: wanted, reason: HTTPServer.words(error))
    }
    let bound = HTTPAddress(host: host, port: channel.localAddress?.port ?? port)
    return HTTPServer(bound, channel, guests)
  }

  /// Lets nobody in any more and ends every connection.
  package func stop() async {
    try? await channel.close().get()
    await guests.leave { $0.close(promise: nil) }
  }

  private static func words(_ error: any Error) -> String {
    if let error = error as? IOError { return String(cString: strerror(error.errnoCode)) }
    if error is SocketAddressError { return "the host has no address" }
    return "\(error)"
  }
}
