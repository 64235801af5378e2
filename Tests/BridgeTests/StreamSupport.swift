import Bridge
import Canonical
import Containment
import Fleet
import Foundation
import Incident
import NIOCore
import NIOPosix
import Presence
import Recording
import Session
import Synchronization
import Testing

/// A clock that stands still: nothing is entered but what a test enters.
struct HeldClock: SessionClock {
  func now() -> Instant { Instant(wall: 1_700_000_000_000_000_000, offset: 1_000_000_000) }
}

/// Counts what was made durable.
final class DurableCount: Recorder {
  private let kept = Mutex<[Entry]>([])
  var entries: [Entry] { kept.withLock { $0 } }
  func record(_ entry: Entry, with enclosure: Enclosure?) {}
  func recordDurably(_ entry: Entry) async -> Bool {
    kept.withLock { $0.append(entry) }
    return true
  }
  func applied(_ entry: Entry, to state: State) {}
}

extension Bridge.Attachment {
  /// As an honest client says of itself.
  static func honest(boot: String? = HostIdentity.own.boot, uid: UInt32 = geteuid())
    -> Bridge.Attachment
  {
    Bridge.Attachment(boot: boot, uid: uid, host: "here", program: "test")
  }
}

/// A session that others attach to, for as long as a test lasts.
struct Room: Sendable {
  var session: Session
  var muster: Muster
  var broadcast: Broadcast
  var recorder: DurableCount
  var path: String
  var place: SocketPlace
  var listener: BridgeListener

  static let own = Access(grants: [Access.Grant(.commander, users: [Peer.own.name])])

  static func fleet(_ access: Access?) -> Fleet {
    var fleet = Fleet(
      name: "shop",
      services: [Service(name: "cart", instances: [Instance(url: "http://127.0.0.1:9000")])])
    fleet.access = access
    return fleet
  }

  /// Enters notes, and waits until all have been.
  func enter(_ notes: [String]) async throws {
    let goal = await sequence + UInt64(notes.count)
    for note in notes { session.inbox.put(.note(Note(.info, note))) }
    await session.drain()
    try await soon { await sequence >= goal }
  }

  /// The state as it is, and the entry that led to it.
  func whole() async throws -> (sequence: UInt64, bytes: [UInt8]) {
    try await session.read { ($0.present.sequence, try $0.canonicalBytes()) }
  }

  var sequence: UInt64 { get async { await session.read { $0.present.sequence } } }
}

/// - Parameter access: nil where the fleet file says nothing.
func attaching(
  _ limits: BridgeLimits = BridgeLimits(), access: Access? = Room.own,
  executor: (any IntentExecutor)? = nil, archive: JournalDoor? = nil,
  _ body: (Room) async throws -> Void
) async throws {
  let recorder = DurableCount()
  let session = Session(
    fleet: Room.fleet(access), clock: HeldClock(), recorder: recorder, executor: executor)
  let (muster, broadcast) = (Muster(), Broadcast())
  await session.tell(muster)
  await broadcast.follow(session)
  let running = Task { await session.run() }
  defer { running.cancel() }
  let folder = try ShortFolder()
  let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
  let listener = try await BridgeListener.start(
    at: folder.place(), on: group, limits: limits,
    answering: SessionBridge(
      session, program: "test", kind: "serve", muster: muster, broadcast: broadcast,
      archive: archive))
  let room = Room(
    session: session, muster: muster, broadcast: broadcast, recorder: recorder,
    path: listener.path, place: folder.place(), listener: listener)
  do { try await body(room) } catch {
    await listener.stop()
    try await group.shutdownGracefully()
    throw error
  }
  await listener.stop()
  #expect(await listener.settle(within: 20), "nothing comes back to the loop any more")
  try await group.shutdownGracefully()
}

/// A screen that stays, in bytes: it reads when it is told to, and not before.
final class RawStream: Sendable {
  private let socket: Int32
  private let received: Mutex<[UInt8]>
  let welcome: Welcome
  let you: UInt64
  let onlyLooks: String?

  struct Refused: Error {
    var reason: String
  }

  init(_ path: String, _ attachment: Bridge.Attachment = .honest()) throws {
    let made = try RawStream.reach(path)
    var bytes: [UInt8] = []
    let (welcome, reply): (Welcome, Reply)
    do {
      RawStream.say(try #require(try Frame.bytes(of: Hello())), on: made)
      let first = try #require(try RawStream.read(made, &bytes, within: 10))
      welcome = try Frame.message(Welcome.self, from: first)
      if let refusal = welcome.refusal { throw Refused(reason: refusal) }
      RawStream.say(try #require(try Frame.bytes(of: Request.attach(attachment))), on: made)
      let second = try #require(try RawStream.read(made, &bytes, within: 10))
      reply = try Frame.message(Reply.self, from: second)
      if case .refused(let reason) = reply { throw Refused(reason: reason) }
      guard case .attached = reply else { throw Refused(reason: "another reply") }
    } catch {
      close(made)
      throw error
    }
    socket = made
    received = Mutex(bytes)
    self.welcome = welcome
    if case .attached(let number, let reason) = reply {
      (you, onlyLooks) = (number, reason)
    } else {
      (you, onlyLooks) = (0, nil)
    }
  }

  deinit { close(socket) }

  private static func reach(_ path: String) throws -> Int32 {
    let made = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
    let size = socklen_t(MemoryLayout<sockaddr_un>.size)
    let result = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(made, $0, size) }
    }
    guard result == 0 else {
      close(made)
      throw POSIXError(.init(rawValue: errno) ?? .ECONNREFUSED)
    }
    return made
  }

