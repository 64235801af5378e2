package import GRDB

/// The tables of a journal's file, and how a file of an older version comes to have them.
package struct JournalSchema: Sendable {
  package typealias Migration = @Sendable (Database) throws -> Void

  package var version: Int32
  /// What makes an empty file one of this version.
  package var sql: String
  /// By the version that a file has before. What they leave must be what `sql` makes, to the letter.
  package var migrations: [Int32: Migration]

  package init(version: Int32, sql: String, migrations: [Int32: Migration]) {
    self.version = version
    self.sql = sql
    self.migrations = migrations
  }

  /// `DAMJ`: what SQLite keeps to tell whose a file is.
  package static let application: Int32 = 0x4441_4d4a
  /// Some batches of a usual fleet fit on one page. Larger ones would leave more of each keyframe's last
  /// page over, and every second writes a page or two.
  static let pageSize = 8192

  package static let current = JournalSchema(version: 1, sql: tables + ledger, migrations: [:])

  /// Text is kept as bytes where a service may have said it: SQLite's own would end at a zero.
  private static let tables = """
    CREATE TABLE about (
      id INTEGER PRIMARY KEY, identity BLOB NOT NULL, fleet BLOB NOT NULL, made_by BLOB NOT NULL,
      made INTEGER NOT NULL, kind INTEGER NOT NULL, statement BLOB, link BLOB NOT NULL
    ) STRICT;
    CREATE TABLE anchor (
      id INTEGER PRIMARY KEY, sequence INTEGER NOT NULL, link BLOB NOT NULL, seal INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE batch (
      first INTEGER PRIMARY KEY, kind INTEGER NOT NULL, count INTEGER NOT NULL,
      wall INTEGER NOT NULL, offset INTEGER NOT NULL, length INTEGER NOT NULL,
      drift INTEGER NOT NULL, marks BLOB, seal INTEGER NOT NULL, link BLOB NOT NULL,
      body BLOB NOT NULL
    ) STRICT;
    CREATE TABLE keyframe (
      sequence INTEGER PRIMARY KEY, wall INTEGER NOT NULL, offset INTEGER NOT NULL,
      format INTEGER NOT NULL, base INTEGER, seal INTEGER NOT NULL, link BLOB NOT NULL,
      body BLOB NOT NULL
    ) STRICT;
    CREATE TABLE milestone (
      id INTEGER PRIMARY KEY, batch INTEGER NOT NULL, sequence INTEGER NOT NULL,
      wall INTEGER NOT NULL, offset INTEGER NOT NULL, kind BLOB NOT NULL, service BLOB,
      words BLOB NOT NULL, seal INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE pulse (
      id INTEGER PRIMARY KEY, batch INTEGER NOT NULL, wall INTEGER NOT NULL,
      offset INTEGER NOT NULL, burn REAL, worst BLOB NOT NULL, seal INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE blob (
      id INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE, form INTEGER NOT NULL,
      size INTEGER NOT NULL, body BLOB NOT NULL
    ) STRICT;
    CREATE TABLE usage (
      id INTEGER PRIMARY KEY, last INTEGER NOT NULL, seal INTEGER NOT NULL
    ) STRICT;

    """

  /// What budgets have seen, which the ledger writes without the journal's lock.
  private static let ledger = """
    CREATE TABLE ledger_account (
      id INTEGER PRIMARY KEY, kind TEXT NOT NULL, owner TEXT NOT NULL, slo TEXT NOT NULL,
      meaning TEXT NOT NULL, UNIQUE (kind, owner, slo, meaning)
    ) STRICT;
    CREATE TABLE ledger_minutes (
      hour INTEGER NOT NULL, account INTEGER NOT NULL, counts BLOB NOT NULL,
      PRIMARY KEY (hour, account)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE ledger_hours (
      day INTEGER NOT NULL, account INTEGER NOT NULL, counts BLOB NOT NULL,
      PRIMARY KEY (day, account)
    ) STRICT, WITHOUT ROWID;
    """

  /// Makes the tables of an empty file.
  func make(_ db: Database) throws {
    try db.execute(sql: "PRAGMA page_size = \(JournalSchema.pageSize)")
    try db.execute(sql: "PRAGMA auto_vacuum = INCREMENTAL")
    try db.inTransaction(.exclusive) {
      try db.execute(sql: sql)
      try db.execute(sql: "PRAGMA application_id = \(JournalSchema.application)")
      try db.execute(sql: "PRAGMA user_version = \(version)")
      return .commit
    }
  }

  /// Whether a file has these tables and nothing else: no view, trigger or index that somebody else
  /// thought of is ever read through.
  func isShape(of db: Database) throws -> Bool {
    try objects(db)
      == DatabaseQueue().inDatabase { empty in
        try empty.execute(sql: sql)
        return try objects(empty)
      }
  }

  private func objects(_ db: Database) throws -> Set<[SQLValue]> {
    let rows = try Row.fetchCursor(
      db, sql: "SELECT type, name, tbl_name, sql FROM sqlite_master LIMIT 100")
    var found: Set<[SQLValue]> = []
    while let row = try rows.next() { found.insert(SQLValue.row(row)) }
    return found
  }
}
