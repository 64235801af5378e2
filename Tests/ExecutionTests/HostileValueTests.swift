import Containment
import Execution
import Testing

/// Whatever is typed, what leaves has the shape that the fleet file gave it.
@Suite(.timeLimit(.minutes(1)))
struct HostileValueTests {
  private static let values = [
    "\"", "\\", "\\\"", "a\",\"admin\":true,\"b\":\"", "../../admin", "..%2f..%2fadmin", "%2f",
    "%2e%2e", "a/b", "?x=1",
    "&x=1", "#x", "a b", "@evil.example", "//evil.example", "é", "🚨", "\u{202e}abc", "e\u{301}",
    "{limit}", "'; DROP",
    String(repeating: "x", count: 256), String(repeating: "/", count: 256), "http://evil.example/",
  ]

  private func action(inHeader: Bool) throws -> Action {
    var order = HTTPOrder(
      method: "PUT", url: try Template("{instance}/flags/{name}/state?by={name}"))
    order.body = .fields([
      .init(name: "value", value: .parameter("name")),
      .init(name: "note", value: .text(try Template("set {name}"))),
    ])
    if inHeader {
      order.headers = [.init(name: "X-Flag", value: .text(try Template("flag {name}")))]
    }
    var action = Action(name: "flag", kind: .toggleFlag, order: .http(order))
    action.parameters = [Parameter(name: "name", type: .text)]
    return action
  }

  @Test("A value is one segment, one value of the query and one JSON string", arguments: values)
  func oneValue(value: String) async throws {
    let server = try await TargetServer.start()
    let planned = try await planned(
      action(inHeader: false), at: [server.url], ["name": .text(value)])
    #expect(try await executor.send(sent(planned)) == .applied("HTTP 200"))
    let request = try #require(server.requests.first)

    let words = request.line.split(separator: " ")
    #expect(words.count == 3)
    #expect(words[0] == "PUT")
    let halves = words[1].split(separator: "?")
    #expect(halves.count == 2)
    let segments = halves[0].split(separator: "/", omittingEmptySubsequences: false)
    #expect(segments.count == 4 && segments[1] == "flags" && segments[3] == "state")
    #expect(!["", ".", ".."].contains(segments[2]))
    #expect(String(segments[2]).removingEscapes == value)
    #expect(halves[1].split(separator: "&").count == 1)

    let names = request.headers.map { $0.prefix { $0 != ":" } }
    #expect(
      names.sorted() == [
        "Connection", "Content-Length", "Content-Type", "Host", "Idempotency-Key", "User-Agent",
      ])
    #expect(request.header("Host").map { "http://\($0)" } == server.url)

    let found = await executor.read(
      PlannedReading(
        order: .http(PlannedRequest(method: "GET", url: try await echo(request.body).url)),
        place: .pointer("/value"), expected: .text("")), timeout: 10)
    #expect(found == .success(.text(value)))
    #expect(request.body.hasPrefix(#"{"value":"#))
  }

  private func sent(_ planned: PlannedAction) throws -> PlannedRequest {
    guard case .http(let request)? = planned.plan.steps.first?.order else {
      throw PlanningError(reason: "it sends no request")
    }
    return request
  }

  private func echo(_ body: String) async throws -> TargetServer {
    try await TargetServer.start { _ in .answer(200, body) }
  }

  @Test(
    "A value with control signs is none",
    arguments: ["a\r\nX-Evil: 1", "\u{0}", "a\tb", "\u{7f}", ""])
  func controls(value: String) async throws {
    await #expect(throws: PlanningError.self) {
      try await planned(action(inHeader: false), at: ["http://127.0.0.1:1"], ["name": .text(value)])
    }
  }

  @Test("In a header a value is within its line, or the plan is refused", arguments: values)
  func inHeader(value: String) async throws {
    let server = try await TargetServer.start()
    do {
      let planned = try await planned(
        action(inHeader: true), at: [server.url], ["name": .text(value)])
      #expect(try await executor.send(sent(planned)) == .applied("HTTP 200"))
      let request = try #require(server.requests.first)
      #expect(request.header("X-Flag") == "flag \(value)")
      #expect(request.headers.count == 7)
    } catch let error as PlanningError {
      #expect(error.reason == "flag: the header X-Flag would not be plain ASCII")
      #expect(!value.utf8.allSatisfy { $0 < 0x7f })
    }
  }

  @Test(
    "A value is never a part of who is asked",
    arguments: ["{instance}{name}", "http://{name}.example/", "http://a{name}"])
  func host(url: String) async throws {
    var action = try action(inHeader: false)
    action.order = .http(HTTPOrder(method: "POST", url: try Template(url)))
    let order = action
    await #expect(
      throws: PlanningError(reason: "flag: '.evil.example' would be a part of the host's name")
    ) {
      try await planned(order, at: ["http://127.0.0.1"], ["name": .text(".evil.example")])
    }
  }
}

extension String {
  fileprivate var removingEscapes: String {
    var bytes: [UInt8] = []
    var rest = Substring(self)
    while let sign = rest.popFirst() {
      if sign == "%", let byte = UInt8(rest.prefix(2), radix: 16) {
        bytes.append(byte)
        rest = rest.dropFirst(2)
      } else {
        bytes += Array(String(sign).utf8)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
