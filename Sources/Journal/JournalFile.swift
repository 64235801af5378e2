package import Fleet
import Foundation
import GRDB
import Recording

/// Where a journal ends: what comes next has a higher sequence and is no earlier.
package struct JournalEnd: Sendable, Hashable {
  package var sequence: UInt64
  package var instant: Instant
}

/// A fleet's journal, open to be written: entries in batches that are bound to one another, keyframes,
/// values kept by their names, and the indexes of a timeline.
///
/// One process alone has it so; any number may read it meanwhile through a `JournalArchive`. Every verb
/// waits for the disk, so it belongs to a thread that nobody waits for.
package final class JournalFile: Sendable {
  package let path: String
  package let about: About
  let connection: JournalConnection
  let heads: (any HeadLog)?
  let log: LogSync
  private let lock: JournalLock
  /// Touched on the connection's queue alone.
  nonisolated(unsafe) var tail: Tail

  /// What the next thing to be written comes after.
  struct Tail {
    var anchor: Anchor
    /// The last entry, its instant, and the link of its batch; at first the anchor's.
    var sequence: UInt64
    var instant: Instant?
    var link: Link
    /// The last entry that anything is about: a keyframe may stand after a gap.
    var reach: UInt64
    var nextMilestone: Int64
    var nextPulse: Int64
    /// Whether rows before the anchor may be left.
    var isTrimming = true
    /// Values up to this one were looked at for being still in use.
    var swept: Int64 = 0
  }

  /// Opens the journal at `path`, making it where there is none; its folder must be there.
  ///
  /// - Parameters:
  ///   - about: what a new one says of itself; one that is there keeps its own.
  ///   - heads: who is told of each audit entry's place in the chain.
  package init(
    path: String, about: About, heads: (any HeadLog)? = SystemLog()
  ) throws(JournalError) {
    self.path = path
    self.heads = heads
    let now = Int64(Date().timeIntervalSince1970 * 1e9)
    lock = try JournalLock(path, now: now)
    connection = try JournalConnection(writing: path, isOwner: true)
    log = LogSync(path)
    do {
      (self.about, tail) = try connection.queue.inDatabase { db in
        let about = try JournalFile.about(about, db)
        return (about.about, try JournalFile.tail(db))
      }
    } catch { throw JournalError(error, at: path) }
  }

  deinit { heads?.finish() }

  /// The last entry, for the next run to go on from; nil while there is none.
  package var end: JournalEnd? {
    connection.queue.inDatabase { _ in
      tail.instant.map { JournalEnd(sequence: max(tail.sequence, tail.reach), instant: $0) }
    }
  }

  /// Where the chain stands.
  package var head: JournalHead {
    connection.queue.inDatabase { _ in JournalHead(sequence: tail.sequence, link: tail.link) }
  }

  /// Ends it: nothing can be written through this any more. What the log holds is put into the file.
  package func close() throws(JournalError) {
    heads?.finish()
    do {
      try connection.queue.close()
    } catch { throw JournalError(error, at: path) }
  }

  /// Lets the file grow to so many of SQLite's pages and no further.
  package func limit(pages: Int) throws {
    try connection.queue.inDatabase { db in
      _ = try Int.fetchOne(db, sql: "PRAGMA max_page_count = \(pages)")
    }
  }

  // MARK: Opening

  /// What the file says of itself, said now where nobody has.
  private static func about(_ about: About, _ db: Database) throws -> AboutRow {
    if let row = try Row.fetchOne(db, sql: "SELECT \(AboutRow.columns) FROM about") {
      return try AboutRow(SQLValue.row(row))
    }
    let row = AboutRow(about)
    let anchor = Anchor(sequence: 0, link: row.link)
    try db.inTransaction(.immediate) {
      try db.execute(
        sql: "INSERT INTO about (\(AboutRow.columns)) VALUES (1, ?, ?, ?, ?, ?, ?, ?)",
        arguments: [
          Data(row.identity), Data(about.fleet.utf8), Data(about.madeBy.utf8), about.made,
          Int64(about.kind.rawValue), row.statement.map { Data($0) }, Data(row.link.bytes),
        ])
      try db.execute(
        sql: "INSERT INTO anchor (\(Anchor.columns)) VALUES (1, ?, ?, ?)",
        arguments: [Int64(anchor.sequence), Data(anchor.link.bytes), anchor.seal])
      return .commit
    }
    return row
  }

  private static func tail(_ db: Database) throws -> Tail {
    let rows = JournalReading(db)
    let anchor = try rows.anchor()
    let last = try rows.lastBatch(after: anchor)
    let keyframe = try Int64.fetchOne(db, sql: "SELECT max(sequence) FROM keyframe") ?? 0
    let sequence = last?.batch.last ?? anchor.sequence
    return Tail(
      anchor: anchor, sequence: sequence, instant: last?.batch.end, link: last?.link ?? anchor.link,
      reach: max(sequence, UInt64(clamping: keyframe)),
      nextMilestone: (try Int64.fetchOne(db, sql: "SELECT max(id) FROM milestone") ?? 0) + 1,
      nextPulse: (try Int64.fetchOne(db, sql: "SELECT max(id) FROM pulse") ?? 0) + 1)
  }
}
