import Foundation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A caller's end of a control socket, on which both sides have said who they are.
///
/// Nothing waits longer than it is told to, on the thread that it is called on; one thread at a time uses it.
final class BridgeSocket {
  let path: String
  private(set) var welcome = Welcome()
  let descriptor: Int32
  /// What was waited for did not come in time.
  private(set) var isSilent = false

  /// Connects to the first place at which somebody listens.
  ///
  /// - Parameter patience: seconds that the other side may take to say who it is.
  static func connect(
    to place: SocketPlace, patience: Double
  ) throws(BridgeError) -> BridgeSocket {
    var first: BridgeError?
    for path in place.paths {
      do throws(BridgeError) {
        return try BridgeSocket(path, patience: patience)
      } catch {
        // Where another user's own place is looked into first, it is not the one that is meant.
        guard error.cause == .nobody || (error.cause == .denied && !place.isChosen) else {
          throw error
        }
        first = first ?? error
      }
    }
    throw first ?? BridgeError("control socket", "there is no place for it", .nobody)
  }

  private init(_ path: String, patience: Double) throws(BridgeError) {
    self.path = path
    guard var address = UnixAddress(path) else {
      throw BridgeError(
        path, "longer than a socket's path may be (\(UnixAddress.longest) bytes)", .nobody)
    }
    descriptor = try SocketFile.make(path)
    let until = ContinuousClock.now + .seconds(patience)
    try reach(&address, until: until)
    try checkListener()
    // Where it was not taken the other side has closed, and may have said why.
    let isSaid = (try? Frame.bytes(of: Hello())).flatMap { $0 }.map { write($0, until: until) }
    welcome = try message(Welcome.self, until: until)
    if let refusal = welcome.refusal { throw BridgeError(path, refusal, .refused) }
    guard welcome.damcon == Hello.version else {
      throw BridgeError(
        path, Welcome.otherVersion(caller: Hello.version, listener: welcome.damcon), .refused)
    }
    guard isSaid == true else { throw BridgeError(path, "it does not listen", .broken) }
  }

  deinit { close(descriptor) }

  /// A listener that is stopped, and has as many before its door as there is room for, lets nobody wait for ever.
  private func reach(
    _ address: inout UnixAddress, until deadline: ContinuousClock.Instant
  ) throws(BridgeError) {
    let flags = fcntl(descriptor, F_GETFL)
    _ = fcntl(descriptor, F_SETFL, flags | O_NONBLOCK)
    defer { _ = fcntl(descriptor, F_SETFL, flags) }
    while address.connect(descriptor) != 0 {
      let number = errno
      if number == EINTR { continue }
      guard number == EAGAIN else { throw BridgeSocket.unreached(path, number) }
      guard ContinuousClock.now < deadline else {
        throw BridgeError(path, "what listens there takes nobody in", .broken)
      }
      usleep(20_000)
    }
  }

  private static func unreached(_ path: String, _ number: Int32) -> BridgeError {
    switch number {
    case ENOENT, ENOTDIR: BridgeError(path, "nothing listens there", .nobody)
    case ECONNREFUSED: BridgeError(path, "what listened there has ended", .nobody)
    case EACCES, EPERM: BridgeError(path, "you may not talk to it", .denied)
    default: BridgeError(path, BridgeError.system(number), .broken)
    }
  }

