import HTTPServing
import NIOCore
import NIOPosix
import Synchronization
import Testing

@Suite("The small HTTP server")
struct HTTPServerTests {
  private static func limits(_ change: (inout HTTPLimits) -> Void = { _ in }) -> HTTPLimits {
    var limits = HTTPLimits()
    limits.requestsPerSecond = 1000
    change(&limits)
    return limits
  }

  /// Says what it was asked.
  private static let echo: HTTPServer.Answering = { request in
    let type = request.headers["X-Kind"] ?? "none"
    let words = [
      request.method, request.path, request.query ?? "-", type, request.peer,
      String(decoding: request.body, as: UTF8.self),
    ]
    return .text(200, words.joined(separator: " "))
  }

  private func served(
    _ limits: HTTPLimits = HTTPServerTests.limits(),
    _ answering: @escaping HTTPServer.Answering = HTTPServerTests.echo,
    _ body: (HTTPServer) async throws -> Void
  ) async throws {
    let server = try await HTTPServer.start(
      host: "127.0.0.1", port: 0, on: MultiThreadedEventLoopGroup.singleton, limits: limits,
      answering: answering)
    do { try await body(server) } catch {
      await server.stop()
      throw error
    }
    await server.stop()
  }

  @Test("a request arrives whole, with its query apart and its names in any case")
  func whole() async throws {
    try await served { server in
      let client = try await RawClient(port: server.port)
      try await client.send(
        "POST /v1/beat?x=1&y=%20#top HTTP/1.1\r\nHost: h\r\nx-KIND: beat\r\nContent-Length: 5\r\n\r\nhe"
      )
      try await client.send("llo")
      #expect(try await client.hears(1, "hello\n"))
      #expect(client.text.hasPrefix("HTTP/1.1 200 "))
      #expect(client.text.contains("POST /v1/beat x=1&y=%20 beat 127.0.0.1 hello"))
      #expect(client.isOpen)
    }
  }

  @Test("requests that are sent in one go are answered in their order")
  func pipelined() async throws {
    try await served { server in
      let client = try await RawClient(port: server.port)
      let asks = (1...5).map { "GET /\($0) HTTP/1.1\r\nHost: h\r\n\r\n" }
      try await client.send(asks.joined())
      #expect(try await client.hears(5))
      let places = (1...5).compactMap { client.text.firstRange(of: "GET /\($0) ")?.lowerBound }
      #expect(places.count == 5)
      #expect(places == places.sorted())
    }
  }

  @Test("a body in pieces counts as one, and HEAD has the length and no body")
  func chunkedAndHead() async throws {
    try await served { server in
      let client = try await RawClient(port: server.port)
      try await client.send(
        "POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n3\r\ncde\r\n0\r\n\r\n"
      )
      #expect(try await client.hears(1, "abcde"))
      try await client.send("HEAD /b HTTP/1.1\r\nHost: h\r\n\r\n")
      #expect(try await client.hears(2))
      try await client.send("GET /c HTTP/1.1\r\nHost: h\r\n\r\n")
      #expect(try await client.hears(1, "GET /c "))
      #expect(!client.text.contains("HEAD /b"))
    }
  }

  @Test("who waits to be told to go on is told, and who would send too much is told that at once")
  func expectation() async throws {
    try await served(HTTPServerTests.limits { $0.body = 100 }) { server in
      let client = try await RawClient(port: server.port)
      try await client.send(
        "POST /a HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n")
      #expect(try await client.hears(1, "HTTP/1.1 100 "))
      try await client.send("body")
      #expect(try await client.hears(1, " body\n"))
      try await client.send(
        "POST /a HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 101\r\n\r\n")
      #expect(try await client.hears(1, "HTTP/1.1 413 "))
      #expect(client.text.components(of: "HTTP/1.1 100 ") == 1)
      #expect(try await client.wait { !$0.isOpen })
    }
  }

