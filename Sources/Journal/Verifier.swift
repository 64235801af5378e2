import Fleet
import Foundation
import GRDB
import Recording

/// Goes through a whole recording and tells what can be vouched for.
package enum Verifier {
  /// - Parameter heads: of its chain as they were kept elsewhere, as in the system log; the first one
  ///   that speaks against the file is told of, else the last.
  package static func verify(
    path: String, heads: [JournalHead] = []
  ) throws(JournalError) -> Verification {
    let connection: JournalConnection
    do {
      connection = try JournalConnection(reading: path)
    } catch {
      guard error.cause == .damaged else { throw error }
      return try damaged(path, error, nil)
    }
    do {
      return try connection.queue.read { db in
        var walk = Walk(db, path)
        return try walk.run(heads)
      }
    } catch let found as Walk.Found {
      guard found.error.cause == .damaged else { throw found.error }
      return try damaged(path, found.error, found.verification)
    } catch { throw JournalError(error, at: path) }
  }

  /// What is left is gone through page by page.
  private static func damaged(
    _ path: String, _ error: JournalError, _ found: Verification?
  ) throws(JournalError) -> Verification {
    var told = found ?? Verification.empty
    told.finding = .altered
    if told.place == nil { told.place = Verification.Place(what: error.flaw) }
    guard let glance = WrittenFile.glance(path) else { return told }
    if case .journal(let header) = glance, header.missing > 0, !JournalConnection.hasLog(path) {
      told.finding = .cut
    }
    let salvage: Salvage
    do {
      salvage = try Salvage(path: path, cause: told.place?.what ?? error.flaw)
    } catch {
      told.place?.what = error.flaw
      return told
    }
    let damage = salvage.damage
    told.damage = damage
    told.about = told.about ?? salvage.about
    let broken = [damage.stretches.first?.first, damage.breaks.first].compactMap(\.self).min()
    if told.place?.sequence == nil, let broken {
      told.place?.sequence = broken
      told.place?.instant = damage.stretches.first { $0.first == broken }?.before
    } else if told.place?.sequence == nil, told.finding == .cut, let last = salvage.span {
      // What the missing bytes held is not known; what is there ends here.
      told.place?.sequence = last.lastSequence + 1
      told.place?.instant = last.last
    }
    return told
  }
}

extension Verification {
  static var empty: Verification {
    Verification(
      finding: .intact, place: nil, witness: .none, about: nil, first: 0, begin: nil, end: nil,
      last: nil, batches: 0, audits: 0, keyframes: 0, blobs: 0, gaps: [], damage: nil)
  }
}

/// One look at every row.
private struct Walk {
  /// What had been seen when it went wrong.
  struct Found: Error {
    var error: JournalError
    var verification: Verification
  }

  private let db: Database
  private let rows: JournalReading
  private let path: String
  private var told = Verification.empty
  private var marks: [UInt64: Marks] = [:]

  init(_ db: Database, _ path: String) {
    self.db = db
    self.path = path
    rows = JournalReading(db)
  }

  mutating func run(_ heads: [JournalHead]) throws -> Verification {
    do {
      told.about = try rows.about()
      let anchor = try rows.anchorIfAny()
      guard let anchor, let link = try rows.aboutLink() else {
        guard anchor == nil, told.about == nil, try rows.start(after: 0) == nil else {
          throw RowFlaw("its beginning is missing")
        }
        return told
      }
      if anchor.sequence == 0, anchor.link != link {
        throw RowFlaw("the journal does not begin with what it says of itself")
      }
      try walkMarks(anchor)
      let seen = try walkBatches(anchor, heads)
      try walkKeyframes(anchor)
      try walkBlobs()
      told.witness = witness(heads, seen, anchor)
      return told
    } catch {
      throw Found(error: JournalError(error, at: path), verification: told)
    }
  }

  private mutating func walkMarks(_ anchor: Anchor) throws {
    var marks: [UInt64: Marks] = [:]
    try rows.each(MilestoneRow.columns, of: "milestone", by: "id") { values in
      let row = try MilestoneRow(values)
      if row.batch > anchor.sequence { marks[row.batch, default: Marks()].add(row) }
    }
    try rows.each(PulseRow.columns, of: "pulse", by: "id") { values in
      let row = try PulseRow(values)
      if row.batch > anchor.sequence { marks[row.batch, default: Marks()].add(row) }
    }
    self.marks = marks
  }

