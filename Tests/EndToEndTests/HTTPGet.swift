import Foundation

/// Plain requests on loopback, each over a socket of its own.
enum HTTPGet {
  /// The body of a 200; nil for anything else.
  static func body(port: UInt16, path: String) -> Data? {
    // HTTP/1.0: the answer is never chunked and ends with the connection.
    let answer = exchange(port: port, "GET \(path) HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n")
    guard status(answer) == 200, let end = answer.range(of: Data("\r\n\r\n".utf8)) else {
      return nil
    }
    return answer[end.upperBound...]
  }

  /// The status that posting `json` is answered with.
  static func post(port: UInt16, path: String, json: String, token: String? = nil) -> Int? {
    let leave = token.map { "Authorization: Bearer \($0)\r\n" } ?? ""
    return status(
      exchange(
        port: port,
        "POST \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\(leave)"
          + "Content-Type: application/json\r\nContent-Length: \(json.utf8.count)\r\n\r\n\(json)"))
  }

  private static func status(_ answer: Data) -> Int? {
    let words = String(decoding: answer.prefix(12), as: UTF8.self).split(separator: " ")
    return words.count == 2 ? Int(words[1]) : nil
  }

  private static func exchange(port: UInt16, _ request: String) -> Data {
    let socket = Glibc.socket(
      AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard socket >= 0 else { return Data() }
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
    guard isConnected else { return Data() }
    Listener.send(request, to: socket)
    var answer = Data()
    var buffer = [UInt8](repeating: 0, count: 1 << 14)
    while true {
      let count = read(socket, &buffer, buffer.count)
      guard count > 0 else { break }
      answer.append(contentsOf: buffer[..<count])
    }
    return answer
  }
}