  @Test("what is too large is refused with its number, and the word is not lost to who still sends")
  func tooLarge() async throws {
    try await served(HTTPServerTests.limits { ($0.head, $0.body) = (2 << 10, 1 << 10) }) { server in
      let long = String(repeating: "a", count: 40_000)
      let cases = [
        ("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1025\r\n\r\n", "413"),
        (
          "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nff00\r\n\(long)", "413"
        ),
        ("GET /\(long) HTTP/1.1\r\nHost: h\r\n\r\n", "431"),
        ("GET / HTTP/1.1\r\nHost: h\r\nX: \(long)\r\n\r\n", "431"),
        ("GET / HTTP/1.1\r\nHost: h\r\nX: \(long.prefix(3_000))\r\n\r\n", "431"),
        (
          "GET / HTTP/1.1\r\n"
            + String(repeating: "X: y\r\n", count: 300) + "\r\n", "431"
        ),
      ]
      for (request, status) in cases {
        let client = try await RawClient(port: server.port)
        try await client.send(request)
        #expect(try await client.hears(1, "HTTP/1.1 \(status) "), "\(request.prefix(60))")
        #expect(try await client.wait { !$0.isOpen })
      }
    }
  }

  @Test(
    "what is no request is refused, and the others go on",
    arguments: [
      "\u{0}\u{1}\u{2}\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n",
      "GET / HTTP/1.1\r\n: x\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: -1\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 99999999999999999999\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\nabc",
      "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc",
      "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
      "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}\u{0}",
    ])
  func garbage(_ text: String) async throws {
    let seen = Mutex(0)
    let limits = HTTPServerTests.limits { $0.arriving = 1 }
    try await served(
      limits,
      { request in
        seen.withLock { $0 += 1 }
        return await HTTPServerTests.echo(request)
      }
    ) { server in
      let client = try await RawClient(port: server.port)
      try await client.send(text)
      #expect(try await client.wait { !$0.isOpen })
      #expect(!client.text.contains("HTTP/1.1 200"))
      #expect(seen.withLock { $0 } == 0)
      let other = try await RawClient(port: server.port)
      try await other.send("GET /well HTTP/1.1\r\nHost: h\r\n\r\n")
      #expect(try await other.hears(1, "GET /well "))
    }
  }

  @Test(
    "a request that comes a byte at a time is refused when its time is over, and silence is closed")
  func slow() async throws {
    try await served(HTTPServerTests.limits { ($0.arriving, $0.idle) = (0.6, 0.4) }) { server in
      let slow = try await RawClient(port: server.port)
      let silent = try await RawClient(port: server.port)
      try await slow.send("GET / HTTP/1.1\r\n")
      let drip = Task {
        // Each byte is something new; the time of the whole request goes on all the same.
        while slow.isOpen {
          try await slow.send("X")
          try await Task.sleep(for: .milliseconds(50))
        }
      }
      #expect(try await slow.hears(1, "HTTP/1.1 408 "))
      #expect(try await silent.wait { !$0.isOpen })
      #expect(silent.text.isEmpty)
      drip.cancel()
      _ = try? await drip.value
    }
  }

  @Test("one address asks so often and no more, and is let in so many times")
  func rates() async throws {
    try await served(
      HTTPServerTests.limits { ($0.requestsPerSecond, $0.connectionsOfOne) = (5, 2) }
    ) { server in
      let client = try await RawClient(port: server.port)
      try await client.send(
        String(repeating: "GET / HTTP/1.1\r\nHost: h\r\n\r\n", count: 20))
      #expect(try await client.hears(20))
      #expect((5...14).contains(client.text.components(of: "HTTP/1.1 200 ")))
      #expect(client.text.components(of: "HTTP/1.1 429 ") >= 6)
      #expect(client.text.contains("retry-after: 1"))
      // Once it is answered it is in; that it has a connection alone says only that it waits to be.
      let second = try await RawClient(port: server.port)
      try await second.send("GET /second HTTP/1.1\r\nHost: h\r\n\r\n")
      #expect(try await second.hears(1))
      #expect(!second.text.contains(" 503 "))
      let third = try await RawClient(port: server.port)
      #expect(try await third.hears(1, "HTTP/1.1 503 "))
      #expect(try await third.wait { !$0.isOpen })
      #expect(second.isOpen)
      try await second.close()
      // Whoever leaves makes room.
      var hasRoom = false
      let end = ContinuousClock.now + .seconds(10)
      while !hasRoom, ContinuousClock.now < end {
        let next = try await RawClient(port: server.port)
        // Whoever is not let in may be sent away before they have asked.
        try? await next.send("GET /next HTTP/1.1\r\nHost: h\r\n\r\n")
        hasRoom =
          try await next.wait {
            $0.text.contains(" /next ") || $0.text.contains(" 429 ") || !$0.isOpen
          }
          && !next.text.contains(" 503 ") && !next.text.isEmpty
      }
      #expect(hasRoom)
      // The room is the second's: the first has kept its own all the while, and is let go of here only.
      #expect(client.isOpen)
    }
  }

