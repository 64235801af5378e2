import Crypto
import Fleet
import Foundation
import Incident
import Journal
import Recording

/// A run written to a journal's file as a session does it: a page about each second, keyframes between
/// them, audit entries alone; and what the live state was at each of many entries.
final class WrittenRun {
  let path: String
  let entries: [Entry]
  /// SHA-256 of the canonical encoding, by entry.
  private(set) var digests: [UInt64: String] = [:]
  private(set) var keyframes = 0
  private let folder: URL

  init(seed: UInt64, entries count: Int, keyframeEvery: Int = 7, digestEvery: UInt64 = 19) throws {
    entries = RandomRun(seed: seed, entries: count).entries
    folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("damcon-run-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    path = folder.appendingPathComponent("run.damcon").path
    let about = About(fleet: "random", madeBy: "test", made: 1_795_000_000_000_000_000)
    let file = try JournalFile(path: path, about: about, heads: nil)
    var maker = BatchMaker()
    var live = State(began: entries[0].instant)
    var begin = entries[0].instant.offset
    var pages = 0
    func write(_ kind: Batch.Kind) throws {
      guard let batch = maker.finish(kind) else { return }
      try file.append(JournalPage(batch))
      pages += 1
      guard pages.isMultiple(of: keyframeEvery) else { return }
      try file.append(JournalPage(try maker.keyframe(live)))
      keyframes += 1
    }
    for entry in entries {
      if entry.instant.offset - begin > 1_000_000_000 || entry.event.isAudited {
        try write(.observations)
        begin = entry.instant.offset
      }
      try maker.add(entry)
      live.apply(entry)
      if entry.event.isAudited { try write(.audit) }
      if entry.sequence.isMultiple(of: digestEvery) || entry.sequence == UInt64(entries.count) {
        digests[entry.sequence] = WrittenRun.digest(try live.canonicalBytes())
      }
    }
    try write(.observations)
    try file.close()
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  static func digest(_ bytes: [UInt8]) -> String {
    SHA256.hash(data: bytes).map { byte in
      let digits = String(byte, radix: 16)
      return digits.count == 1 ? "0" + digits : digits
    }.joined()
  }
}
