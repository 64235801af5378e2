import Fleet
import Health
import NIOCore
import NIOHTTP1
import NIOPosix

/// One question and its whole answer, redirects and all, before one deadline.
///
/// The deadline covers everything from the name lookup to the last byte, so a server that drips a
/// byte a second gains nothing by it. Confined to the client's event loop; `@unchecked` because it
/// is called there only.
final class Exchange: ConnectionUser, NIOScheduledCallbackHandler, @unchecked Sendable {
  private let client: Client
  private let keeping: Keeping
  private let timeout: Double
  private let needsHeaders: Bool
  private var request: Request
  private var finished: ((Outcome) -> Void)?

  private var begun = NIODeadline.now()
  private var deadline = NIODeadline.distantFuture
  private var isWaitingTurn = false
  private var alarm: NIOScheduledCallback?
  private var stage = Stage.preparing
  private var connection: Connection?
  private var redirects = 0
  private var hasRetried = false

  private var head: HTTPResponseHead?
  private var expected: Int?
  private var body: ByteBuffer?

  /// Calls `finished` exactly once, on the client's event loop. `timeout` in seconds.
  static func start(
    _ request: Request, timeout: Double, with client: Client, keeping: Keeping,
    needsHeaders: Bool = false, finished: @escaping (Outcome) -> Void
  ) {
    let exchange = Exchange(
      request, timeout: timeout, client: client, keeping: keeping, needsHeaders: needsHeaders,
      finished: finished)
    keeping.began(exchange)
    exchange.takeTurn()
  }

  /// Ends it without an answer.
  func cancel() {
    finished = nil
    alarm?.cancel()
    alarm = nil
    connection?.close()
    connection = nil
  }

  private init(
    _ request: Request, timeout: Double, client: Client, keeping: Keeping, needsHeaders: Bool,
    finished: @escaping (Outcome) -> Void
  ) {
    self.request = request
    self.timeout = timeout
    self.client = client
    self.keeping = keeping
    self.needsHeaders = needsHeaders
    self.finished = finished
  }

  // MARK: - Asking

  /// Waits a moment for the kept connection where another poll of the target is busy on it; a slow
  /// one is not waited for long. No time of this exchange has begun yet.
  private func takeTurn() {
    guard !keeping.pool.hasIdle(request.link.origin),
      keeping.isBusy(request.link.origin, apartFrom: self)
    else { return begin() }
    isWaitingTurn = true
    let patience = min(Self.patience, timeout / 4)
    schedule(at: .now() + .nanoseconds(Int64(patience * 1e9)))
  }

  /// Seconds; less than the time between two kinds of polls of a target at the usual intervals.
  private static let patience = 0.25

  /// Whether this exchange holds, or is about to hold, a connection to `origin`.
  func occupies(_ origin: Origin) -> Bool {
    !isWaitingTurn && !request.isForeign && request.link.origin == origin
  }

  /// Tells an exchange that waits for its turn that another has ended.
  func reconsider() {
    guard isWaitingTurn, finished != nil else { return }
    guard
      keeping.pool.hasIdle(request.link.origin)
        || !keeping.isBusy(request.link.origin, apartFrom: self)
    else { return }
    begin()
  }

  private func begin() {
    isWaitingTurn = false
    alarm?.cancel()
    begun = .now()
    deadline = begun + .nanoseconds(Int64(max(0.001, min(timeout, 86_400)) * 1e9))
    schedule(at: deadline)
    attempt()
  }

  private func schedule(at time: NIODeadline) {
    alarm = try? client.loop.scheduleCallback(at: time, handler: self)
  }

  private func attempt(fresh: Bool = false) {
    if !fresh, !request.isForeign, let connection = keeping.pool.take(request.link.origin) {
      return use(connection)
    }
    stage = .preparing
    // The connection attempt holds on to the exchange until one of the two ends.
    client.connector.connect(for: request, on: client.loop, until: deadline) { [weak self] in
      self?.stage = $0
    }.whenComplete { result in
      guard self.finished != nil else {
        if case .success(let connection) = result { connection.close() }
        return
      }
      switch result {
      case .success(let connection): self.use(connection)
      case .failure(let error): self.fail(error)
      }
    }
  }

