import NIOCore
import NIOPosix

/// Sends bytes over a connection of its own and takes what comes back.
enum Caller {
  struct Reply {
    var status: Int
    /// The status line and the header lines, in small letters.
    var head: String
    var body: String
  }

  static func send(
    _ method: String, _ path: String, to port: Int, token: String? = nil,
    headers: [(String, String)] = [("content-type", "application/json")], body: String = ""
  ) async throws -> Reply {
    var text = "\(method) \(path) HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n"
    if let token { text += "authorization: Bearer \(token)\r\n" }
    for (name, value) in headers { text += "\(name): \(value)\r\n" }
    text += "content-length: \(body.utf8.count)\r\n\r\n\(body)"
    return reply(try await exchange(Array(text.utf8), with: port))
  }

  /// What comes until the other side closes.
  static func exchange(_ bytes: [UInt8], with port: Int) async throws -> String {
    let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .connect(host: "127.0.0.1", port: port) { channel in
        channel.eventLoop.makeCompletedFuture {
          try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
        }
      }
    return try await channel.executeThenClose { inbound, outbound in
      var taken = ByteBuffer()
      do {
        try await outbound.write(ByteBuffer(bytes: bytes))
        for try await part in inbound { taken.writeImmutableBuffer(part) }
      } catch  where taken.readableBytes > 0 {
        // Closed on what it did not want to read: its word is here.
      }
      return String(buffer: taken)
    }
  }

  private static func reply(_ text: String) -> Reply {
    let parts = text.split(separator: "\r\n\r\n", maxSplits: 1, omittingEmptySubsequences: false)
    let head = parts.first.map { $0.lowercased() } ?? ""
    let words = head.split(separator: " ", maxSplits: 2)
    return Reply(
      status: words.count > 1 ? Int(words[1]) ?? 0 : 0, head: head,
      body: parts.count > 1 ? String(parts[1]) : "")
  }
}
