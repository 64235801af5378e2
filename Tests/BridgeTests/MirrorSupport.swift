import Bridge
import Exposition
import Fleet
import Foundation
import Health
import Incident
import NIOCore
import NIOPosix
import Presence
import Recording
import Session
import Synchronization
import Telemetry
import Testing

/// Whether something comes to be so within some seconds.
func comes(within seconds: Double = 20, _ isSo: () async throws -> Bool) async rethrows -> Bool {
  let deadline = ContinuousClock.now + .seconds(seconds)
  while ContinuousClock.now < deadline {
    if try await isSo() { return true }
    try? await Task.sleep(for: .milliseconds(5))
  }
  return try await isSo()
}

/// What a mirror has told of its link.
final class LinkWatch: Sendable {
  private let told = Mutex<[LinkStatus]>([])
  var all: [LinkStatus] { told.withLock { $0 } }
  var last: LinkStatus? { told.withLock { $0.last } }
  func take(_ status: LinkStatus) { told.withLock { $0.append(status) } }

  func isLive() async -> Bool { await comes { last?.phase == .live } }

  /// Whether it has ever said this.
  func says(_ words: String) async -> Bool {
    await comes { all.contains { $0.words.contains(words) } }
  }
}

extension MirrorLimits {
  /// So that no test waits for long.
  static var quick: MirrorLimits {
    var limits = MirrorLimits()
    (limits.quickest, limits.slowest, limits.keyframe) = (0.02, 0.1, 0.2)
    // A clock that stands still enters no ticks.
    (limits.silence, limits.patience) = (60, 120)
    return limits
  }
}

/// A clock that goes when it is told to.
final class HandClock: SessionClock {
  private let seconds = Mutex<Int64>(1)

  func now() -> Instant {
    let passed = seconds.withLock { $0 } * 1_000_000_000
    return Instant(wall: 1_795_196_800_000_000_000 + passed, offset: passed)
  }

  func advance(_ more: Int64) { seconds.withLock { $0 += more } }
}

/// What the one service of a shop says every five seconds.
struct ShopRun {
  static let target = Target(service: "cart", instance: "http://127.0.0.1:9000")
  static let fleet = Fleet(
    name: "shop",
    services: [Service(name: "cart", instances: [Instance(url: "http://127.0.0.1:9000")])])

  private var step = 0

  mutating func next() -> [Event] {
    defer { step += 1 }
    let served = Double(step * 40 + step % 7)
    let values = [served, (served * 0.9).rounded(.down), served, served, Double(80 + step % 9)]
    let extraction = Extraction(
      epoch: 0, defined: step == 0 ? ShopRun.series : [],
      readings: values.enumerated().map { Reading(series: UInt32($0), value: $1) },
      sampleCount: values.count)
    let probes = [(ProbeKind.liveness, "/healthz"), (.readiness, "/ready")].map { kind, path in
      Event.probe(
        target: ShopRun.target,
        Probe(
          kind: kind, path: path, duration: 0.002,
          answer: .response(status: 200, report: HealthReport(dialect: .damcon, status: .pass))))
    }
    return probes + [
      .scrape(
        target: ShopRun.target,
        Scrape(duration: 0.01, outcome: .extracted(extraction, bytes: 400)))
    ]
  }

  private static let series: [SeriesDefinition] = {
    let latency = "http_request_duration_seconds"
    let all: [(name: String, family: String, type: FamilyType, labels: [Label])] = [
      ("http_requests_total", "http_requests_total", .counter, [Label("code", "200")]),
      (latency + "_bucket", latency, .histogram, [Label("le", "0.1")]),
      (latency + "_bucket", latency, .histogram, [Label("le", "+Inf")]),
      (latency + "_count", latency, .histogram, []),
      ("go_goroutines", "go_goroutines", .gauge, []),
    ]
    return all.enumerated().map { number, one in
      SeriesDefinition(
        number: UInt32(number), name: one.name, family: one.family, type: one.type,
        labels: one.labels)
    }
  }()

  /// A session's time goes on by so many scrapes.
  mutating func go(_ count: Int, _ session: Session, _ clock: HandClock) async {
    for number in 0..<count {
      clock.advance(5)
      for event in next() { session.inbox.put(event) }
      if number % 40 == 39 { await session.drain() }
    }
    await session.drain()
  }
}

