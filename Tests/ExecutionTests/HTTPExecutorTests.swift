import Containment
import Execution
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization
import Testing

/// What leaves, how often, and what is said of it.
@Suite(.timeLimit(.minutes(1)))
struct HTTPExecutorTests {
  private func put(_ server: TargetServer, _ path: String = "/x") -> PlannedRequest {
    PlannedRequest(method: "PUT", url: server.url + path, body: #"{"max":32}"#)
  }

  @Test("A request leaves once, whole, with its key, on a connection that ends with it")
  func leavesOnce() async throws {
    let server = try await TargetServer.start()
    let answer = await executor.send(put(server, "/admin/limit?now=1"), key: "run-1-1", timeout: 10)
    { nil }
    #expect(answer == .applied("HTTP 200"))
    #expect(server.requests.count == 1)
    let request = try #require(server.requests.first)
    #expect(request.line == "PUT /admin/limit?now=1 HTTP/1.1")
    #expect(request.body == #"{"max":32}"#)
    #expect(request.header("Idempotency-Key") == "run-1-1")
    #expect(request.header("Connection") == "close")
    #expect(request.header("Content-Type") == "application/json")
    #expect(request.header("Content-Length") == "10")
    #expect("http://\(request.header("Host") ?? "")" == server.url)
  }

  @Test("Each request has a connection of its own, though the target would keep it")
  func freshConnections() async throws {
    let server = try await TargetServer.start()
    for _ in 0..<3 { #expect(await executor.send(put(server)) == .applied("HTTP 200")) }
    #expect(server.connections == 3)
    #expect(server.requests.count == 3)
  }

  @Test("What is about to leave is told before a byte of it has, on a connection that stands")
  func tellsBefore() async throws {
    let server = try await TargetServer.start()
    let bytes = Mutex<[Int]>([])
    let answer = await executor.send(put(server), key: nil, timeout: 10) {
      #expect(await eventually { server.connections == 1 })
      bytes.withLock { $0.append(server.bytes) }
      return nil
    }
    #expect(answer == .applied("HTTP 200"))
    #expect(bytes.withLock { $0 } == [0])
  }

  @Test("Where it may not leave after all, nothing does")
  func mayNotLeave() async throws {
    let server = try await TargetServer.start()
    let answer = await executor.send(put(server), key: nil, timeout: 10) { "the disk is full" }
    #expect(answer == .unsent("the disk is full"))
    #expect(server.bytes == 0)
  }

  @Test("Where its time is over before it may leave, nothing does")
  func tooLateToLeave() async throws {
    let server = try await TargetServer.start()
    let answer = await executor.send(put(server), key: nil, timeout: 0.2) {
      #expect(await eventually { server.closed == 1 })
      return nil
    }
    #expect(answer == .unsent("its 200ms were over before it could leave"))
    #expect(server.bytes == 0)
  }

  @Test("A status that does not say done is a failure, in the target's words")
  func refused() async throws {
    let server = try await TargetServer.start { _ in
      .answer(409, "the pool\u{1b}[31m\r\nis\u{202e} locked")
    }
    #expect(await executor.send(put(server)) == .failed("HTTP 409: the pool [31m  is  locked"))
    let silent = try await TargetServer.start { _ in .answer(503, "") }
    #expect(await executor.send(put(silent)) == .failed("HTTP 503"))
  }

  @Test("The target's words are clipped")
  func clipped() async throws {
    let server = try await TargetServer.start { _ in
      .answer(500, String(repeating: "é", count: 5000))
    }
    let words = "HTTP 500: " + String(repeating: "é", count: 200) + "…"
    #expect(await executor.send(put(server)) == .failed(words))
    #expect(server.requests.count == 1)
  }

  @Test("Which statuses say done is the plan's to say")
  func success() async throws {
    let server = try await TargetServer.start { _ in .answer(404, "gone") }
    var request = put(server)
    request.success = [200...204, 404...404]
    #expect(await executor.send(request) == .applied("HTTP 404"))
  }

  @Test("No redirect is followed", arguments: [301, 302, 303, 307, 308])
  func redirects(status: Int) async throws {
    let other = try await TargetServer.start()
    let server = try await TargetServer.start { _ in .redirect(status, other.url + "/elsewhere") }
    let answer = await executor.send(put(server))
    #expect(
      answer
        == .failed(
          "HTTP \(status): it points to \(other.url)/elsewhere, and no redirect is followed"))
    #expect(other.connections == 0)
    #expect(server.requests.count == 1)
  }

  @Test("A target that never answers leaves it unknown, and is not asked again")
  func neverAnswers() async throws {
    let server = try await TargetServer.start { _ in .never }
    // Long enough for the request to be seen on a busy machine too.
    let answer = await executor.send(put(server), timeout: 3)
    #expect(answer == .unknown("no answer in 3.0s"))
    #expect(server.requests.count == 1)
  }

  @Test(
    "A connection that is lost after the request has left leaves it unknown",
    arguments: [TargetServer.Behaviour.hangUp, .reset])
  func lost(behaviour: TargetServer.Behaviour) async throws {
    let server = try await TargetServer.start { _ in behaviour }
    #expect(await executor.send(put(server)) == .unknown("the connection was lost"))
    #expect(server.requests.count == 1)
    #expect(server.connections == 1)
  }

  @Test(
    "Half an answer is none",
    arguments: [
      ("HTTP/1.1 20", "the connection was lost"),
      ("HTTP/1.1 200 OK\r\nContent-Le", "the connection was lost"),
      ("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", "HTTP 200, but the connection was lost"),
      ("SSH-2.0-OpenSSH_9.9\r\n\r\n", "its answer is not HTTP"),
    ])
  func halfAnswers(text: String, words: String) async throws {
    let server = try await TargetServer.start { _ in .raw(text, closes: true) }
    #expect(await executor.send(put(server)) == .unknown(words))
    #expect(server.requests.count == 1)
  }

  @Test("An answer that does not end is unknown, whatever it began with", arguments: [200, 409])
  func endless(status: Int) async throws {
    let text = "HTTP/1.1 \(status) X\r\nContent-Length: 9\r\n\r\nabc"
    let server = try await TargetServer.start { _ in .raw(text, closes: false) }
    // Long enough for the status to come on a busy machine too.
    let answer = await executor.send(put(server), timeout: 3)
    #expect(answer == .unknown("HTTP \(status), but its answer did not end in 3.0s"))
    #expect(server.requests.count == 1)
  }

  @Test("A body beyond what is read is not waited for: the status has said it all")
  func longBody() async throws {
    let body = String(repeating: "y", count: 70_000)
    let text = "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n" + body
    let server = try await TargetServer.start { _ in .raw(text, closes: false) }
    #expect(await executor.send(put(server), timeout: 10) == .applied("HTTP 200"))
  }

  @Test("Interim answers are none")
  func interim() async throws {
    let text = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n"
    let server = try await TargetServer.start { _ in .raw(text, closes: false) }
    #expect(await executor.send(put(server)) == .applied("HTTP 204"))
  }

  @Test("Where nobody listens nothing was sent, and nobody is told that it leaves")
  func nobodyListens() async throws {
    let port = try #require(SilentPort())
    let request = PlannedRequest(method: "POST", url: port.url)
    let answer = await executor.send(request, key: nil, timeout: 10) {
      Issue.record("nothing can leave")
      return nil
    }
    #expect(answer == .unsent("nothing listens there"))
    #expect(answer.isUnsent)
  }

  @Test("A name without an address, and a place without an answer, were sent nothing")
  func unreachable() async {
    let nameless = PlannedRequest(method: "POST", url: "http://nowhere.invalid/")
    #expect(await executor.send(nameless, timeout: 10).isUnsent)
    let silent = PlannedRequest(method: "POST", url: "http://192.0.2.1/")
    #expect(await executor.send(silent, timeout: 0.3).isUnsent)
  }

  @Test(
    "What is no address to send to is sent nothing",
    arguments: [
      "", "ftp://h/", "http://", "http:///x", "https://user:pw@h/", "http://h:0/",
      "http://h:70000/", "http://h:8a/",
      "http://h/a b", "http://h/\r\nX: y", "http://h/é", "http://h/../x", "http://h/%2e%2E/x",
      "http://h/x#y",
      "http://a\\@b/", "unix:///run/x.sock", "http://[::1", "http://%31/",
    ])
  func noAddress(url: String) async {
    let answer = await executor.send(PlannedRequest(method: "POST", url: url))
    #expect(
      answer
        == .unsent("its address is no http or https address that can be sent to"))
  }

