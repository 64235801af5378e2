import Foundation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Who is at the other end of a Unix socket, as the kernel knows: as it was when they connected, or listened.
package struct PeerCredentials: Sendable, Hashable {
  package var uid: UInt32
  package var gid: UInt32
  /// 0 where it is not known.
  package var pid: Int32
  /// All groups, the first one included; nil where the kernel does not say.
  package var groups: [UInt32]?

  package init(uid: UInt32, gid: UInt32, pid: Int32, groups: [UInt32]?) {
    self.uid = uid
    self.gid = gid
    self.pid = pid
    self.groups = groups
  }

  #if os(Linux)
    /// As `struct ucred`, which Glibc's module does not have.
    private struct Record {
      var pid: Int32 = 0
      var uid: UInt32 = .max
      var gid: UInt32 = .max
    }

    /// nil where the kernel does not say.
    package init?(of socket: Int32) {
      var record = Record()
      var size = socklen_t(MemoryLayout<Record>.size)
      guard getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &record, &size) == 0,
        size == MemoryLayout<Record>.size, record.uid != .max
      else { return nil }
      self.init(uid: record.uid, gid: record.gid, pid: record.pid, groups: nil)
      groups = PeerCredentials.groups(of: socket).map { groups in
        groups.contains(record.gid) ? groups : [record.gid] + groups
      }
    }

    private static func groups(of socket: Int32) -> [UInt32]? {
      var groups = [UInt32](repeating: 0, count: 64)
      // The kernel says how much room they need; nobody has more than 65,536.
      for _ in 0..<4 {
        var size = socklen_t(groups.count * MemoryLayout<UInt32>.size)
        let result = getsockopt(socket, SOL_SOCKET, SO_PEERGROUPS, &groups, &size)
        let count = Int(size) / MemoryLayout<UInt32>.size
        if result == 0 { return Array(groups.prefix(count)) }
        guard errno == ERANGE, count > groups.count, count <= 65_536 else { return nil }
        groups = [UInt32](repeating: 0, count: count)
      }
      return nil
    }
  #else
    /// nil where the kernel does not say.
    package init?(of socket: Int32) {
      var (uid, gid) = (uid_t.max, gid_t.max)
      guard getpeereid(socket, &uid, &gid) == 0, uid != .max else { return nil }
      self.init(uid: uid, gid: gid, pid: 0, groups: nil)
    }
  #endif
}
