import Foundation
package import GRDB

/// A journal's file, open as the database that it is.
///
/// Whose file it is, of which version and whether it has a journal's tables and nothing else is looked
/// at before anything is read from it or written to it.
package final class JournalConnection: Sendable {
  package let path: String
  package let queue: DatabaseQueue
  private let file: WrittenFile?
  /// A copy in a newer form that was made to be read, gone with this.
  private let copy: TemporaryFile?

  /// Opens a file to write to it, making it where there is none; its folder must be there.
  ///
  /// - Parameter isOwner: whether this process holds the journal's lock. Only then is a file of an older
  ///   version brought to this one.
  package init(
    writing path: String, schema: JournalSchema = .current, isOwner: Bool
  ) throws(JournalError) {
    self.path = path
    copy = nil
    do {
      var (file, glance) = WrittenFile.begin(path)
      if case .some(.absent) = glance {
        try JournalMaking.make(path, schema, replacing: false)
        (file, glance) = WrittenFile.begin(path)
      } else if case .some(.empty) = glance {
        try JournalMaking.make(path, schema, replacing: true)
        (file, glance) = WrittenFile.begin(path)
      }
      if let glance {
        let header = try JournalConnection.header(glance, path, schema)
        if header.version < schema.version, isOwner {
          try JournalMaking.migrate(path, schema)
          file = WrittenFile.begin(path).file
        }
      }
      guard access(path, W_OK) == 0 else {
        throw JournalError(path, "cannot be written to", .unwritable)
      }
      self.file = file
      queue = try DatabaseQueue(path: path, configuration: JournalConnection.configuration())
      try queue.inDatabase { db in
        try JournalConnection.check(db, path, schema, isExact: isOwner)
        _ = try String.fetchOne(db, sql: "PRAGMA journal_mode = WAL")
        try db.execute(sql: "PRAGMA synchronous = NORMAL")
        // A log of four megabytes is put into the file; what was once longer is cut to it.
        _ = try Int.fetchOne(db, sql: "PRAGMA wal_autocheckpoint = 256")
        _ = try Int.fetchOne(db, sql: "PRAGMA journal_size_limit = \(8 << 20)")
      }
    } catch { throw JournalError(error, at: path) }
  }

  /// Opens a file to read it, wherever it lies; nothing of it is changed.
  package init(reading path: String, schema: JournalSchema = .current) throws(JournalError) {
    self.path = path
    do {
      file = nil
      var isOlder = false
      if let glance = WrittenFile.glance(path) {
        let header = try JournalConnection.header(glance, path, schema)
        if header.missing > 0, !JournalConnection.hasLog(path) {
          throw JournalError.damaged(
            path,
            "it is cut, \(header.missing) of \(header.missing + header.size) bytes are missing")
        }
        isOlder = header.version < schema.version
      }
      let found = try JournalConnection.readable(path)
      if isOlder {
        let copy = TemporaryFile()
        try JournalMaking.copy(found, to: copy.path, schema)
        self.copy = copy
        var configuration = JournalConnection.configuration()
        configuration.readonly = true
        queue = try DatabaseQueue(path: copy.path, configuration: configuration)
      } else {
        copy = nil
        queue = found
      }
      try queue.inDatabase { try JournalConnection.check($0, path, schema, isExact: true) }
    } catch { throw JournalError(error, at: path) }
  }

  /// Refuses what is no journal that this Damcon can use.
  private static func header(
    _ glance: FileGlance, _ path: String, _ schema: JournalSchema
  ) throws(JournalError) -> FileGlance.Header {
    switch glance {
    case .absent: throw JournalError(path, "is not there", .absent)
    case .empty: throw JournalError(path, "is empty", .foreign)
    case .noFile: throw JournalError(path, "is no file", .foreign)
    case .closed: throw JournalError(path, "may not be read by you", .unwritable)
    case .foreign:
      throw JournalError(
        path, "is no journal, or a database of another program; move it away", .foreign)
    case .journal(let header):
      guard header.version <= schema.version else {
        throw JournalError(
          path,
          "was written by a newer Damcon (form \(header.version), this one knows \(schema.version)); use that one",
          .newer)
      }
      return header
    }
  }

  /// A log with something in it, which may hold what the file has not yet.
  static func hasLog(_ path: String) -> Bool {
    var status = stat()
    return stat(path + "-wal", &status) == 0 && status.st_size > 0
  }

  static func configuration() -> Configuration {
    var configuration = Configuration()
    configuration.busyMode = .timeout(5)
    configuration.label = "journal"
    configuration.prepareDatabase { db in
      // The file may come from anybody.
      try db.execute(sql: "PRAGMA trusted_schema = OFF")
      try db.execute(sql: "PRAGMA cell_size_check = ON")
      _ = try Row.fetchOne(db, sql: "PRAGMA secure_delete = FAST")
    }
    return configuration
  }

  /// Opens to read: as others may be writing; where that asks for a folder that can be written to, with
  /// the index of the log in memory; where there is no log either, as a file that stays as it is.
  private static func readable(_ path: String) throws -> DatabaseQueue {
    var configuration = configuration()
    configuration.readonly = true
    let first: DatabaseError
    do {
      return try DatabaseQueue(path: path, configuration: configuration)
    } catch let error as DatabaseError
      where [.SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_IOERR]
      .contains(error.resultCode.primaryResultCode)
    {
      first = error
    }
    let address = URL(fileURLWithPath: path).absoluteString
    if hasLog(path) {
      configuration.prepareDatabase { db in
        _ = try String.fetchOne(db, sql: "PRAGMA locking_mode = EXCLUSIVE")
      }
      return try DatabaseQueue(path: address + "?vfs=unix-none", configuration: configuration)
    }
    do {
      return try DatabaseQueue(path: address + "?immutable=1", configuration: configuration)
    } catch let error as DatabaseError where error.resultCode.primaryResultCode == .SQLITE_CANTOPEN
    {
      // May not be read at all.
      throw first
    }
  }

  private static func check(
    _ db: Database, _ path: String, _ schema: JournalSchema, isExact: Bool
  ) throws {
    let application = try Int32.fetchOne(db, sql: "PRAGMA application_id") ?? 0
    let version = try Int32.fetchOne(db, sql: "PRAGMA user_version") ?? 0
    guard application == JournalSchema.application else {
      throw JournalError(
        path, "is no journal, or a database of another program; move it away", .foreign)
    }
    guard version == schema.version else {
      // Without the lock an older file is used as it is: what is asked of it is the same in each.
      if version > 0, version < schema.version, !isExact { return }
      throw JournalError.damaged(path, "it says that it is of form \(version)")
    }
    guard try schema.isShape(of: db) else {
      throw JournalError.damaged(path, "its tables are not those of a journal")
    }
  }
}

/// A name for a file in the system's folder for such, and its end.
final class TemporaryFile: Sendable {
  let path = NSTemporaryDirectory() + "damcon-" + UUID().uuidString + ".damcon"

  deinit {
    for suffix in ["", "-wal", "-shm", "-journal"] { unlink(path + suffix) }
  }
}