  /// - Returns: the links of the batches that heads are of.
  private mutating func walkBatches(
    _ anchor: Anchor, _ heads: [JournalHead]
  ) throws -> [UInt64: Link] {
    let wanted = Set(heads.map(\.sequence))
    var seen: [UInt64: Link] = [anchor.sequence: anchor.link]
    var previous: BatchRow?
    var link = anchor.link
    do {
      try rows.each(BatchRow.columns, of: "batch", by: "first", after: Int64(anchor.sequence)) {
        values in
        let row = try BatchRow(values)
        let reach = previous?.batch.last ?? anchor.sequence
        guard row.batch.first > reach, row.link == Chain.link(after: link, row.digest) else {
          let isMissing = row.batch.first > reach + 1
          throw RowFlaw(
            isMissing
              ? "entries \(reach + 1) to \(row.batch.first - 1) are missing"
              : "the chain does not hold at entry \(row.batch.first)")
        }
        guard row.marks == marks.removeValue(forKey: row.batch.first)?.digest else {
          throw RowFlaw(
            "the milestones of entry \(row.batch.first) are not those that were written")
        }
        if let previous {
          if row.batch.first > reach + 1 {
            told.gaps.append(
              RecordingGap(
                first: reach + 1, last: row.batch.first - 1, after: previous.batch.end,
                before: row.batch.begin))
          }
        } else {
          told.first = row.batch.first
          told.begin = row.batch.begin
        }
        link = row.link
        if wanted.contains(row.batch.last) { seen[row.batch.last] = link }
        told.batches += 1
        if row.batch.kind == .audit { told.audits += 1 }
        told.end = row.batch.end
        told.last = JournalHead(sequence: row.batch.last, link: link)
        previous = row
      }
      if let first = marks.keys.min() {
        throw RowFlaw("milestones are kept of entry \(first), whose batch is missing")
      }
    } catch {
      let error = JournalError(error, at: path)
      let next = (previous?.batch.last ?? anchor.sequence) + 1
      told.place = Verification.Place(
        what: error.flaw, sequence: next, instant: previous?.batch.end)
      throw error
    }
    return seen
  }

  private mutating func walkKeyframes(_ anchor: Anchor) throws {
    var sequences: [UInt64] = []
    try rows.each("sequence", of: "keyframe", by: "sequence", after: Int64(anchor.sequence) - 1) {
      var columns = ColumnReader($0, of: "a keyframe")
      sequences.append(try columns.natural())
    }
    for sequence in sequences {
      guard try rows.keyframe(sequence...sequence, format: nil, anchor) != nil else {
        throw RowFlaw("the keyframe after entry \(sequence) cannot be found")
      }
    }
    told.keyframes = sequences.count
  }

  private mutating func walkBlobs() throws {
    var used: Set<Int64> = []
    try rows.each(UsageRow.columns, of: "usage", by: "id") { used.insert(try UsageRow($0).id) }
    // Bytes that unpack to more than any journal's would keep this busy for ever.
    var allowance = (1 << 30) + 256 * (try size())
    let find = try db.cachedStatement(sql: "SELECT id FROM blob WHERE hash = ?")
    var count = 0
    try rows.each(BlobRow.columns, of: "blob", by: "id") { values in
      guard case .integer(let size)? = values.dropFirst(3).first, size >= 0, size <= allowance
      else {
        throw RowFlaw("kept values are larger than any journal's")
      }
      allowance -= Int(size)
      let row = try BlobRow(values)
      guard used.remove(row.id) != nil,
        try Int64.fetchOne(find, arguments: [Data(row.hash.bytes)]) == row.id
      else { throw RowFlaw("a kept value cannot be found by its name") }
      count += 1
    }
    guard used.isEmpty else { throw RowFlaw("a kept value is missing") }
    told.blobs = count
  }

  private func size() throws -> Int {
    let pages = try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
    return pages * (try Int.fetchOne(db, sql: "PRAGMA page_size") ?? 0)
  }

  private func witness(
    _ heads: [JournalHead], _ seen: [UInt64: Link], _ anchor: Anchor
  ) -> Verification.Witness {
    var result = Verification.Witness.none
    for head in heads {
      if head.sequence > told.last?.sequence ?? anchor.sequence { return .tailCut(head) }
      if let link = seen[head.sequence] {
        if link != head.link { return .rewritten(head) }
        result = .agrees(head)
      } else if head.sequence > anchor.sequence {
        return .rewritten(head)
      } else if result == .none {
        result = .older(head)
      }
    }
    return result
  }
}
