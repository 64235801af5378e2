import Foundation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A socket that this process was given and did not make: looked at as one that it would have made itself.
struct GivenSocket: Sendable, Hashable {
  let path: String
  /// Those of its group may talk to it.
  let isShared: Bool

  /// Takes one that is a file of the right owner and mode, in a folder that can be trusted, and that listens.
  init(_ descriptor: Int32) throws(BridgeError) {
    let name = "file descriptor \(descriptor)"
    guard GivenSocket.option(SO_TYPE, of: descriptor) == GivenSocket.stream else {
      throw BridgeError(name, "it is no stream socket: ListenStream= is what makes one", .unsafe)
    }
    guard GivenSocket.option(SO_ACCEPTCONN, of: descriptor) == 1 else {
      throw BridgeError(name, "nobody listens on it: Accept=no is what is meant", .unsafe)
    }
    let path = try GivenSocket.path(of: descriptor, name)
    self.path = path
    guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else {
      throw BridgeError(path, "a control socket is a file in a folder", .unsafe)
    }
    _ = try SocketFolder(String(path[..<slash]))
    var status = stat()
    guard lstat(path, &status) == 0 else {
      throw BridgeError(path, "its file is not there: \(BridgeError.system(errno))", .unsafe)
    }
    guard status.st_mode & S_IFMT == S_IFSOCK else {
      throw BridgeError(path, "there is something else of that name", .unsafe)
    }
    guard status.st_uid == geteuid() || status.st_uid == 0 else {
      let owner = Peer.user(status.st_uid) ?? "#\(status.st_uid)"
      throw BridgeError(path, "it belongs to \(owner), and has to be yours or root's", .unsafe)
    }
    guard status.st_mode & 0o007 == 0 else {
      throw BridgeError(
        path, "everybody may talk to it: SocketMode=0660 and a SocketGroup= say who may", .unsafe)
    }
    isShared = status.st_mode & 0o020 != 0
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
  }

  #if os(Linux)
    private static let stream = Int32(SOCK_STREAM.rawValue)
  #else
    private static let stream = SOCK_STREAM
  #endif

  private static func option(_ option: Int32, of descriptor: Int32) -> Int32? {
    var value: Int32 = 0
    var size = socklen_t(MemoryLayout<Int32>.size)
    return getsockopt(descriptor, SOL_SOCKET, option, &value, &size) == 0 ? value : nil
  }

  private static func path(of descriptor: Int32, _ name: String) throws(BridgeError) -> String {
    var address = sockaddr_un()
    var size = socklen_t(MemoryLayout<sockaddr_un>.size)
    let result = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        getsockname(descriptor, $0, &size)
      }
    }
    guard result == 0, address.sun_family == sa_family_t(AF_UNIX) else {
      throw BridgeError(name, "it is no Unix socket", .unsafe)
    }
    let bytes = withUnsafeBytes(of: &address.sun_path) { Array($0) }
    // An abstract name begins with a zero, and has no owner and no mode.
    guard bytes.first == UInt8(ascii: "/") else {
      throw BridgeError(name, "it has no file: an abstract socket lets everybody in", .unsafe)
    }
    return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
  }
}
