import Dispatch
import NIOCore

/// One connection: a hello, then one request after the other, each answered before the next is read.
///
/// Confined to its event loop but for what hops onto it by itself; `@unchecked` because NIO calls it there only.
final class Conversation: ChannelDuplexHandler, @unchecked Sendable {
  typealias InboundIn = ByteBuffer
  typealias OutboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private enum Stage {
    /// Nobody knows yet who it is.
    case arriving
    /// Let in; the first frame has not come.
    case greeting(Peer)
    case asking(Peer)
    /// A last word is on its way, or it is closed.
    case over
  }

  private let service: any BridgeService
  private let gate: Gate
  private let limits: BridgeLimits
  private let loop: any EventLoop
  private var stage = Stage.arriving
  private var context: ChannelHandlerContext?
  private var received = ByteBuffer()
  /// Something is being answered: what comes is not read meanwhile.
  private var isBusy = true
  private var wantsToRead = false
  /// Whom to take out of the count.
  private var guest: UInt32?
  private var alarm: Scheduled<Void>?

  /// Names may come from a directory on the network: one that hangs holds up those who come, and nobody else.
  private static let names = DispatchQueue(label: "damcon.bridge.names")

  init(_ service: any BridgeService, _ gate: Gate, _ limits: BridgeLimits, on loop: any EventLoop) {
    self.service = service
    self.gate = gate
    self.limits = limits
    self.loop = loop
  }

  // MARK: Who it is

  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
    if context.channel.isActive { arrive(context) }
  }

  func channelActive(context: ChannelHandlerContext) {
    arrive(context)
    context.fireChannelActive()
  }

  private func arrive(_ context: ChannelHandlerContext) {
    guard case .arriving = stage, guest == nil else { return }
    let known = try? context.pipeline.syncOperations.withUnsafeTransportIfAvailable(
      of: NIOBSDSocket.Handle.self
    ) { PeerCredentials(of: $0) }
    guard let credentials = known.flatMap({ $0 }) else {
      return part(with: Welcome.refusing("the system does not say who you are"))
    }
    if let refusal = gate.enter(credentials.uid) { return part(with: Welcome.refusing(refusal)) }
    guest = credentials.uid
    expect(within: limits.idle)
    Conversation.names.async { [self] in
      let peer = Peer(credentials)
      loop.execute {
        guard case .arriving = self.stage else { return }
        self.stage = .greeting(peer)
        self.expect(within: self.limits.greeting)
        self.goOn()
      }
    }
  }

  // MARK: What comes

  /// Reads no more than is being dealt with: whoever sends faster waits.
  func read(context: ChannelHandlerContext) {
    if isBusy { wantsToRead = true } else { context.read() }
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if case .over = stage { return }
    var bytes = unwrapInboundIn(data)
    received.writeBuffer(&bytes)
    if !isBusy { takeFrame() }
  }

  private func goOn() {
    isBusy = false
    takeFrame()
    guard !isBusy, wantsToRead else { return }
    wantsToRead = false
    context?.read()
  }

  /// The next whole frame, where there is one.
  private func takeFrame() {
    guard received.readableBytes >= Frame.head else { return }
    let length = Frame.length(received.readableBytesView)
    guard (1...limits.request).contains(length) else {
      return refuse("a request has 1 to \(limits.request) bytes, and this one says \(length)")
    }
    guard received.readableBytes >= Frame.head + length else { return }
    received.moveReaderIndex(forwardBy: Frame.head)
    let body = received.readBytes(length: length) ?? []
    received.discardReadBytes()
    isBusy = true
    alarm?.cancel()
    switch stage {
    case .greeting(let peer): greet(peer, body)
    case .asking(let peer): answer(peer, body)
    case .arriving, .over: break
    }
  }

  private func greet(_ peer: Peer, _ body: [UInt8]) {
    guard let hello = try? Frame.message(Hello.self, from: body) else {
      return refuse("this is no hello of Damcon's control protocol")
    }
    guard hello.damcon == Hello.version else {
      return refuse(Welcome.otherVersion(caller: hello.damcon, listener: Hello.version))
    }
    stage = .asking(peer)
    let service = service
    Task {
      let welcome = await service.welcome(peer)
      let bytes = try? Frame.bytes(of: welcome)
      loop.execute { self.say(bytes ?? nil, isLast: welcome.refusal != nil) }
    }
  }

  private func answer(_ peer: Peer, _ body: [UInt8]) {
    guard gate.allows(peer.credentials.uid) else {
      let most = Int(limits.requestsPerSecond)
      return say(.refused(reason: "more than \(most) requests a second: wait a moment"))
    }
    let (service, limit) = (service, limits.reply)
    Task {
      let bytes: [UInt8]?
      var isLast = false
      if let request = try? Frame.message(Request.self, from: body) {
        bytes = Conversation.bytes(of: await service.answer(request, from: peer), upTo: limit)
      } else {
        // What else it says can be no more than garbage.
        isLast = true
        bytes = Conversation.bytes(
          of: .refused(reason: "this is no request that this Damcon knows"), upTo: limit)
      }
      loop.execute { [isLast] in self.say(bytes, isLast: isLast) }
    }
  }

  /// nil where not even a refusal can be said.
  private static func bytes(of reply: Reply, upTo limit: Int) -> [UInt8]? {
    do {
      if let bytes = try Frame.bytes(of: reply, upTo: limit) { return bytes }
      return try Frame.bytes(
        of: Reply.refused(reason: "the answer would have more than \(limit) bytes"))
    } catch {
      return try? Frame.bytes(of: Reply.refused(reason: "the answer cannot be written: \(error)"))
    }
  }

  // MARK: What is said

  private func say(_ reply: Reply) { say(Conversation.bytes(of: reply, upTo: limits.reply)) }

  /// Before anything else is read it has to be taken: whoever does not read holds one answer at most.
  private func say(_ bytes: [UInt8]?, isLast: Bool = false) {
    guard let context else { return }
    if case .over = stage { return }
    guard let bytes, context.channel.isActive else { return close() }
    if isLast { stage = .over }
    expect(within: limits.reading)
    let written = context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes)))
    written.assumeIsolated().whenComplete { result in
      guard case .success = result, !isLast else { return self.close() }
      self.expect(within: self.limits.idle)
      self.goOn()
    }
  }

  /// Says why, in the form that is due, and closes.
  private func refuse(_ reason: String) {
    if case .asking = stage {
      isBusy = true
      return say(
        Conversation.bytes(of: .refused(reason: reason), upTo: limits.reply), isLast: true)
    }
    part(with: Welcome.refusing(reason))
  }

  private func part(with welcome: Welcome) {
    isBusy = true
    say((try? Frame.bytes(of: welcome)) ?? nil, isLast: true)
  }

  // MARK: How it ends

  private func expect(within seconds: Double) {
    alarm?.cancel()
    alarm = loop.scheduleTask(in: .nanoseconds(Int64(seconds * 1e9))) { self.close() }
  }

  private func close() {
    stage = .over
    alarm?.cancel()
    context?.close(promise: nil)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { close() }

  func channelInactive(context: ChannelHandlerContext) {
    leave()
    context.fireChannelInactive()
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    leave()
    self.context = nil
  }

  private func leave() {
    stage = .over
    alarm?.cancel()
    received.clear()
    if let guest { gate.leave(guest) }
    guest = nil
  }
}