  @discardableResult private static func say(_ bytes: [UInt8], on socket: Int32) -> Bool {
    Glibc.send(socket, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count
  }

  /// The body of the next frame; nil once the other side has closed.
  private static func read(
    _ socket: Int32, _ bytes: inout [UInt8], within seconds: Double
  ) throws -> [UInt8]? {
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    let deadline = ContinuousClock.now + .seconds(seconds)
    while true {
      if bytes.count >= Frame.head {
        let end = Frame.head + Frame.length(bytes)
        if bytes.count >= end {
          defer { bytes.removeFirst(end) }
          return Array(bytes[Frame.head..<end])
        }
      }
      try #require(ContinuousClock.now < deadline, "no frame came in time")
      var look = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
      guard poll(&look, 1, 50) > 0 else { continue }
      let count = recv(socket, &buffer, buffer.count, 0)
      guard count > 0 else { return nil }
      bytes += buffer[..<count]
    }
  }

  /// nil once the other side has closed.
  func frame(within seconds: Double = 20) throws -> StreamFrame? {
    let body = try received.withLock { try RawStream.read(socket, &$0, within: seconds) }
    guard let body else { return nil }
    guard let frame = StreamFrame(body) else { throw Malformed("this is no frame", at: 0) }
    return frame
  }

  /// The next piece of news of a kind; what comes before it is left out.
  func news<Value>(_ isMeant: (StreamNews) -> Value?) throws -> Value? {
    while let frame = try frame() {
      if case .news(let news) = frame, let value = isMeant(news) { return value }
    }
    return nil
  }

  func outcome(_ id: UInt64) throws -> IntentOutcome? {
    try news { if case .outcome(id, let outcome) = $0 { outcome } else { nil } }
  }

  func ask(_ id: UInt64, _ matter: StreamAsk.Matter) throws {
    let bytes = try #require(try Frame.bytes(of: StreamAsk(id: id, matter)))
    send(bytes: bytes)
  }

  /// Asks for one thing, and waits for what comes of it.
  func outcome(of intent: Intent, _ id: UInt64 = 1) throws -> IntentOutcome? {
    try ask(id, .intent(intent))
    return try outcome(id)
  }

  /// - Returns: whether they were taken.
  @discardableResult func send(bytes: [UInt8]) -> Bool {
    RawStream.say(bytes, on: socket)
  }
}

/// One that follows what it is told.
final class RawScreen: Sendable {
  let stream: RawStream
  private let kept = Mutex(RawPicture())
  var picture: RawPicture { kept.withLock { $0 } }

  init(_ path: String) throws { stream = try RawStream(path) }

  func follow(to sequence: UInt64) throws {
    try kept.withLock { try $0.follow(stream, to: sequence) }
  }
}

/// What a screen makes of what it is told.
struct RawPicture {
  private(set) var state: State?
  private(set) var entries = 0
  private(set) var keyframes = 0
  private(set) var timesBehind = 0
  private var decoder: EntryDecoder?
  private var announced: (format: Int, bytes: Int)?
  private var body: [UInt8] = []
  /// What came while a value was waited for.
  private var later: [StreamFrame] = []

  /// Reads until the state is the one after this entry.
  mutating func follow(_ stream: RawStream, to sequence: UInt64) throws {
    while (state?.present.sequence ?? 0) < sequence {
      let next = later.isEmpty ? try stream.frame() : later.removeFirst()
      switch try #require(next, "it is closed") {
      case .news(.keyframe(_, let format, let bytes)):
        (announced, body, decoder, state) = ((format, bytes), [], nil, nil)
      case .news(.behind): timesBehind += 1
      case .keyframePiece(let piece):
        let announced = try #require(announced)
        body += piece
        if body.count >= announced.bytes {
          let keyframe = try Keyframe(unpacking: body, format: announced.format)
          var chunks: [[UInt8]] = []
          for name in keyframe.chunks { chunks.append(try chunk(name.hash, stream)) }
          let read = try keyframe.read(chunks)
          (state, decoder) = (read.state, read.decoder)
          keyframes += 1
        }
      case .batch(let batch):
        try decoder?.decode(batch) { entry in
          guard entry.sequence == (state?.present.sequence ?? 0) + 1 else {
            throw Malformed("an entry is missing", at: 0)
          }
          state?.apply(entry)
          entries += 1
        }
      default: break
      }
    }
  }

  private mutating func chunk(_ hash: ContentHash, _ stream: RawStream) throws -> [UInt8] {
    let name = hash.bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    try stream.ask(0, .chunks([name]))
    var value: [UInt8] = []
    while let frame = try stream.frame() {
      guard case .chunkPiece(hash, let total, value.count, let piece) = frame else {
        later.append(frame)
        continue
      }
      value += piece
      if value.count == total { return value }
    }
    throw Malformed("a chunk does not come", at: 0)
  }
}
