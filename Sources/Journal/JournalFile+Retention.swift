import Fleet
import GRDB
import Recording

extension JournalFile {
  /// Rows that go at once, so that no step is a long one.
  private static let rows = 100
  /// Values looked at in a step.
  private static let values = 1000
  /// Free pages that stay, for what is written next: four megabytes.
  private static let spare = 512
  /// Free pages given back in a step.
  private static let given = 128

  /// Lets go of what is older or more than is to be kept, a few rows at a call.
  ///
  /// What is kept begins right after a keyframe that stands by itself, at every moment: first the
  /// journal's beginning moves there in one step, and then what is before it goes. The beginning keeps
  /// the link that the first batch comes after, so that the rest can be verified as before. What the
  /// ledger keeps stays.
  ///
  /// - Returns: whether there is more to do.
  package func trim(_ retention: Retention) throws(JournalError) -> Bool {
    do {
      return try connection.queue.inDatabase { db in
        if tail.isTrimming {
          tail.isTrimming = try transaction(db) { try drop(db) }
          return true
        }
        if try advance(retention, db) { return true }
        return try giveBack(db)
      }
    } catch { throw JournalError(error, at: path) }
  }

  // MARK: The beginning

  /// Moves the beginning to the next keyframe that stands by itself, where that is old enough or there
  /// is too much.
  private func advance(_ retention: Retention, _ db: Database) throws -> Bool {
    guard let end = tail.instant else { return false }
    let statement = try db.cachedStatement(
      sql: """
        SELECT sequence, offset FROM keyframe WHERE base IS NULL AND sequence > ? AND sequence <= ?
        ORDER BY sequence LIMIT 1
        """)
    guard
      let row = try Row.fetchOne(
        statement, arguments: [Int64(tail.anchor.sequence), Int64(tail.sequence)])
    else { return false }
    var columns = ColumnReader(SQLValue.row(row), of: "a keyframe")
    let sequence = try columns.natural()
    let offset = try columns.integer()
    let age = Double(end.offset) / 1e9 - Double(offset) / 1e9
    guard try age >= retention.age || size(db) > retention.bytes else { return false }
    let reading = JournalReading(db)
    // A keyframe amid a batch is no place to begin: the next one is.
    let anchor = try reading.batch(holding: sequence, tail.anchor).map {
      Anchor(sequence: $0.batch.last, link: $0.link)
    }
    let next = Anchor(
      sequence: anchor?.sequence ?? sequence,
      link: try anchor?.link ?? reading.link(before: sequence, tail.anchor))
    let isAmid = next.sequence != sequence
    try transaction(db) {
      try move(next, db)
      if isAmid {
        try db.execute(sql: "DELETE FROM keyframe WHERE sequence = ?", arguments: [Int64(sequence)])
      }
      try dropOrphans(from: isAmid ? next.sequence : sequence, db)
    }
    tail.anchor = next
    tail.isTrimming = true
    tail.swept = 0
    return true
  }

  /// Keyframes that are differences from one that goes tell nothing.
  private func dropOrphans(from sequence: UInt64, _ db: Database) throws {
    repeat {
      try db.cachedStatement(
        sql: """
          DELETE FROM keyframe WHERE sequence >= ?1 AND base IS NOT NULL AND
          NOT EXISTS (SELECT 1 FROM keyframe AS other
            WHERE other.sequence = keyframe.base AND other.sequence >= ?1)
          """
      ).execute(arguments: [Int64(sequence)])
    } while db.changesCount > 0
  }

  /// Bytes in use.
  private func size(_ db: Database) throws -> Int {
    let pages = try Int.fetchOne(db.cachedStatement(sql: "PRAGMA page_count")) ?? 0
    let free = try Int.fetchOne(db.cachedStatement(sql: "PRAGMA freelist_count")) ?? 0
    return (pages - free) * JournalSchema.pageSize
  }

  // MARK: What is before it

  /// - Returns: whether anything may be left.
  private func drop(_ db: Database) throws -> Bool {
    let anchor = Int64(tail.anchor.sequence)
    var count = 0
    func run(_ sql: String) throws {
      try db.cachedStatement(sql: sql).execute(arguments: [anchor])
      count += db.changesCount
    }
    let rows = JournalFile.rows
    try run(
      """
      DELETE FROM batch WHERE first IN
      (SELECT first FROM batch WHERE first <= ? ORDER BY first LIMIT \(rows))
      """)
    try run(
      """
      DELETE FROM keyframe WHERE sequence IN
      (SELECT sequence FROM keyframe WHERE sequence < ? ORDER BY sequence LIMIT \(rows / 10))
      """)
    // Both are written in the order of their batches, so that the first rows are the oldest.
    for table in ["milestone", "pulse"] {
      try run(
        """
        DELETE FROM \(table) WHERE batch <= ? AND id IN
        (SELECT id FROM \(table) ORDER BY id LIMIT \(rows))
        """)
    }
    return try sweep(db) || count > 0
  }

  /// Drops values that nothing kept refers to.
  private func sweep(_ db: Database) throws -> Bool {
    let statement = try db.cachedStatement(
      sql: "SELECT \(UsageRow.columns) FROM usage WHERE id > ? ORDER BY id LIMIT ?")
    let rows = try Row.fetchAll(statement, arguments: [tail.swept, JournalFile.values])
    var dropped = 0
    for row in rows {
      let usage = try UsageRow(SQLValue.row(row))
      tail.swept = usage.id
      guard usage.last < tail.anchor.sequence else { continue }
      try db.cachedStatement(sql: "DELETE FROM blob WHERE id = ?").execute(arguments: [usage.id])
      try db.cachedStatement(sql: "DELETE FROM usage WHERE id = ?").execute(arguments: [usage.id])
      dropped += 1
      if dropped == JournalFile.rows { return true }
    }
    return rows.count == JournalFile.values
  }

  /// Makes the file smaller where much of it is free.
  private func giveBack(_ db: Database) throws -> Bool {
    let free = try Int.fetchOne(db.cachedStatement(sql: "PRAGMA freelist_count")) ?? 0
    guard free > JournalFile.spare else { return false }
    try db.execute(sql: "PRAGMA incremental_vacuum(\(JournalFile.given))")
    return true
  }
}
