import Foundation
import Synchronization

/// A bare TCP server on loopback that behaves as told: well, badly or not at all.
final class Listener: Sendable {
  /// What a connection gets for the bytes of one request.
  typealias Behaviour = @Sendable (_ request: String, _ connection: Int32) -> Void

  let port: UInt16
  private let open: Mutex<Open>

  /// The descriptors that are this listener's own. One that was closed may be somebody else's already.
  private struct Open {
    var listening: Int32?
    var connections: Set<Int32> = []
  }

  var url: String { "http://127.0.0.1:\(port)" }

  init(_ behaviour: @escaping Behaviour) throws {
    let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let bound = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(socket, $0, size) == 0 && listen(socket, 64) == 0
          && getsockname(socket, $0, &size) == 0
      }
    }
    guard bound else { throw POSIXError(.init(rawValue: errno) ?? .EADDRNOTAVAIL) }
    open = Mutex(Open(listening: socket))
    port = UInt16(bigEndian: address.sin_port)
    Thread.detachNewThread { [self] in accept(on: socket, behaviour) }
  }

  deinit { stop() }

  /// Stops listening and cuts every connection.
  func stop() {
    open.withLock { open in
      if let socket = open.listening { shutdown(socket, Int32(SHUT_RDWR)) }
      for connection in open.connections { shutdown(connection, Int32(SHUT_RDWR)) }
    }
  }

  private func accept(on socket: Int32, _ behaviour: @escaping Behaviour) {
    while true {
      let connection = Glibc.accept(socket, nil, nil)
      guard connection >= 0 else { break }
      open.withLock { _ = $0.connections.insert(connection) }
      Thread.detachNewThread { [self] in serve(connection, behaviour) }
    }
    open.withLock { open in
      open.listening = nil
      close(socket)
    }
  }

  private func serve(_ connection: Int32, _ behaviour: Behaviour) {
    var request = ""
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = read(connection, &buffer, buffer.count)
      guard count > 0 else { break }
      request += String(decoding: buffer[..<count], as: UTF8.self)
      while let end = request.range(of: "\r\n\r\n") {
        behaviour(String(request[..<end.lowerBound]), connection)
        request.removeSubrange(..<end.upperBound)
      }
    }
    open.withLock { open in
      open.connections.remove(connection)
      close(connection)
    }
  }

  /// Writes all of `text`; a peer that has gone is no error here.
  static func send(_ text: String, to connection: Int32) {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let sent = bytes.withUnsafeBytes {
        Glibc.send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard sent > 0 else { return }
      bytes = bytes.dropFirst(sent)
    }
  }
}

extension Listener {
  /// Answers each path with the body that `bodies` has for it at that moment, else 404.
  static func service(
    _ bodies: @escaping @Sendable (_ path: String) -> (status: Int, type: String, body: String)?
  ) throws -> Listener {
    try Listener { request, connection in
      let path = request.split(separator: " ").dropFirst().first.map(String.init) ?? "/"
      let (status, type, body) = bodies(path) ?? (404, "text/plain", "not found")
      send(
        "HTTP/1.1 \(status) -\r\nContent-Type: \(type)\r\nContent-Length: \(body.utf8.count)\r\n\r\n"
          + body, to: connection)
    }
  }

  /// Takes the request and never answers.
  static func hanging() throws -> Listener { try Listener { _, _ in } }

  /// Answers with bytes that are not HTTP, escapes and control bytes among them.
  static func garbage() throws -> Listener {
    try Listener { _, connection in
      send("\u{1B}]0;owned\u{07}\u{1B}[2J\u{00}\u{7F}garbage\r\n\r\n", to: connection)
      shutdown(connection, Int32(SHUT_RDWR))
    }
  }
}