  private func use(_ connection: Connection) {
    self.connection = connection
    if !request.link.origin.secure || connection.uses > 0 { stage = .waiting }
    head = nil
    expected = nil
    connection.send(request, for: self)
  }

  // MARK: - Hearing

  func handshaken() {
    if case .handshaking = stage { stage = .waiting }
  }

  func received(_ head: HTTPResponseHead, on connection: Connection) {
    self.head = head
    expected = head.headers.first(name: "content-length").flatMap { Int($0) }
    stage = .reading(received: 0, expected: expected)
    if let expected, expected > request.limits.bodyBytes, !isRedirect(head) {
      return finish(.overLimit(request.limits.bodyBytes, unpacked: false))
    }
    let capacity = min(max(expected ?? keeping.lastBodySize, 1 << 10), 1 << 20)
    if body == nil { body = client.buffers.take(capacity: capacity) }
  }

  func received(_ bytes: ByteBuffer, on connection: Connection) {
    var bytes = bytes
    body?.writeBuffer(&bytes)
    let size = body?.readableBytes ?? 0
    stage = .reading(received: size, expected: expected)
    if size > request.limits.bodyBytes {
      finish(.overLimit(request.limits.bodyBytes, unpacked: false))
    }
  }

  func completed(on connection: Connection) {
    guard let head else { return fail(nil) }
    self.connection = nil
    connection.release()
    if !request.isForeign, head.isKeepAlive, !keeping.isRetired {
      keeping.pool.put(connection)
    } else {
      connection.close()
    }
    if isRedirect(head) { return redirect(head) }
    keeping.lastBodySize = body?.readableBytes ?? 0
    unpack(head, ended: .now())
  }

  func failed(_ error: (any Error)?, on connection: Connection) {
    guard connection === self.connection else { return }
    self.connection = nil
    // An idle connection is dropped by the other side when it likes, perhaps just now. Nothing has
    // been answered and a GET may be asked twice: once more, on a connection of its own.
    if head == nil, connection.uses > 1, !hasRetried, Fault.isHangUp(error) {
      hasRetried = true
      return attempt(fresh: true)
    }
    fail(error)
  }

  func handleScheduledCallback(eventLoop: some EventLoop) {
    alarm = nil
    if isWaitingTurn { return begin() }
    finish(.timeout(after: timeout, at: stage, asking: request.link.origin))
  }

  // MARK: - Following

  private func isRedirect(_ head: HTTPResponseHead) -> Bool {
    [301, 302, 303, 307, 308].contains(head.status.code)
  }

  private func redirect(_ head: HTTPResponseHead) {
    guard let location = head.headers.first(name: "location") else {
      return finish(Fault(.protocol, "\(head.status.code) without a Location to go to"))
    }
    guard let link = request.link.following(location) else {
      return finish(Fault(.protocol, "\(head.status.code) to something that is not HTTP"))
    }
    redirects += 1
    guard redirects <= request.limits.redirects else {
      let count = request.limits.redirects
      return finish(
        Fault(
          .protocol, "more than \(count) redirect\(count == 1 ? "" : "s"), the last to \(link.path)"
        ))
    }
    request = request.redirected(to: link)
    body?.clear()
    hasRetried = false
    attempt()
  }

  // MARK: - Unpacking

  /// As much as may be unpacked, or read, on the event loop; the rest goes to a thread.
  static let shareOfLoop = 1 << 20

