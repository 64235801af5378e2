import NIOCore
import NIOPosix

/// One HTTP exchange by hand, so that a test can also send what no client would.
enum Wire {
  struct Reply: Sendable {
    var status: Int
    var head: String
    var body: String
  }

  struct NoReply: Error { var text: String }

  static func get(_ port: Int, _ path: String) async throws -> Reply {
    try await exchange(port, "GET \(path) HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
  }

  static func post(
    _ port: Int, _ path: String, _ body: String, key: String? = nil
  ) async throws -> Reply {
    let header = key.map { "Idempotency-Key: \($0)\r\n" } ?? ""
    return try await exchange(
      port,
      "POST \(path) HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\(header)"
        + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
  }

  /// Sends the bytes and reads until the other side closes.
  static func exchange(_ port: Int, _ request: String) async throws -> Reply {
    let text = try await raw(port, request)
    guard let split = text.firstRange(of: "\r\n\r\n") else { throw NoReply(text: text) }
    let head = String(text[..<split.lowerBound])
    let words = head.split(separator: " ", maxSplits: 2)
    guard words.count > 1, let status = Int(words[1]) else { throw NoReply(text: text) }
    return Reply(status: status, head: head, body: String(text[split.upperBound...]))
  }

  static func raw(_ port: Int, _ request: String) async throws -> String {
    let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .connectTimeout(.seconds(10))
      .connect(host: "127.0.0.1", port: port) { channel in
        channel.eventLoop.makeCompletedFuture {
          try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
        }
      }
    let alarm = channel.channel.eventLoop.scheduleTask(in: .seconds(30)) {
      channel.channel.close(promise: nil)
    }
    defer { alarm.cancel() }
    return try await channel.executeThenClose { inbound, outbound in
      try await outbound.write(ByteBuffer(string: request))
      var all = ByteBuffer()
      do {
        for try await var part in inbound { all.writeBuffer(&part) }
      } catch is IOError {
        // A reset after the answer is an end like another.
      }
      return String(buffer: all)
    }
  }
}

/// Asks again and again until it is so, for `seconds` at most.
func eventually(
  within seconds: Double = 60, _ condition: () async throws -> Bool
) async throws -> Bool {
  let deadline = ContinuousClock.now + .seconds(seconds)
  while ContinuousClock.now < deadline {
    if try await condition() { return true }
    try await Task.sleep(for: .milliseconds(50))
  }
  return false
}
