import Foundation
import GRDB

/// Makes a journal's file, or one of this version out of an older one: beside its place, and then
/// swapped in, so that whoever looks finds either nothing, the old one or the whole new one.
enum JournalMaking {
  /// - Parameter isEmpty: whether a file without a byte stands in its place.
  static func make(
    _ path: String, _ schema: JournalSchema, replacing isEmpty: Bool
  ) throws {
    sweep(path)
    let making = beside(path)
    defer { remove(making) }
    let queue = try DatabaseQueue(path: making, configuration: JournalConnection.configuration())
    try queue.inDatabase { db in
      try schema.make(db)
      _ = try String.fetchOne(db, sql: "PRAGMA journal_mode = WAL")
    }
    try queue.close()
    _ = chmod(making, 0o600)
    try synchronize(making)
    if isEmpty {
      guard rename(making, path) == 0 else { throw failed(path) }
    } else if link(making, path) != 0 {
      // Another Damcon was faster; or the file system knows no links.
      let reason = errno
      var status = stat()
      if reason != EEXIST, stat(path, &status) != 0, rename(making, path) != 0 {
        throw failed(path)
      }
    }
    try synchronize(folder(path))
  }

  /// Brings a file of an older version to this one. The journal's lock must be held.
  static func migrate(_ path: String, _ schema: JournalSchema) throws {
    sweep(path)
    var configuration = JournalConnection.configuration()
    configuration.busyMode = .timeout(5)
    let old = try DatabaseQueue(path: path, configuration: configuration)
    let isAlone = try old.inDatabase { db in
      _ = try String.fetchOne(db, sql: "PRAGMA locking_mode = EXCLUSIVE")
      // Leaving the log behind asks for being the only one that has the file open; from then on nobody
      // else gets in until this connection is closed.
      return try String.fetchOne(db, sql: "PRAGMA journal_mode = DELETE") == "delete"
    }
    guard isAlone else { throw JournalError(path, "is being held by another program", .held) }
    let making = beside(path)
    defer { remove(making) }
    try copy(old, to: making, schema)
    _ = chmod(making, 0o600)
    try synchronize(making)
    guard rename(making, path) == 0 else { throw failed(path) }
    try synchronize(folder(path))
    try old.close()
  }

  /// Writes a copy in this version.
  static func copy(_ old: DatabaseQueue, to making: String, _ schema: JournalSchema) throws {
    let queue = try DatabaseQueue(path: making, configuration: JournalConnection.configuration())
    try old.backup(to: queue)
    try queue.inDatabase { db in
      // A copy of a file with a log asks for one as well.
      _ = try String.fetchOne(db, sql: "PRAGMA journal_mode = DELETE")
      try db.inTransaction(.exclusive) {
        var version = try Int32.fetchOne(db, sql: "PRAGMA user_version") ?? 0
        while version < schema.version {
          guard let step = schema.migrations[version] else {
            throw JournalError(old.path, "is of form \(version), which no Damcon wrote", .damaged)
          }
          try step(db)
          version += 1
        }
        try db.execute(sql: "PRAGMA user_version = \(schema.version)")
        return .commit
      }
      guard try schema.isShape(of: db) else {
        throw JournalError.damaged(old.path, "its tables are not those of a journal")
      }
      _ = try String.fetchOne(db, sql: "PRAGMA journal_mode = WAL")
    }
    try queue.close()
  }

  // MARK: Files

  private static func beside(_ path: String) -> String {
    "\(path).new-\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
  }

  static func folder(_ path: String) -> String {
    let folder = (path as NSString).deletingLastPathComponent
    return folder.isEmpty ? "." : folder
  }

  private static func remove(_ making: String) {
    for suffix in ["", "-wal", "-shm", "-journal"] { unlink(making + suffix) }
  }

  /// Takes away what processes that died while they made a file have left.
  private static func sweep(_ path: String) {
    let folder = folder(path)
    let start = (path as NSString).lastPathComponent + ".new-"
    for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    where name.hasPrefix(start) {
      let pid = name.dropFirst(start.count).prefix { $0 != "-" }
      guard let pid = Int32(pid), pid > 0, kill(pid, 0) != 0, errno == ESRCH else { continue }
      unlink(folder + "/" + name)
    }
  }

  static func synchronize(_ path: String) throws {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw failed(path) }
    defer { close(file) }
    // A folder that knows no such thing is not a failure.
    guard fsync(file) == 0 || errno == EINVAL else { throw failed(path) }
  }

  private static func failed(_ path: String) -> JournalError {
    let reason = errno
    let isFull = reason == ENOSPC || reason == EDQUOT
    return JournalError(
      path,
      isFull
        ? "cannot be written: the disk is full"
        : "cannot be written: \(String(cString: strerror(reason)))",
      isFull ? .full : .unwritable)
  }
}
