import Foundation
import Synchronization

/// Ports for servers that are told which one to take, between the asking and the taking.
///
/// They lie below those that the kernel gives to who asks for any, and to whoever calls somebody: neither another
/// listener nor a connection gets one of them meanwhile. None is given twice.
enum FreePort {
  private static let range: ClosedRange<UInt16> = 28_000...32_000
  private static let next = Mutex(UInt16.random(in: range))

  /// One that nobody listens on at this moment.
  static func take() throws -> UInt16 {
    for _ in range {
      let port = next.withLock { next in
        defer { next = next == range.upperBound ? range.lowerBound : next + 1 }
        return next
      }
      if isFree(port) { return port }
    }
    throw POSIXError(.EADDRINUSE)
  }

  private static func isFree(_ port: UInt16) -> Bool {
    let socket = Glibc.socket(
      AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard socket >= 0 else { return false }
    defer { close(socket) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    return withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
  }
}
