import Fleet
import Foundation

/// That this process alone records into a journal: held on a file beside it until the process lets go
/// of it or dies, whatever it dies of.
final class JournalLock: Sendable {
  private let file: Int32

  /// - Parameters:
  ///   - path: of the journal.
  ///   - now: nanoseconds since 1970, for others to read.
  init(_ path: String, now: Int64) throws(JournalError) {
    let name = path + ".lock"
    file = open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0o600)
    guard file >= 0 else { throw JournalLock.refused(name, errno, path) }
    while flock(file, LOCK_EX | LOCK_NB) != 0 {
      if errno == EINTR { continue }
      let reason = errno
      let holder = JournalLock.holder(file)
      close(file)
      guard reason == EWOULDBLOCK else { throw JournalLock.refused(name, reason, path) }
      throw JournalError(path, holder, .held)
    }
    let text = Array("\(getpid()) \(now)\n".utf8)
    // It is only for a sentence: a full disk must not cost the lock.
    if ftruncate(file, 0) == 0 {
      _ = text.withUnsafeBytes { pwrite(file, $0.baseAddress, $0.count, 0) }
    }
  }

  deinit { close(file) }

  /// `recorded by another Damcon (pid 4711) since 14:02 UTC`
  private static func holder(_ file: Int32) -> String {
    var bytes = [UInt8](repeating: 0, count: 64)
    let count = bytes.withUnsafeMutableBytes { pread(file, $0.baseAddress, $0.count, 0) }
    let words = String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
      .split(whereSeparator: \.isWhitespace)
    guard words.count == 2, let pid = Int32(words[0]), let since = Int64(words[1]) else {
      return "recorded by another Damcon"
    }
    let clock = CivilTime(unixNanoseconds: since).clock.prefix(5)
    return "recorded by another Damcon (pid \(pid)) since \(clock) UTC"
  }

  private static func refused(_ name: String, _ reason: Int32, _ path: String) -> JournalError {
    switch reason {
    case EACCES, EPERM, EROFS:
      JournalError(
        path, "its folder cannot be written to; nothing is recorded, all else goes on", .unwritable)
    case ENOENT: JournalError(path, "its folder is not there; nothing is recorded", .unwritable)
    case ENOSPC, EDQUOT: JournalError(path, "cannot be written: the disk is full", .full)
    default:
      JournalError(name, "cannot be locked: \(String(cString: strerror(reason)))", .unwritable)
    }
  }
}
