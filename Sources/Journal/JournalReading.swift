import Fleet
import Foundation
import GRDB
import Recording

/// Rows of a journal as they are read: each is known as what was written before anybody sees it.
struct JournalReading {
  private let db: Database

  init(_ db: Database) { self.db = db }

  func about() throws -> About? {
    let statement = try db.cachedStatement(sql: "SELECT \(AboutRow.columns) FROM about LIMIT 2")
    return try Row.fetchOne(statement).map { try AboutRow(SQLValue.row($0)).about }
  }

  func aboutLink() throws -> Link? {
    let statement = try db.cachedStatement(sql: "SELECT \(AboutRow.columns) FROM about LIMIT 2")
    return try Row.fetchOne(statement).map { try AboutRow(SQLValue.row($0)).link }
  }

  /// A file that only a ledger has been kept in has none yet.
  func anchorIfAny() throws -> Anchor? {
    let statement = try db.cachedStatement(sql: "SELECT \(Anchor.columns) FROM anchor LIMIT 1")
    return try Row.fetchOne(statement).map { try Anchor(SQLValue.row($0)) }
  }

  func anchor() throws -> Anchor {
    guard let anchor = try anchorIfAny() else { throw RowFlaw("its beginning is missing") }
    return anchor
  }

  // MARK: Batches

  /// The link of the last batch that ends at or before an entry.
  func link(before sequence: UInt64, _ anchor: Anchor) throws -> Link {
    let statement = try db.cachedStatement(
      sql: """
        SELECT first, count, link FROM batch WHERE first > ? AND first <= ?
        ORDER BY first DESC LIMIT 2
        """)
    let rows = try Row.fetchCursor(
      statement, arguments: [Int64(clamping: anchor.sequence), Int64(clamping: sequence)])
    while let row = try rows.next() {
      var columns = ColumnReader(SQLValue.row(row), of: "a batch")
      let first = try columns.natural()
      let count = try columns.natural()
      let link = try columns.link()
      // The one that holds the entry may go on beyond it.
      if count > 0, first.addingReportingOverflow(count - 1).partialValue <= sequence {
        return link
      }
    }
    return anchor.link
  }

  /// Batches from one that begins at or after `first` on, each bound to the one before it.
  func batches(from first: UInt64, _ anchor: Anchor, limit: Int) throws -> [BatchRow] {
    guard first > 0 else { return try batches(from: 1, anchor, limit: limit) }
    let from = max(first, anchor.sequence + 1)
    var previous = try link(before: from - 1, anchor)
    var reach = max(anchor.sequence, from - 1)
    let statement = try db.cachedStatement(
      sql: "SELECT \(BatchRow.columns) FROM batch WHERE first >= ? ORDER BY first LIMIT ?")
    let rows = try Row.fetchCursor(statement, arguments: [Int64(clamping: from), limit])
    var found: [BatchRow] = []
    while let row = try rows.next() {
      let batch = try BatchRow(SQLValue.row(row))
      guard batch.batch.first > reach, batch.link == Chain.link(after: previous, batch.digest)
      else {
        throw RowFlaw("the chain does not hold at entry \(batch.batch.first)")
      }
      previous = batch.link
      reach = batch.batch.last
      found.append(batch)
    }
    return found
  }

  /// The first entry of the batch that begins at or before an entry; nil where that is not kept.
  func start(atOrBefore sequence: UInt64, _ anchor: Anchor) throws -> UInt64? {
    let statement = try db.cachedStatement(
      sql: "SELECT first FROM batch WHERE first > ? AND first <= ? ORDER BY first DESC LIMIT 1")
    let start = try Int64.fetchOne(
      statement, arguments: [Int64(clamping: anchor.sequence), Int64(clamping: sequence)])
    return try start.map { try checked($0, in: anchor.sequence...sequence) }
  }

  func start(after sequence: UInt64) throws -> UInt64? {
    let statement = try db.cachedStatement(
      sql: "SELECT first FROM batch WHERE first > ? ORDER BY first LIMIT 1")
    let start = try Int64.fetchOne(statement, arguments: [Int64(clamping: sequence)])
    return try start.map { try checked($0, in: sequence...UInt64.max) }
  }

  /// Pages that do not fit together lead to rows that were not asked for.
  private func checked(_ start: Int64, in range: ClosedRange<UInt64>) throws(RowFlaw) -> UInt64 {
    guard start > 0, range.contains(UInt64(start)), UInt64(start) != range.lowerBound else {
      throw RowFlaw("the batch from entry \(start) on is out of its order")
    }
    return UInt64(start)
  }

  func batch(from first: UInt64, _ anchor: Anchor) throws -> BatchRow {
    guard let row = try batches(from: first, anchor, limit: 1).first, row.batch.first == first
    else {
      throw RowFlaw("the batch from entry \(first) on cannot be found")
    }
    return row
  }

  /// The batch that begins at or before an entry and goes on beyond it.
  func batch(holding sequence: UInt64, _ anchor: Anchor) throws -> BatchRow? {
    guard let start = try start(atOrBefore: sequence, anchor) else { return nil }
    let row = try batch(from: start, anchor)
    return row.batch.last > sequence ? row : nil
  }

  func firstBatch(after anchor: Anchor) throws -> BatchRow? {
    try batches(from: anchor.sequence + 1, anchor, limit: 1).first
  }

