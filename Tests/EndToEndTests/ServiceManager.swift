import Foundation
import Testing

/// What a service manager is to a program that it starts: a datagram socket that it is told at.
final class ServiceManager {
  let path: String
  private let socket: Int32
  /// All that it was told, a line each.
  private(set) var heard: [String] = []

  init() throws {
    path = "/tmp/dcn\(String(UInt32.random(in: 0 ... .max), radix: 36))"
    socket = Glibc.socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    var address = try UnixPlace.address(path)
    let isBound = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(socket, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
      }
    }
    try #require(isBound)
  }

  deinit {
    close(socket)
    unlink(path)
  }

  /// Whether it is told this, from now on and within so many seconds.
  func hears(_ seconds: Double = 30, _ isMeant: (String) -> Bool) -> Bool {
    var place = heard.count
    return waitUntil(seconds) {
      listen()
      defer { place = heard.count }
      return heard[place...].contains(where: isMeant)
    }
  }

  private func listen() {
    var buffer = [UInt8](repeating: 0, count: 8192)
    while true {
      let count = recv(socket, &buffer, buffer.count, Int32(MSG_DONTWAIT))
      guard count > 0 else { return }
      heard += String(decoding: buffer[..<count], as: UTF8.self).split(separator: "\n")
        .map(String.init)
    }
  }
}

/// A Unix socket that somebody else listens on before the program is started.
enum UnixPlace {
  static func address(_ path: String) throws -> sockaddr_un {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let bytes = Array(path.utf8)
    try #require(bytes.count < MemoryLayout.size(ofValue: address.sun_path))
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
    return address
  }

  /// - Returns: its descriptor, which is the caller's to close.
  static func listen(_ path: String) throws -> Int32 {
    let socket = Glibc.socket(
      AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    var address = try address(path)
    let isListening = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(socket, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
          && Glibc.listen(socket, 16) == 0
      }
    }
    try #require(isListening && chmod(path, 0o600) == 0)
    return socket
  }
}
