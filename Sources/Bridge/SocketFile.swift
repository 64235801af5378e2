import Foundation
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A Unix socket in the file system that belongs to this process: bound, with the right mode, and not yet
/// listening.
package final class SocketFile: Sendable {
  package let path: String
  /// Whether those of the folder's group may talk to it.
  package let isShared: Bool
  /// nil once the place may be another's.
  private let lock: Mutex<SocketLock?>
  private let identity: Identity
  /// -1 once somebody else owns it.
  private let descriptor: Mutex<Int32>

  private struct Identity: Sendable, Hashable {
    var device: UInt64
    var number: UInt64
  }

  /// Takes the first place that can be had.
  package static func open(_ place: SocketPlace) throws(BridgeError) -> SocketFile {
    var first: BridgeError?
    for path in place.paths {
      do throws(BridgeError) {
        return try SocketFile(path, place)
      } catch {
        // Whoever listens at the place that comes first is the one that is found.
        guard error.cause != .held else { throw error }
        // A folder that is not there says nothing about where it should be.
        if first == nil || first?.isAboutAbsence == true { first = error }
      }
    }
    throw first ?? BridgeError("control socket", "there is no place for it", .unsafe)
  }

  private init(_ path: String, _ place: SocketPlace) throws(BridgeError) {
    guard path.hasPrefix("/"), let slash = path.lastIndex(of: "/"), slash != path.startIndex else {
      throw BridgeError(path, "a control socket is a file in a folder, by its whole path", .unsafe)
    }
    let name = path[path.index(after: slash)...]
    guard !name.isEmpty else { throw BridgeError(path, "it names no file", .unsafe) }
    let above = String(path[..<slash])
    if !place.isChosen { try SocketFolder.make(above, whole: above == place.home) }
    let folder = try SocketFolder(above)
    let real = folder.path == "/" ? "/\(name)" : "\(folder.path)/\(name)"
    guard var address = UnixAddress(real) else {
      throw BridgeError(
        real, "longer than a socket's path may be (\(UnixAddress.longest) bytes)", .unsafe)
    }
    self.path = real
    isShared = place.isChosen && folder.isShared
    lock = Mutex(try SocketLock(real, group: folder.isOfTheGroup ? folder.group : nil))
    try SocketFile.clear(real)
    let socket = try SocketFile.make(real)
    var isKept = false
    defer { if !isKept { close(socket) } }
    guard address.bind(socket) == 0 else {
      throw BridgeError(real, "it cannot be made: \(BridgeError.system(errno))", .denied)
    }
    // Nobody can connect before it listens.
    do throws(BridgeError) { identity = try SocketFile.settle(real, isShared, folder) } catch {
      unlink(real)
      throw error
    }
    descriptor = Mutex(socket)
    isKept = true
  }

  static func make(_ path: String) throws(BridgeError) -> Int32 {
    #if os(Linux)
      let made = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    #else
      let made = socket(AF_UNIX, SOCK_STREAM, 0)
      if made >= 0 { _ = fcntl(made, F_SETFD, FD_CLOEXEC) }
    #endif
    guard made >= 0 else {
      throw BridgeError(path, "there is no socket to be had: \(BridgeError.system(errno))", .denied)
    }
    return made
  }

  /// Takes away what a process that has died left there, and nothing else.
  private static func clear(_ path: String) throws(BridgeError) {
    var status = stat()
    guard lstat(path, &status) == 0 else { return }
    guard status.st_mode & S_IFMT == S_IFSOCK else {
      throw BridgeError(path, "there is something else of that name", .unsafe)
    }
    guard status.st_uid == geteuid() else {
      let name = Peer.user(status.st_uid) ?? "#\(status.st_uid)"
      throw BridgeError(path, "there is a socket of \(name) already", .denied)
    }
    let socket = try make(path)
    defer { close(socket) }
    guard var address = UnixAddress(path) else { return }
    if address.connect(socket) == 0 {
      throw BridgeError(path, "another process listens there", .held)
    }
    let reason = errno
    guard reason == ECONNREFUSED else {
      throw BridgeError(
        path, "there is a socket already, and nobody knows whose: \(BridgeError.system(reason))",
        .denied)
    }
    guard unlink(path) == 0 else {
      throw BridgeError(path, "it cannot be replaced: \(BridgeError.system(errno))", .denied)
    }
  }

  private static func settle(
    _ path: String, _ isShared: Bool, _ folder: SocketFolder
  ) throws(BridgeError) -> Identity {
    if isShared, lchown(path, uid_t.max, folder.group) != 0 {
      let name = Peer.group(folder.group) ?? "#\(folder.group)"
      throw BridgeError(
        path, "it cannot be given to the group \(name), whose folder it is in: be one of them",
        .denied)
    }
    guard chmod(path, isShared ? 0o660 : 0o600) == 0 else {
      throw BridgeError(path, "its mode cannot be set: \(BridgeError.system(errno))", .denied)
    }
    var status = stat()
    guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFSOCK else {
      throw BridgeError(path, "it was taken away", .unsafe)
    }
    return Identity(device: UInt64(status.st_dev), number: UInt64(status.st_ino))
  }

  /// The socket, for whoever listens on it, and closes it.
  func take() -> Int32? {
    descriptor.withLock { descriptor in
      defer { descriptor = -1 }
      return descriptor < 0 ? nil : descriptor
    }
  }

  /// Takes the file away, where it is still this one.
  func remove() {
    var status = stat()
    guard lstat(path, &status) == 0,
      Identity(device: UInt64(status.st_dev), number: UInt64(status.st_ino)) == identity
    else { return }
    unlink(path)
  }

  /// Lets another process have the place.
  func release() { lock.withLock { $0 = nil } }

  deinit {
    let left = descriptor.withLock { $0 }
    if left >= 0 { close(left) }
  }
}

extension BridgeError {
  fileprivate var isAboutAbsence: Bool { reason == "there is no such folder" || cause == .denied }
}
