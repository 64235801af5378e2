import Canonical
import Fleet
package import Incident

/// Makes batches of entries: each is told as a difference from what came before it.
package struct EntryEncoder: Sendable {
  private var pass: EntryPass<RangeEncoder>
  /// Entries of the batch that is being made.
  package private(set) var count = 0
  /// How the next batch begins.
  private var start = BatchStart.anew

  package init() { pass = EntryPass(RangeEncoder(), EntryMemory()) }

  /// Adds an entry to the batch that is being made.
  package mutating func append(_ entry: Entry) throws {
    _ = try pass.pass(entry, sequence: entry.sequence)
    count += 1
  }

  /// The body of the batch that was being made; nil where no entry was added.
  package mutating func finish() -> [UInt8]? {
    guard count > 0 else { return nil }
    let body = [start.rawValue] + pass.channel.finish()
    pass.begin(RangeEncoder())
    start = .onward
    count = 0
    return body
  }

  /// Ends a stretch: what follows can be read by who knows the memory. To be called between batches.
  ///
  /// - Parameter present: what the memory is kept beside.
  /// - Returns: the memory, for a keyframe.
  package mutating func endStretch(beside present: Present) throws -> [UInt8] {
    precondition(count == 0, "a stretch ends between two batches")
    pass.forgetHabits()
    if start != .anew { start = .stretch }
    return try pass.memory.bytes { present.counters(of: $0, epoch: $1) }
  }
}

/// What of the batches before it a batch is told as a difference from; its first byte.
enum BatchStart: UInt8 {
  /// All that they told.
  case onward = 0
  /// What was last known, but not what was expected: a keyframe stands before it.
  case stretch = 1
  /// Nothing: a run begins, or something before it is missing.
  case anew = 2
}

/// Reads batches in their order, from the first of a recording or from a keyframe on.
package struct EntryDecoder: Sendable {
  private var pass: EntryPass<RangeDecoder>

  package init() { pass = EntryPass(RangeDecoder([]), EntryMemory()) }

  /// Goes on from what a keyframe keeps.
  package init(memory bytes: [UInt8], beside present: Present) throws {
    try self.init(EntryMemory.read(bytes), beside: present)
  }

  init(_ read: (memory: EntryMemory, gaps: EntryMemory.Gaps), beside present: Present) throws {
    var memory = read.memory
    try memory.fill(read.gaps) { present.counters(of: $0, epoch: $1) }
    pass = EntryPass(RangeDecoder([]), memory)
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
    guard let start = batch.body.first.flatMap(BatchStart.init), batch.last >= batch.first,
      batch.last - batch.first < Self.entryLimit
    else { throw Malformed("this is no batch", at: 0) }
    switch start {
    case .onward: break
    case .stretch: pass.forgetHabits()
    case .anew:
      pass.memory = EntryMemory()
      pass.forgetHabits()
    }
    pass.begin(RangeDecoder(batch.body, from: 1), bytes: batch.body.count)
    for sequence in batch.first...batch.last {
      let entry = try pass.pass(nil, sequence: sequence)
      // No clock says so, and differences of such times are none.
      guard entry.instant.isOfAClock else {
        throw Malformed("an entry is of no time", at: 0)
      }
      try take(entry)
    }
    guard pass.memory.instant == batch.end else {
      throw Malformed("a batch ends at another time than it says", at: 0)
    }
  }
}
