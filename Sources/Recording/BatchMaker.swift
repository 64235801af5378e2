package import Fleet
package import Incident

/// Makes what is written of entries and states as they come: batches, and keyframes between them.
package struct BatchMaker {
  private var encoder: EntryEncoder
  private var first: (sequence: UInt64, instant: Instant)?
  private var end = Instant(wall: 0, offset: 0)
  private var last: UInt64 = 0
  /// Keyframes that the next ones can be written from, each from the one before it in this list.
  private var bases: [(number: Int, sequence: UInt64, keyframe: Keyframe)] = []
  /// What the last keyframe referred to.
  private var chunks: Set<ContentHash> = []
  private var number = 0

  /// From one keyframe that stands by itself to the next. Those between stand on the one whose number
  /// is theirs without its lowest bit: near enough to be alike, and few on one another, for each is a
  /// step of a seek.
  private static let round = 32

  /// Nanoseconds from one keyframe to the next: the longest way that a seek goes by entries.
  private static let keyframeEvery: Int64 = 50_000_000_000

  /// Whether it is time for a keyframe, by offsets in nanoseconds.
  package static func isKeyframeDue(at now: Int64, since last: Int64) -> Bool {
    func number(_ offset: Int64) -> Int64 {
      let (whole, rest) = offset.quotientAndRemainder(dividingBy: keyframeEvery)
      return rest < 0 ? whole - 1 : whole
    }
    return number(now) != number(last)
  }

  package init() { encoder = EntryEncoder() }

  /// Entries that no batch holds yet.
  package var count: Int { encoder.count }

  package mutating func add(_ entry: Entry) throws {
    try encoder.append(entry)
    if count == 1 { first = (entry.sequence, entry.instant) }
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

  /// A keyframe with what it refers to.
  package struct Made: Sendable {
    package let record: KeyframeRecord
    /// Values that no keyframe before it referred to.
    package let blobs: [[UInt8]]
    /// The names of those that the one before it referred to as well.
    package let uses: [ContentHash]
  }

  /// The state after the last entry of the last batch: what follows can be read from here on.
  package mutating func keyframe(_ state: State) throws -> Made {
    let memory = try encoder.endStretch(beside: state.present)
    let (keyframe, values) = try Keyframe.make(of: state, memory: memory)
    let sequence = state.present.sequence
    bases.removeAll { number % BatchMaker.round == 0 || $0.number > number & (number - 1) }
    let record = KeyframeRecord(
      sequence: sequence, instant: state.present.now, format: Keyframe.format,
      base: bases.last?.sequence, body: keyframe.packed(from: bases.last?.keyframe))
    bases.append((number, sequence, keyframe))
    number += 1
    let hashes = keyframe.chunks.map(\.hash)
    let known = chunks
    chunks = Set(hashes)
    return Made(
      record: record, blobs: zip(hashes, values).filter { !known.contains($0.0) }.map(\.1),
      uses: hashes.filter(known.contains))
  }

  /// Some of what was made could not be written: what follows stands on nothing before it.
  package mutating func beginAnew() {
    self = BatchMaker()
  }
}
