import Foundation
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The caller's side of a stream: one connection, from its first word to its end, on a thread of its own.
///
/// Whoever has it is rung when something has come, takes it when there is time, and is never kept waiting. While too
/// much lies there that nobody took, no more is read: the other side then finds out that this one is behind.
final class StreamClient: Sendable {
  private struct Post {
    var inbox: [StreamEvent] = []
    /// Of what is in it, in bytes.
    var weight = 0
    var outbox: [[UInt8]] = []
    /// Bytes in it.
    var owed = 0
    /// The other side is spoken to.
    var isAttached = false
    var isOver = false
  }

  private let post = Mutex(Post())
  private let wake: WakePipe?
  private let place: SocketPlace
  private let attachment: Attachment
  private let limits: MirrorLimits
  private let ring: @Sendable () -> Void

  /// Connects, and says that it wants to stay.
  ///
  /// - Parameter ring: called on the connection's thread when there is something to take.
  init(
    to place: SocketPlace, _ attachment: Attachment, limits: MirrorLimits,
    ring: @escaping @Sendable () -> Void
  ) {
    self.place = place
    self.attachment = attachment
    self.limits = limits
    self.ring = ring
    wake = WakePipe()
    let thread = Thread { [self] in run() }
    thread.name = "damcon stream"
    thread.start()
  }

  /// What has come since the last time, in its order; `ended` is the last of all.
  func take() -> [StreamEvent] {
    var taken: [StreamEvent] = []
    let wasFull = post.withLock { post in
      swap(&taken, &post.inbox)
      defer { post.weight = 0 }
      return post.weight >= limits.inbox
    }
    if wasFull { wake?.ring() }
    return taken
  }

  /// Has something asked.
  ///
  /// - Returns: why it is not; nil where it is on its way.
  func send(_ ask: StreamAsk) -> String? {
    guard let bytes = (try? Frame.bytes(of: ask, upTo: limits.ask)).flatMap({ $0 }) else {
      return "it has more than \(limits.ask) bytes, and nothing longer is asked"
    }
    let objection: String? = post.withLock { post in
      guard post.isAttached, !post.isOver else { return "the session is not there" }
      guard post.owed + bytes.count <= limits.outbox else {
        return "the session does not take what is asked"
      }
      post.outbox.append(bytes)
      post.owed += bytes.count
      return nil
    }
    if objection == nil { wake?.ring() }
    return objection
  }

  /// Ends it; nothing is rung for any more.
  func stop() {
    post.withLock { post in
      post.isOver = true
      post.inbox = []
      post.outbox = []
    }
    wake?.ring()
  }

  private var isOver: Bool { post.withLock { $0.isOver } }

  // MARK: On its thread

  private func run() {
    do throws(BridgeError) {
      let socket = try BridgeSocket.connect(to: place, patience: limits.greeting)
      guard let wake else {
        throw BridgeError(
          socket.path, "there is no pipe to be had: \(BridgeError.system(EMFILE))", .denied)
      }
      if isOver { return }
      try attach(socket)
      try talk(socket, wake)
    } catch { put([.ended(error)]) }
  }

  private func attach(_ socket: BridgeSocket) throws(BridgeError) {
    let reply = try socket.ask(.attach(attachment), until: .now + .seconds(limits.greeting))
    switch reply {
    case .attached(let you, let onlyLooks):
      post.withLock { $0.isAttached = true }
      put([.attached(socket.welcome, you: you, onlyLooks: onlyLooks)])
    case .refused(let reason): throw BridgeError(socket.path, reason, .refused)
    default: throw BridgeError(socket.path, "the answer is to another question", .broken)
    }
  }

  private func put(_ events: [StreamEvent]) {
    guard !events.isEmpty else { return }
    let isWanted = post.withLock { post in
      guard !post.isOver else { return false }
      post.inbox += events
      post.weight += events.reduce(0) { $0 + $1.weight }
      return true
    }
    if isWanted { ring() }
  }

  private func talk(_ socket: BridgeSocket, _ wake: WakePipe) throws(BridgeError) {
    var assembly = StreamAssembly()
    var buffer = [UInt8](repeating: 0, count: StreamFrame.piece)
    var sending: [UInt8] = []
    var sent = 0
    var isDeaf = false
    while true {
      let (isOver, hasRoom) = post.withLock { post in
        if sent == sending.count, !isDeaf {
          (sending, sent) = (post.outbox.isEmpty ? [] : post.outbox.removeFirst(), 0)
          post.owed -= sending.count
        }
        return (post.isOver, post.weight < limits.inbox)
      }
      if isOver { return }
      let isSending = sent < sending.count && !isDeaf
      let events = Int16(hasRoom ? POLLIN : 0) | Int16(isSending ? POLLOUT : 0)
      // One that has hung up says so again and again, whatever is asked of it.
      var looks = [
        pollfd(fd: wake.reading, events: Int16(POLLIN), revents: 0),
        pollfd(fd: events == 0 ? -1 : socket.descriptor, events: events, revents: 0),
      ]
      guard poll(&looks, nfds_t(looks.count), -1) > 0 else { continue }
      if looks[0].revents != 0 { wake.settle() }
      if isSending, looks[1].revents != 0 {
        if let count = socket.send(sending, from: sent) { sent += count } else { isDeaf = true }
      }
      guard hasRoom, looks[1].revents & ~Int16(POLLOUT) != 0 else { continue }
      guard let count = socket.receive(into: &buffer, from: 0) else {
        throw BridgeError(socket.path, "the session has gone", .broken)
      }
      do throws(StreamAssembly.Flaw) { put(try assembly.take(buffer[..<count])) } catch {
        throw BridgeError(socket.path, error.sentence, .broken)
      }
    }
  }
}
