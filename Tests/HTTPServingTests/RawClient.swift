import NIOCore
import NIOPosix
import Synchronization

/// A connection that sends what it is told, byte for byte, and keeps what comes back.
final class RawClient: Sendable {
  private let channel: any Channel
  private let ear: Ear

  private final class Ear: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer
    let heard = Mutex<[UInt8]>([])

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      let buffer = unwrapInboundIn(data)
      heard.withLock { $0 += buffer.readableBytesView }
    }

    // That it is cut off is seen by its being closed.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
      context.close(promise: nil)
    }
  }

  init(port: Int) async throws {
    let ear = Ear()
    self.ear = ear
    channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(ear)
        }
      }
      .connect(host: "127.0.0.1", port: port).get()
  }

  deinit { channel.close(promise: nil) }

  var text: String { ear.heard.withLock { String(decoding: $0, as: UTF8.self) } }
  var isOpen: Bool { channel.isActive }

  func send(_ text: String) async throws { try await send(Array(text.utf8)) }

  func send(_ bytes: [UInt8]) async throws {
    try await channel.writeAndFlush(ByteBuffer(bytes: bytes)).get()
  }

  /// Ends once the condition holds; false where it does not within so many seconds.
  func wait(_ seconds: Double = 10, until holds: (RawClient) -> Bool) async throws -> Bool {
    let end = ContinuousClock.now + .seconds(seconds)
    while !holds(self) {
      guard ContinuousClock.now < end else { return false }
      try await Task.sleep(for: .milliseconds(5))
    }
    return true
  }

  /// So many answers have come.
  func hears(_ count: Int = 1, _ words: String = "HTTP/1.1 ") async throws -> Bool {
    try await wait { $0.text.components(of: words) >= count }
  }

  func close() async throws { try await channel.close().get() }
}

extension String {
  /// How often `words` stands in it.
  func components(of words: String) -> Int {
    var (count, rest) = (0, self[...])
    while let found = rest.firstRange(of: words) {
      count += 1
      rest = rest[found.upperBound...]
    }
    return count
  }
}
