import Fleet
import Foundation
import GRDB
import Health
import Incident
import Journal
import Recording

/// A folder of a test's own, gone when it is.
final class Scratch: Sendable {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "damcon-journal-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  var file: String { path + "/shop.damcon" }

  /// The file's bytes at another name, as somebody would copy it.
  func copy(_ name: String) throws -> String {
    let copy = path + "/" + name
    try FileManager.default.copyItem(atPath: file, toPath: copy)
    return copy
  }

  deinit {
    chmod(path, 0o755)
    try? FileManager.default.removeItem(atPath: path)
  }
}

/// Numbers that are the same in every run.
struct Dice: RandomNumberGenerator {
  private var state: UInt64
  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
    return z ^ z >> 31
  }

  mutating func bytes(_ count: Int) -> [UInt8] {
    (0..<count).map { _ in UInt8.random(in: 0...255, using: &self) }
  }
}

/// A fleet's life as a recorder would hand it over, a second a batch.
struct Story {
  static let about = About(fleet: "shop", madeBy: "1.0", made: 1_795_000_000_000_000_000)

  var dice = Dice(1)
  var sequence: UInt64 = 0
  var offset: Int64 = 0
  var batches: [Batch] = []
  var milestones: [Milestone] = []
  var pulses: [Pulse] = []
  var keyframes: [KeyframeRecord] = []
  var blobs: [[UInt8]] = []

  mutating func batch(_ kind: Batch.Kind = .observations, count: UInt64 = 5, size: Int = 1500)
    -> Batch
  {
    let begin = Instant(wall: 1_795_000_000_000_000_000 + offset, offset: offset)
    let batch = Batch(
      kind: kind, first: sequence + 1, last: sequence + count, begin: begin,
      end: begin.advanced(by: 0.8), body: dice.bytes(size))
    sequence += count
    offset += 1_000_000_000
    batches.append(batch)
    return batch
  }

  /// The next page: now and then an audit entry, a milestone, a minute's pulse, a keyframe that stands
  /// by itself or one that does not, a value.
  mutating func page() -> JournalPage {
    let number = batches.count
    let isAudit = number % 7 == 3
    let batch = batch(isAudit ? .audit : .observations, count: isAudit ? 1 : 5)
    let milestones =
      number % 5 == 0
      ? [
        Milestone(
          .worse, sequence: batch.first, instant: batch.begin, service: "cart",
          words: "degraded → unhealthy\u{0}\u{1b}[2J \(number)")
      ] : []
    let pulses =
      number % 6 == 0
      ? [Pulse(instant: batch.end, burn: number % 12 == 0 ? nil : Double(number), worst: .degraded)]
      : []
    var keyframe: KeyframeRecord?
    if number % 10 == 9 {
      let isWhole = number % 20 == 9
      keyframe = KeyframeRecord(
        sequence: batch.last, instant: batch.end, format: 1,
        base: isWhole ? nil : keyframes.last?.sequence, body: dice.bytes(isWhole ? 40_000 : 700))
    }
    let blobs =
      number % 8 == 1
      ? [[UInt8](repeating: UInt8(truncatingIfNeeded: number), count: 9000) + dice.bytes(100)] : []
    self.milestones += milestones
    self.pulses += pulses
    self.blobs += blobs
    if let keyframe { keyframes.append(keyframe) }
    return JournalPage(
      batch, milestones: milestones, pulses: pulses, keyframe: keyframe, blobs: blobs)
  }

  /// Writes so many pages to a file and closes it.
  @discardableResult
  mutating func write(
    _ count: Int, to path: String, heads: (any HeadLog)? = nil
  ) throws -> JournalHead {
    let file = try JournalFile(path: path, about: Story.about, heads: heads)
    for _ in 0..<count { try file.append(page()) }
    let head = file.head
    try file.close()
    return head
  }

  /// What an archive tells that was never written: nothing, whatever happened to the file.
  func falsehoods(of archive: JournalArchive) -> [String] {
    var found: [String] = []
    let known = Dictionary(batches.map { ($0.first, $0) }, uniquingKeysWith: { a, _ in a })
    for batch in (try? all(of: archive)) ?? [] where known[batch.first] != batch {
      found.append("batch \(batch.first)")
    }
    for milestone in (try? archive.milestones()) ?? [] where !milestones.contains(milestone) {
      found.append("milestone \(milestone)")
    }
    for pulse in (try? archive.pulses()) ?? [] where !pulses.contains(pulse) {
      found.append("pulse \(pulse)")
    }
    for keyframe in keyframes {
      for told in [
        try? archive.keyframe(at: keyframe.sequence),
        try? archive.keyframe(atOrBefore: keyframe.sequence + 3, format: 1),
      ] {
        if let told, !keyframes.contains(told) { found.append("keyframe \(told.sequence)") }
      }
    }
    for blob in blobs {
      let told = try? archive.blob(ContentHash(of: blob))
      if let told, told != blob { found.append("blob") }
    }
    return found
  }

  /// Every batch, a few at a time; an archive that came to no end would fail here.
  func all(of archive: JournalArchive) throws -> [Batch] {
    var found: [Batch] = []
    for _ in 0..<batches.count + 2 {
      let more = try archive.batches(after: found.last?.last ?? 0, limit: 7)
      if more.isEmpty { return found }
      found += more
    }
    throw Endless()
  }

  struct Endless: Error {}
}

func told(_ body: () throws -> Void) -> String? {
  do {
    try body()
    return nil
  } catch { return "\(error)" }
}
