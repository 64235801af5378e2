import Foundation
import GRDB
package import Telemetry

/// The file that keeps what budgets have seen across restarts: minutes for three days, hours for a
/// year.
///
/// Several Damcons may have it open. A minute of an objective belongs to who wrote it first; only
/// that one may write it again, when a scrape after a gap tells more of it. So no minute is ever
/// added twice.
package final class LedgerFile {
  package let path: String
  private let queue: DatabaseQueue
  private var accounts: [Account: Int64] = [:]
  /// Minutes that were written through this object: a bit for each of an hour's.
  private var own: [Row: UInt64] = [:]
  private var foldedAt: Int64 = .min

  /// `DAML`: what SQLite keeps to tell whose a file is.
  static let application: Int32 = 0x4441_4d4c
  static let version: Int32 = 1
  /// Hours that are kept by the minute: three days, and the one that a window begins in.
  static let hoursHeld: Int64 = 74
  static let daysHeld: Int64 = 367
  /// Rows folded at once, so that no write is a long one.
  static let foldLimit = 4000

  private struct Account: Hashable {
    var kind: String
    var owner: String
    var slo: String
    var meaning: String

    init(_ page: LedgerPage) {
      kind = page.kind
      owner = page.owner
      slo = page.slo
      meaning = page.meaning
    }
  }

  private struct Row: Hashable {
    var account: Int64
    var hour: Int64
  }

  /// Opens the file at `path`, making it where there is none; its folder must be there.
  package init(path: String) throws(LedgerError) {
    self.path = path
    do {
      var configuration = Configuration()
      configuration.busyMode = .timeout(5)
      configuration.label = "ledger"
      queue = try DatabaseQueue(path: path, configuration: configuration)
      try LedgerFile.prepare(queue, path)
    } catch {
      throw LedgerFile.told(error, path)
    }
  }

  /// Looks whose file it is before anything is written to it.
  private static func prepare(_ queue: DatabaseQueue, _ path: String) throws {
    try queue.inDatabase { db in
      let application = try Int32.fetchOne(db, sql: "PRAGMA application_id") ?? 0
      let version = try Int32.fetchOne(db, sql: "PRAGMA user_version") ?? 0
      let isEmpty = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master") == 0
      guard application == LedgerFile.application || (isEmpty && application == 0) else {
        throw LedgerError(path, "is a database of another program; move it away")
      }
      guard version <= LedgerFile.version else {
        throw LedgerError(path, "was written by a newer Damcon; use that one, or move it away")
      }
      _ = try String.fetchOne(db, sql: "PRAGMA journal_mode = WAL")
      try db.execute(sql: "PRAGMA synchronous = NORMAL")
      guard isEmpty else { return }
      try db.inTransaction(.immediate) {
        // Another Damcon may have been faster.
        if try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master") == 0 {
          try db.execute(sql: schema)
        }
        return .commit
      }
    }
  }

  private static let schema = """
    PRAGMA application_id = \(application);
    PRAGMA user_version = \(version);
    CREATE TABLE account (
      id INTEGER PRIMARY KEY,
      kind TEXT NOT NULL, owner TEXT NOT NULL, slo TEXT NOT NULL, meaning TEXT NOT NULL,
      UNIQUE (kind, owner, slo, meaning)
    ) STRICT;
    CREATE TABLE minutes (
      hour INTEGER NOT NULL, account INTEGER NOT NULL, counts BLOB NOT NULL,
      PRIMARY KEY (hour, account)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE hours (
      day INTEGER NOT NULL, account INTEGER NOT NULL, counts BLOB NOT NULL,
      PRIMARY KEY (day, account)
    ) STRICT, WITHOUT ROWID;
    """

  // MARK: Reading

  /// What is kept of the objectives that `asked` names; those that nothing is kept of are left out.
  package func pages(_ asked: [LedgerPage]) throws(LedgerError) -> [LedgerPage] {
    do {
      let kept = try queue.read { db in
        var kept: [Int64: LedgerMemory] = [:]
        let days = try Counts.fetch(db, "SELECT day, account, counts FROM hours ORDER BY day")
        for row in days {
          guard let hours = CountsBlob.hours(row.counts, of: row.time) else { throw damaged }
          kept[row.account, default: LedgerMemory()].hours += hours.compactMap(\.self)
        }
        let minutes = try Counts.fetch(
          db, "SELECT hour, account, counts FROM minutes ORDER BY hour")
        for row in minutes {
          guard let hour = CountsBlob.minutes(row.counts, of: row.time) else { throw damaged }
          kept[row.account, default: LedgerMemory()].minutes.append(hour)
        }
        return kept
      }
      let known = try queue.read { db in try asked.map { try account(Account($0), db) } }
      return zip(asked, known).compactMap { page, id in
        guard let memory = id.flatMap({ kept[$0] }), memory.last != nil else { return nil }
        var page = page
        page.memory = memory
        return page
      }
    } catch {
      throw LedgerFile.told(error, path)
    }
  }

  /// A row of either table of counts.
  private struct Counts {
    var time: Int64
    var account: Int64
    var counts: [UInt8]

    static func fetch(_ db: Database, _ sql: String) throws -> [Counts] {
      var found: [Counts] = []
      let rows = try GRDB.Row.fetchCursor(db, sql: sql)
      while let row = try rows.next() {
        let counts = try row.withUnsafeData(atIndex: 2) { $0.map { [UInt8]($0) } ?? [] }
        found.append(Counts(time: row[0], account: row[1], counts: counts))
      }
      return found
    }
  }

  private var damaged: LedgerError {
    LedgerError(path, "holds counts that cannot be read; move it away to begin anew")
  }

  private func account(_ account: Account, _ db: Database) throws -> Int64? {
    if let known = accounts[account] { return known }
    let statement = try db.cachedStatement(
      sql: "SELECT id FROM account WHERE kind = ? AND owner = ? AND slo = ? AND meaning = ?")
    let id = try Int64.fetchOne(
      statement, arguments: [account.kind, account.owner, account.slo, account.meaning])
    if let id { accounts[account] = id }
    return id
  }

  // MARK: Writing

  /// Keeps minutes, all or none: those that nobody has written and those that were written here.
  package func write(_ pages: [LedgerPage]) throws(LedgerError) {
    guard !pages.isEmpty else { return }
    let before = own
    do {
      try queue.inDatabase { db in
        try db.inTransaction(.immediate) {
          for page in pages { try write(page, db) }
          try fold(db, before: (pages.flatMap(\.memory.minutes).map(\.hour).max() ?? .min))
          return .commit
        }
      }
    } catch {
      // What was not committed is not ours.
      own = before
      accounts = [:]
      throw LedgerFile.told(error, path)
    }
  }

  private func write(_ page: LedgerPage, _ db: Database) throws {
    guard !page.memory.minutes.isEmpty else { return }
    let key = Account(page)
    var id = try account(key, db)
    if id == nil {
      try db.cachedStatement(
        sql: "INSERT INTO account (kind, owner, slo, meaning) VALUES (?, ?, ?, ?)"
      ).execute(arguments: [key.kind, key.owner, key.slo, key.meaning])
      id = db.lastInsertedRowID
      accounts[key] = id
    }
    guard let id else { return }
    let read = try db.cachedStatement(
      sql: "SELECT counts FROM minutes WHERE hour = ? AND account = ?")
    let put = try db.cachedStatement(
      sql: "INSERT OR REPLACE INTO minutes (hour, account, counts) VALUES (?, ?, ?)")
    for hour in page.memory.minutes {
      let row = Row(account: id, hour: hour.hour)
      var kept = LedgerMemory.Minutes(hour: hour.hour)
      if let bytes = try Data.fetchOne(read, arguments: [hour.hour, id]) {
        guard let known = CountsBlob.minutes([UInt8](bytes), of: hour.hour) else { throw damaged }
        kept = known
      }
      var mine = own[row] ?? 0
      var isChanged = false
      for minute in 0..<LedgerMemory.Minutes.count {
        guard let events = hour[minute], kept[minute] != events else { continue }
        guard kept[minute] == nil || mine & 1 << UInt64(minute) != 0 else { continue }
        kept[minute] = events
        mine |= 1 << UInt64(minute)
        isChanged = true
      }
      guard isChanged else { continue }
      own[row] = mine
      try put.execute(arguments: [hour.hour, id, Data(CountsBlob.bytes(kept))])
    }
  }

  /// Sums up hours that are too old to be kept by the minute, and drops days that no window holds.
  private func fold(_ db: Database, before newest: Int64) throws {
    guard newest > foldedAt, newest > .min / 2 else { return }
    let oldest = newest - LedgerFile.hoursHeld
    let rows = try Counts.fetch(
      db,
      "SELECT hour, account, counts FROM minutes WHERE hour < \(oldest) LIMIT \(LedgerFile.foldLimit)"
    )
    for row in rows {
      guard let minutes = CountsBlob.minutes(row.counts, of: row.time) else { throw damaged }
      let day = row.time / 24
      var hours = [LedgerMemory.Hour?](repeating: nil, count: 24)
      if let bytes = try Data.fetchOne(
        db, sql: "SELECT counts FROM hours WHERE day = ? AND account = ?",
        arguments: [day, row.account])
      {
        guard let known = CountsBlob.hours([UInt8](bytes), of: day) else { throw damaged }
        hours = known
      }
      hours[Int(row.time - day * 24)] = LedgerMemory.Hour(minutes)
      try db.execute(
        sql: "INSERT OR REPLACE INTO hours (day, account, counts) VALUES (?, ?, ?)",
        arguments: [day, row.account, Data(CountsBlob.bytes(hours))])
      try db.execute(
        sql: "DELETE FROM minutes WHERE hour = ? AND account = ?",
        arguments: [row.time, row.account])
    }
    own = own.filter { $0.key.hour >= oldest }
    if rows.count == LedgerFile.foldLimit { return }
    foldedAt = newest
    try db.execute(
      sql: "DELETE FROM hours WHERE day < ?", arguments: [newest / 24 - LedgerFile.daysHeld])
  }

  /// Lets the file grow to so many of SQLite's pages and no further.
  package func limit(pages: Int) throws {
    try queue.inDatabase { db in
      _ = try Int.fetchOne(db, sql: "PRAGMA max_page_count = \(pages)")
    }
  }

  // MARK: Errors

  private static func told(_ error: any Error, _ path: String) -> LedgerError {
    if let error = error as? LedgerError { return error }
    guard let error = error as? DatabaseError else { return LedgerError(path, "\(error)") }
    switch error.resultCode {
    case .SQLITE_NOTADB, .SQLITE_CORRUPT:
      return LedgerError(path, "is no ledger or is damaged; move it away to begin anew")
    case .SQLITE_CANTOPEN, .SQLITE_PERM:
      return LedgerError(path, "cannot be opened; may its folder be written to?")
    case .SQLITE_READONLY: return LedgerError(path, "cannot be written to")
    case .SQLITE_FULL: return LedgerError(path, "cannot be written: the disk is full")
    case .SQLITE_BUSY, .SQLITE_LOCKED:
      return LedgerError(path, "is being held by another program")
    default: return LedgerError(path, error.message ?? "cannot be used (\(error.resultCode))")
    }
  }
}
