import Foundation
import GRDB
import Journal
package import Telemetry

/// What budgets have seen, kept across restarts in tables of the journal's file: minutes for three
/// days, hours for a year.
///
/// Several Damcons may have it open, the one that records and others. A minute of an objective belongs to who wrote it first; only
/// that one may write it again, when a scrape after a gap tells more of it. So no minute is ever
/// added twice.
package final class LedgerFile {
  package let path: String
  private let connection: JournalConnection
  var queue: DatabaseQueue { connection.queue }
  private var accounts: [Account: Int64] = [:]
  /// Minutes that were written through this object: a bit for each of an hour's.
  private var own: [Row: UInt64] = [:]
  private var foldedAt: Int64 = .min
  /// Rows come upon that are not what was written.
  package private(set) var leftOut = 0

  /// Hours that are kept by the minute: three days, and the one that a window begins in.
  static let hoursHeld: Int64 = 74
  static let daysHeld: Int64 = 367
  /// Rows folded at once, so that no write is a long one.
  static let foldLimit = 4000

  struct Account: Hashable {
    var kind: String
    var owner: String
    var slo: String
    var meaning: String

    init(kind: String, owner: String, slo: String, meaning: String) {
      self.kind = kind
      self.owner = owner
      self.slo = slo
      self.meaning = meaning
    }

    init(_ page: LedgerPage) {
      self.init(kind: page.kind, owner: page.owner, slo: page.slo, meaning: page.meaning)
    }
  }

  private struct Row: Hashable {
    var account: Int64
    var hour: Int64
  }

  /// Opens the journal's file at `path`, making it where there is none; its folder must be there.
  ///
  /// What an earlier Damcon kept in a file of its own is taken over into it, once.
  package init(path: String) throws(LedgerError) {
    self.path = path
    do {
      connection = try JournalConnection(writing: path, isOwner: false)
      try takeOver(LedgerPlace.earlier(path))
    } catch {
      throw LedgerFile.told(error, path)
    }
  }

  // MARK: Reading

  /// What is kept of the objectives that `asked` names; those that nothing is kept of are left out.
  package func pages(_ asked: [LedgerPage]) throws(LedgerError) -> [LedgerPage] {
    do {
      let kept = try queue.read { db in
        var kept: [Int64: LedgerMemory] = [:]
        let days = try Counts.fetch(
          db, "SELECT day, account, counts FROM ledger_hours ORDER BY day")
        for row in days {
          guard let hours = hours(row) else { continue }
          kept[row.account, default: LedgerMemory()].hours += hours.compactMap(\.self)
        }
        let minutes = try Counts.fetch(
          db, "SELECT hour, account, counts FROM ledger_minutes ORDER BY hour")
        for row in minutes {
          guard let hour = self.minutes(row) else { continue }
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

  /// The minutes of a row; nil where they are not what was written: then nobody has watched them.
  func minutes(_ row: Counts) -> LedgerMemory.Minutes? {
    let minutes = row.plain.flatMap { CountsBlob.minutes($0, of: row.time) }
    if minutes == nil { leftOut += 1 }
    return minutes
  }

  func hours(_ row: Counts) -> [LedgerMemory.Hour?]? {
    let hours = row.plain.flatMap { CountsBlob.hours($0, of: row.time) }
    if hours == nil { leftOut += 1 }
    return hours
  }

  func account(_ account: Account, _ db: Database) throws -> Int64? {
    if let known = accounts[account] { return known }
    let statement = try db.cachedStatement(
      sql: "SELECT id FROM ledger_account WHERE kind = ? AND owner = ? AND slo = ? AND meaning = ?")
    let id = try Int64.fetchOne(
      statement, arguments: [account.kind, account.owner, account.slo, account.meaning])
    if let id { accounts[account] = id }
    return id
  }

  func madeAccount(_ key: Account, _ db: Database) throws -> Int64 {
    if let id = try account(key, db) { return id }
    try db.cachedStatement(
      sql: "INSERT INTO ledger_account (kind, owner, slo, meaning) VALUES (?, ?, ?, ?)"
    ).execute(arguments: [key.kind, key.owner, key.slo, key.meaning])
    accounts[key] = db.lastInsertedRowID
    return db.lastInsertedRowID
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
    let id = try madeAccount(Account(page), db)
    let read = try db.cachedStatement(
      sql: "SELECT counts FROM ledger_minutes WHERE hour = ? AND account = ?")
    let put = try db.cachedStatement(
      sql: "INSERT OR REPLACE INTO ledger_minutes (hour, account, counts) VALUES (?, ?, ?)")
    for hour in page.memory.minutes {
      let row = Row(account: id, hour: hour.hour)
      var kept = LedgerMemory.Minutes(hour: hour.hour)
      if let bytes = try Data.fetchOne(read, arguments: [hour.hour, id]) {
        let row = Counts(time: hour.hour, account: id, counts: [UInt8](bytes))
        kept = minutes(row) ?? kept
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
      let sealed = Counts(plain: CountsBlob.bytes(kept), time: hour.hour, account: id)
      try put.execute(arguments: [hour.hour, id, Data(sealed.counts)])
    }
  }

  /// Sums up hours that are too old to be kept by the minute, and drops days that no window holds.
  private func fold(_ db: Database, before newest: Int64) throws {
    guard newest > foldedAt, newest > .min / 2 else { return }
    let oldest = newest - LedgerFile.hoursHeld
    let rows = try Counts.fetch(
      db,
      "SELECT hour, account, counts FROM ledger_minutes WHERE hour < \(oldest) LIMIT \(LedgerFile.foldLimit)"
    )
    for row in rows {
      let minutes = minutes(row) ?? LedgerMemory.Minutes(hour: row.time)
      let day = row.time / 24
      var hours = [LedgerMemory.Hour?](repeating: nil, count: 24)
      if let bytes = try Data.fetchOne(
        db, sql: "SELECT counts FROM ledger_hours WHERE day = ? AND account = ?",
        arguments: [day, row.account])
      {
        let kept = Counts(time: day, account: row.account, counts: [UInt8](bytes))
        hours = self.hours(kept) ?? hours
      }
      hours[Int(row.time - day * 24)] = LedgerMemory.Hour(minutes)
      try db.execute(
        sql: "INSERT OR REPLACE INTO ledger_hours (day, account, counts) VALUES (?, ?, ?)",
        arguments: [
          day, row.account,
          Data(Counts(plain: CountsBlob.bytes(hours), time: day, account: row.account).counts),
        ])
      try db.execute(
        sql: "DELETE FROM ledger_minutes WHERE hour = ? AND account = ?",
        arguments: [row.time, row.account])
    }
    own = own.filter { $0.key.hour >= oldest }
    if rows.count == LedgerFile.foldLimit { return }
    foldedAt = newest
    try db.execute(
      sql: "DELETE FROM ledger_hours WHERE day < ?", arguments: [newest / 24 - LedgerFile.daysHeld])
  }

  /// Lets the file grow to so many of SQLite's pages and no further.
  package func limit(pages: Int) throws {
    try queue.inDatabase { db in
      _ = try Int.fetchOne(db, sql: "PRAGMA max_page_count = \(pages)")
    }
  }

  // MARK: Errors

  static func told(_ error: any Error, _ path: String) -> LedgerError {
    if let error = error as? LedgerError { return error }
    return LedgerError(JournalError(error, at: path))
  }
}
