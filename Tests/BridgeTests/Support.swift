import Bridge
import Fleet
import Foundation
import NIOCore
import NIOPosix
import Synchronization
import Testing

/// A folder with a short name, for a socket's path is short.
final class ShortFolder: Sendable {
  let path: String

  init(mode: mode_t = 0o700) throws {
    path = "/tmp/damcon-\(String(UInt32.random(in: 0 ... .max), radix: 36))"
    try #require(mkdir(path, 0o700) == 0)
    try #require(chmod(path, mode) == 0)
  }

  deinit {
    chmod(path, 0o700)
    try? FileManager.default.removeItem(atPath: path)
  }

  func place(_ name: String = "shop.sock") -> SocketPlace { SocketPlace(chosen: "\(path)/\(name)") }

  func mode(_ name: String = "shop.sock") -> mode_t {
    var status = stat()
    return lstat("\(path)/\(name)", &status) == 0 ? status.st_mode & 0o7777 : 0
  }
}

/// Says back what it was asked, and counts it.
final class Echo: BridgeService {
  private let asked = Mutex<[Request]>([])
  var requests: [Request] { asked.withLock { $0 } }

  func welcome(_ peer: Peer) async -> Welcome {
    var welcome = Welcome()
    welcome.fleet = "shop"
    welcome.you = peer.name
    welcome.pid = peer.credentials.pid
    return welcome
  }

  func answer(_ request: Request, from peer: Peer) async -> Reply {
    asked.withLock { $0.append(request) }
    if case .halt("much") = request { return .done(words: String(repeating: "x", count: 900_000)) }
    return .done(words: "\(request)")
  }
}

/// What waits for bytes does so on a thread that no task needs.
func aside<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
  try await withCheckedThrowingContinuation { continuation in
    Thread.detachNewThread { continuation.resume(with: Result { try work() }) }
  }
}

/// A caller that says what it wants, in bytes.
final class RawCaller: Sendable {
  private let socket: Int32

  init(_ path: String) throws {
    socket = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
    let size = socklen_t(MemoryLayout<sockaddr_un>.size)
    let result = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(socket, $0, size) }
    }
    guard result == 0 else {
      close(socket)
      throw POSIXError(.init(rawValue: errno) ?? .ECONNREFUSED)
    }
  }

  deinit { close(socket) }

  /// - Returns: how many were taken at once.
  @discardableResult func send(bytes: [UInt8]) -> Int {
    Glibc.send(socket, bytes, bytes.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
  }

  func send(_ message: some Encodable) throws {
    let bytes = try #require(try Frame.bytes(of: message))
    #expect(send(bytes: bytes) == bytes.count)
  }

  /// All that comes until the other side closes; nil where it has not after so many seconds.
  func all(within seconds: Double) -> [UInt8]? {
    var all: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    let deadline = ContinuousClock.now + .seconds(seconds)
    while ContinuousClock.now < deadline {
      var look = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
      guard poll(&look, 1, 50) > 0 else { continue }
      let count = recv(socket, &buffer, buffer.count, 0)
      guard count > 0 else { return all }
      all += buffer[..<count]
    }
    return nil
  }

  func text(within seconds: Double = 10) -> String? {
    all(within: seconds).map { String(decoding: $0, as: UTF8.self) }
  }
}

/// A listener for as long as a test lasts.
func listening(
  _ limits: BridgeLimits = BridgeLimits(), to service: any BridgeService = Echo(),
  naming: @escaping @Sendable (PeerCredentials) -> Peer = { Peer($0) },
  _ body: (_ path: String, _ place: SocketPlace) async throws -> Void
) async throws {
  let folder = try ShortFolder()
  let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
  let listener = try await BridgeListener.start(
    at: folder.place(), on: group, limits: limits, naming: naming, answering: service)
  do { try await body(listener.path, folder.place()) } catch {
    await listener.stop()
    try await group.shutdownGracefully()
    throw error
  }
  await listener.stop()
  #expect(folder.mode() == 0, "the socket is taken away")
  #expect(await listener.settle(within: 20), "nothing comes back to the loop any more")
  try await group.shutdownGracefully()
}
