#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A port on loopback that is taken and where nothing listens: whoever connects is refused.
final class SilentPort {
  let url: String
  private let socket: CInt

  init?() {
    #if canImport(Glibc)
      let kind = CInt(SOCK_STREAM.rawValue)
    #else
      let kind = SOCK_STREAM
    #endif
    socket = makeSocket(AF_INET, kind, 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let socket = socket
    let isBound = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(socket, $0, length) == 0 && getsockname(socket, $0, &length) == 0
      }
    }
    url = "http://127.0.0.1:\(UInt16(bigEndian: address.sin_port))"
    guard socket >= 0, isBound else { return nil }
  }

  deinit { close(socket) }
}

/// The system's `socket`, which the class names something else.
private func makeSocket(_ domain: CInt, _ kind: CInt, _ proto: CInt) -> CInt {
  socket(domain, kind, proto)
}
