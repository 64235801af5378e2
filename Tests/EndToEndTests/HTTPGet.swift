import Foundation

/// One plain GET on loopback, over a socket of its own.
enum HTTPGet {
  /// The body of a 200; nil for anything else.
  static func body(port: UInt16, path: String) -> Data? {
    let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard socket >= 0 else { return nil }
    defer { close(socket) }
    var patience = timeval(tv_sec: 5, tv_usec: 0)
    setsockopt(
      socket, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let isConnected = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
    guard isConnected else { return nil }
    // HTTP/1.0: the answer is never chunked and ends with the connection.
    Listener.send("GET \(path) HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n", to: socket)
    var answer = Data()
    var buffer = [UInt8](repeating: 0, count: 1 << 14)
    while true {
      let count = read(socket, &buffer, buffer.count)
      guard count > 0 else { break }
      answer.append(contentsOf: buffer[..<count])
    }
    let status = String(decoding: answer.prefix(12), as: UTF8.self)
    guard status.hasSuffix(" 200"), let end = answer.range(of: Data("\r\n\r\n".utf8)) else {
      return nil
    }
    return answer[end.upperBound...]
  }
}
