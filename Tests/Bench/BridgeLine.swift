import Bridge
import Fleet
import Glibc

/// One connection to a daemon, in the real protocol: it asks and waits for the answer, or stays and takes what it is
/// told.
struct BridgeLine {
  let descriptor: CInt
  private var received: [UInt8] = []

  /// nil where nobody is let in.
  init?(_ path: String) {
    descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0, BridgeLine.connect(descriptor, path), say(Hello(from: BridgeLine.host)),
      let welcome = message(Welcome.self), welcome.refusal == nil
    else { return nil }
  }

  /// This host, and whoever this process is by now.
  private static var host: HostIdentity {
    HostIdentity(boot: HostIdentity.own.boot, name: HostIdentity.own.name, uid: geteuid())
  }

  /// Stays, and does not wait any more from then on; false where it may not.
  func attach() -> Bool {
    let host = BridgeLine.host
    let attachment = Attachment(boot: host.boot, uid: host.uid, host: "bench", program: "bench")
    guard say(Request.attach(attachment)), case .attached? = message(Reply.self) else {
      return false
    }
    return fcntl(descriptor, F_SETFL, O_NONBLOCK) == 0
  }

  private static func connect(_ descriptor: CInt, _ path: String) -> Bool {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
    return withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
      }
    }
  }

  // MARK: Asking

  func answer(to request: Request) -> Reply? { say(request) ? message(Reply.self) : nil }

  private func say(_ message: some Encodable) -> Bool {
    guard let bytes = (try? Frame.bytes(of: message)).flatMap({ $0 }) else { return false }
    return say(bytes: bytes)
  }

  /// False where they were not taken, all of them.
  func say(bytes: [UInt8]) -> Bool {
    send(descriptor, bytes, bytes.count, CInt(MSG_NOSIGNAL)) == bytes.count
  }

  private func message<Message: Decodable>(_ type: Message.Type) -> Message? {
    guard let head = bytes(Frame.head), let body = bytes(Frame.length(head)) else { return nil }
    return try? Frame.message(type, from: body)
  }

  private func bytes(_ count: Int) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: count)
    var have = 0
    while have < count {
      let got = bytes.withUnsafeMutableBytes {
        recv(descriptor, $0.baseAddress.map { $0 + have }, count - have, 0)
      }
      guard got > 0 else { return nil }
      have += got
    }
    return bytes
  }

  // MARK: Staying

  /// Takes what is there, up to so many bytes, and hands over the frames that are whole; false when the other side has
  /// gone.
  mutating func take(atMost limit: Int, _ each: ([UInt8]) -> Void) -> Bool {
    var taken = 0
    var isOpen = true
    withUnsafeTemporaryAllocation(byteCount: 65_536, alignment: 1) { room in
      while taken < limit {
        let got = recv(descriptor, room.baseAddress, min(room.count, limit - taken), 0)
        if got < 0, errno == EAGAIN || errno == EINTR { break }
        guard got > 0 else {
          isOpen = false
          break
        }
        received.append(contentsOf: room[..<got])
        taken += got
      }
    }
    var place = 0
    while received.count - place >= Frame.head {
      let length = Frame.length(received[place...])
      guard received.count - place >= Frame.head + length else { break }
      each(Array(received[(place + Frame.head)..<(place + Frame.head + length)]))
      place += Frame.head + length
    }
    received.removeFirst(place)
    return isOpen
  }
}
