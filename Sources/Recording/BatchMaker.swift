package import Fleet
package import Incident

/// Makes what is written of entries and states as they come: batches, and keyframes between them.
package struct BatchMaker {
  private var encoder: EntryEncoder
  private var first: Entry?
  private var end = Instant(wall: 0, offset: 0)
  private var last: UInt64 = 0
  /// The keyframe before, which the next is written from, and how many stand on one another so.
  private var base: (sequence: UInt64, keyframe: Keyframe, depth: Int)?

  /// Keyframes that stand on one another: each more is another step of a seek.
  package static let deepest = 4

  package init() { encoder = EntryEncoder() }

  /// Entries that no batch holds yet.
  package var count: Int { encoder.count }

  package mutating func add(_ entry: Entry) throws {
    try encoder.append(entry)
    if first == nil { first = entry }
    end = entry.instant
    last = entry.sequence
  }

  /// The entries since the last batch as one; nil where there are none.
  package mutating func finish(_ kind: Batch.Kind = .observations) -> Batch? {
    guard let begin = first, let body = encoder.finish() else { return nil }
    first = nil
    return Batch(
      kind: kind, first: begin.sequence, last: last, begin: begin.instant, end: end, body: body)
  }

  /// The state after the last entry of the last batch: what follows can be read from here on.
  package mutating func keyframe(_ state: State) throws -> KeyframeRecord {
    let keyframe = try Keyframe(state, memory: try encoder.endStretch())
    let base = base.flatMap { $0.depth + 1 < BatchMaker.deepest ? $0 : nil }
    let sequence = state.present.sequence
    let record = KeyframeRecord(
      sequence: sequence, instant: state.present.now, format: Keyframe.format,
      base: base?.sequence, body: keyframe.packed(from: base?.keyframe))
    self.base = (sequence, keyframe, (base?.depth ?? -1) + 1)
    return record
  }

  /// Some of what was made could not be written: what follows stands on nothing before it.
  package mutating func beginAnew() {
    self = BatchMaker()
  }
}
