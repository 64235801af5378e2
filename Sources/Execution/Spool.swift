import Containment
import Foundation

/// A folder with a file for each program that was ever begun, which says what came of it though nobody was there
/// to hear.
///
/// The file is there before the program is, and locked for as long as it runs. It is empty until the program is
/// about to be begun. Beside it, once it has ended, lies its outcome.
struct Spool: Sendable {
  let folder: String

  /// Why there is none.
  struct Flaw: Error, CustomStringConvertible { var description: String }

  /// Seconds that what has ended is kept for.
  private static let age = 7 * 86_400.0
  private static let ending = ".outcome"
  /// Bytes of the longest outcome.
  private static let longest = 1 << 20

  /// Makes the folder where it is not there, for nobody else to look into.
  init(_ folder: String) throws(Flaw) {
    self.folder = folder
    do {
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    } catch {
      throw Flaw(description: "\(folder) cannot be made")
    }
    var status = stat()
    guard lstat(folder, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
      throw Flaw(description: "\(folder) is no folder")
    }
    guard status.st_uid == geteuid() else {
      throw Flaw(description: "\(folder) belongs to somebody else")
    }
    if status.st_mode & 0o077 != 0, chmod(folder, 0o700) != 0 {
      throw Flaw(description: "\(folder) can be looked into by others")
    }
  }

  /// What is known of a program.
  enum State: Sendable, Hashable {
    /// There is no file of that name.
    case absent
    /// The name is taken, and nothing was begun under it.
    case claimed
    case running
    case ended(ActionAnswer)
    /// It was begun, and what ran it is gone without a word.
    case lost
  }

  func state(of file: String) -> State {
    if let end = end(of: file) { return .ended(end.answer) }
    let handle = open(path(file), O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    guard handle >= 0 else { return errno == ENOENT ? .absent : .lost }
    defer { close(handle) }
    while flock(handle, LOCK_SH | LOCK_NB) != 0 {
      if errno != EINTR { return errno == EWOULDBLOCK ? .running : .lost }
    }
    // It may have ended between the two looks.
    if let end = end(of: file) { return .ended(end.answer) }
    var status = stat()
    return fstat(handle, &status) == 0 && status.st_size == 0 ? .claimed : .lost
  }

  // MARK: Names

  /// The file for an order that is about to be sent; what was done under a name is not done again.
  ///
  /// Taking back may be tried again where it did not come to its end: then it has a number.
  func unused(_ name: SendingName) throws(Flaw) -> String {
    guard let first = name.file else { throw Flaw(description: "its name is too long") }
    for number in 1...Spool.mostAttempts {
      let file = Spool.file(first, number)
      switch state(of: file) {
      case .absent: return file
      case .running: throw Flaw(description: "it is running already")
      case .ended(.applied) where name.isRevert:
        throw Flaw(description: "it was taken back before")
      case .claimed, .ended, .lost:
        guard name.isRevert else { throw Flaw(description: "it was run before, and is run once") }
      }
    }
    throw Flaw(description: "it was tried too often")
  }

  func outcome(of name: SendingName) -> SpooledOutcome {
    guard let first = name.file else { return .none }
    var last = State.absent
    for number in 1...(name.isRevert ? Spool.mostAttempts : 1) {
      let state = state(of: Spool.file(first, number))
      if state == .absent { break }
      last = state
    }
    switch last {
    case .running: return .running
    case .ended(let answer): return .ended(answer)
    case .claimed: return .ended(.unsent("it was not begun"))
    case .absent, .lost: return .none
    }
  }

  private static let mostAttempts = 99

  private static func file(_ first: String, _ number: Int) -> String {
    number == 1 ? first : "\(first).\(number)"
  }

  private func path(_ file: String) -> String { "\(folder)/\(file)" }

  // MARK: One program

  /// Takes a name for this process alone, until it lets go of it or dies.
  ///
  /// - Returns: the open file, empty and locked.
  func claim(_ file: String) throws(Flaw) -> Int32 {
    let handle = open(
      path(file), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard handle >= 0 else {
      throw Flaw(
        description: errno == EEXIST
          ? "it was run before, and is run once" : "\(folder) cannot be written to")
    }
    while flock(handle, LOCK_EX) != 0 {
      if errno == EINTR { continue }
      close(handle)
      throw Flaw(description: "\(path(file)) cannot be locked")
    }
    guard syncFolder() else {
      close(handle)
      throw Flaw(description: "\(folder) cannot be synced")
    }
    return handle
  }

  /// Marks that the program is about to be begun, on the disk.
  static func begin(_ handle: Int32) throws(Flaw) {
    let mark = Array("begun \(time(nil)) by \(getpid())\n".utf8)
    guard write(mark, to: handle), fsync(handle) == 0 else {
      ftruncate(handle, 0)
      throw Flaw(description: "it cannot be written down that it is begun")
    }
  }

  /// Keeps what came of it, on the disk.
  func end(_ file: String, _ end: SpooledEnd) -> Bool {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let bytes = try? encoder.encode(end) else { return false }
    let rough = path(file) + Spool.ending + ".tmp"
    let handle = open(rough, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard handle >= 0 else { return false }
    let isWritten = Spool.write(Array(bytes), to: handle) && fsync(handle) == 0
    close(handle)
    return isWritten && rename(rough, path(file) + Spool.ending) == 0 && syncFolder()
  }

  /// What came of it; nil where nothing says so.
  func end(of file: String) -> SpooledEnd? {
    let handle = open(path(file) + Spool.ending, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    guard handle >= 0 else { return nil }
    defer { close(handle) }
    var bytes: [UInt8] = []
    var room = [UInt8](repeating: 0, count: 65_536)
    while bytes.count <= Spool.longest {
      let count = read(handle, &room, room.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { break }
      bytes += room[..<count]
    }
    return try? JSONDecoder().decode(SpooledEnd.self, from: Data(bytes))
  }

  private static func write(_ bytes: [UInt8], to handle: Int32) -> Bool {
    var place = 0
    while place < bytes.count {
      let count = bytes.withUnsafeBytes { all in
        Foundation.write(handle, all.baseAddress.map { $0 + place }, all.count - place)
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return false }
      place += count
    }
    return true
  }

  private func syncFolder() -> Bool {
    let handle = open(folder, O_RDONLY | O_CLOEXEC | O_DIRECTORY)
    guard handle >= 0 else { return false }
    defer { close(handle) }
    return fsync(handle) == 0
  }

  // MARK: Age

  /// Removes what is a week old and does not run.
  func tidy() {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    let now = Double(time(nil))
    for name in names {
      var status = stat()
      guard lstat(path(name), &status) == 0, status.st_mode & S_IFMT == S_IFREG,
        now - Spool.changed(status) > Spool.age
      else { continue }
      // An outcome goes with what it is of, never before it.
      if let end = name.firstRange(of: Spool.ending) {
        if access(path(String(name[..<end.lowerBound])), F_OK) != 0 { unlink(path(name)) }
        continue
      }
      if state(of: name) == .running { continue }
      unlink(path(name))
      unlink(path(name) + Spool.ending)
    }
  }

  private static func changed(_ status: stat) -> Double {
    #if canImport(Darwin)
      Double(status.st_mtimespec.tv_sec)
    #else
      Double(status.st_mtim.tv_sec)
    #endif
  }
}

/// What came of a program that ran.
struct SpooledEnd: Sendable, Hashable, Codable {
  var answer: ActionAnswer
  /// The last of what it said, without secrets.
  var output: String
}
