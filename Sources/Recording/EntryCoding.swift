import Canonical
package import Incident

/// Makes batches of entries: each is told as a difference from what came before it.
package struct EntryEncoder {
  private var pass: EntryPass<RangeEncoder>
  /// Entries of the batch that is being made.
  package private(set) var count = 0
  /// The next batch begins without habits.
  private var begins = true

  package init() { pass = EntryPass(RangeEncoder(), EntryMemory()) }

  /// Goes on from what a keyframe keeps.
  package init(memory bytes: [UInt8]) throws {
    pass = EntryPass(RangeEncoder(), try EntryMemory(bytes: bytes))
  }

  /// Adds an entry to the batch that is being made.
  package mutating func append(_ entry: Entry) throws {
    _ = try pass.pass(entry, sequence: entry.sequence)
    count += 1
  }

  /// The body of the batch that was being made; nil where no entry was added.
  package mutating func finish() -> [UInt8]? {
    guard count > 0 else { return nil }
    let body = [begins ? 1 : 0] + pass.channel.finish()
    pass.begin(RangeEncoder())
    begins = false
    count = 0
    return body
  }

  /// Ends a stretch: what follows can be read by who knows the memory. To be called between batches.
  ///
  /// - Returns: the memory, for a keyframe.
  package mutating func endStretch() throws -> [UInt8] {
    precondition(count == 0, "a stretch ends between two batches")
    pass.forgetHabits()
    begins = true
    return try pass.memory.bytes()
  }
}

/// Reads batches in their order, from the first of a recording or from a keyframe on.
package struct EntryDecoder {
  private var pass: EntryPass<RangeDecoder>

  package init() { pass = EntryPass(RangeDecoder([]), EntryMemory()) }

  package init(memory bytes: [UInt8]) throws {
    pass = EntryPass(RangeDecoder([]), try EntryMemory(bytes: bytes))
  }

  /// More entries in a second than any fleet makes.
  private static let entryLimit: UInt64 = 1_000_000

  /// The entries of a batch. After an error nothing can be read but from another keyframe on.
  package mutating func entries(of batch: Batch) throws -> [Entry] {
    var entries: [Entry] = []
    try decode(batch) { entries.append($0) }
    return entries
  }

  /// Hands over the entries of a batch, one after another.
  package mutating func decode(_ batch: Batch, _ take: (Entry) throws -> Void) throws {
    guard let flags = batch.body.first, flags <= 1, batch.last >= batch.first,
      batch.last - batch.first < Self.entryLimit
    else { throw Malformed("this is no batch", at: 0) }
    if flags == 1 { pass.forgetHabits() }
    pass.begin(RangeDecoder(batch.body, from: 1), bytes: batch.body.count)
    for sequence in batch.first...batch.last { try take(try pass.pass(nil, sequence: sequence)) }
    guard pass.memory.instant == batch.end else {
      throw Malformed("a batch ends at another time than it says", at: 0)
    }
  }
}
