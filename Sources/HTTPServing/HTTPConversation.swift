import Admission
import NIOCore
import NIOHTTP1

/// One connection: a request, its answer, and only then the next.
///
/// Confined to its event loop but for what hops onto it by itself; `@unchecked` because NIO calls it there only.
final class HTTPConversation: ChannelDuplexHandler, @unchecked Sendable {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundIn = HTTPServerResponsePart
  typealias OutboundOut = HTTPServerResponsePart

  private enum Stage {
    /// Nothing of a request has come.
    case idle
    case arriving
    case answering
    /// A last word is on its way, or has been said; what still comes is thrown away.
    case parting
    case over
  }

  private let gate: Gate<String>
  private let limits: HTTPLimits
  private let answering: HTTPServer.Answering
  private let loop: any EventLoop
  private var context: ChannelHandlerContext?
  private var stage = Stage.idle
  /// Whom to take out of the count.
  private var guest: String?
  private var peer = ""
  private var alarm: Scheduled<Void>?

  private var head: HTTPRequestHead?
  private var body: [UInt8] = []
  /// Bytes of a head that has no end yet; after the last word, bytes that were thrown away.
  private var counted = 0
  /// What came while something was being answered; not more than one read brings.
  private var waiting = CircularBuffer<HTTPServerRequestPart>()
  /// What comes after that is no HTTP.
  private var isBroken = false
  private var wantsToRead = false
  private var work: Task<Void, Never>?
  /// Which request is being answered, so that what is said too late is not taken for the next one's.
  private var turn = 0

  /// A read may bring the end of a head and what follows it.
  private static let slack = 8 << 10
  /// Thrown away after a last word, so that it is not lost to a caller who still sends.
  private static let drained = 1 << 20
  private static let draining = 2.0

  private init(
    _ gate: Gate<String>, _ limits: HTTPLimits, _ answering: @escaping HTTPServer.Answering,
    on loop: any EventLoop
  ) {
    self.gate = gate
    self.limits = limits
    self.answering = answering
    self.loop = loop
  }

  /// Begins one on a connection that was just taken; called on its loop.
  static func add(
    to channel: any Channel, _ gate: Gate<String>, _ limits: HTTPLimits,
    _ answering: @escaping HTTPServer.Answering
  ) throws {
    let conversation = HTTPConversation(gate, limits, answering, on: channel.eventLoop)
    var decoding = NIOHTTPDecoderLimitConfiguration()
    decoding.maxHeaderFieldSize = limits.head
    decoding.maxHeaderListSize = limits.head
    let pipeline = channel.pipeline.syncOperations
    try pipeline.addHandler(HTTPHeadGauge(conversation))
    try pipeline.addHandler(HTTPResponseEncoder())
    try pipeline.addHandler(
      ByteToMessageHandler(HTTPRequestDecoder(limitConfiguration: decoding)))
    try pipeline.addHandler(NIOHTTPResponseHeadersValidator())
    try pipeline.addHandler(conversation)
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
    guard case .idle = stage, guest == nil else { return }
    peer = context.remoteAddress?.ipAddress ?? ""
    let place = HTTPPlace.of(peer)
    if let refusal = gate.enter(place) {
      return part(
        with: .text(503, words(of: refusal), headers: HTTPFields([("retry-after", "5")])))
    }
    guest = place
    expect(within: min(limits.idle, limits.arriving))
  }

  private func words(of refusal: HeadCount<String>.Refusal) -> String {
    switch refusal {
    case .full(let most): "too many talk to it at once (\(most)): try again in a moment"
    case .tooManyOfOne(let own): "there are \(own) connections from your address already: close one"
    }
  }

  // MARK: What comes

  /// Hears of so many bytes before they are read; false: nobody wants them.
  func takes(_ count: Int) -> Bool {
    switch stage {
    case .over: return false
    case .parting:
      counted += count
      if counted > HTTPConversation.drained { close() }
      return false
    case .answering: return true
    case .idle:
      begin()
      counted = count
    case .arriving: if head == nil { counted += count }
    }
    guard head == nil, counted > limits.head + HTTPConversation.slack else { return true }
    refuseHead()
    return false
  }

  private func begin() {
    stage = .arriving
    counted = 0
    expect(within: limits.arriving) { conversation in
      let seconds = Int(conversation.limits.arriving.rounded())
      conversation.part(with: .text(408, "a request has to be whole after \(seconds) seconds"))
    }
  }

  /// Reads no more than is being dealt with: whoever sends faster waits.
  func read(context: ChannelHandlerContext) {
    if case .answering = stage { wantsToRead = true } else { context.read() }
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let part = unwrapInboundIn(data)
    switch stage {
    case .parting, .over: return
    case .answering: waiting.append(part)
    case .idle, .arriving: take(part)
    }
  }

  private func take(_ part: HTTPServerRequestPart) {
    if case .idle = stage { begin() }
    switch part {
    case .head(let head): take(head)
    case .body(let bytes):
      guard body.count + bytes.readableBytes <= limits.body else { return refuseBody() }
      body.append(contentsOf: bytes.readableBytesView)
    case .end: answer()
    }
  }

  private func take(_ head: HTTPRequestHead) {
    let size = head.headers.reduce(head.uri.utf8.count) {
      $0 + $1.name.utf8.count + $1.value.utf8.count
    }
    guard size <= limits.head else { return refuseHead() }
    self.head = head
    if let announced = head.headers.first(name: "content-length") {
      guard let length = Int(announced), length <= limits.body else { return refuseBody() }
    }
    guard head.version == .http1_1, let expected = head.headers.first(name: "expect") else {
      return
    }
    guard expected.lowercased() == "100-continue" else {
      return self.part(with: .text(417, "nothing but 100-continue can be expected here"))
    }
    let goOn = HTTPResponseHead(version: .http1_1, status: .continue)
    context?.writeAndFlush(wrapOutboundOut(.head(goOn)), promise: nil)
  }