/// The same as a recording: entries, a state between two of them, and batches after it.
struct ShopRecording {
  private(set) var state = State(began: Instant(wall: 0, offset: 0))
  private var maker = BatchMaker()
  private var run = ShopRun()
  private let clock = HandClock()
  private(set) var sequence: UInt64 = 0

  init() {}

  init(_ count: Int) throws { _ = try batch(count) }

  private mutating func enter(_ event: Event) throws {
    sequence += 1
    let entry = Entry(sequence: sequence, instant: clock.now(), event: event)
    try maker.add(entry)
    state.apply(entry)
  }

  /// So many more scrapes.
  mutating func batch(_ count: Int) throws -> Batch {
    if sequence == 0 {
      try enter(.began)
      try enter(.fleet(ShopRun.fleet))
    }
    for _ in 0..<count {
      clock.advance(5)
      for event in run.next() { try enter(event) }
    }
    let batch = maker.finish()
    return try #require(batch)
  }

  /// The state as it is now, and the values that it names.
  mutating func keyframe() throws -> (record: KeyframeRecord, values: [ContentHash: [UInt8]]) {
    let made = try maker.keyframe(state)
    let values = made.blobs.map { (ContentHash(of: $0), $0) }
    return (made.record, Dictionary(values, uniquingKeysWith: { first, _ in first }))
  }
}

/// A session with its door, for as long as a test lasts; the door can be shut and opened.
final class WarRoom: Sendable {
  let folder: ShortFolder
  let clock = HandClock()
  let session: Session
  let muster = Muster()
  let broadcast = Broadcast()
  private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
  private let listener = Mutex<BridgeListener?>(nil)
  private let running: Task<Void, Never>
  private let limits: BridgeLimits
  private let archive: JournalDoor?

  init(_ limits: BridgeLimits = BridgeLimits(), archive: JournalDoor? = nil) async throws {
    folder = try ShortFolder()
    self.limits = limits
    self.archive = archive
    var fleet = ShopRun.fleet
    fleet.access = Room.own
    let session = Session(fleet: fleet, clock: clock)
    self.session = session
    running = Task { await session.run() }
    await session.tell(muster)
    await broadcast.follow(session)
    try await open()
  }

  func open() async throws {
    let door = try await BridgeListener.start(
      at: folder.place(), on: group, limits: limits,
      answering: SessionBridge(
        session, program: "test", kind: "serve", muster: muster, broadcast: broadcast,
        archive: archive))
    listener.withLock { $0 = door }
  }

  func shut(saying reason: String = "the session has ended", returns: Bool = true) async {
    let door = listener.withLock { listener in
      defer { listener = nil }
      return listener
    }
    await door?.stop(saying: reason, returns: returns)
  }

  func end() async throws {
    running.cancel()
    await shut()
    try await group.shutdownGracefully()
  }

  /// Whether a mirror comes to the very same state.
  func agrees(with mirror: Mirror) async -> Bool {
    await comes {
      let own = await session.read { try? $0.canonicalBytes() }
      let other = await mirror.read { try? $0.canonicalBytes() }
      return own != nil && own == other
    }
  }

  /// Whether a mirror comes to the very same but for what charts look back on.
  func agreesOnPresent(with mirror: Mirror) async -> Bool {
    await comes {
      guard let own = await session.read({ try? $0.parts() }),
        let other = await mirror.read({ try? $0.parts() })
      else { return false }
      return own.present == other.present && own.services == other.services
        && own.ledger == other.ledger
    }
  }
}

func warRoom(
  _ limits: BridgeLimits = BridgeLimits(), archive: JournalDoor? = nil,
  _ body: (WarRoom) async throws -> Void
) async throws {
  let room = try await WarRoom(limits, archive: archive)
  do { try await body(room) } catch {
    try await room.end()
    throw error
  }
  try await room.end()
}

/// A mirror of what listens at a place, for as long as a test lasts.
func mirror(
  _ place: SocketPlace, _ limits: MirrorLimits = .quick,
  as attachment: Bridge.Attachment = .honest(),
  _ body: (Mirror, LinkWatch) async throws -> Void
) async throws {
  let watch = LinkWatch()
  let mirror = Mirror(place, attachment, limits: limits) { watch.take($0) }
  let running = Task { await mirror.run() }
  do { try await body(mirror, watch) } catch {
    running.cancel()
    await running.value
    throw error
  }
  running.cancel()
  await running.value
}

