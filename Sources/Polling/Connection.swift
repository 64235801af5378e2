import NIOCore
import NIOHTTP1
import NIOSSL
import NIOTLS

/// What a connection tells the exchange that uses it, always on the event loop.
protocol ConnectionUser: AnyObject {
  func received(_ head: HTTPResponseHead, on connection: Connection)
  func received(_ bytes: ByteBuffer, on connection: Connection)
  func completed(on connection: Connection)
  /// `error` is nil where the other side just hung up.
  func failed(_ error: (any Error)?, on connection: Connection)
  func handshaken()
}

/// One HTTP/1.1 connection: the last handler of its channel, used by one exchange at a time.
///
/// Confined to its event loop; `@unchecked` because NIO's pipeline calls it there only.
final class Connection: ChannelInboundHandler, @unchecked Sendable {
  typealias InboundIn = HTTPClientResponsePart
  typealias OutboundOut = HTTPClientRequestPart

  let origin: Origin
  private let writer = RequestWriter()
  private var context: ChannelHandlerContext?
  private weak var user: (any ConnectionUser)?
  /// Set from a message's end to the end of that read: what else it brings is still the answer's.
  private var isEnding = false
  /// How many requests it has carried; the first may fail for reasons of its own.
  private(set) var uses = 0

  init(origin: Origin) { self.origin = origin }

  /// Open and free to carry a request.
  var isIdle: Bool { user == nil && !isEnding && context?.channel.isActive == true }

  /// Puts the handlers that speak HTTP in place, this one last.
  static func install(_ connection: Connection, in channel: any Channel) throws {
    let pipeline = channel.pipeline.syncOperations
    try pipeline.addHandler(connection.writer)
    try pipeline.addHandler(ByteToMessageHandler(HTTPResponseDecoder(limitConfiguration: .damcon)))
    try pipeline.addHandler(connection)
  }

  func send(_ request: Request, for user: any ConnectionUser) {
    guard let context else { return user.failed(nil, on: self) }
    self.user = user
    uses += 1
    writer.bytes = request.bytes
    context.writeAndFlush(wrapOutboundOut(.head(RequestWriter.head)), promise: nil)
  }

  /// Lets go of the exchange; what still arrives belongs to nobody.
  func release() { user = nil }

  func close() {
    user = nil
    context?.close(mode: .all, promise: nil)
  }

  func handlerAdded(context: ChannelHandlerContext) { self.context = context }

  func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if case .handshakeCompleted? = event as? TLSUserEvent { user?.handshaken() }
    context.fireUserInboundEventTriggered(event)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head):
      if isEnding || user == nil {
        // A second answer to one question: the two sides disagree about where the first ended.
        fail(Unasked())
      } else {
        user?.received(head, on: self)
      }
    case .body(let bytes): user?.received(bytes, on: self)
    case .end: isEnding = user != nil
    }
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    complete()
    context.fireChannelReadComplete()
  }

  func channelInactive(context: ChannelHandlerContext) {
    complete()
    fail(nil)
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    // Many servers hang up without TLS's goodbye; the message itself says whether it is whole.
    if case .uncleanShutdown? = error as? NIOSSLError { return }
    fail(isEnding && error is HTTPParserError ? Unasked() : error)
  }

  private func complete() {
    guard isEnding else { return }
    isEnding = false
    user?.completed(on: self)
  }

  private func fail(_ error: (any Error)?) {
    let user = user
    isEnding = false
    close()
    user?.failed(error, on: self)
  }
}

/// More came than the answer's own length allows.
struct Unasked: Error {}

/// Writes a request's ready-made bytes where NIO's encoder would write a head.
///
/// The decoder behind it wants to see a head go by, to know that an answer is due: it sees the same
/// constant one each time.
private final class RequestWriter: ChannelOutboundHandler {
  typealias OutboundIn = HTTPClientRequestPart
  typealias OutboundOut = ByteBuffer

  static let head = HTTPRequestHead(version: .http1_1, method: .GET, uri: "/")
  var bytes = ByteBuffer()

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    context.write(wrapOutboundOut(bytes), promise: promise)
  }
}

extension NIOHTTPDecoderLimitConfiguration {
  /// What a health or metrics answer needs, and no more: headers are held in memory whole.
  fileprivate static var damcon: Self {
    var limits = Self()
    limits.maxHeaderFieldSize = 16 << 10
    limits.maxHeaderListSize = 64 << 10
    return limits
  }
}