  func lastBatch(after anchor: Anchor) throws -> BatchRow? {
    guard let start = try start(atOrBefore: .max, anchor) else { return nil }
    return try batch(from: start, anchor)
  }

  /// Those that hold entries after one, at most so many; that there are none has to be so.
  func batches(after sequence: UInt64, _ anchor: Anchor, limit: Int) throws -> [Batch] {
    let start = try start(atOrBefore: sequence + 1, anchor)
    // The one that holds the entry may end with it.
    let rows = try batches(
      from: start ?? anchor.sequence + 1, anchor, limit: limit < .max ? limit + 1 : limit)
    let found = rows.map(\.batch).drop { $0.last <= sequence }.prefix(limit)
    if found.count < limit, let last = try self.start(atOrBefore: .max, anchor) {
      guard last <= found.last?.first ?? sequence else {
        throw RowFlaw("entries after \(found.last?.last ?? sequence) cannot be found")
      }
    }
    return Array(found)
  }

  /// The last entry of the last batch that is over by then; the first of the one that is not.
  ///
  /// Offsets go up with the entries, so that it is found by halving.
  func sequence(atOrBefore offset: Int64, _ anchor: Anchor) throws -> UInt64? {
    guard let first = try start(after: anchor.sequence),
      let last = try start(atOrBefore: .max, anchor)
    else { return nil }
    let statement = try db.cachedStatement(sql: "SELECT offset FROM batch WHERE first = ?")
    func begin(_ first: UInt64) throws -> Int64 {
      guard let begin = try Int64.fetchOne(statement, arguments: [Int64(clamping: first)]) else {
        throw RowFlaw("the batch from entry \(first) on cannot be found")
      }
      return begin
    }
    guard try begin(first) <= offset else {
      // Nothing is before it, if that is what was written.
      guard try batch(from: first, anchor).batch.begin.offset > offset else {
        throw RowFlaw("the batch from entry \(first) on is not as it was written")
      }
      return nil
    }
    var low = first
    var high = last
    while low < high {
      let middle = low + (high - low) / 2 + 1
      guard let start = try start(atOrBefore: middle, anchor), start > low else {
        // None begins between them: the next is the other half's.
        guard let next = try start(after: low), next <= high, try begin(next) <= offset else {
          break
        }
        low = next
        continue
      }
      if try begin(start) <= offset { low = start } else { high = start - 1 }
    }
    let rows = try batches(from: low, anchor, limit: 2)
    guard let found = rows.first?.batch, found.first == low, found.begin.offset <= offset,
      rows.count < 2 ? low == last : rows[1].batch.begin.offset > offset
    else { throw RowFlaw("batches are not in the order of their time") }
    return found.end.offset <= offset ? found.last : found.first
  }

  // MARK: Keyframes and values

  func nextKeyframe(after sequence: UInt64, format: Int) throws -> UInt64? {
    let statement = try db.cachedStatement(
      sql:
        "SELECT sequence FROM keyframe WHERE sequence > ? AND format = ? ORDER BY sequence LIMIT 1")
    return try UInt64.fetchOne(statement, arguments: [Int64(clamping: sequence), format])
  }

  /// The last keyframe in a range, of one format or of any.
  func keyframe(
    _ range: ClosedRange<UInt64>, format: Int?, _ anchor: Anchor
  ) throws -> KeyframeRecord? {
    let statement = try db.cachedStatement(
      sql: """
        SELECT \(KeyframeRow.columns) FROM keyframe
        WHERE sequence >= ? AND sequence <= ? AND format = ifnull(?, format)
        ORDER BY sequence DESC LIMIT 1
        """)
    let lowest = max(range.lowerBound, anchor.sequence)
    guard
      let row = try Row.fetchOne(
        statement,
        arguments: [Int64(clamping: lowest), Int64(clamping: range.upperBound), format])
    else { return nil }
    let keyframe = try KeyframeRow(SQLValue.row(row))
    let followed = try link(before: keyframe.keyframe.sequence, anchor)
    guard keyframe.link == Chain.link(after: followed, keyframe.digest) else {
      throw RowFlaw(
        "the keyframe after entry \(keyframe.keyframe.sequence) is not one of these entries")
    }
    return keyframe.keyframe
  }

  func blob(_ hash: ContentHash) throws -> [UInt8]? {
    let statement = try db.cachedStatement(
      sql: "SELECT \(BlobRow.columns) FROM blob WHERE hash = ?")
    guard let row = try Row.fetchOne(statement, arguments: [Data(hash.bytes)]) else { return nil }
    let blob = try BlobRow(SQLValue.row(row))
    guard blob.hash == hash else { throw RowFlaw("a kept value is not as it was written") }
    return blob.bytes
  }

  // MARK: Whole tables

  /// Every row of a table in the order of its key, which must go up: pages that were put into a circle
  /// would never end.
  func each(
    _ columns: String, of table: String, by key: String, after start: Int64 = .min,
    _ body: ([SQLValue]) throws -> Void
  ) throws {
    let statement = try db.cachedStatement(
      sql: "SELECT \(columns) FROM \(table) WHERE \(key) > ? ORDER BY \(key)")
    let rows = try Row.fetchCursor(statement, arguments: [start])
    var last: Int64?
    while let row = try rows.next() {
      let values = SQLValue.row(row)
      guard case .integer(let key)? = values.first, last.map({ $0 < key }) ?? true else {
        throw RowFlaw("the rows of \(table) are not in their order")
      }
      last = key
      try body(values)
    }
  }
}
