import Foundation
import Synchronization

/// What the first bytes of a file say of it, before anything opens it as a database.
enum FileGlance: Hashable {
  case absent
  case empty
  /// A folder, a pipe, a device: opening one may wait for ever.
  case noFile
  /// Not for this user to read.
  case closed
  /// No SQLite database, or another program's.
  case foreign
  case journal(Header)

  struct Header: Hashable {
    var version: Int32
    var pageSize: Int
    /// Pages that the file should have; nil where it does not say.
    var pageCount: Int?
    /// Bytes that it has.
    var size: Int

    /// Bytes that the file says it has and has not.
    var missing: Int { max(0, (pageCount ?? 0) * pageSize - size) }
  }

  init(_ path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else {
      self = .absent
      return
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      self = .noFile
      return
    }
    guard status.st_size > 0 else {
      self = .empty
      return
    }
    guard access(path, R_OK) == 0 else {
      self = .closed
      return
    }
    self = .foreign
    guard let bytes = FileGlance.beginning(path), bytes.count == 100 else { return }
    func word(_ place: Int) -> UInt32 {
      bytes[place..<place + 4].reduce(0) { $0 << 8 | UInt32($1) }
    }
    guard bytes.starts(with: "SQLite format 3\0".utf8),
      word(68) == UInt32(bitPattern: JournalSchema.application)
    else { return }
    let written = Int(bytes[16]) << 8 | Int(bytes[17])
    let pageSize = written == 1 ? 65_536 : written
    // As SQLite judges: the count is of the change that the header is of, or it is not to be used.
    let isCounted = word(28) > 0 && word(24) == word(92)
    self = .journal(
      Header(
        version: Int32(bitPattern: word(60)), pageSize: pageSize,
        pageCount: isCounted ? Int(word(28)) : nil, size: Int(status.st_size)))
  }

  private static func beginning(_ path: String) -> [UInt8]? {
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: 100)
    let count = bytes.withUnsafeMutableBytes { pread(file, $0.baseAddress, 100, 0) }
    return count == 100 ? bytes : nil
  }
}

/// That this process writes a file as a database.
///
/// POSIX locks are the process's: closing any descriptor of a file gives up all that SQLite holds on
/// it. So no file is read as plain bytes while this process writes it.
final class WrittenFile: Sendable {
  private struct Identity: Hashable {
    var device: UInt64
    var number: UInt64
  }

  private static let counts = Mutex<[Identity: Int]>([:])
  private let identity: Identity

  /// Looks at a file where this process does not write it yet, and counts as writing it from then on.
  ///
  /// - Returns: what was seen; nil where it was written already, and was looked at before that.
  static func begin(_ path: String) -> (file: WrittenFile?, glance: FileGlance?) {
    counts.withLock { counts in
      guard let identity = identity(of: path) else { return (nil, FileGlance(path)) }
      let glance = counts[identity] == nil ? FileGlance(path) : nil
      counts[identity, default: 0] += 1
      return (WrittenFile(identity), glance)
    }
  }

  /// What is seen of a file; nil where this process writes it.
  static func glance(_ path: String) -> FileGlance? {
    counts.withLock { counts in
      let isWritten = identity(of: path).map { counts[$0] != nil } ?? false
      return isWritten ? nil : FileGlance(path)
    }
  }

  private init(_ identity: Identity) { self.identity = identity }

  private static func identity(of path: String) -> Identity? {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    return Identity(
      device: UInt64(truncatingIfNeeded: status.st_dev),
      number: UInt64(truncatingIfNeeded: status.st_ino))
  }

  deinit {
    WrittenFile.counts.withLock { counts in
      guard let count = counts[identity] else { return }
      counts[identity] = count > 1 ? count - 1 : nil
    }
  }
}
