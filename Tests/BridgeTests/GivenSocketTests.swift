import Bridge
import Foundation
import NIOCore
import NIOPosix
import Testing

/// A socket that systemd made is looked at as one that Damcon would have made.
@Suite("A socket that is given", .serialized)
struct GivenSocketTests {
  /// - Parameter path: one that begins with a zero byte has no file.
  private static func socket(
    at path: [UInt8], mode: mode_t = 0o660, listens: Bool = true
  ) throws -> Int32 {
    let made = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path) }
    let size = socklen_t(MemoryLayout<sa_family_t>.size + path.count + (path[0] == 0 ? 0 : 1))
    let result = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(made, $0, size) }
    }
    try #require(result == 0)
    if path[0] != 0 { try #require(chmod(String(decoding: path, as: UTF8.self), mode) == 0) }
    if listens { try #require(listen(made, 8) == 0) }
    return made
  }

  private static func refusal(_ descriptor: Int32) async throws -> String? {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    var reason: String?
    do throws(BridgeError) {
      await (try BridgeListener.start(on: descriptor, on: group, answering: Echo())).stop()
    } catch {
      #expect(error.cause == .unsafe)
      reason = error.reason
      close(descriptor)
    }
    try await group.shutdownGracefully()
    return reason
  }

  @Test("it is listened on, and its file stays")
  func taken() async throws {
    let folder = try ShortFolder()
    let place = folder.place()
    let descriptor = try Self.socket(at: Array(place.paths[0].utf8))
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let listener = try await BridgeListener.start(on: descriptor, on: group, answering: Echo())
    #expect(listener.path == place.paths[0])
    #expect(listener.isShared)
    let reply = try await aside { try BridgeClient.connect(to: place).ask(.lift) }
    #expect(reply == .done(words: "\(Request.lift)"))
    await listener.stop()
    #expect(folder.mode() == 0o660, "who made it takes it away")
    try await group.shutdownGracefully()
  }

  @Test("what lets in more than are meant is refused")
  func refused() async throws {
    let folder = try ShortFolder()
    func path(_ name: String) -> [UInt8] { Array("\(folder.path)/\(name)".utf8) }
    #expect(
      try await Self.refusal(Self.socket(at: path("a"), mode: 0o666))
        == "everybody may talk to it: SocketMode=0660 and a SocketGroup= say who may")
    let abstract = [0] + Array("damcon-\(UInt64.random(in: 0 ... .max))".utf8)
    #expect(
      try await Self.refusal(Self.socket(at: abstract))
        == "it has no file: an abstract socket lets everybody in")
    #expect(
      try await Self.refusal(Self.socket(at: path("b"), listens: false))
        == "nobody listens on it: Accept=no is what is meant")
    let gone = try Self.socket(at: path("c"))
    unlink("\(folder.path)/c")
    #expect(try await Self.refusal(gone)?.hasPrefix("its file is not there") == true)
    let open = try ShortFolder(mode: 0o777)
    #expect(
      try await Self.refusal(Self.socket(at: Array("\(open.path)/d".utf8)))?
        .hasPrefix("everybody may write to the folder") == true)
    let datagram = Glibc.socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
    #expect(
      try await Self.refusal(datagram)
        == "it is no stream socket: ListenStream= is what makes one")
    let address = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    try #require(listen(address, 1) == 0)
    #expect(try await Self.refusal(address) == "it is no Unix socket")
  }
}
