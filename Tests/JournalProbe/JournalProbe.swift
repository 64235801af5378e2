import Fleet
import Foundation
import Health
import Incident
import Journal
import Ledger
import Recording
import Telemetry

/// A process of its own for the tests of the journal: one to be killed, one that holds the lock, one
/// that may write nothing.
@main
struct JournalProbe {
  static func main() {
    // Whoever started it may be gone.
    alarm(60)
    let arguments = CommandLine.arguments
    guard arguments.count >= 3 else { exit(2) }
    let path = arguments[2]
    do {
      switch arguments[1] {
      case "record":
        var load = Load(path, seed: arguments.count > 3 ? UInt64(arguments[3]) ?? 0 : 0)
        try load.run()
      case "hold":
        let file = try JournalFile(path: path, about: about, heads: nil)
        say("held \(file.end?.sequence ?? 0)")
        _ = readLine()
      case "write":
        dropRights()
        let file = try JournalFile(path: path, about: about, heads: nil)
        say("written \(file.end?.sequence ?? 0)")
      case "read":
        dropRights()
        let archive = try JournalArchive(path: path)
        say("read \(try archive.batches(after: 0, limit: 1 << 20).last?.last ?? 0)")
      case "seek": try Seeking.run(path, Array(arguments.dropFirst(3)))
      case "attack":
        guard arguments.count == 6, let first = UInt64(arguments[4]),
          let count = UInt64(arguments[5])
        else { exit(2) }
        var hostile = try Hostile(path)
        try hostile.run(arguments[3], from: first, count: count)
      default: exit(2)
      }
    } catch {
      say("\(error)")
      exit(1)
    }
  }

  static let about = About(fleet: "shop", madeBy: "probe", made: 1_795_000_000_000_000_000)

  /// An administrator may write everywhere.
  private static func dropRights() {
    if geteuid() == 0 { _ = setuid(65_534) }
  }
}

/// Writes of every kind, as fast as they go, each told of once it has returned.
struct Load {
  private let path: String
  private var dice: UInt64

  init(_ path: String, seed: UInt64) {
    self.path = path
    dice = seed
  }

  private mutating func roll() -> UInt64 {
    dice &+= 0x9e37_79b9_7f4a_7c15
    var z = dice
    z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
    return z ^ z >> 31
  }

  private mutating func bytes(_ count: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count + 8)
    while bytes.count < count {
      withUnsafeBytes(of: roll()) { bytes.append(contentsOf: $0) }
    }
    return Array(bytes.prefix(count))
  }

  mutating func run() throws {
    let path = path
    let minute = Int64(roll() % 1_000_000) + 29_000_000
    Thread.detachNewThread { Load.ledger(path, minute) }
    let file = try JournalFile(path: path, about: JournalProbe.about, heads: nil)
    var sequence = file.end?.sequence ?? 0
    var offset = file.end?.instant.offset ?? 0
    var keyframe: UInt64?
    while true {
      let first = sequence + 1
      sequence += 1 + roll() % 20
      let begin = Instant(wall: 1_795_000_000_000_000_000 + offset, offset: offset)
      offset += 1_000_000_000
      let kind: Batch.Kind = roll() % 8 == 0 ? .audit : .observations
      let batch = Batch(
        kind: kind, first: first, last: kind == .audit ? first : sequence, begin: begin,
        end: begin.advanced(by: 0.9), body: bytes(200 + Int(roll() % 3000)))
      sequence = batch.last
      var record: KeyframeRecord?
      if roll() % 10 == 0 {
        let base = roll() % 3 == 0 ? nil : keyframe
        record = KeyframeRecord(
          sequence: sequence, instant: batch.end, format: 1, base: base,
          body: bytes(Int(roll() % 60_000)))
        if base == nil { keyframe = sequence }
      }
      try file.append(
        JournalPage(
          batch,
          milestones: roll() % 5 == 0
            ? [Milestone(.worse, sequence: first, instant: begin, service: "cart", words: "worse")]
            : [],
          pulses: roll() % 6 == 0 ? [Pulse(instant: begin, burn: 1.5, worst: .degraded)] : [],
          keyframe: record, blobs: roll() % 9 == 0 ? [bytes(Int(roll() % 20_000))] : []))
      let mark = kind == .audit ? "audit" : "entry"
      say("\(mark) \(batch.first) \(batch.last) \(name(batch.body)) \(file.head.link)")
      _ = try file.trim(Retention(age: 400, bytes: 4 << 20))
    }
  }

  private func name(_ bytes: [UInt8]) -> String {
    Link(ContentHash(of: bytes).bytes).map { "\($0)" } ?? ""
  }

  /// Another writer in the same file, minute by minute.
  private static func ledger(_ path: String, _ minute: Int64) {
    do {
      let file = try LedgerFile(path: path)
      for minute in minute... {
        var hour = LedgerMemory.Minutes(hour: minute / 60)
        hour[Int(minute % 60)] = EventCount(bad: 1, total: 10)
        try file.write([
          LedgerPage(
            kind: "service", owner: "cart", slo: "availability", meaning: "requests",
            memory: LedgerMemory(minutes: [hour]))
        ])
        say("minute \(minute)")
      }
    } catch { say("\(error)") }
  }
}

/// A line at once: what was said before a kill has been heard.
func say(_ line: String) {
  var bytes = Array((line + "\n").utf8)
  bytes.withUnsafeMutableBytes { _ = write(STDOUT_FILENO, $0.baseAddress, $0.count) }
}
