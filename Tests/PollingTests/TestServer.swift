import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import NIOSSL

/// One thing a scripted server does after a request has come.
enum Step: Sendable {
  case send(ByteBuffer)
  case pause(TimeAmount)
  /// The same bytes again and again, each written when the one before has gone out.
  case stream(ByteBuffer, times: Int)
  case close
  /// Nothing more, and the connection stays open.
  case hang

  static func text(_ text: String) -> Step { .send(ByteBuffer(string: text)) }
}

func answer(_ body: String) -> [Step] { answer(body: body) }

/// A whole answer with its length, as a well-behaved server gives it.
func answer(
  _ status: String = "200 OK", type: String = "text/plain; version=0.0.4",
  headers: String = "", body: String
) -> [Step] {
  [
    .text(
      "HTTP/1.1 \(status)\r\nContent-Type: \(type)\r\nContent-Length: \(body.utf8.count)\r\n\(headers)\r\n\(body)"
    )
  ]
}

/// What a server was asked.
struct Asked: Sendable {
  /// The request line and headers as they came.
  var head: String
  var path: String
  /// From 1, in the order the connections were made.
  var connection: Int
  /// From 1, on this connection.
  var turn: Int

  func header(_ name: String) -> String? {
    for line in head.split(separator: "\r\n").dropFirst() {
      guard let colon = line.firstIndex(of: ":") else { continue }
      if line[..<colon].lowercased() == name.lowercased() {
        return String(line[line.index(after: colon)...].drop { $0 == " " })
      }
    }
    return nil
  }
}

/// A server that does what its script says, right or wrong, byte by byte.
final class TestServer: Sendable {
  typealias Script = @Sendable (Asked) -> [Step]

  private let channel: any Channel
  private let log: NIOLockedValueBox<[Asked]>
  private let connections: NIOLockedValueBox<Int>

  var port: Int { channel.localAddress?.port ?? 0 }
  var url: String { "http://127.0.0.1:\(port)" }
  var asked: [Asked] { log.withLockedValue(\.self) }
  var connectionCount: Int { connections.withLockedValue(\.self) }

  init(
    host: String = "127.0.0.1", port: Int = 0, socket: String? = nil, tls: TLSConfiguration? = nil,
    script: @escaping Script
  ) async throws {
    let log = NIOLockedValueBox<[Asked]>([])
    let connections = NIOLockedValueBox(0)
    let context = try tls.map { try NIOSSLContext(configuration: $0) }
    let bootstrap = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .serverChannelOption(.backlog, value: 256)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          if let context {
            try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
          }
          let number = connections.withLockedValue { count in
            count += 1
            return count
          }
          let handler = ScriptHandler(connection: number, script: script) { asked in
            log.withLockedValue { $0.append(asked) }
          }
          try channel.pipeline.syncOperations.addHandler(handler)
        }
      }
    self.log = log
    self.connections = connections
    if let socket {
      channel = try await bootstrap.bind(
        unixDomainSocketPath: socket, cleanupExistingSocketFile: true
      )
      .get()
    } else {
      channel = try await bootstrap.bind(host: host, port: port).get()
    }
  }

  func close() async { try? await channel.close().get() }
}

private final class ScriptHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let connection: Int
  private let script: TestServer.Script
  private let note: @Sendable (Asked) -> Void
  private var received = ByteBuffer()
  private var turn = 0

  init(
    connection: Int, script: @escaping TestServer.Script, note: @escaping @Sendable (Asked) -> Void
  ) {
    self.connection = connection
    self.script = script
    self.note = note
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    var bytes = unwrapInboundIn(data)
    received.writeBuffer(&bytes)
    let text = String(buffer: received)
    guard text.hasSuffix("\r\n\r\n") else { return }
    received.clear()
    turn += 1
    let path = text.split(separator: " ").dropFirst().first.map(String.init) ?? ""
    let asked = Asked(head: text, path: path, connection: connection, turn: turn)
    note(asked)
    run(script(asked)[...], context)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

  private func run(_ steps: ArraySlice<Step>, _ context: ChannelHandlerContext) {
    guard let step = steps.first else { return }
    let rest = steps.dropFirst()
    let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    switch step {
    case .send(let bytes):
      context.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
      run(rest, context)
    case .pause(let amount):
      context.eventLoop.assumeIsolated().scheduleTask(in: amount) {
        bound.value.0.run(rest, bound.value.1)
      }
    case .stream(let bytes, let times):
      guard times > 0 else { return run(rest, context) }
      context.writeAndFlush(wrapOutboundOut(bytes)).assumeIsolated().whenSuccess {
        bound.value.0.run([.stream(bytes, times: times - 1)] + rest, bound.value.1)
      }
    case .close: context.close(promise: nil)
    case .hang: return
    }
  }
}

extension TLSConfiguration {
  /// A server with a certificate of `Certificates`.
  static func server(
    certificate: String = Certificates.serverCertificate, key: String = Certificates.serverKey,
    asksForClient: Bool = false
  ) throws -> TLSConfiguration {
    var configuration = TLSConfiguration.makeServerConfiguration(
      certificateChain: try NIOSSLCertificate.fromPEMBytes(Array(certificate.utf8))
        .map { .certificate($0) },
      privateKey: .privateKey(try NIOSSLPrivateKey(bytes: Array(key.utf8), format: .pem)))
    if asksForClient {
      configuration.certificateVerification = .noHostnameVerification
      configuration.trustRoots = .certificates(
        try NIOSSLCertificate.fromPEMBytes(Array(Certificates.authority.utf8)))
    }
    return configuration
  }
}
