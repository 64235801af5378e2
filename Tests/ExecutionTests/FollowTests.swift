import Containment
import Execution
import Synchronization
import Testing

/// What a request has begun is asked after until it is done.
@Suite(.timeLimit(.minutes(1)))
struct FollowTests {
  /// Says `words` one after the other where it is asked after 7, and the last of them for ever.
  private func server(_ words: [String], first: String = #"{"id": "a/7"}"#) async throws
    -> TargetServer
  {
    let left = Mutex(words)
    return try await TargetServer.start { request in
      if request.line.hasPrefix("POST ") { return .answer(200, first) }
      guard request.line.hasPrefix("GET /runs/a%2F7?x=1 ") else {
        return .answer(404, "no such run")
      }
      let word = left.withLock { $0.count > 1 ? $0.removeFirst() : $0[0] }
      return word.isEmpty ? .answer(503, "busy") : .answer(200, "{\"status\": \"\(word)\"}")
    }
  }

  private func request(_ server: TargetServer, answer: String? = "/id") -> PlannedRequest {
    var request = PlannedRequest(method: "POST", url: server.url + "/jobs")
    request.headers = [.init(name: "X-Token", value: .text("t"))]
    request.follow = .init(
      url: server.url + "/runs/{answer}?x=1", answer: answer, pointer: "/status",
      done: ["succeeded"], failed: ["failed", "aborted"], every: 0.05)
    return request
  }

  @Test("It is asked after by what the first answer says, with the same headers, until it is done")
  func done() async throws {
    let server = try await server(["running", "", "running", "succeeded"])
    #expect(
      await executor.send(request(server), timeout: 30) == .applied("HTTP 200, then succeeded"))
    #expect(server.orders.count == 1)
    let looks = server.requests.filter { $0.line.hasPrefix("GET ") }
    #expect(looks.count == 4)
    #expect(looks.allSatisfy { $0.header("X-Token") == "t" && $0.header("Idempotency-Key") == nil })
  }

  @Test("Once it has failed it has failed")
  func failed() async throws {
    let server = try await server(["running", "aborted"])
    #expect(await executor.send(request(server), timeout: 30) == .failed("HTTP 200, then aborted"))
  }

  @Test("What does not end in time is unknown, and was begun once")
  func endless() async throws {
    let server = try await server(["running"])
    #expect(
      await executor.send(request(server), timeout: 3)
        == .unknown("HTTP 200, but it did not end in 3.0s: it says running"))
    #expect(server.orders.count == 1)
  }

  @Test(
    "An answer that does not say what to ask after leaves it unknown",
    arguments: [
      ("{}", "its answer has nothing at /id"),
      (#"{"id": ".."}"#, "what it says at /id can be no part of an address"),
      (#"{"id": ""}"#, "what it says at /id can be no part of an address"),
    ])
  func lost(first: String, reason: String) async throws {
    let server = try await server(["succeeded"], first: first)
    #expect(
      await executor.send(request(server), timeout: 30)
        == .unknown("HTTP 200, but it cannot be followed: \(reason)"))
    #expect(server.requests.count == 1)
  }

  @Test("A secret goes to whom it is declared for, and to nobody else")
  func elsewhere() async throws {
    let other = try await TargetServer.start { _ in .answer(200, #"{"status": "succeeded"}"#) }
    let server = try await server(["succeeded"])
    var request = request(server)
    request.follow?.url = other.url + "/runs/{answer}"
    #expect(await executor.send(request, timeout: 30) == .applied("HTTP 200, then succeeded"))
    #expect(other.requests.map { $0.header("X-Token") } == [nil])
  }
}
