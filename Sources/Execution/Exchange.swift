import Health
import NIOCore
import NIOHTTP1
import NIOTLS

/// One request on one connection of its own, the last handler of its channel: knows at every moment whether
/// anything of the request has left.
///
/// Confined to its event loop but for what hops onto it by itself; `@unchecked` because NIO calls it there only.
final class Exchange: ChannelInboundHandler, @unchecked Sendable {
  typealias InboundIn = HTTPClientResponsePart
  typealias OutboundOut = HTTPClientRequestPart

  struct Answer: Sendable {
    var status: Int
    var location: String?
    var body: [UInt8] = []
    /// The body went on; it was not waited for.
    var isCut = false
  }

  enum Outcome: Sendable {
    /// No byte of the request has left.
    case unsent(String)
    case answered(Answer)
    /// Something has left, and no whole answer came.
    case lost(String)
  }

  private enum Stage {
    case opening, open, asking
    case answering(Answer)
    case over
  }

  private let loop: any EventLoop
  private let isSecure: Bool
  /// Seconds, for what is said when they are over.
  private let patience: Double
  private let deadline: NIODeadline
  /// Bytes of the body that are read.
  private let limit: Int
  /// Succeeds once the connection can carry the request, or never will.
  private let opened: EventLoopPromise<Void>
  private let ended: EventLoopPromise<Outcome>
  private var stage = Stage.opening
  private var alarm: Scheduled<Void>?
  private var context: ChannelHandlerContext?

  init(
    on loop: any EventLoop, isSecure: Bool, until deadline: NIODeadline, patience: Double,
    limit: Int
  ) {
    self.loop = loop
    self.isSecure = isSecure
    self.deadline = deadline
    self.patience = patience
    self.limit = limit
    opened = loop.makePromise()
    ended = loop.makePromise()
  }

  /// Waits until the connection can carry the request.
  ///
  /// - Returns: false where it never will; `send` says why.
  func open() async -> Bool {
    await withTaskCancellationHandler {
      try? await opened.futureResult.get()
      return (try? await loop.submit { if case .open = self.stage { true } else { false } }.get())
        ?? false
    } onCancel: {
      callOff()
    }
  }

  /// Sends it, once, where the connection is still open.
  func send(_ request: OutgoingRequest) async -> Outcome {
    await withTaskCancellationHandler {
      loop.execute { self.write(request) }
      do { return try await ended.futureResult.get() } catch { return .lost("\(error)") }
    } onCancel: {
      callOff()
    }
  }

  /// Closes the connection, whatever it is at.
  func callOff() { loop.execute { self.fail("it was called off") } }

  private func write(_ request: OutgoingRequest) {
    guard case .open = stage, let context else { return }
    guard context.channel.isActive else { return fail(Exchange.lostWords) }
    stage = .asking
    context.write(wrapOutboundOut(.head(request.head)), promise: nil)
    if let body = request.body {
      context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
    }
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
  }

  // MARK: What the channel says

  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
    alarm = loop.scheduleTask(deadline: deadline) { self.timeOut() }
    if context.channel.isActive { channelActive(context: context) }
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    fail(Exchange.lostWords)
    self.context = nil
  }

  func channelActive(context: ChannelHandlerContext) { if !isSecure { goOpen() } }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if case .handshakeCompleted? = event as? TLSUserEvent { goOpen() }
    context.fireUserInboundEventTriggered(event)
  }

  private func goOpen() {
    guard case .opening = stage else { return }
    stage = .open
    opened.succeed()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch (unwrapInboundIn(data), stage) {
    case (.head(let head), .asking):
      stage = .answering(
        Answer(status: Int(head.status.code), location: head.headers.first(name: "Location")))
    case (.body(let bytes), .answering(var answer)):
      answer.body += bytes.readableBytesView.prefix(limit - answer.body.count + 1)
      if answer.body.count > limit {
        answer.body.removeLast()
        answer.isCut = true
        return end(.answered(answer))
      }
      stage = .answering(answer)
    case (.end, .answering(let answer)): end(.answered(answer))
    default: fail("it says what nobody asked for")
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    // On a connection that stood, the system's errors say no more than that.
    fail(error is IOError ? Exchange.lostWords : ConnectionWords.of(error) ?? Exchange.lostWords)
  }

  func channelInactive(context: ChannelHandlerContext) {
    fail(Exchange.lostWords)
    context.fireChannelInactive()
  }

  private static let lostWords = "the connection was lost"

  private func timeOut() {
    let limit = Words.duration(patience)
    switch stage {
    case .opening: fail(isSecure ? "no TLS handshake in \(limit)" : "no connection in \(limit)")
    case .open: fail("its \(limit) were over before it could leave")
    case .asking: fail("no answer in \(limit)")
    case .answering: fail("its answer did not end in \(limit)")
    case .over: break
    }
  }

  private func fail(_ reason: String) {
    switch stage {
    case .opening, .open: end(.unsent(reason))
    case .asking: end(.lost(reason))
    case .answering(let answer): end(.lost("HTTP \(answer.status), but \(reason)"))
    case .over: break
    }
  }

  private func end(_ outcome: Outcome) {
    stage = .over
    alarm?.cancel()
    opened.succeed()
    ended.succeed(outcome)
    context?.close(promise: nil)
  }
}
