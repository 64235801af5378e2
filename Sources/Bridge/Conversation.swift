import NIOCore
import Synchronization

/// One connection: a hello, then one request after the other, each answered before the next is read; or, once somebody
/// stays, a stream.
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
    case staying(StreamConversation)
    /// A last word is on its way, or it is closed.
    case over
  }

  private let service: any BridgeService
  private let gate: BridgeGate
  private let names: NameDesk
  private let errands: Errands
  private let limits: BridgeLimits
  let loop: any EventLoop
  private var stage = Stage.arriving
  private var context: ChannelHandlerContext?
  private var received = ByteBuffer()
  /// Something is being answered: what comes is not read meanwhile.
  private var isBusy = true
  private var wantsToRead = false
  /// Frames are being taken: what they lead to does not take more of them.
  private var isTaking = false
  /// Whom to take out of the count.
  private var guest: UInt32?
  private var alarm: Scheduled<Void>?
  /// Read from other threads: nobody is there any more.
  private let isGone = Atomic(false)

  /// Bytes of a request beyond which it takes something by itself to find out what it is; the emergency stop has fewer.
  private static let large = 8 << 10

  init(
    _ service: any BridgeService, _ gate: BridgeGate, _ names: NameDesk, _ errands: Errands,
    _ limits: BridgeLimits, on loop: any EventLoop
  ) {
    self.service = service
    self.gate = gate
    self.names = names
    self.errands = errands
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
    errands.begin()
    let refusal = names.lookUp(
      credentials, if: { [self] in !isGone.load(ordering: .relaxed) },
      { [self] peer in
        loop.execute {
          self.begin(peer)
          self.errands.end()
        }
      })
    guard let refusal else { return }
    errands.end()
    part(with: Welcome.refusing(refusal))
  }

  /// - Parameter peer: nil where nobody asks any more who it is.
  private func begin(_ peer: Peer?) {
    guard case .arriving = stage, let peer else { return }
    stage = .greeting(peer)
    expect(within: limits.greeting)
    goOn()
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

  func goOn() {
    guard !isTaking else { return }
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
    if case .staying(let stream) = stage, !stream.mayRead(length) {
      isBusy = true
      return
    }
    received.moveReaderIndex(forwardBy: Frame.head)
    let body = received.readBytes(length: length) ?? []
    received.discardReadBytes()
    if case .staying(let stream) = stage {
      isTaking = true
      stream.take(body)
      isTaking = false
      return takeFrame()
    }
    isBusy = true
    alarm?.cancel()
    switch stage {
    case .greeting(let peer): greet(peer, body)
    case .asking(let peer): answer(peer, body)
    case .arriving, .staying, .over: break
    }
  }

  private func greet(_ peer: Peer, _ body: [UInt8]) {
    guard let hello = try? Frame.message(Hello.self, from: body) else {
      return refuse("this is no hello of Damcon's control protocol")
    }
    guard hello.damcon == Hello.version else {
      return refuse(Welcome.otherVersion(caller: hello.damcon, listener: Hello.version))
    }
    var peer = peer
    peer.onlyLooks = service.host.difference(boot: hello.boot, uid: hello.uid, peer)
    stage = .asking(peer)
    away { [service, peer] in
      let welcome = await service.welcome(peer)
      let bytes = (try? Frame.bytes(of: welcome)) ?? nil
      return { $0.say(bytes, isLast: welcome.refusal != nil) }
    }
  }

  /// Does something away from the loop, and what it leads to on it again.
  private func away(
    _ work: @escaping @Sendable () async -> @Sendable (Conversation) -> Void
  ) {
    errands.begin()
    Task {
      let then = await work()
      loop.execute {
        then(self)
        self.errands.end()
      }
    }
  }

  private func answer(_ peer: Peer, _ body: [UInt8]) {
    let user = peer.credentials.uid
    if body.count > Conversation.large, let refusal = gate.refusalOfRequest(by: user) {
      return say(.refused(reason: refusal))
    }
    away { [service, gate, limit = limits.reply] in
      guard let request = try? Frame.message(Request.self, from: body) else {
        // What else it says can be no more than garbage.
        let bytes = Conversation.bytes(
          of: .refused(reason: "this is no request that this Damcon knows"), upTo: limit)
        return { $0.say(bytes, isLast: true) }
      }
      await gate.wait(for: request, by: user)
      let reply: Reply
      if let refusal = gate.refusal(of: request, by: user) {
        reply = .refused(reason: refusal)
      } else if case .attach(let attachment) = request {
        let stay = await service.attach(attachment, from: peer)
        return { $0.stay(stay, peer) }
      } else {
        reply = await service.answer(request, from: peer)
      }
      let bytes = Conversation.bytes(of: reply, upTo: limit)
      return { $0.say(bytes) }
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

  // MARK: Staying

  private func stay(_ stay: Stay, _ peer: Peer) {
    let berth: Berth
    switch stay {
    case .refused(let reason): return say(.refused(reason: reason))
    case .berth(let taken): berth = taken
    }
    guard case .asking = stage, let context, context.channel.isActive,
      let bytes = Conversation.bytes(
        of: .attached(you: berth.id, onlyLooks: berth.onlyLooks), upTo: limits.reply)
    else {
      berth.muster.leave(berth.id)
      return close()
    }
    // It may be silent for hours: the kernel says when it is gone.
    alarm?.cancel()
    let stream = StreamConversation(
      berth, of: peer.credentials.uid, gate, errands, limits, on: self)
    stage = .staying(stream)
    context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: nil)
    stream.begin()
    goOn()
  }

  /// The last word to those who stay, and the end.
  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    guard let parting = event as? Parting else {
      return context.fireUserInboundEventTriggered(event)
    }
    if case .staying(let stream) = stage {
      stream.part(parting.reason, returns: parting.returns)
    } else {
      close()
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
    if case .staying(let stream) = stage { return stream.part(reason, returns: false) }
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

  func close() {
    if case .staying(let stream) = stage { stream.end() }
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
    isGone.store(true, ordering: .relaxed)
    if case .staying(let stream) = stage { stream.end() }
    stage = .over
    alarm?.cancel()
    received.clear()
    if let guest { gate.leave(guest) }
    guest = nil
  }
}

/// Said to a connection that is to end.
struct Parting: Sendable {
  var reason: String
  /// It is worth coming back.
  var returns: Bool
}

extension Conversation: StreamDoor {
  func write(
    _ buffers: [ByteBuffer], flushing: Bool, _ taken: @escaping @Sendable (Bool) -> Void
  ) {
    guard let context, context.channel.isActive, let last = buffers.last else {
      return loop.execute { taken(false) }
    }
    for buffer in buffers.dropLast() { context.write(wrapOutboundOut(buffer), promise: nil) }
    let written = context.write(wrapOutboundOut(last))
    written.whenComplete { result in
      if case .success = result { taken(true) } else { taken(false) }
    }
    if flushing { context.flush() }
  }

  func flush() { context?.flush() }
}
