import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// A real server on loopback that answers as it is told to, badly where that is what is tested.
final class WalkServer: Sendable {
  struct Request: Sendable {
    var method: String
    var path: String
    var headers: [String: String]
    var body: String
  }

  indirect enum Behaviour: Sendable {
    case text(Int, String)
    case headers(Int, [(String, String)], String)
    case redirect(String)
    /// Seconds, then.
    case later(Double, Behaviour)
    case hang, hangUp
    /// A byte at a time, for ever.
    case drip
    /// A body without end.
    case flood
    case raw(String)
  }

  private struct Seen {
    var requests: [Request] = []
    var now = 0
    var most = 0
  }

  let url: String
  private let channel: any Channel
  private let seen: Shared

  /// What the connections share with the test.
  final class Shared: Sendable {
    private let seen = Mutex(Seen())
    var requests: [Request] { seen.withLock(\.requests) }
    var most: Int { seen.withLock(\.most) }
    func began(_ request: Request) {
      seen.withLock {
        $0.requests.append(request)
        $0.now += 1
        $0.most = max($0.most, $0.now)
      }
    }
    func ended() { seen.withLock { $0.now -= 1 } }
  }

  var requests: [Request] { seen.requests }
  /// How many requests were under way at once at most.
  var most: Int { seen.most }

  private init(_ channel: any Channel, _ seen: Shared) {
    self.channel = channel
    self.seen = seen
    url = "http://127.0.0.1:\(channel.localAddress?.port ?? 0)"
  }

  static func start(_ answer: @escaping @Sendable (Request) -> Behaviour) async throws -> WalkServer {
    let seen = Shared()
    let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(
            ByteToMessageHandler(HTTPRequestDecoder()))
          try channel.pipeline.syncOperations.addHandler(Handler(seen, answer))
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    return WalkServer(channel, seen)
  }

  func stop() { channel.close(promise: nil) }

  private final class Handler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    private let seen: Shared
    private let answer: @Sendable (Request) -> Behaviour
    private var request = Request(method: "", path: "", headers: [:], body: "")

    init(_ seen: Shared, _ answer: @escaping @Sendable (Request) -> Behaviour) {
      self.seen = seen
      self.answer = answer
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      switch unwrapInboundIn(data) {
      case .head(let head):
        request = Request(
          method: head.method.rawValue, path: head.uri,
          headers: Dictionary(head.headers.map { ($0.name.lowercased(), $0.value) }) { $1 },
          body: "")
      case .body(let bytes): request.body += String(buffer: bytes)
      case .end:
        seen.began(request)
        perform(answer(request), context)
      }
    }

    private func perform(_ behaviour: Behaviour, _ context: ChannelHandlerContext) {
      switch behaviour {
      case .text(let status, let text): perform(.headers(status, [], text), context)
      case .redirect(let place): perform(.headers(302, [("Location", place)], ""), context)
      case .headers(let status, let headers, let text):
        var head = "HTTP/1.1 \(status) X\r\nContent-Length: \(text.utf8.count)\r\n"
        for (name, value) in headers { head += "\(name): \(value)\r\n" }
        seen.ended()
        write(head + "\r\n" + text, context)
      case .later(let seconds, let then):
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        context.eventLoop.scheduleTask(in: .milliseconds(Int64(seconds * 1000))) {
          bound.value.0.perform(then, bound.value.1)
        }
      case .hang: break
      case .hangUp:
        seen.ended()
        context.close(promise: nil)
      case .raw(let text): write(text, context)
      case .drip:
        write("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", context)
        repeatedly(context, "x", every: .milliseconds(20))
      case .flood:
        write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", context)
        let chunk = String(repeating: "y", count: 1 << 16)
        repeatedly(context, "10000\r\n\(chunk)\r\n", every: .milliseconds(1))
      }
    }

    private func repeatedly(
      _ context: ChannelHandlerContext, _ text: String, every pause: TimeAmount
    ) {
      let channel = context.channel
      context.eventLoop.scheduleRepeatedTask(initialDelay: .zero, delay: pause) { task in
        guard channel.isActive else { return task.cancel() }
        if channel.isWritable { channel.writeAndFlush(ByteBuffer(string: text), promise: nil) }
      }
    }

    private func write(_ text: String, _ context: ChannelHandlerContext) {
      context.channel.writeAndFlush(ByteBuffer(string: text), promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
      context.close(promise: nil)
    }
  }
}
