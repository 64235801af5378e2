import Fleet
import Foundation
import GRDB
import Health
import Incident
package import Recording

extension JournalFile {
  /// Writes a page, all of it or nothing.
  ///
  /// When it returns, the page is there for every reader and outlives this process; an audit entry
  /// outlives a power cut too, and other entries do so within a second.
  package func append(_ page: JournalPage) throws(JournalError) {
    do {
      try connection.queue.inDatabase { db in
        try check(page)
        let isAudit = page.batch?.kind == .audit
        // SQLite takes this when the statement is made, so that it cannot be kept.
        if isAudit { try db.execute(sql: "PRAGMA synchronous = FULL") }
        defer { if isAudit { try? db.execute(sql: "PRAGMA synchronous = NORMAL") } }
        let values = try kept(page, db)
        tail = try transaction(db) { try write(page, values, db) }
        if isAudit {
          heads?.tell(JournalHead(sequence: tail.sequence, link: tail.link), of: about.fleet)
        } else {
          log.synchronize()
        }
      }
    } catch { throw JournalError(error, at: path) }
  }

  /// Which of these values are not kept, and have to be given with what refers to them.
  package func missing(_ hashes: [ContentHash]) throws(JournalError) -> [ContentHash] {
    do {
      return try connection.queue.inDatabase { db in
        try hashes.filter { try id(of: $0, db) == nil }
      }
    } catch { throw JournalError(error, at: path) }
  }

  func transaction<Value>(_ db: Database, _ body: () throws -> Value) throws -> Value {
    try db.cachedStatement(sql: "BEGIN IMMEDIATE").execute()
    do {
      let value = try body()
      try db.cachedStatement(sql: "COMMIT").execute()
      return value
    } catch {
      // A disk that is full may have ended it already.
      if db.isInsideTransaction { try? db.cachedStatement(sql: "ROLLBACK").execute() }
      throw error
    }
  }

  private func check(_ page: JournalPage) throws(JournalError) {
    func refuse(_ what: String) -> JournalError { JournalError(path, what, .misused) }
    let keyframe = page.keyframe?.sequence
    if let batch = page.batch {
      let reach = keyframe.map { $0 < batch.first ? max($0, tail.reach) : tail.reach } ?? tail.reach
      guard batch.first > reach, batch.last >= batch.first, batch.last <= UInt64(Int64.max) else {
        throw refuse(
          "entries \(batch.first) to \(batch.last) cannot come after entry \(reach)")
      }
      guard batch.begin.offset >= tail.instant?.offset ?? .min,
        batch.end.offset >= batch.begin.offset
      else { throw refuse("entries from \(batch.first) on would go back in time") }
    }
    if let keyframe {
      guard keyframe <= UInt64(Int64.max), keyframe >= tail.anchor.sequence || isNew else {
        throw refuse("a keyframe after entry \(keyframe) would be before all that is kept")
      }
    }
  }

  /// Whether nothing has been written: it may begin anywhere.
  private var isNew: Bool { tail.instant == nil && tail.reach == tail.anchor.sequence }

  // MARK: Values

  private enum Value {
    case kept(Int64)
    case new(ContentHash, size: Int, BlobRow.Form, [UInt8])
  }

  /// Packs what is not there yet, before anybody else has to wait for the file.
  private func kept(_ page: JournalPage, _ db: Database) throws -> [Value] {
    var seen: Set<ContentHash> = []
    var values: [Value] = []
    for bytes in [page.blobs, page.enclosed.flatMap(\.values)].joined() {
      let hash = ContentHash(of: bytes)
      guard seen.insert(hash).inserted else { continue }
      if let id = try id(of: hash, db) {
        values.append(.kept(id))
      } else {
        let (form, body) = BlobRow.packed(bytes)
        values.append(.new(hash, size: bytes.count, form, body))
      }
    }
    for hash in page.uses where seen.insert(hash).inserted {
      guard let id = try id(of: hash, db) else {
        throw JournalError(path, "a value that is referred to is not kept", .misused)
      }
      values.append(.kept(id))
    }
    return values
  }

  private func id(of hash: ContentHash, _ db: Database) throws -> Int64? {
    try Int64.fetchOne(
      db.cachedStatement(sql: "SELECT id FROM blob WHERE hash = ?"), arguments: [Data(hash.bytes)])
  }

  // MARK: Rows