  @Test(
    "A header that would be more than one, or that frames the request, keeps it from leaving",
    arguments: [
      ("X-A", "1\r\nX-B: 2"), ("X-A\r\nX-B", "1"), ("X A", "1"), ("", "1"), ("X-A", "\u{0}"),
      ("X-A", "é"),
      ("Content-Length", "0"), ("transfer-encoding", "chunked"), ("Connection", "keep-alive"),
      ("Idempotency-Key", "mine"),
    ])
  func headers(name: String, value: String) async throws {
    let server = try await TargetServer.start()
    var request = put(server)
    request.headers = [.init(name: name, value: .text(value))]
    let answer = await executor.send(request)
    #expect(answer.isUnsent, "\(answer)")
    #expect(server.connections == 0)
  }

  @Test(
    "A method that is none keeps it from leaving",
    arguments: ["", "PUT /x", "put", "CONNECT", "P\r\n"])
  func methods(method: String) async throws {
    let server = try await TargetServer.start()
    let answer = await executor.send(PlannedRequest(method: method, url: server.url))
    #expect(answer == .unsent("its method is none that can be sent"))
    #expect(server.connections == 0)
  }

  @Test("A request that is called off while it waits is unknown")
  func calledOff() async throws {
    let server = try await TargetServer.start { _ in .never }
    let request = put(server)
    let sending = Task { await executor.send(request, timeout: 30) }
    #expect(await eventually { server.requests.count == 1 })
    sending.cancel()
    #expect(await sending.value == .unknown("it was called off"))
  }