  /// Nobody takes the place of the one that is meant: who listens owns the folder, was let into root's, is this
  /// user, or root.
  private func checkListener() throws(BridgeError) {
    guard let listener = PeerCredentials(of: descriptor) else {
      throw BridgeError(path, "the system does not say who listens there", .unsafe)
    }
    guard listener.uid != geteuid(), listener.uid != 0 else { return }
    let folder = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) }
    var status = stat()
    guard let folder, stat(folder, &status) == 0,
      status.st_uid == listener.uid || (status.st_uid == 0 && status.st_mode & 0o002 == 0)
    else {
      let name = Peer.user(listener.uid) ?? "#\(listener.uid)"
      throw BridgeError(
        path, "\(name) listens there, whose folder it is not in: nothing is said to them", .unsafe)
    }
  }

  // MARK: Messages

  /// The other side has closed it, or has said something that nobody asked for: the next question is not for this one.
  var hasGone: Bool {
    var byte: UInt8 = 0
    let got = recv(descriptor, &byte, 1, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT))
    return got >= 0 || (errno != EAGAIN && errno != EINTR)
  }

  /// Asks, and waits for what comes of it.
  ///
  /// - Parameter silence: seconds without a byte after which no more is waited for; nil: all until the deadline.
  func ask(
    _ request: Request, until deadline: ContinuousClock.Instant, silence: Double? = nil
  ) throws(BridgeError) -> Reply {
    guard let bytes = (try? Frame.bytes(of: request)).flatMap({ $0 }) else {
      throw BridgeError(path, "the request is too long", .broken)
    }
    guard write(bytes, until: deadline) else {
      throw BridgeError(path, "the other side has gone", .broken)
    }
    return try message(Reply.self, until: deadline, silence)
  }

  private func message<Message: Decodable>(
    _ type: Message.Type, until deadline: ContinuousClock.Instant, _ silence: Double? = nil
  ) throws(BridgeError) -> Message {
    let length = Frame.length(try read(Frame.head, until: deadline, silence))
    guard (1...Frame.longest).contains(length) else {
      throw BridgeError(path, "what listens there does not speak Damcon's protocol", .broken)
    }
    let body = try read(length, until: deadline, silence)
    do { return try Frame.message(type, from: body) } catch {
      throw BridgeError(
        path, "the answer is not understood: is the same release on both sides?", .broken)
    }
  }

  // MARK: Bytes

  private func read(
    _ count: Int, until deadline: ContinuousClock.Instant, _ silence: Double?
  ) throws(BridgeError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    var have = 0
    while have < count {
      let quiet = silence.map { min(deadline, .now + .seconds($0)) } ?? deadline
      guard wait(for: Int16(POLLIN), until: quiet) else {
        throw BridgeError(path, "no answer came in time", .broken)
      }
      guard let got = receive(into: &bytes, from: have) else {
        throw BridgeError(path, "the other side has gone", .broken)
      }
      have += got
    }
    return bytes
  }

  /// - Returns: whether all of it was taken.
  private func write(_ bytes: [UInt8], until deadline: ContinuousClock.Instant) -> Bool {
    var sent = 0
    while sent < bytes.count {
      guard wait(for: Int16(POLLOUT), until: deadline), let count = send(bytes, from: sent) else {
        return false
      }
      sent += count
    }
    return true
  }

  /// Reads what is there, without waiting, behind the first `start` bytes.
  ///
  /// - Returns: how many came; nil where nothing more ever will.
  func receive(into bytes: inout [UInt8], from start: Int) -> Int? {
    let room = bytes.count - start
    let got = bytes.withUnsafeMutableBytes {
      recv(descriptor, $0.baseAddress.map { $0 + start }, room, Int32(MSG_DONTWAIT))
    }
    if got < 0, errno == EINTR || errno == EAGAIN { return 0 }
    return got > 0 ? got : nil
  }

  /// Writes what is taken at once of the bytes from `start` on.
  ///
  /// - Returns: how many were taken; nil where nothing more ever will be.
  func send(_ bytes: [UInt8], from start: Int) -> Int? {
    #if os(Linux)
      let flags = Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT)
    #else
      let flags = Int32(MSG_DONTWAIT)
    #endif
    let count = bytes.withUnsafeBytes {
      systemSend(descriptor, $0.baseAddress.map { $0 + start }, bytes.count - start, flags)
    }
    if count < 0, errno == EINTR || errno == EAGAIN { return 0 }
    return count > 0 ? count : nil
  }

  private func wait(for events: Int16, until deadline: ContinuousClock.Instant) -> Bool {
    while true {
      let left = ContinuousClock.now.duration(to: deadline) / .milliseconds(1)
      guard left > 0 else {
        isSilent = true
        return false
      }
      var look = pollfd(fd: descriptor, events: events, revents: 0)
      let found = poll(&look, 1, Int32(min(left.rounded(.up), 1000)))
      if found > 0 { return true }
      if found < 0, errno != EINTR { return false }
    }
  }
}

/// The system's own, by a name that no method here has.
private func systemSend(
  _ socket: Int32, _ bytes: UnsafeRawPointer?, _ count: Int, _ flags: Int32
) -> Int {
  send(socket, bytes, count, flags)
}
