import Foundation
import GRDB

/// A recording taken out of another: a file of its own, with a chain of its own and a statement of what
/// it is, in its place only once it is whole.
///
/// It is one file that needs nothing beside it: it can be sent, and read where nothing can be written.
package final class JournalCopy {
  package let path: String
  private let making: String
  private var file: JournalFile?

  /// - Parameters:
  ///   - path: where it is to be; nothing may be there.
  ///   - about: with the statement.
  package init(path: String, about: About) throws(JournalError) {
    self.path = path
    var status = stat()
    guard stat(path, &status) != 0 else {
      throw JournalError(path, "is there already; name another file", .misused)
    }
    making = "\(path).part-\(getpid())"
    JournalCopy.remove(making)
    do {
      file = try JournalFile(path: making, about: about, heads: nil)
    } catch { throw JournalError(path, error.reason, error.cause) }
  }

  deinit {
    guard file != nil else { return }
    file = nil
    JournalCopy.remove(making)
  }

  /// Where its chain stands.
  package var head: JournalHead? { file?.head }

  /// Writes a page; the first one says where it begins. Instants and sequences may be the source's own.
  package func append(_ page: JournalPage) throws(JournalError) {
    guard let file else { throw JournalError(path, "is finished", .misused) }
    do {
      try file.append(page)
    } catch { throw JournalError(path, error.reason, error.cause) }
  }

  /// Puts the whole of it in its place.
  ///
  /// - Returns: its last link, to be kept elsewhere.
  @discardableResult
  package func finish() throws(JournalError) -> JournalHead {
    guard let open = file else { throw JournalError(path, "is finished", .misused) }
    let head = open.head
    do {
      try open.close()
      file = nil
      let queue = try DatabaseQueue(path: making, configuration: JournalConnection.configuration())
      try queue.inDatabase { db in
        guard try String.fetchOne(db, sql: "PRAGMA journal_mode = DELETE") == "delete" else {
          throw JournalError(path, "is being held by another program", .held)
        }
      }
      try queue.close()
      try JournalMaking.synchronize(making)
      guard rename(making, path) == 0 else {
        throw JournalError(
          path, "cannot be written: \(String(cString: strerror(errno)))", .unwritable)
      }
      try JournalMaking.synchronize(JournalMaking.folder(path))
    } catch {
      JournalCopy.remove(making)
      throw JournalError(error, at: path)
    }
    unlink(making + ".lock")
    return head
  }

  private static func remove(_ making: String) {
    for suffix in ["", "-wal", "-shm", "-journal", ".lock"] { unlink(making + suffix) }
  }
}
