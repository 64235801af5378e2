import Foundation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Somebody who has connected, by the names that this host has for them.
package struct Peer: Sendable, Hashable {
  package var credentials: PeerCredentials
  /// `#1003` where this host has no name for the user.
  package var name: String
  /// By name; those that this host has no name for are left out.
  package var groups: [String]
  /// Why they may only look, whoever they are; nil where they may what their user may.
  package var onlyLooks: String?

  package init(credentials: PeerCredentials, name: String, groups: [String]) {
    self.credentials = credentials
    self.name = name
    self.groups = groups
  }

  /// Asks who that is, which may take as long as a directory service takes to answer.
  package init(_ credentials: PeerCredentials) {
    let known = Peer.user(credentials.uid)
    let groups =
      credentials.groups ?? known.map { Peer.groups(of: $0, credentials.gid) } ?? [credentials.gid]
    self.init(
      credentials: credentials, name: known ?? "#\(credentials.uid)",
      groups: groups.compactMap(Peer.group))
  }

  /// The user that this process is.
  package static var own: Peer {
    let count = max(0, getgroups(0, nil))
    var groups = [gid_t](repeating: 0, count: Int(count))
    let found = count == 0 ? 0 : getgroups(count, &groups)
    var all = groups.prefix(Int(max(0, found))).map { UInt32($0) }
    if !all.contains(getegid()) { all.insert(getegid(), at: 0) }
    return Peer(PeerCredentials(uid: geteuid(), gid: getegid(), pid: getpid(), groups: all))
  }

  private static let room = 16 << 10

  static func user(_ id: UInt32) -> String? {
    var entry = passwd()
    var found: UnsafeMutablePointer<passwd>?
    var bytes = [CChar](repeating: 0, count: room)
    guard getpwuid_r(id, &entry, &bytes, bytes.count, &found) == 0, found != nil,
      let name = entry.pw_name.map({ String(cString: $0) }), !name.isEmpty
    else { return nil }
    return name
  }

  static func group(_ id: UInt32) -> String? {
    entry(ofGroup: id) { entry in
      entry.gr_name.map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
    }
  }

  /// Those who are named in a group's entry, which are not those who have it as their first one.
  static func members(of id: UInt32) -> [String] {
    entry(ofGroup: id) { entry in
      var names: [String] = []
      var next = entry.gr_mem
      while let place = next, let name = place.pointee {
        names.append(String(cString: name))
        next = place + 1
      }
      return names
    } ?? []
  }

  private static func entry<Value>(
    ofGroup id: UInt32, _ body: (group_entry) -> Value?
  ) -> Value? {
    var entry = group_entry()
    var found: UnsafeMutablePointer<group_entry>?
    // A group's entry holds the names of its members.
    var bytes = [CChar](repeating: 0, count: 16 * room)
    // The entry points into the bytes.
    return bytes.withUnsafeMutableBufferPointer { bytes in
      guard getgrgid_r(id, &entry, bytes.baseAddress, bytes.count, &found) == 0, found != nil
      else { return nil }
      return body(entry)
    }
  }

  private static func groups(of user: String, _ first: UInt32) -> [UInt32] {
    #if os(Linux)
      var groups = [gid_t](repeating: 0, count: 1024)
      var count = Int32(groups.count)
      guard getgrouplist(user, first, &groups, &count) >= 0 else { return [first] }
      return groups.prefix(Int(count)).map { UInt32($0) }
    #else
      var groups = [Int32](repeating: 0, count: 1024)
      var count = Int32(groups.count)
      guard getgrouplist(user, Int32(bitPattern: first), &groups, &count) >= 0 else {
        return [first]
      }
      return groups.prefix(Int(count)).map { UInt32(bitPattern: $0) }
    #endif
  }
}

/// The system's `struct group`, by a name that nothing else has.
#if canImport(Glibc)
  private typealias group_entry = Glibc.group
#elseif canImport(Musl)
  private typealias group_entry = Musl.group
#else
  private typealias group_entry = Darwin.group
#endif
