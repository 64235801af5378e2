import Foundation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A folder that nobody but those who are meant can put a socket into.
package struct SocketFolder: Sendable, Hashable {
  /// Without links.
  package private(set) var path: String
  /// Those of its group may reach what is in it.
  package private(set) var isShared: Bool
  /// Those of its group may put a socket there too.
  private(set) var isOfTheGroup: Bool
  package private(set) var owner: UInt32
  package private(set) var group: UInt32

  /// Looks whether a folder can be trusted.
  ///
  /// - It belongs to this user or to root.
  /// - Others cannot write to it, and its group only where others have no access at all (0770 at most).
  /// - Nor can anybody take one of the folders above away who is not meant to: others write to none of
  ///   them, unless nobody there may touch what is another's (`/tmp`).
  package init(_ folder: String) throws(BridgeError) {
    guard let real = realpath(folder, nil) else {
      throw BridgeError(folder, "there is no such folder", .unsafe)
    }
    path = String(cString: real)
    free(real)
    var status = stat()
    guard lstat(path, &status) == 0 else {
      throw BridgeError(folder, BridgeError.system(errno), .unsafe)
    }
    guard status.st_mode & S_IFMT == S_IFDIR else {
      throw BridgeError(folder, "it is no folder", .unsafe)
    }
    (owner, group) = (status.st_uid, status.st_gid)
    guard owner == geteuid() || owner == 0 else {
      let name = Peer.user(owner) ?? "#\(owner)"
      throw BridgeError(
        folder, "the folder belongs to \(name), and has to be yours or root's", .unsafe)
    }
    let mode = UInt32(status.st_mode) & 0o7777
    guard mode & 0o002 == 0 else {
      throw BridgeError(
        folder,
        "everybody may write to the folder (\(SocketFolder.words(mode))): chmod o-w it, or take another",
        .unsafe)
    }
    guard mode & 0o020 == 0 || mode & 0o007 == 0 else {
      throw BridgeError(
        folder,
        "its group may write to the folder and others may look into it (\(SocketFolder.words(mode))): "
          + "at most 0770", .unsafe)
    }
    isShared = mode & 0o010 != 0 && mode & 0o007 == 0
    isOfTheGroup = isShared && mode & 0o020 != 0
    try SocketFolder.checkAbove(path, of: folder)
  }

  private static func checkAbove(_ path: String, of folder: String) throws(BridgeError) {
    var above = path
    while let slash = above.lastIndex(of: "/"), above != "/" {
      above = slash == above.startIndex ? "/" : String(above[..<slash])
      var status = stat()
      guard lstat(above, &status) == 0 else {
        throw BridgeError(folder, "\(above): \(BridgeError.system(errno))", .unsafe)
      }
      let mode = UInt32(status.st_mode) & 0o7777
      guard mode & 0o002 == 0 || mode & 0o1000 != 0 else {
        throw BridgeError(
          folder, "everybody may write to \(above), which it is in (\(words(mode)))", .unsafe)
      }
    }
  }

  /// Makes a folder for this user alone; nothing where it is there already.
  ///
  /// - Parameter whole: those above it too.
  static func make(_ folder: String, whole: Bool) throws(BridgeError) {
    if whole {
      // What is wrong with it is said when it is looked at.
      try? FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
      return
    }
    guard mkdir(folder, 0o700) != 0 else { return }
    let reason = errno
    guard reason != EEXIST else { return }
    throw BridgeError(folder, "it cannot be made: \(BridgeError.system(reason))", .denied)
  }

  /// `0755`
  private static func words(_ mode: UInt32) -> String {
    let digits = String(mode, radix: 8)
    return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }
}
