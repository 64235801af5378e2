import Foundation
import Synchronization

/// A server on loopback that takes nothing apart: it keeps the bytes of each connection, to the last one.
final class RawTarget: Sendable {
  private struct State {
    var connections: [[UInt8]] = []
    var open = 0
  }

  let port: UInt16
  private let socket: Int32
  private let state = Mutex(State())

  var url: String { "http://127.0.0.1:\(port)" }

  init() throws {
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
    self.socket = socket
    port = UInt16(bigEndian: address.sin_port)
    Thread.detachNewThread { [self] in accept() }
  }

  func stop() { shutdown(socket, Int32(SHUT_RDWR)) }

  /// What each connection has sent, once all of them are over.
  func connections() async throws -> [[UInt8]] {
    let end = ContinuousClock.now + .seconds(20)
    while true {
      let (found, open) = state.withLock { ($0.connections, $0.open) }
      if open == 0 { return found }
      guard ContinuousClock.now < end else { throw POSIXError(.ETIMEDOUT) }
      try await Task.sleep(for: .milliseconds(5))
    }
  }

  private func accept() {
    while true {
      let connection = Glibc.accept(socket, nil, nil)
      guard connection >= 0 else { break }
      let place = state.withLock { state in
        state.connections.append([])
        state.open += 1
        return state.connections.count - 1
      }
      // Whoever asks may go; what was asked stays.
      Thread.detachNewThread { [self] in serve(connection, place) }
    }
    close(socket)
  }

  private func serve(_ connection: Int32, _ place: Int) {
    var hasAnswered = false
    var buffer = [UInt8](repeating: 0, count: 4096)
    while case let count = read(connection, &buffer, buffer.count), count > 0 {
      let bytes = state.withLock { state in
        state.connections[place] += buffer.prefix(count)
        return state.connections[place]
      }
      // Only once: what else comes on it is a request that nobody meant.
      if !hasAnswered, RawRequest(bytes) != nil {
        hasAnswered = true
        let answer = Array("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}".utf8)
        _ = answer.withUnsafeBytes {
          send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
        }
      }
    }
    state.withLock { $0.open -= 1 }
    close(connection)
  }
}

/// A request as its bytes came, read as strictly as anybody might read it.
struct RawRequest {
  var line: [UInt8]
  var headers: [(name: String, value: [UInt8])] = []
  var body: [UInt8]
  /// What came behind its end.
  var rest: [UInt8]

  /// nil where it is no whole request.
  init?(_ bytes: [UInt8]) {
    guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
    var lines: [[UInt8]] = []
    var from = bytes.startIndex
    while from < end.lowerBound {
      let next =
        bytes[from..<end.lowerBound].firstRange(of: Array("\r\n".utf8))
        ?? end.lowerBound..<end.lowerBound
      lines.append(Array(bytes[from..<next.lowerBound]))
      from = next.isEmpty ? end.lowerBound : next.upperBound
    }
    guard let first = lines.first else { return nil }
    line = first
    for line in lines.dropFirst() {
      guard let colon = line.firstRange(of: Array(": ".utf8)) else { return nil }
      headers.append(
        (
          String(decoding: line[..<colon.lowerBound], as: UTF8.self),
          Array(line[colon.upperBound...])
        ))
    }
    let length = headers.first { $0.name == "Content-Length" }.flatMap {
      Int(String(decoding: $0.value, as: UTF8.self))
    }
    let after = bytes[end.upperBound...]
    guard let length, after.count >= length else { return nil }
    body = Array(after.prefix(length))
    rest = Array(after.dropFirst(length))
  }
}