  private func refuseHead() {
    part(with: .text(431, "a request line and its headers have at most \(limits.head) bytes"))
  }

  private func refuseBody() {
    part(with: .text(413, "a body has at most \(limits.body) bytes"))
  }

  // MARK: What is said

  private func answer() {
    guard let head else { return }
    stage = .answering
    turn += 1
    guard let guest, gate.allows(guest) else {
      let most = Int(limits.allowance)
      return say(
        .text(
          429, "more than \(most) requests a second from your address: wait a moment",
          headers: HTTPFields([("retry-after", "1")])))
    }
    let request = HTTPRequestSeen(head, body, from: peer)
    body = []
    expect(within: limits.answering) { conversation in
      conversation.work?.cancel()
      conversation.part(with: .text(503, "there is no answer in time"))
    }
    let (answering, turn) = (answering, turn)
    work = Task { [self] in
      let answer = await answering(request)
      loop.execute { self.say(answer, in: turn) }
    }
  }

  private func say(_ answer: HTTPAnswer, in turn: Int) {
    guard case .answering = stage, self.turn == turn else { return }
    say(answer)
  }

  /// Says why, and closes once it was taken.
  private func part(with answer: HTTPAnswer) {
    switch stage {
    case .parting, .over: return
    case .idle, .arriving, .answering: break
    }
    stage = .parting
    counted = 0
    say(answer)
  }

  private func say(_ answer: HTTPAnswer) {
    guard let context, context.channel.isActive else { return close() }
    work = nil
    let isLast = isParting || !(head?.leavesOpen ?? false)
    if isLast { stage = .parting }
    let isHead = head?.method == .HEAD
    (head, body) = (nil, [])
    // Before anything else is read it has to be taken: whoever does not read holds one answer at most.
    expect(within: limits.taking)
    context.write(wrapOutboundOut(.head(answer.head(isLast: isLast))), promise: nil)
    if !isHead {
      context.write(
        wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: answer.body)))), promise: nil)
    }
    let written = context.writeAndFlush(wrapOutboundOut(.end(nil)))
    written.whenComplete { [self] result in
      // Not at once: what waits is dealt with one after the other, not one within the other.
      loop.execute { self.isTaken(result, isLast: isLast) }
    }
  }

  private func isTaken(_ result: Result<Void, any Error>, isLast: Bool) {
    guard case .success = result else { return close() }
    if isLast { drain() } else { goOn() }
  }

  private var isParting: Bool {
    if case .parting = stage { true } else { false }
  }

  private func goOn() {
    guard case .answering = stage else { return }
    stage = .idle
    expect(within: limits.idle)
    while !waiting.isEmpty {
      switch stage {
      case .idle, .arriving: take(waiting.removeFirst())
      case .answering, .parting, .over: return
      }
    }
    if isBroken { return refuseBroken() }
    if wantsToRead {
      wantsToRead = false
      context?.read()
    }
  }

  // MARK: How it ends

  /// Has said its last word: what is still sent is read and thrown away, for to close on it would take
  /// the word away from who sends it.
  private func drain() {
    expect(within: HTTPConversation.draining)
    context?.close(mode: .output, promise: nil)
    wantsToRead = false
    context?.read()
  }

  private func expect(
    within seconds: Double,
    _ late: @escaping @Sendable (HTTPConversation) -> Void = { $0.close() }
  ) {
    alarm?.cancel()
    alarm = loop.scheduleTask(in: .nanoseconds(Int64(seconds * 1e9))) { [weak self] in
      if let self { late(self) }
    }
  }

  private func close() {
    stage = .over
    alarm?.cancel()
    context?.close(promise: nil)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    guard let error = error as? HTTPParserError else {
      if !isParting { close() }
      return
    }
    if case .answering = stage {
      isBroken = true
    } else if error == .headerOverflow {
      refuseHead()
    } else {
      refuseBroken()
    }
  }

  private func refuseBroken() { part(with: .text(400, "this is no HTTP/1.1 request")) }

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
    work?.cancel()
    (head, body) = (nil, [])
    waiting.removeAll()
    if let guest { gate.leave(guest) }
    guest = nil
  }
}

extension HTTPRequestHead {
  /// Whether another request may come on the connection: not where it is to become something else.
  fileprivate var leavesOpen: Bool {
    version == .http1_1 && isKeepAlive && method != .CONNECT && !headers.contains(name: "upgrade")
  }
}

extension HTTPRequestSeen {
  fileprivate init(_ head: HTTPRequestHead, _ body: [UInt8], from peer: String) {
    let uri = head.uri.prefix { $0 != "#" }
    let mark = uri.firstIndex(of: "?")
    self.init(
      method: head.method.rawValue, path: String(uri[..<(mark ?? uri.endIndex)]),
      query: mark.map { String(uri[uri.index(after: $0)...]) },
      headers: HTTPFields(head.headers.map { ($0.name, $0.value) }), body: body, peer: peer)
  }
}

extension HTTPAnswer {
  fileprivate func head(isLast: Bool) -> HTTPResponseHead {
    var fields = HTTPHeaders()
    fields.add(name: "content-type", value: contentType)
    fields.add(name: "content-length", value: String(body.count))
    fields.add(name: "x-content-type-options", value: "nosniff")
    for line in headers.lines { fields.add(name: line.name, value: line.value) }
    if isLast { fields.add(name: "connection", value: "close") }
    return HTTPResponseHead(
      version: .http1_1, status: .init(statusCode: status), headers: fields)
  }
}