/// The same of a session that is none.
func mirror(
  _ session: FakeSession, _ limits: MirrorLimits = .quick,
  _ body: (Mirror, LinkWatch) async throws -> Void
) async throws {
  try await mirror(session.place, limits, body)
  // It listens until then.
  withExtendedLifetime(session) {}
}

/// Listens as a session would, and says what a test wants.
final class FakeSession: Sendable {
  let place: SocketPlace
  private let folder: ShortFolder
  private let socket: Int32

  /// - Parameter serve: called with each connection and its number, on a thread of its own; it ends with it.
  init(_ serve: @escaping @Sendable (FakeLine, Int) throws -> Void) throws {
    folder = try ShortFolder()
    place = folder.place()
    socket = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let path = Array(place.paths[0].utf8)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path) }
    let size = socklen_t(MemoryLayout<sockaddr_un>.size)
    let isBound = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(socket, $0, size) }
    }
    try #require(isBound == 0 && listen(socket, 8) == 0)
    let listening = socket
    Thread.detachNewThread {
      var number = 0
      while case let line = accept(listening, nil, nil), line >= 0 {
        let (caller, place) = (FakeLine(line), number)
        Thread.detachNewThread { try? serve(caller, place) }
        number += 1
      }
    }
  }

  deinit {
    shutdown(socket, Int32(SHUT_RDWR))
    close(socket)
  }
}

/// One connection to a fake session.
final class FakeLine: Sendable {
  private let socket: Int32
  init(_ socket: Int32) { self.socket = socket }
  deinit { close(socket) }

  struct Gone: Error {}

  private func read(_ count: Int) throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    var have = 0
    while have < count {
      let got = bytes.withUnsafeMutableBytes {
        recv(socket, $0.baseAddress.map { $0 + have }, count - have, 0)
      }
      guard got > 0 else { throw Gone() }
      have += got
    }
    return bytes
  }

  func heard<Message: Decodable>(_ type: Message.Type) throws -> Message {
    try Frame.message(type, from: read(Frame.length(try read(Frame.head))))
  }

  func send(bytes: [UInt8]) throws {
    var sent = 0
    while sent < bytes.count {
      let count = bytes.withUnsafeBytes {
        Glibc.send(
          socket, $0.baseAddress.map { $0 + sent }, bytes.count - sent, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { throw Gone() }
      sent += count
    }
  }

  func say(_ message: some Encodable) throws { try send(bytes: try Frame.bytes(of: message) ?? []) }
  func tell(_ frame: StreamFrame) throws { try send(bytes: frame.bytes ?? []) }

  /// Lets somebody in who wants to stay.
  @discardableResult func letIn() throws -> Bridge.Attachment? {
    _ = try heard(Hello.self)
    try say(Welcome())
    guard case .attach(let attachment) = try heard(Request.self) else { return nil }
    try say(Reply.attached(you: 1, onlyLooks: nil))
    return attachment
  }

  func tell(_ record: KeyframeRecord, upTo count: Int = .max) throws {
    try tell(
      .news(
        .keyframe(sequence: record.sequence, format: record.format, bytes: record.body.count)))
    let body = Array(record.body.prefix(count))
    for start in stride(from: 0, to: body.count, by: 1000) {
      try tell(.keyframePiece(Array(body[start..<min(start + 1000, body.count)])))
    }
  }

  /// Answers what is asked until it is gone: chunks as `value` has them.
  func serve(_ value: (ContentHash) -> [UInt8]?) throws {
    while true {
      guard case .chunks(let names) = try heard(StreamAsk.self).matter else { continue }
      for name in names {
        let digits = Array(name.utf8)
        let bytes = stride(from: 0, to: digits.count, by: 2).map {
          UInt8(String(decoding: digits[$0..<$0 + 2], as: UTF8.self), radix: 16) ?? 0
        }
        guard let hash = ContentHash(bytes), let value = value(hash) else { continue }
        let half = value.count / 2
        if half > 0 {
          try tell(.chunkPiece(hash, total: value.count, offset: 0, Array(value[..<half])))
        }
        try tell(.chunkPiece(hash, total: value.count, offset: half, Array(value[half...])))
      }
    }
  }
}
