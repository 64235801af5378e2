import Foundation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Where the service manager hears: the path of a socket, or an abstract name (`@…`), which is its choice.
struct NoticeAddress: Sendable, Hashable {
  private let name: [UInt8]
  private let isAbstract: Bool

  private static let room = MemoryLayout.size(ofValue: sockaddr_un().sun_path)

  /// nil where it is neither, or does not fit.
  init?(_ text: String) {
    let bytes = Array(text.utf8)
    guard let first = bytes.first, !bytes.contains(0) else { return nil }
    switch first {
    case UInt8(ascii: "/"):
      // With the byte that ends it.
      guard bytes.count < NoticeAddress.room else { return nil }
      (name, isAbstract) = (bytes, false)
    case UInt8(ascii: "@"):
      guard bytes.count > 1, bytes.count <= NoticeAddress.room else { return nil }
      (name, isAbstract) = (Array(bytes.dropFirst()), true)
    default: return nil
    }
  }

  /// Has what a socket sends go there. It may be said again, for a manager that is another one by now.
  ///
  /// - Returns: 0, or what the system says of it.
  func join(_ socket: Int32) -> Int32 {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let offset = isAbstract ? 1 : 0
    withUnsafeMutableBytes(of: &address.sun_path) { path in
      for (place, byte) in name.enumerated() { path[place + offset] = byte }
    }
    let head = MemoryLayout<sockaddr_un>.size - NoticeAddress.room
    // An abstract name is as long as it is said to be; a path ends with a zero.
    let length = socklen_t(head + name.count + 1)
    let isJoined = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(socket, $0, length) == 0 }
    }
    return isJoined ? 0 : errno
  }

  /// Sends one datagram where a socket has joined.
  ///
  /// - Returns: 0, or what the system says of it.
  static func send(_ bytes: [UInt8], over socket: Int32) -> Int32 {
    #if os(Linux)
      let flags = Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT)
    #else
      let flags = MSG_DONTWAIT
    #endif
    let sent = sendto(socket, bytes, bytes.count, flags, nil, 0)
    return sent == bytes.count ? 0 : sent < 0 ? errno : EMSGSIZE
  }
}
