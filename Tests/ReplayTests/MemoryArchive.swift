import Fleet
import Incident
import Recording

/// A recording that lies in memory.
final class MemoryArchive: Archive, @unchecked Sendable {
  /// Written before it is read, by one test.
  var all: [Batch] = []
  var keyframes: [KeyframeRecord] = []
  var blobs: [ContentHash: [UInt8]] = [:]
  /// How often a keyframe referred to what was kept for one before it.
  private(set) var uses = 0

  func take(_ made: BatchMaker.Made) {
    keyframes.append(made.record)
    uses += made.uses.count
    for bytes in made.blobs { blobs[ContentHash(of: bytes)] = bytes }
  }

  func span() -> RecordingSpan? {
    guard let first = all.first, let last = all.last else { return nil }
    return RecordingSpan(
      firstSequence: first.first, lastSequence: last.last, first: first.begin, last: last.end)
  }

  func keyframe(atOrBefore sequence: UInt64, format: Int) -> KeyframeRecord? {
    keyframes.last { $0.sequence <= sequence && $0.format == format }
  }

  func keyframe(at sequence: UInt64) -> KeyframeRecord? {
    keyframes.last { $0.sequence == sequence }
  }

  func sequence(atOrBefore offset: Int64) -> UInt64? {
    guard let batch = all.last(where: { $0.begin.offset <= offset }) else { return nil }
    return batch.end.offset <= offset ? batch.last : batch.first
  }

  func batches(after sequence: UInt64, limit: Int) -> [Batch] {
    Array(all.filter { $0.last > sequence }.prefix(limit))
  }

  func blob(_ hash: ContentHash) -> [UInt8]? { blobs[hash] }
  func milestones() -> [Milestone] { [] }
  func pulses() -> [Pulse] { [] }
}