  @Test("an answer that does not come is 503, and one that comes too late is nobody else's")
  func lateAnswer() async throws {
    try await served(
      HTTPServerTests.limits { $0.answering = 0.3 },
      { request in
        if request.path == "/slow" { try? await Task.sleep(for: .seconds(30)) }
        return .text(200, request.path)
      }
    ) { server in
      let client = try await RawClient(port: server.port)
      try await client.send("GET /slow HTTP/1.1\r\nHost: h\r\n\r\n")
      #expect(try await client.hears(1, "HTTP/1.1 503 "))
      #expect(try await client.wait { !$0.isOpen })
      #expect(!client.text.contains("200"))
    }
  }

  @Test("what is to become another protocol is answered once and closed")
  func upgrade() async throws {
    try await served { server in
      for request in [
        "CONNECT evil:443 HTTP/1.1\r\nHost: evil\r\n\r\n",
        "GET /a HTTP/1.1\r\nHost: h\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n",
        "GET /a HTTP/1.0\r\n\r\n",
        "GET /a HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n",
      ] {
        let client = try await RawClient(port: server.port)
        try await client.send(request)
        #expect(try await client.wait { !$0.isOpen }, "\(request)")
        #expect(client.text.components(of: "HTTP/1.1 200 ") == 1)
      }
    }
  }

  @Test("a place that is taken is said in a sentence, and stopping frees it")
  func places() async throws {
    var taken = 0
    try await served { server in
      taken = server.port
      await #expect(throws: HTTPServingError.self) {
        _ = try await HTTPServer.start(
          host: "127.0.0.1", port: server.port, on: MultiThreadedEventLoopGroup.singleton,
          answering: HTTPServerTests.echo)
      }
      let open = try await RawClient(port: server.port)
      await server.stop()
      #expect(try await open.wait { !$0.isOpen })
    }
    let again = try await HTTPServer.start(
      host: "127.0.0.1", port: taken, on: MultiThreadedEventLoopGroup.singleton,
      answering: HTTPServerTests.echo)
    #expect(again.port == taken)
    await again.stop()
  }
}

@Suite("Addresses to listen at")
struct HTTPAddressTests {
  @Test(
    "a port alone is this host's own",
    arguments: [
      ("9464", "127.0.0.1:9464"), (":9464", "127.0.0.1:9464"), ("0.0.0.0:80", "0.0.0.0:80"),
      ("[::1]:9464", "[::1]:9464"), ("bastion:0", "bastion:0"),
    ])
  func reads(_ text: String, _ whole: String) {
    #expect(HTTPAddress(text)?.description == whole)
  }

  @Test(
    "what cannot be one is none",
    arguments: [
      "", ":", "host", "host:", "host:port", "host:65536", "host:-1", "::1:80", "[::1]", "[::1]80",
      "[host]:80", "http://host:80", "a b:80", "host:８０", "host:+80",
    ])
  func refuses(_ text: String) { #expect(HTTPAddress(text) == nil) }

  @Test(
    "this host alone reaches what is bound to its own addresses",
    arguments: [
      ("9464", true), ("localhost:80", true), ("127.1.2.3:80", true), ("[::1]:80", true),
      ("0.0.0.0:80", false), ("[::]:80", false), ("10.0.0.1:80", false), ("bastion:80", false),
      ("127.example.com:80", false), ("127.0.0.1.example.com:80", false),
    ])
  func ownHost(_ text: String, _ isOwn: Bool) throws {
    #expect(try #require(HTTPAddress(text)).isOfThisHost == isOwn)
  }

  @Test("fields are found in any case, and each of several")
  func fields() {
    let fields = HTTPFields([("Authorization", "Bearer a"), ("X", "1"), ("authorization", "b")])
    #expect(fields["AUTHORIZATION"] == "Bearer a")
    #expect(fields.all("authorization") == ["Bearer a", "b"])
    #expect(fields["y"] == nil)
  }
}
