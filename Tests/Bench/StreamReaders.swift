import Bridge
import CBench
import Fleet
import Foundation
import Glibc
import Recording
import Synchronization

/// `damcon-bench read`: screens that draw nothing, in one process: each speaks the real protocol, and notes how late
/// what it is told comes.
struct StreamReaders {
  /// How one of them takes what it is told.
  enum Manner: String { case healthy, slow, stopped }

  private var socket = ""
  private var manner = Manner.healthy
  private var count = 1
  private var seconds = 10.0
  /// Before what is counted, and at most after it: until SIGTERM.
  private var warming = 5.0
  private var after = 0.0
  private static let isOver = Atomic(false)

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
      case "--after": after = Double(value) ?? 0
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
    // Made before a signal may come.
    StreamReaders.isOver.store(false, ordering: .relaxed)
    signal(SIGTERM) { _ in StreamReaders.isOver.store(true, ordering: .relaxed) }
    print("ready")
    fflush(nil)
    let began = Clock.now()
    let counted = began + Int64(warming * 1e9)
    let countedEnd = counted + Int64(seconds * 1e9)
    let end = countedEnd + Int64(after * 1e9)
    var found = StreamFindings()
    var ready = [CInt](repeating: 0, count: 256)
    while Clock.now() < end, !StreamReaders.isOver.load(ordering: .relaxed) {
      // Whoever is stopped reads nothing any more once it has begun.
      if manner == .stopped, Clock.now() - began > 1_000_000_000 {
        usleep(100_000)
        continue
      }
      let most = bench_wait(epoll, &ready, CInt(ready.count), 200)
      for descriptor in ready.prefix(max(0, Int(most))) {
        guard let place = places[descriptor] else { continue }
        let isCounted = (counted..<countedEnd).contains(Clock.now())
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
  /// Batches that hold what somebody did, by their last entry, and when they came by `Clock.now`: all the time, and not
  /// only while it is counted.
  var told: [(last: UInt64, at: Int64)] = []

  var line: String {
    let times = delays.map { $0.fixed(2) }.joined(separator: ",")
    let told = told.map { "\($0.last):\($0.at)" }.joined(separator: ",")
    return "found \(batches) \(entries) \(bytes) \(keyframes) \(lost) \(times) \(told)"
  }

  init() {}

  init?(_ line: String) {
    let words = line.split(separator: " ", omittingEmptySubsequences: false)
    let numbers = words.dropFirst().prefix(5).compactMap { Int($0) }
    guard words.first == "found", numbers.count == 5 else { return nil }
    (batches, entries, bytes) = (numbers[0], numbers[1], numbers[2])
    (keyframes, lost) = (numbers[3], numbers[4])
    delays = words.count > 6 ? words[6].split(separator: ",").compactMap { Double($0) } : []
    guard words.count > 7 else { return }
    told = words[7].split(separator: ",").compactMap { pair in
      let numbers = pair.split(separator: ":")
      guard numbers.count == 2, let last = UInt64(numbers[0]), let at = Int64(numbers[1]) else {
        return nil
      }
      return (last, at)
    }
  }
}

/// One who stays, and notes what they are told.
struct StreamReader {
  private var line: BridgeLine
  var descriptor: CInt { line.descriptor }

  /// nil where it is not let in.
  init?(_ path: String) {
    guard let line = BridgeLine(path), line.attach() else { return nil }
    self.line = line
  }

  /// Takes what is there, up to so many bytes; false when the other side has gone.
  mutating func read(atMost limit: Int, into found: inout StreamFindings, isCounted: Bool) -> Bool {
    var bodies: [[UInt8]] = []
    let isOpen = line.take(atMost: limit) { bodies.append($0) }
    // Before they are looked at.
    let (now, wall) = (Clock.now(), Clock.wall())
    for body in bodies { note(body, at: now, wall, into: &found, isCounted: isCounted) }
    return isOpen
  }

  private func note(
    _ body: [UInt8], at now: Int64, _ wall: Int64, into found: inout StreamFindings,
    isCounted: Bool
  ) {
    if isCounted { found.bytes += body.count }
    switch StreamFrame(body) {
    case .batch(let batch):
      if batch.kind == .audit { found.told.append((batch.last, now)) }
      guard isCounted else { break }
      found.batches += 1
      found.entries += Int(batch.last - batch.first) + 1
      // The one that waited longest; entries are stamped in whole milliseconds.
      found.delays.append(max(0, Double(wall - batch.begin.wall) / 1e6))
    case .news(.keyframe): if isCounted { found.keyframes += 1 }
    default: break
    }
  }
}
