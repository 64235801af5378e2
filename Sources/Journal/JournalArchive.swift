import Fleet
import GRDB
package import Incident
package import Recording
import Synchronization

/// A recording as it is read, by any number of readers at once and while it is being written.
///
/// Whatever it gives is what was written: a batch holds in the chain, a keyframe follows the entries
/// that it is of, a value has its name. Where that fails, or pages are missing, it goes on with what can
/// still be read, and `damage` tells what cannot.
///
/// Where a batch does not follow on the one before, entries are missing: what is told of afterwards is
/// right from the next keyframe on.
package final class JournalArchive: Archive {
  package let path: String
  private let source: Mutex<Source>

  private enum Source {
    case database(JournalConnection)
    case salvage(Salvage)
  }

  /// Opens a recording.
  ///
  /// A damaged one is opened for what is left of it; it is an error where nothing is.
  package init(path: String) throws(JournalError) {
    self.path = path
    let opened: Source
    do {
      opened = .database(try JournalConnection(reading: path))
    } catch {
      guard error.cause == .damaged, WrittenFile.glance(path) != nil else { throw error }
      opened = .salvage(try Salvage(path: path, cause: error.flaw))
    }
    source = Mutex(opened)
  }

  /// What is gone, as far as it was come upon; nil while all that was read is as it was written.
  package var damage: Damage? {
    source.withLock { source in
      guard case .salvage(let salvage) = source else { return nil }
      return salvage.damage
    }
  }

  package func about() throws -> About? {
    try read {
      try $0.about()
    } orElse: {
      $0.about
    }
  }

  /// Where the chain stands at the end.
  package func head() throws -> JournalHead? {
    try read { rows in
      guard let anchor = try rows.anchorIfAny() else { return nil }
      return try rows.lastBatch(after: anchor).map {
        JournalHead(sequence: $0.batch.last, link: $0.link)
      }
    } orElse: {
      $0.head
    }
  }

  /// Where the chain stood after the batch that ends with this entry; nil where none does.
  package func head(at sequence: UInt64) throws -> JournalHead? {
    try read { rows in
      guard let anchor = try rows.anchorIfAny(),
        let start = try rows.start(atOrBefore: sequence, anchor)
      else { return nil }
      let row = try rows.batch(from: start, anchor)
      return row.batch.last == sequence ? JournalHead(sequence: sequence, link: row.link) : nil
    } orElse: {
      $0.head(at: sequence)
    }
  }

  // MARK: Archive

  package func span() throws -> RecordingSpan? {
    try read { rows in
      guard let anchor = try rows.anchorIfAny(), let last = try rows.lastBatch(after: anchor),
        let first = try rows.firstBatch(after: anchor)
      else { return nil }
      return RecordingSpan(
        firstSequence: first.batch.first, lastSequence: last.batch.last, first: first.batch.begin,
        last: last.batch.end)
    } orElse: {
      $0.span
    }
  }

  package func keyframe(atOrBefore sequence: UInt64, format: Int) throws -> KeyframeRecord? {
    try read { rows in
      guard let anchor = try rows.anchorIfAny() else { return nil }
      return try rows.keyframe(0...sequence, format: format, anchor)
    } orElse: {
      try $0.keyframe(0...sequence, format: format)
    }
  }

  package func keyframe(at sequence: UInt64) throws -> KeyframeRecord? {
    try read { rows in
      guard let anchor = try rows.anchorIfAny() else { return nil }
      return try rows.keyframe(sequence...sequence, format: nil, anchor)
    } orElse: {
      try $0.keyframe(sequence...sequence, format: nil)
    }
  }

  /// The first keyframe after an entry, of any format: where to go on after entries that are missing.
  package func keyframe(after sequence: UInt64, format: Int) throws -> KeyframeRecord? {
    guard sequence < .max else { return nil }
    return try read { rows in
      guard let anchor = try rows.anchorIfAny(),
        let next = try rows.nextKeyframe(after: sequence, format: format)
      else { return nil }
      return try rows.keyframe(next...next, format: format, anchor)
    } orElse: {
      try $0.nextKeyframe(after: sequence, format: format)
    }
  }

  /// Exact to a batch: where the offset lies within one, the first of its entries.
  package func sequence(atOrBefore offset: Int64) throws -> UInt64? {
    try read { rows in
      guard let anchor = try rows.anchorIfAny() else { return nil }
      return try rows.sequence(atOrBefore: offset, anchor)
    } orElse: {
      $0.sequence(atOrBefore: offset)
    }
  }

  package func batches(after sequence: UInt64, limit: Int) throws -> [Batch] {
    guard limit > 0, sequence < .max else { return [] }
    return try read { rows in
      guard let anchor = try rows.anchorIfAny() else { return [] }
      return try rows.batches(after: sequence, anchor, limit: limit)
    } orElse: {
      try $0.batches(after: sequence, limit: limit)
    }
  }

  package func blob(_ hash: ContentHash) throws -> [UInt8]? {
    try read {
      try $0.blob(hash)
    } orElse: {
      $0.blob(hash)
    }
  }

  package func milestones() throws -> [Milestone] {
    let found = try read { rows -> [Milestone] in
      guard let anchor = try rows.anchorIfAny() else { return [] }
      var found: [Milestone] = []
      try rows.each(MilestoneRow.columns, of: "milestone", by: "id") { values in
        let row = try MilestoneRow(values)
        if row.batch > anchor.sequence { found.append(row.milestone) }
      }
      return found
    } orElse: {
      $0.milestones
    }
    return found.enumerated()
      .sorted { ($0.element.sequence, $0.offset) < ($1.element.sequence, $1.offset) }
      .map(\.element)
  }

  package func pulses() throws -> [Pulse] {
    try read { rows in
      guard let anchor = try rows.anchorIfAny() else { return [] }
      var found: [Pulse] = []
      try rows.each(PulseRow.columns, of: "pulse", by: "id") { values in
        let row = try PulseRow(values)
        if row.batch > anchor.sequence { found.append(row.pulse) }
      }
      return found
    } orElse: {
      $0.pulses
    }
  }

  // MARK: Sources

  /// Asks the database; once that has shown itself damaged, what was salvaged.
  private func read<Value>(
    _ ask: (JournalReading) throws -> Value, orElse salvaged: (Salvage) throws -> Value
  ) throws -> Value {
    switch source.withLock({ $0 }) {
    case .database(let connection):
      do {
        return try connection.queue.read { try ask(JournalReading($0)) }
      } catch {
        let error = JournalError(error, at: path)
        guard error.cause == .damaged else { throw error }
        return try salvaged(try salvage(error))
      }
    case .salvage(let salvage): return try salvaged(salvage)
    }
  }

  private func salvage(_ error: JournalError) throws -> Salvage {
    try source.withLock { source in
      if case .salvage(let salvage) = source { return salvage }
      // One that this process writes stays as it is, and its damage is an error.
      guard WrittenFile.glance(path) != nil else { throw error }
      let salvage = try Salvage(path: path, cause: error.flaw)
      source = .salvage(salvage)
      return salvage
    }
  }
}
