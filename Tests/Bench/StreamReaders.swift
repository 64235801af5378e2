import Bridge
import CBench
import Fleet
import Foundation
import Glibc
import Recording

/// `damcon-bench read`: screens that draw nothing, in one process: each speaks the real protocol, and notes how late
/// what it is told comes.
struct StreamReaders {
  /// How one of them takes what it is told.
  enum Manner: String { case healthy, slow, stopped }

  private var socket = ""
  private var manner = Manner.healthy
  private var count = 1
  private var seconds = 10.0
  /// Before what is counted.
  private var warming = 5.0

  init(_ arguments: some Sequence<String>) throws(BenchError) {
    var left = Array(arguments)
    while left.count >= 2 {
      let (word, value) = (left.removeFirst(), left.removeFirst())
      switch word {
      case "--socket": socket = value
      case "--manner":
        guard let known = Manner(rawValue: value) else { throw BenchError("no manner \(value)") }
        manner = known
      case "--count": count = Int(value) ?? 1
      case "--seconds": seconds = Double(value) ?? 10
      case "--warming": warming = Double(value) ?? 5
      default: throw BenchError("read does not understand \(word)")
      }
    }
    guard !socket.isEmpty, left.isEmpty else { throw BenchError("read takes --socket PATH") }
  }

  /// Attaches them all, prints `ready`, reads for so long, prints what was found.
  func run() -> Never {
    var readers: [StreamReader] = []
    for _ in 0..<count {
      guard let reader = StreamReader(socket) else {
        FileHandle.standardError.write(Data("damcon-bench read: not let in\n".utf8))
        exit(3)
      }
      readers.append(reader)
      // One user may ask so often a second and no more, and these are all one.
      usleep(25_000)
    }
    let epoll = bench_epoll()
    for reader in readers { _ = bench_watch(epoll, reader.descriptor, 0, 0) }
    let places = Dictionary(
      uniqueKeysWithValues: readers.enumerated().map { ($1.descriptor, $0) })
    print("ready")
    fflush(nil)
    let began = Clock.now()
    let counted = began + Int64(warming * 1e9)
    let end = counted + Int64(seconds * 1e9)
    var found = StreamFindings()
    var ready = [CInt](repeating: 0, count: 256)
    while Clock.now() < end {
      // Whoever is stopped reads nothing any more once it has begun.
      if manner == .stopped, Clock.now() - began > 1_000_000_000 {
        usleep(100_000)
        continue
      }
      let most = bench_wait(epoll, &ready, CInt(ready.count), 200)
      for descriptor in ready.prefix(max(0, Int(most))) {
        guard let place = places[descriptor] else { continue }
        let isCounted = Clock.now() >= counted
        if !readers[place].read(
          atMost: manner == .slow ? 2048 : 1 << 20, into: &found, isCounted: isCounted)
        {
          found.lost += 1
          close(descriptor)
        }
      }
      if manner == .slow { usleep(100_000) }
    }
    print(found.line)
    fflush(nil)
    exit(0)
  }
}

/// What some readers saw, as a line between processes.
struct StreamFindings {
  var batches = 0
  var entries = 0
  var bytes = 0
  var keyframes = 0
  /// Connections that ended.
  var lost = 0
  /// Milliseconds from the stamp of a batch's first entry to its arrival.
  var delays: [Double] = []

  var line: String {
    let times = delays.map { $0.fixed(2) }.joined(separator: ",")
    return "found \(batches) \(entries) \(bytes) \(keyframes) \(lost) \(times)"
  }

  init() {}

  init?(_ line: String) {
    let words = line.split(separator: " ", omittingEmptySubsequences: false)
    let numbers = words.dropFirst().prefix(5).compactMap { Int($0) }
    guard words.first == "found", numbers.count == 5 else { return nil }
    (batches, entries, bytes) = (numbers[0], numbers[1], numbers[2])
    (keyframes, lost) = (numbers[3], numbers[4])
    delays = words.count > 6 ? words[6].split(separator: ",").compactMap { Double($0) } : []
  }
}

/// One connection that stays.
struct StreamReader {
  let descriptor: CInt
  private var received: [UInt8] = []

  /// nil where it is not let in.
  init?(_ path: String) {
    descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0, StreamReader.connect(descriptor, path) else { return nil }
    let boot = (try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8))?
      .trimmingCharacters(in: .whitespacesAndNewlines)
    let attachment = Attachment(
      boot: boot, uid: getuid(), host: "bench", program: "bench")
    guard say(Hello()), let welcome = message(Welcome.self), welcome.refusal == nil,
      say(Request.attach(attachment)), case .attached? = message(Reply.self)
    else { return nil }
    _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
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

  private func say(_ message: some Encodable) -> Bool {
    guard let bytes = (try? Frame.bytes(of: message)).flatMap({ $0 }) else { return false }
    return write(descriptor, bytes, bytes.count) == bytes.count
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

  /// Takes what is there, up to so many bytes; false when the other side has gone.
  mutating func read(atMost limit: Int, into found: inout StreamFindings, isCounted: Bool) -> Bool {
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
      let body = Array(received[(place + Frame.head)..<(place + Frame.head + length)])
      place += Frame.head + length
      if isCounted { note(body, into: &found) }
    }
    received.removeFirst(place)
    return isOpen
  }

  private func note(_ body: [UInt8], into found: inout StreamFindings) {
    found.bytes += body.count
    switch StreamFrame(body) {
    case .batch(let batch):
      found.batches += 1
      found.entries += Int(batch.last - batch.first) + 1
      var now = timespec()
      clock_gettime(CLOCK_REALTIME, &now)
      let wall = Int64(now.tv_sec) * 1_000_000_000 + Int64(now.tv_nsec)
      // The one that waited longest; entries are stamped in whole milliseconds.
      found.delays.append(max(0, Double(wall - batch.begin.wall) / 1e6))
    case .news(.keyframe): found.keyframes += 1
    default: break
    }
  }
}
