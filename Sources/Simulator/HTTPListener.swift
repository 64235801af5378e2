import NIOCore
import NIOHTTP1
import NIOPosix

/// A request as the model sees it.
struct SimulatedRequest: Sendable {
  var method: String
  /// Without the query.
  var path: String
  var headers: HTTPHeaders
  var body: ByteBuffer
}

/// What a simulated service sends back.
struct SimulatedResponse: Sendable {
  var status: Int
  var contentType: String
  var headers: [(String, String)]
  var body: ByteBuffer

  init(
    status: Int, contentType: String = "application/json", headers: [(String, String)] = [],
    body: ByteBuffer
  ) {
    self.status = status
    self.contentType = contentType
    self.headers = headers
    self.body = body
  }

  init(
    status: Int, contentType: String = "application/json", headers: [(String, String)] = [],
    text: String
  ) {
    self.init(
      status: status, contentType: contentType, headers: headers, body: ByteBuffer(string: text))
  }
}

/// How a request ends for the one who sent it.
enum Ending: Sendable {
  case respond(SimulatedResponse)
  /// The connection is closed without a word: the process panicked or was killed.
  case hangUp
}

/// An HTTP/1.1 server on 127.0.0.1 that hands each request to one closure.
@Simulation
final class HTTPListener {
  typealias Answer = @Simulation @Sendable (SimulatedRequest) async -> Ending

  private(set) var port = 0
  private var channel: (any Channel)?
  private let connections: NIOLoopBoundBox<[ObjectIdentifier: any Channel]>
  private let answer: Answer

  init(answer: @escaping Answer) {
    self.answer = answer
    connections = NIOLoopBoundBox([:], eventLoop: Simulation.shared.loop)
  }

  /// Opens `port`, or one of the kernel's choice where it is 0.
  func open(port wanted: Int) async throws {
    let connections = self.connections
    let answer = self.answer
    let channel = try await ServerBootstrap(group: Simulation.shared.loop)
      .serverChannelOption(.backlog, value: 256)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
      .childChannelInitializer { child in
        child.eventLoop.makeCompletedFuture {
          let id = ObjectIdentifier(child)
          connections.value[id] = child
          child.closeFuture.whenComplete { _ in connections.value[id] = nil }
          try child.pipeline.syncOperations.configureHTTPServerPipeline(withErrorHandling: true)
          try child.pipeline.syncOperations.addHandler(
            IdleStateHandler(allTimeout: .seconds(120)))
          try child.pipeline.syncOperations.addHandler(RequestHandler(answer: answer))
        }
      }
      .bind(host: "127.0.0.1", port: wanted).get()
    self.channel = channel
    port = channel.localAddress?.port ?? wanted
  }

  /// Refuses new connections and ends the present ones.
  func close() async {
    let channel = self.channel
    self.channel = nil
    try? await channel?.close().get()
    await hangUpAll()
  }

  /// Ends every connection, as a process that dies does, but keeps the port.
  func hangUpAll() async {
    for (_, connection) in connections.value { connection.close(promise: nil) }
    while let (_, connection) = connections.value.first {
      try? await connection.closeFuture.get()
    }
  }
}

/// Gathers a request, starts its task, writes the answer.
private final class RequestHandler: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  /// More than any admin request needs; what is longer is refused with 413.
  private static let bodyLimit = 64 << 10

  private let answer: HTTPListener.Answer
  private var head: HTTPRequestHead?
  private var body = ByteBuffer()
  private var isTooLong = false

  init(answer: @escaping HTTPListener.Answer) { self.answer = answer }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head):
      self.head = head
      body.clear()
      isTooLong = false
    case .body(var part):
      if body.readableBytes + part.readableBytes > Self.bodyLimit {
        isTooLong = true
      } else {
        body.writeBuffer(&part)
      }
    case .end:
      guard let head else { return }
      self.head = nil
      let channel = context.channel
      let keepAlive = head.isKeepAlive
      let isHead = head.method == .HEAD
      if isTooLong {
        let refusal = SimulatedResponse(
          status: 413, text: #"{"error":"the body may have at most 65536 bytes"}"#)
        write(refusal, to: channel, keepAlive: false, isHead: isHead)
        return
      }
      let path = head.uri.prefix { $0 != "?" && $0 != "#" }
      let request = SimulatedRequest(
        method: head.method.rawValue, path: String(path), headers: head.headers, body: body)
      let answer = self.answer
      Task { @Simulation in
        switch await answer(request) {
        case .respond(let response):
          write(response, to: channel, keepAlive: keepAlive, isHead: isHead)
        case .hangUp:
          channel.close(promise: nil)
        }
      }
    }
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if event is IdleStateHandler.IdleStateEvent {
      context.close(promise: nil)
    } else {
      context.fireUserInboundEventTriggered(event)
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.close(promise: nil)
  }
}

private func write(
  _ response: SimulatedResponse, to channel: any Channel, keepAlive: Bool, isHead: Bool
) {
  var headers = HTTPHeaders()
  headers.add(name: "content-type", value: response.contentType)
  headers.add(name: "content-length", value: String(response.body.readableBytes))
  for (name, value) in response.headers { headers.add(name: name, value: value) }
  if !keepAlive { headers.add(name: "connection", value: "close") }
  let head = HTTPResponseHead(
    version: .http1_1, status: .init(statusCode: response.status), headers: headers)
  channel.write(HTTPServerResponsePart.head(head), promise: nil)
  if !isHead {
    channel.write(HTTPServerResponsePart.body(.byteBuffer(response.body)), promise: nil)
  }
  let written = channel.writeAndFlush(HTTPServerResponsePart.end(nil))
  if !keepAlive { written.whenComplete { _ in channel.close(promise: nil) } }
}