  private func unpack(_ head: HTTPResponseHead, ended: NIODeadline) {
    let packed = body ?? ByteBuffer()
    body = nil
    let encoding = head.headers.first(name: "content-encoding")?.lowercased() ?? "identity"
    guard encoding != "identity", packed.readableBytes > 0 else {
      return answer(head, packed, ended: ended)
    }
    guard ["gzip", "x-gzip", "deflate"].contains(encoding) else {
      client.buffers.give(packed)
      return finish(
        Fault(.payload, "body is packed as \(encoding.prefix(20)), which was not asked for"))
    }
    // The answer is here: from now on it is Damcon's own time.
    alarm?.cancel()
    alarm = nil
    let room = client.buffers.take(capacity: min(packed.readableBytes * 4, Self.shareOfLoop))
    let inflater = Inflater(packed, into: room, limit: request.limits.bodyBytes)
    let step = inflater.step(allowance: Self.shareOfLoop)
    guard case .more = step else { return unpacked(step, inflater, head, ended: ended) }
    client.resources.readingThreads.runIfActive(eventLoop: client.loop) {
      inflater.step(allowance: .max / 2)
    }.whenComplete { result in
      self.unpacked((try? result.get()) ?? .broken, inflater, head, ended: ended)
    }
  }

  private func unpacked(
    _ step: Inflater.Step, _ inflater: Inflater, _ head: HTTPResponseHead, ended: NIODeadline
  ) {
    client.buffers.give(inflater.takePacked())
    let unpacked = inflater.takeUnpacked()
    switch step {
    case .complete: return answer(head, unpacked, ended: ended)
    case .overLimit, .more:
      finish(.overLimit(request.limits.bodyBytes, unpacked: true), ended: ended)
    case .broken: finish(Fault(.payload, "the packed body is broken"), ended: ended)
    }
    client.buffers.give(unpacked)
  }

  // MARK: - Ending

  private func answer(_ head: HTTPResponseHead, _ body: ByteBuffer, ended: NIODeadline) {
    if head.status.code == 400, !request.link.origin.secure, body.saysHTTPSIsWanted {
      client.buffers.give(body)
      return finish(Fault(.misconfigured, "the port speaks TLS; is it https://?"), ended: ended)
    }
    let response = Response(
      status: Int(head.status.code), contentType: head.headers.first(name: "content-type"),
      headers: needsHeaders ? head.headers.map { ($0.name, $0.value) } : [], body: body)
    end(.response(response), ended: ended)
  }

  private func fail(_ error: (any Error)?) {
    guard let error else { return finish(.closed(at: stage)) }
    if error is Unasked {
      return finish(Fault(.protocol, "more came than the answer's length allows"))
    }
    if case ChannelError.connectTimeout = error {
      return finish(.timeout(after: timeout, at: .connecting, asking: request.link.origin))
    }
    let fault = Fault.of(error, at: stage, asking: request.link.origin)
    guard fault.kind == .tls, TLSWording.isDistrust(error) else { return finish(fault) }
    explainDistrust(fault)
  }

  /// Verification failed, and TLS does not say why: looks at the certificate, at most once a minute.
  private func explainDistrust(_ fault: Fault) {
    if let known = keeping.distrust, .now() - known.at < .minutes(1) {
      return finish(Fault(.tls, known.reason))
    }
    let ended = NIODeadline.now()
    client.connector.diagnose(request, on: client.loop, until: deadline).whenComplete { result in
      guard case .success(let defect) = result else { return self.finish(fault, ended: ended) }
      self.keeping.distrust = (defect.reason, .now())
      self.finish(Fault(.tls, defect.reason), ended: ended)
    }
  }

  private func finish(_ fault: Fault, ended: NIODeadline = .now()) {
    end(.fault(fault), ended: ended)
  }

  private func end(_ result: Outcome.Result, ended: NIODeadline) {
    guard let finished else { return }
    cancel()
    keeping.ended(self)
    if let body { client.buffers.give(body) }
    body = nil
    finished(Outcome(result: result, duration: Double((ended - begun).nanoseconds) / 1e9))
  }
}

extension Fault {
  /// The other side dropped the connection, with or without a reset.
  fileprivate static func isHangUp(_ error: (any Error)?) -> Bool {
    guard let error else { return true }
    return of(error, at: .waiting, asking: Origin(secure: false, place: .socket(path: ""))).kind
      == .reset
  }
}

extension ByteBuffer {
  /// What Go and nginx say to a plain request on a port that speaks TLS.
  fileprivate var saysHTTPSIsWanted: Bool {
    guard readableBytes < 2048 else { return false }
    let text = String(buffer: self)
    return text.contains("HTTP request to an HTTPS server") || text.contains("sent to HTTPS port")
  }
}
