import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// A real target on loopback that keeps every byte it gets, and answers as it is told to.
final class TargetServer: Sendable {
  /// One request as its bytes came.
  struct Request: Sendable {
    var head: String
    var body: String
    var line: String { String(head.prefix { $0 != "\r\n" }) }
    var headers: [String] { head.split(separator: "\r\n").dropFirst().map(String.init) }

    func header(_ name: String) -> String? {
      let opening = name.lowercased() + ": "
      let line = headers.first { $0.lowercased().hasPrefix(opening) }
      return line.map { String($0.dropFirst(opening.count)) }
    }
  }

  enum Behaviour: Sendable {
    case answer(Int, String)
    case redirect(Int, String)
    /// Bytes as they are, and then the connection stays open, or not.
    case raw(String, closes: Bool)
    case never
    case hangUp, reset

    static let done = answer(200, "{}")
  }

  fileprivate struct Seen {
    var requests: [Request] = []
    var connections = 0
    var closed = 0
    var bytes = 0
  }

  /// What the connections share with the test.
  final class Shared: Sendable {
    private let seen = Mutex(Seen())
    fileprivate var now: Seen { seen.withLock { $0 } }
    fileprivate func connected() { seen.withLock { $0.connections += 1 } }
    fileprivate func disconnected() { seen.withLock { $0.closed += 1 } }
    fileprivate func got(_ bytes: Int) { seen.withLock { $0.bytes += bytes } }
    fileprivate func asked(_ request: Request) { seen.withLock { $0.requests.append(request) } }
  }

  let url: String
  private let shared: Shared

  var requests: [Request] { shared.now.requests }
  /// But for those that read.
  var orders: [Request] { requests.filter { !$0.line.hasPrefix("GET ") } }
  var connections: Int { shared.now.connections }
  /// Connections that are over.
  var closed: Int { shared.now.closed }
  /// Bytes of requests, whole or not.
  var bytes: Int { shared.now.bytes }

  private init(_ channel: any Channel, _ shared: Shared, isSecure: Bool) {
    self.shared = shared
    let port = channel.localAddress?.port ?? 0
    url = isSecure ? "https://localhost:\(port)" : "http://127.0.0.1:\(port)"
  }

  static func start(
    isSecure: Bool = false, _ answer: @escaping @Sendable (Request) -> Behaviour = { _ in .done }
  ) async throws -> TargetServer {
    let shared = Shared()
    let context = isSecure ? try TargetServer.tls() : nil
    let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          if let context {
            try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
          }
          try channel.pipeline.syncOperations.addHandler(Handler(shared, answer))
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    return TargetServer(channel, shared, isSecure: isSecure)
  }

  private static func tls() throws -> NIOSSLContext {
    let certificate = try NIOSSLCertificate(
      bytes: Array(Certificates.serverCertificate.utf8), format: .pem)
    let key = try NIOSSLPrivateKey(bytes: Array(Certificates.serverKey.utf8), format: .pem)
    return try NIOSSLContext(
      configuration: .makeServerConfiguration(
        certificateChain: [.certificate(certificate)], privateKey: .privateKey(key)))
  }

  private final class Handler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    private let shared: Shared
    private let answer: @Sendable (Request) -> Behaviour
    private var text = ""

    init(_ shared: Shared, _ answer: @escaping @Sendable (Request) -> Behaviour) {
      self.shared = shared
      self.answer = answer
    }

    func channelActive(context: ChannelHandlerContext) {
      shared.connected()
      context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
      shared.disconnected()
      context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      let bytes = unwrapInboundIn(data)
      shared.got(bytes.readableBytes)
      text += String(buffer: bytes)
      guard let end = text.firstRange(of: "\r\n\r\n") else { return }
      var request = Request(head: String(text[..<end.lowerBound]), body: "")
      let length = request.header("Content-Length").flatMap { Int($0) } ?? 0
      let body = text[end.upperBound...]
      guard body.utf8.count >= length else { return }
      request.body = String(body)
      text = ""
      shared.asked(request)
      perform(answer(request), context.channel)
    }

    private func perform(_ behaviour: Behaviour, _ channel: any Channel) {
      switch behaviour {
      case .answer(let status, let body):
        let head = "HTTP/1.1 \(status) X\r\nContent-Length: \(body.utf8.count)\r\n\r\n"
        write(head + body, channel)
      case .redirect(let status, let place):
        write("HTTP/1.1 \(status) X\r\nLocation: \(place)\r\nContent-Length: 0\r\n\r\n", channel)
      case .raw(let text, let closes):
        write(text, channel)
        if closes { channel.close(promise: nil) }
      case .never: break
      case .hangUp: channel.close(promise: nil)
      case .reset:
        _ = (channel as? any SocketOptionProvider)?.setSoLinger(linger(l_onoff: 1, l_linger: 0))
        channel.close(promise: nil)
      }
    }

    private func write(_ text: String, _ channel: any Channel) {
      channel.writeAndFlush(ByteBuffer(string: text), promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
      context.close(promise: nil)
    }
  }
}

/// Waits until `condition` holds, for at most three seconds.
func eventually(_ condition: () async -> Bool) async -> Bool {
  let end = ContinuousClock.now + .seconds(3)
  while ContinuousClock.now < end {
    if await condition() { return true }
    try? await Task.sleep(for: .milliseconds(5))
  }
  return await condition()
}
