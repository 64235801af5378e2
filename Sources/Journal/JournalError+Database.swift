import GRDB

extension JournalError {
  /// What SQLite, or a row that cannot be what was written, comes to.
  package init(_ error: any Error, at path: String) {
    if let error = error as? JournalError {
      self = error
    } else if let flaw = error as? RowFlaw {
      self = .damaged(path, flaw.what)
    } else if let error = error as? DatabaseError {
      self.init(error.resultCode.primaryResultCode, error.message, path)
    } else {
      self.init(path, "\(error)")
    }
  }

  private init(_ code: ResultCode, _ message: String?, _ path: String) {
    switch code {
    case .SQLITE_NOTADB: self.init(path, "is no journal, or its beginning is damaged", .damaged)
    case .SQLITE_CORRUPT: self = .damaged(path, "its pages do not fit together")
    case .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_AUTH:
      self.init(path, "cannot be opened; may its folder be written to?", .unwritable)
    case .SQLITE_READONLY: self.init(path, "cannot be written to", .unwritable)
    case .SQLITE_FULL: self.init(path, "cannot be written: the disk is full", .full)
    case .SQLITE_BUSY, .SQLITE_LOCKED: self.init(path, "is being held by another program", .held)
    case .SQLITE_IOERR: self.init(path, "the disk failed while it was read or written")
    default: self.init(path, message ?? "cannot be used (\(code))")
    }
  }

  /// What is the matter with a damaged file, to go into another sentence.
  var flaw: String {
    let start = "is damaged: "
    return reason.hasPrefix(start) ? String(reason.dropFirst(start.count)) : reason
  }

  static func damaged(_ path: String, _ what: String) -> JournalError {
    JournalError(path, "is damaged: \(what)", .damaged)
  }
}
