import GRDB
package import Journal

/// Whether what budgets have seen is what was written.
///
/// It stands beside the recording in one file and is not of it: its rows are not chained, and damage
/// to them says nothing about entries.
package struct LedgerCheck: Sendable, Hashable {
  /// Rows of counts that were looked at.
  package private(set) var rows = 0
  /// Those of them that are not what was written, or of no objective that is there.
  package private(set) var broken = 0
  /// The first of them, in words.
  package private(set) var first: String?
  /// Why it could not be looked at to its end.
  package private(set) var reason: String?

  package init(path: String) throws(JournalError) {
    let connection = try JournalConnection(reading: path)
    do {
      try connection.queue.read { db in
        // What an older form lacks has nothing to be looked at.
        guard try db.tableExists("ledger_account") else { return }
        var accounts: Set<Int64> = []
        let ids = try Int64.fetchCursor(db, sql: "SELECT id FROM ledger_account")
        while let id = try ids.next() { accounts.insert(id) }
        try look(db, "SELECT hour, account, counts FROM ledger_minutes", accounts) { row in
          row.plain.flatMap { CountsBlob.minutes($0, of: row.time) } != nil
            ? nil : "the minutes of hour \(row.time)"
        }
        try look(db, "SELECT day, account, counts FROM ledger_hours", accounts) { row in
          row.plain.flatMap { CountsBlob.hours($0, of: row.time) } != nil
            ? nil : "the hours of day \(row.time)"
        }
      }
    } catch {
      reason = JournalError(error, at: path).reason
    }
  }

  private mutating func look(
    _ db: Database, _ sql: String, _ accounts: Set<Int64>,
    flaw: (LedgerFile.Counts) -> String?
  ) throws {
    try LedgerFile.Counts.each(db, sql) { row in
      rows += 1
      let found = flaw(row) ?? (accounts.contains(row.account) ? nil : "counts of no objective")
      guard let found else { return }
      broken += 1
      if first == nil { first = found }
    }
  }

  package var isGood: Bool { broken == 0 && reason == nil }

  /// What `damcon verify` says of it; nil where there is nothing to say.
  package var sentence: String? {
    if let reason {
      return "budgets: what they have seen cannot be read: \(reason); entries are not touched by it"
    }
    guard let first else { return nil }
    return "budgets: \(broken) of \(rows) rows of what they have seen are not what was written "
      + "(the first: \(first)) and are left out; entries are not touched by it"
  }
}
