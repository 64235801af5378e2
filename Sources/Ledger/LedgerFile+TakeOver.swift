import Foundation
import GRDB
import Telemetry

extension LedgerFile {
  /// `DAML`: what a ledger that was a file of its own says of itself.
  private static let earlierApplication: Int32 = 0x4441_4d4c

  /// Takes over what an earlier Damcon kept in a file of its own, and puts that file aside.
  ///
  /// A minute belongs to who wrote it first here as well, so that doing it twice adds nothing: two
  /// Damcons may find the old file at once, and one may be killed in between.
  func takeOver(_ earlier: String) throws {
    var status = stat()
    guard stat(earlier, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return }
    var configuration = Configuration()
    configuration.busyMode = .timeout(5)
    guard let old = try? DatabaseQueue(path: earlier, configuration: configuration),
      let kept = try? old.read(EarlierLedger.init),
      kept.application == LedgerFile.earlierApplication, kept.version == 1
    else {
      // Damaged, or somebody else's: it is left as it is.
      return
    }
    try queue.inDatabase { db in
      try db.execute(sql: "PRAGMA synchronous = FULL")
      defer { try? db.execute(sql: "PRAGMA synchronous = NORMAL") }
      try db.inTransaction(.immediate) {
        for (key, memory) in kept.accounts { try take(memory, of: key, db) }
        return .commit
      }
    }
    try old.close()
    _ = rename(earlier, earlier + ".taken")
  }

  private func take(_ memory: EarlierLedger.Memory, of key: Account, _ db: Database) throws {
    let id = try madeAccount(key, db)
    for (hour, told) in memory.minutes {
      var minutes = LedgerMemory.Minutes(hour: hour)
      if let bytes = try Data.fetchOne(
        db, sql: "SELECT counts FROM ledger_minutes WHERE hour = ? AND account = ?",
        arguments: [hour, id])
      {
        minutes = self.minutes(Counts(time: hour, account: id, counts: [UInt8](bytes))) ?? minutes
      }
      for minute in 0..<LedgerMemory.Minutes.count where minutes[minute] == nil {
        minutes[minute] = told[minute]
      }
      let row = Counts(plain: CountsBlob.bytes(minutes), time: hour, account: id)
      try db.execute(
        sql: "INSERT OR REPLACE INTO ledger_minutes (hour, account, counts) VALUES (?, ?, ?)",
        arguments: [hour, id, Data(row.counts)])
    }
    for (day, told) in memory.days {
      var hours = [LedgerMemory.Hour?](repeating: nil, count: 24)
      if let bytes = try Data.fetchOne(
        db, sql: "SELECT counts FROM ledger_hours WHERE day = ? AND account = ?",
        arguments: [day, id])
      {
        hours = self.hours(Counts(time: day, account: id, counts: [UInt8](bytes))) ?? hours
      }
      for hour in hours.indices where hours[hour] == nil { hours[hour] = told[hour] }
      let row = Counts(plain: CountsBlob.bytes(hours), time: day, account: id)
      try db.execute(
        sql: "INSERT OR REPLACE INTO ledger_hours (day, account, counts) VALUES (?, ?, ?)",
        arguments: [day, id, Data(row.counts)])
    }
  }
}

/// All that is in a ledger that was a file of its own.
private struct EarlierLedger {
  struct Memory {
    var minutes: [(hour: Int64, LedgerMemory.Minutes)] = []
    var days: [(day: Int64, [LedgerMemory.Hour?])] = []
  }

  var application: Int32
  var version: Int32
  var accounts: [(LedgerFile.Account, Memory)] = []

  init(_ db: Database) throws {
    application = try Int32.fetchOne(db, sql: "PRAGMA application_id") ?? 0
    version = try Int32.fetchOne(db, sql: "PRAGMA user_version") ?? 0
    guard application != 0 else { return }
    var memories: [Int64: Memory] = [:]
    for row in try LedgerFile.Counts.fetch(
      db, "SELECT hour, account, counts FROM minutes ORDER BY hour")
    {
      guard let minutes = CountsBlob.minutes(row.counts, of: row.time) else { continue }
      memories[row.account, default: Memory()].minutes.append((row.time, minutes))
    }
    for row in try LedgerFile.Counts.fetch(
      db, "SELECT day, account, counts FROM hours ORDER BY day")
    {
      guard let hours = CountsBlob.hours(row.counts, of: row.time) else { continue }
      memories[row.account, default: Memory()].days.append((row.time, hours))
    }
    let rows = try Row.fetchAll(
      db, sql: "SELECT id, kind, owner, slo, meaning FROM account ORDER BY id")
    accounts = rows.compactMap { row in
      guard let memory = memories[row[0]] else { return nil }
      return (
        LedgerFile.Account(kind: row[1], owner: row[2], slo: row[3], meaning: row[4]), memory
      )
    }
  }
}
