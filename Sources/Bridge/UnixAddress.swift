import Foundation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The path of a Unix socket as the system takes it: always a file, never an abstract name.
struct UnixAddress {
  private var address = sockaddr_un()

  /// Bytes of a path.
  static let longest = MemoryLayout.size(ofValue: sockaddr_un().sun_path) - 1

  /// nil where it is too long, empty, or holds a byte that would end it.
  init?(_ path: String) {
    let bytes = Array(path.utf8)
    guard (1...UnixAddress.longest).contains(bytes.count), !bytes.contains(0) else { return nil }
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
  }

  mutating func bind(_ socket: Int32) -> Int32 {
    withPointer { systemBind(socket, $0, $1) }
  }

  mutating func connect(_ socket: Int32) -> Int32 {
    withPointer { systemConnect(socket, $0, $1) }
  }

  private mutating func withPointer(
    _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
  ) -> Int32 {
    withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
  }
}

/// The system's own, by names that no method here has.
private func systemBind(
  _ socket: Int32, _ address: UnsafePointer<sockaddr>, _ size: socklen_t
) -> Int32 {
  bind(socket, address, size)
}

private func systemConnect(
  _ socket: Int32, _ address: UnsafePointer<sockaddr>, _ size: socklen_t
) -> Int32 {
  connect(socket, address, size)
}
