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
  /// - Nor can anybody take one of the folders above away who is not meant to: each belongs to this user or to root,
  ///   and others write to none of them, unless nobody there may touch what is another's (`/tmp`). Nor does a group,
  ///   but root's, this user's own that nobody else is in, and the one that may put a socket into the folder itself.
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
    try checkAbove(folder)
  }

  /// - Parameter folder: as it was named.
  private func checkAbove(_ folder: String) throws(BridgeError) {
    var above = path
    while let slash = above.lastIndex(of: "/"), above != "/" {
      above = slash == above.startIndex ? "/" : String(above[..<slash])
      var status = stat()
      guard lstat(above, &status) == 0 else {
        throw BridgeError(folder, "\(above): \(BridgeError.system(errno))", .unsafe)
      }
      guard status.st_uid == geteuid() || status.st_uid == 0 else {
        let name = Peer.user(status.st_uid) ?? "#\(status.st_uid)"
        throw BridgeError(
          folder, "\(above), which it is in, belongs to \(name), and has to be yours or root's",
          .unsafe)
      }
      let mode = UInt32(status.st_mode) & 0o7777
      // What lies in it is touched by nobody but whom it belongs to.
      if mode & 0o1000 != 0 { continue }
      let words = SocketFolder.words(mode)
      guard mode & 0o002 == 0 else {
        throw BridgeError(
          folder, "everybody may write to \(above), which it is in (\(words))", .unsafe)
      }
      guard mode & 0o020 == 0 || mayBeOf(status.st_gid) else {
        let name = Peer.group(status.st_gid) ?? "#\(status.st_gid)"
        throw BridgeError(
          folder,
          "the group \(name) may write to \(above), which it is in (\(words)): chmod g-w it, or take another",
          .unsafe)
      }
    }
  }

  /// Whether a group may write to a folder above: those who are in it may do no more than they may anyway.
  private func mayBeOf(_ other: UInt32) -> Bool {
    if other == 0 || isOfTheGroup && other == group { return true }
    guard other == getegid() else { return false }
    // As homes are where each user has a group of their own, of their name: those who have a group as their first one
    // are in no list of it.
    guard let own = Peer.user(geteuid()), Peer.group(other) == own else { return false }
    return Peer.members(of: other).allSatisfy { $0 == own }
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