  private func write(_ page: JournalPage, _ values: [Value], _ db: Database) throws -> Tail {
    var tail = tail
    if isNew {
      let start = min(page.batch.map { $0.first - 1 } ?? .max, page.keyframe?.sequence ?? .max)
      if start != tail.anchor.sequence {
        tail.anchor.sequence = start
        tail.sequence = start
        try move(tail.anchor, db)
      }
    }
    let ids = try values.map { value -> Int64 in
      switch value {
      case .kept(let id): return id
      case .new(let hash, let size, let form, let body):
        try db.cachedStatement(sql: "INSERT INTO blob (hash, form, size, body) VALUES (?, ?, ?, ?)")
          .execute(arguments: [Data(hash.bytes), form.rawValue, size, Data(body)])
        return db.lastInsertedRowID
      }
    }
    if !ids.isEmpty {
      let use = try db.cachedStatement(
        sql: """
          INSERT INTO usage (id, last, seal) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE
          SET last = excluded.last, seal = excluded.seal WHERE excluded.last > usage.last
          """)
      for id in ids {
        let row = UsageRow(id: id, last: page.reach)
        try use.execute(arguments: [id, Int64(row.last), row.seal])
      }
    }
    if let keyframe = page.keyframe, keyframe.sequence < page.batch?.first ?? 0 {
      try put(keyframe, &tail, db)
    }
    if let batch = page.batch { try put(batch, page, &tail, db) }
    if let keyframe = page.keyframe, keyframe.sequence >= page.batch?.first ?? 0 {
      try put(keyframe, &tail, db)
    }
    return tail
  }

  func move(_ anchor: Anchor, _ db: Database) throws {
    try db.cachedStatement(sql: "UPDATE anchor SET sequence = ?, link = ?, seal = ?")
      .execute(arguments: [Int64(anchor.sequence), Data(anchor.link.bytes), anchor.seal])
  }

  private func put(
    _ batch: Batch, _ page: JournalPage, _ tail: inout Tail, _ db: Database
  ) throws {
    var marks = Marks()
    for milestone in page.milestones {
      let row = MilestoneRow(milestone, id: tail.nextMilestone, batch: batch.first)
      tail.nextMilestone += 1
      marks.add(row)
      try db.cachedStatement(
        sql: "INSERT INTO milestone (\(MilestoneRow.columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
      ).execute(arguments: [
        row.id, Int64(row.batch), Int64(clamping: milestone.sequence), milestone.instant.wall,
        milestone.instant.offset, Data(milestone.kind.rawValue.utf8),
        milestone.service.map { Data($0.utf8) }, Data(milestone.words.utf8), row.seal,
      ])
    }
    for pulse in page.pulses {
      let row = PulseRow(pulse, id: tail.nextPulse, batch: batch.first)
      tail.nextPulse += 1
      marks.add(row)
      try db.cachedStatement(
        sql: "INSERT INTO pulse (\(PulseRow.columns)) VALUES (?, ?, ?, ?, ?, ?, ?)"
      ).execute(arguments: [
        row.id, Int64(row.batch), row.pulse.instant.wall, row.pulse.instant.offset, row.pulse.burn,
        Data(row.pulse.worst.rawValue.utf8), row.seal,
      ])
    }
    let row = BatchRow(batch, marks: marks.digest, after: tail.link)
    try db.cachedStatement(
      sql: "INSERT INTO batch (\(BatchRow.columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
    ).execute(arguments: [
      Int64(batch.first), Int64(batch.kind.rawValue), Int64(batch.last - batch.first + 1),
      batch.begin.wall, batch.begin.offset, row.length, row.drift, row.marks.map { Data($0) },
      row.seal, Data(row.link.bytes), Data(batch.body),
    ])
    tail.sequence = batch.last
    tail.instant = batch.end
    tail.link = row.link
    tail.reach = max(tail.reach, batch.last)
  }

  private func put(_ keyframe: KeyframeRecord, _ tail: inout Tail, _ db: Database) throws {
    let followed =
      keyframe.sequence >= tail.sequence
      ? tail.link
      : try JournalReading(db).link(before: keyframe.sequence, tail.anchor)
    let row = KeyframeRow(keyframe, after: followed)
    try db.cachedStatement(
      sql: """
        INSERT OR REPLACE INTO keyframe (\(KeyframeRow.columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        """
    ).execute(arguments: [
      Int64(keyframe.sequence), keyframe.instant.wall, keyframe.instant.offset,
      Int64(keyframe.format), keyframe.base.map { Int64(clamping: $0) }, row.seal,
      Data(row.link.bytes), Data(keyframe.body),
    ])
    tail.reach = max(tail.reach, keyframe.sequence)
  }
}