  // MARK: TLS

  private func trusting() throws -> HTTPExecutor {
    var tls = TLSConfiguration.makeClientConfiguration()
    let authority = try NIOSSLCertificate(bytes: Array(Certificates.authority.utf8), format: .pem)
    tls.trustRoots = .certificates([authority])
    return HTTPExecutor(group: MultiThreadedEventLoopGroup.singleton, tls: tls)
  }

  @Test("A target with a certificate that is trusted is sent to")
  func trusted() async throws {
    let server = try await TargetServer.start(isSecure: true)
    let answer = await (try trusting()).send(put(server), key: nil, timeout: 10) {
      #expect(server.bytes == 0)
      return nil
    }
    #expect(answer == .applied("HTTP 200"))
    #expect(server.requests.count == 1)
  }

  @Test("One whose certificate is not is sent nothing")
  func distrusted() async throws {
    let server = try await TargetServer.start(isSecure: true)
    let answer = await executor.send(put(server))
    #expect(answer == .unsent("its certificate is not trusted"))
    #expect(server.bytes == 0)
  }

  @Test("A port that does not speak TLS is sent nothing")
  func plainPort() async throws {
    let server = try await TargetServer.start { _ in .answer(400, "") }
    let url = server.url.replacing("http:", with: "https:")
    let answer = await executor.send(PlannedRequest(method: "POST", url: url), timeout: 0.3)
    #expect(answer.isUnsent, "\(answer)")
    #expect(server.requests.isEmpty)
  }
}
