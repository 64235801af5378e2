package import Fleet
package import Incident
package import Recording

/// A recording's state at any of its entries: the one owner of a past state.
///
/// It reads batches and keyframes as it needs them, and goes on from where it is where that is nearer
/// than a keyframe. The same entry is always the same state, whatever way led there.
package final class Player {
  package private(set) var state: State
  /// The entry that `state` is after; 0 before the first.
  package private(set) var sequence: UInt64 = 0
  private let archive: any Archive
  private var decoder = EntryDecoder()
  /// `decoder` cannot go on from here.
  private var isLost = true
  /// Entries of the last batch that are later than `sequence`, the next one last.
  private var ahead: [Entry] = []
  /// Batches that were read and not yet decoded, the next one last.
  private var waiting: [Batch] = []
  /// Keyframes that others are written from, the last used first.
  private var bases: [(sequence: UInt64, keyframe: Keyframe)] = []

  /// Parts of the history that keyframes have in common.
  private var chunks: [ContentHash: [UInt8]] = [:]

  /// What stands in the place of a decoder that is used elsewhere.
  private static let nothing = EntryDecoder()
  private static let chunksKept = 512
  /// Batches read at once: some seconds of most fleets.
  private static let batchesAtOnce = 64
  /// Batches that are gone through before another thread would have begun.
  private static let fewBatches = 4
  private static let basesKept = 8
  /// Entries that are gone through faster than a keyframe is read.
  private static let near: UInt64 = 2000

  /// - Parameter offset: where to begin; nil for the first entry.
  package init(_ archive: any Archive, at offset: Int64? = nil) throws {
    self.archive = archive
    guard let span = try archive.span() else { throw ReplayError("the recording is empty") }
    state = State(began: span.first)
    if let offset, try archive.sequence(atOrBefore: offset) != nil {
      try seek(toOffset: offset)
    } else {
      try begin()
      try goOn { $0.sequence <= span.firstSequence }
    }
  }

  package var now: Instant { state.present.now }

  /// Goes to the state after the entry of this sequence, or the nearest there is before it.
  ///
  /// - Parameter isPatient: asked before each entry; where it is not, the state stays on the way, and the
  ///   same seek goes on from there.
  package func seek(to target: UInt64, while isPatient: () -> Bool = { true }) throws {
    if isLost || target < sequence || target > sequence + 1 { try takeKeyframe(before: target) }
    if isLost || target < sequence { try begin() }
    try hurry(while: isPatient) { $0.first <= target }
    try goOn { $0.sequence <= target && isPatient() }
  }

  /// Goes to the state after the last entry at or before an offset of the session's clock.
  package func seek(toOffset offset: Int64, while isPatient: () -> Bool = { true }) throws {
    guard let near = try archive.sequence(atOrBefore: offset) else {
      guard let span = try archive.span() else { return }
      return try seek(to: span.firstSequence, while: isPatient)
    }
    if isLost || offset < now.offset || near > sequence {
      try takeKeyframe(before: near)
      if isLost || near < sequence || now.offset > offset { try begin() }
    }
    try hurry(while: isPatient) { $0.begin.offset <= offset }
    try goOn { $0.instant.offset <= offset && isPatient() }
  }

  /// Goes through batches that are wanted whole, while the next ones are being decoded.
  ///
  /// - Parameter isWanted: whether entries of a batch are; the last such batch is left.
  private func hurry(while isPatient: () -> Bool, _ isWanted: (Batch) -> Bool) throws {
    guard ahead.isEmpty else { return }
    while isPatient() {
      if waiting.count < 2 {
        let last = waiting.first?.last ?? sequence
        waiting =
          try archive.batches(after: last, limit: Player.batchesAtOnce).reversed() + waiting
      }
      var wanted: [Batch] = []
      var last = sequence
      // The batch after it begins in what is wanted: so it is wanted whole.
      while waiting.count > 1, isWanted(waiting[waiting.count - 2]),
        let batch = waiting.last, batch.first <= last + 1, batch.last > last
      {
        wanted.append(batch)
        last = batch.last
        waiting.removeLast()
      }
      guard wanted.count > Player.fewBatches else {
        waiting += wanted.reversed()
        return
      }
      var reading = Player.nothing
      swap(&reading, &decoder)
      let belt = DecodingBelt(reading, wanted)
      while let entries = belt.next() {
        for entry in entries where entry.sequence > sequence {
          state.apply(entry)
          sequence = entry.sequence
        }
      }
      do { decoder = try belt.finish() } catch {
        isLost = true
        waiting = []
        throw error
      }
      guard waiting.count == 1 else { return }
    }
  }

  /// Applies the entries that follow as long as they are wanted.
  ///
  /// - Parameter each: what is to be done after each of them.
  package func goOn(
    while isWanted: (Entry) -> Bool, each: (Entry, State) -> Void = { _, _ in }
  ) throws {
    while let next = try nextEntry() {
      guard isWanted(next) else { return }
      ahead.removeLast()
      state.apply(next)
      sequence = next.sequence
      each(next, state)
    }
  }

  /// The entry after this one; nil at the end.
  private func nextEntry() throws -> Entry? {
    if let next = ahead.last { return next }
    while ahead.isEmpty {
      if waiting.isEmpty {
        waiting = try archive.batches(after: sequence, limit: Player.batchesAtOnce).reversed()
      }
      guard let batch = waiting.popLast() else { return nil }
      if batch.first > sequence + 1, sequence > 0, try jump(over: batch) { continue }
      do {
        try decoder.decode(batch) { entry in
          if entry.sequence > sequence { ahead.append(entry) }
        }
      } catch {
        // What the decoder knew is not what was written: only a keyframe leads on.
        isLost = true
        ahead = []
        waiting = []
        throw error
      }
      ahead.reverse()
    }
    return ahead.last
  }

  /// Entries are missing before a batch: what holds after them is in a keyframe.
  private func jump(over batch: Batch) throws -> Bool {
    let sequence = batch.first - 1
    guard let record = try archive.keyframe(at: sequence), Keyframe.formats.contains(record.format)
    else { return false }
    try take(record)
    return true
  }

  // MARK: Keyframes

  /// Goes to the last keyframe before an entry, where that is nearer than what is here.
  private func takeKeyframe(before target: UInt64) throws {
    if !isLost, target >= sequence, target - sequence < Player.near { return }
    var limit = target
    while let record = try keyframe(atOrBefore: limit) {
      guard isLost || record.sequence > sequence || target < sequence else { return }
      do { return try take(record) } catch {
        // A damaged one is no loss: the one before it, and more entries, lead to the same.
        guard record.sequence > 0 else { return }
        limit = record.sequence - 1
      }
    }
  }

  /// Of the present form, else of one that is still read: a journal may go on after another Damcon's.
  private func keyframe(atOrBefore limit: UInt64) throws -> KeyframeRecord? {
    for format in Keyframe.formats {
      if let record = try archive.keyframe(atOrBefore: limit, format: format) { return record }
    }
    return nil
  }

  private func take(_ record: KeyframeRecord) throws {
    let keyframe = try Keyframe(
      unpacking: record.body, from: try record.base.map(base), format: record.format)
    var (state, decoder) = try keyframe.read(try keyframe.chunks.map(chunk))
    guard state.present.sequence == record.sequence else {
      throw ReplayError("a keyframe is of another entry than it says")
    }
    swap(&state, &self.state)
    swap(&decoder, &self.decoder)
    Discard((state, decoder)).begin()
    sequence = record.sequence
    ahead = []
    waiting = []
    isLost = false
  }

  /// What a keyframe refers to.
  private func chunk(_ name: Keyframe.ChunkName) throws -> [UInt8] {
    if let known = chunks[name.hash] { return known }
    guard let bytes = try archive.blob(name.hash) else {
      throw ReplayError("a part of the history is missing")
    }
    if chunks.count >= Player.chunksKept { chunks = [:] }
    chunks[name.hash] = bytes
    return bytes
  }

  /// Keyframes stand on one another a few deep; more is no recording of ours.
  private static let deepest = 16

  private func base(_ sequence: UInt64) throws -> Keyframe {
    try base(sequence, below: Player.deepest)
  }

  private func base(_ sequence: UInt64, below depth: Int) throws -> Keyframe {
    if let place = bases.firstIndex(where: { $0.sequence == sequence }) {
      let known = bases.remove(at: place)
      bases.insert(known, at: 0)
      return known.keyframe
    }
    guard depth > 0, let record = try archive.keyframe(at: sequence),
      record.base.map({ $0 < sequence }) ?? true
    else { throw ReplayError("a keyframe that another is written from is missing") }
    let keyframe = try Keyframe(
      unpacking: record.body, from: try record.base.map { try base($0, below: depth - 1) },
      format: record.format)
    bases.insert((sequence, keyframe), at: 0)
    if bases.count > Player.basesKept { bases.removeLast() }
    return keyframe
  }

  /// Goes to before the first entry.
  private func begin() throws {
    guard let span = try archive.span() else { return }
    // What retention left begins at a keyframe; a whole recording with its first entry.
    if span.firstSequence > 1, let record = try archive.keyframe(at: span.firstSequence - 1) {
      guard Keyframe.formats.contains(record.format) else {
        throw ReplayError(
          "it begins in the middle of a run, with a state in a form that this Damcon does not read "
            + "(\(record.format)); the one that wrote it replays it")
      }
      return try take(record)
    }
    state = State(began: span.first)
    decoder = EntryDecoder()
    sequence = 0
    ahead = []
    waiting = []
    isLost = false
  }
}
