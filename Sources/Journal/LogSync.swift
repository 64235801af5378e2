import Dispatch
import Foundation
import Synchronization

/// Sees to it that what was written is on the disk within a second, without anybody waiting for it.
///
/// SQLite does so by itself only when it puts its log into the file, which may be a minute later. The
/// log can be opened beside it: no lock is held on that file.
final class LogSync: Sendable {
  private let path: String
  private let queue = DispatchQueue(label: "damcon.journal.sync", qos: .utility)
  private let isWaiting = Mutex(false)
  /// Touched on `queue` alone.
  nonisolated(unsafe) private var file: Int32 = -1

  init(_ path: String) { self.path = path + "-wal" }

  /// Returns at once; where the disk is slower than the calls, one stands for all that wait.
  func synchronize() {
    let isFirst = isWaiting.withLock { isWaiting in
      defer { isWaiting = true }
      return !isWaiting
    }
    guard isFirst else { return }
    queue.async { [self] in
      isWaiting.withLock { $0 = false }
      reopen()
      guard file >= 0 else { return }
      #if os(Linux)
        fdatasync(file)
      #else
        fsync(file)
      #endif
    }
  }

  /// SQLite takes the log away when nobody has the file open, and makes another.
  private func reopen() {
    var status = stat()
    guard stat(path, &status) == 0 else { return }
    var known = stat()
    if file >= 0, fstat(file, &known) == 0, known.st_ino == status.st_ino,
      known.st_dev == status.st_dev
    {
      return
    }
    if file >= 0 { close(file) }
    file = open(path, O_RDONLY | O_CLOEXEC)
  }

  deinit { if file >= 0 { close(file) } }
}
