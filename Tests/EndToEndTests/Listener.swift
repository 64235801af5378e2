import Foundation
import Synchronization

/// A bare TCP server on loopback that behaves as told: well, badly or not at all.
///
/// Its descriptors are nobody else's: a program that was started meanwhile would keep its port taken after its end.
final class Listener: Sendable {
  /// What a connection gets for the bytes of one request: its head, and after an empty line its body where it has one.
  typealias Behaviour = @Sendable (_ request: String, _ connection: Int32) -> Void

  let port: UInt16
  private let open: Mutex<Open>

  /// The descriptors that are this listener's own. One that was closed may be somebody else's already.
  private struct Open {
    var listening: Int32?
    var isStopped = false
    var connections: Set<Int32> = []
  }

  var url: String { "http://127.0.0.1:\(port)" }

  init(_ behaviour: @escaping Behaviour) throws {
    let socket = Glibc.socket(
      AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
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
    guard bound else {
      let failure = errno
      close(socket)
      throw POSIXError(.init(rawValue: failure) ?? .EADDRNOTAVAIL)
    }
    open = Mutex(Open(listening: socket))
    port = UInt16(bigEndian: address.sin_port)
    Thread.detachNewThread { [self] in accept(on: socket, behaviour) }
  }

  deinit { stop() }

  /// Stops listening and cuts every connection.
  func stop() {
    open.withLock { open in
      open.isStopped = true
      if let socket = open.listening { shutdown(socket, Int32(SHUT_RDWR)) }
      for connection in open.connections { shutdown(connection, Int32(SHUT_RDWR)) }
    }
  }

  private func accept(on socket: Int32, _ behaviour: @escaping Behaviour) {
    while true {
      let connection = Glibc.accept(socket, nil, nil)
      guard connection >= 0 else {
        // A peer that is gone already, or a process that has no descriptor left for a moment, ends nothing.
        if [EINTR, ECONNABORTED, EMFILE, ENFILE].contains(errno),
          !open.withLock(\.isStopped)
        {
          usleep(10_000)
          continue
        }
        break
      }
      _ = fcntl(connection, F_SETFD, FD_CLOEXEC)
      open.withLock { open in
        open.connections.insert(connection)
        if open.isStopped { shutdown(connection, Int32(SHUT_RDWR)) }
      }
      Thread.detachNewThread { [self] in serve(connection, behaviour) }
    }
    open.withLock { open in
      open.listening = nil
      close(socket)
    }
  }

  private func serve(_ connection: Int32, _ behaviour: Behaviour) {
    var heard: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = read(connection, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { break }
      heard += buffer[..<count]
      while let request = Listener.takeRequest(from: &heard) { behaviour(request, connection) }
    }
    open.withLock { open in
      open.connections.remove(connection)
      close(connection)
    }
  }

  /// Takes a whole request out of what was heard; nil where it is not all there.
  private static func takeRequest(from heard: inout [UInt8]) -> String? {
    guard let end = heard.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
    let head = String(decoding: heard[..<end.lowerBound], as: UTF8.self)
    let length = head.firstMatch(of: /(?i)content-length: *([0-9]+)/).flatMap { Int($0.1) } ?? 0
    guard heard.count - end.upperBound >= length else { return nil }
    let body = heard[end.upperBound...].prefix(length)
    defer { heard.removeFirst(end.upperBound + length) }
    return length == 0 ? head : head + "\r\n\r\n" + String(decoding: body, as: UTF8.self)
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
