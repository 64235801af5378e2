import Conditions
import Containment
import Testing

/// An argument is put in by structure: it never becomes another segment, header, line or value.
@Suite("Arguments in what is sent") struct OrderRenderingTests {
  private static let hostile = [
    "a\"b", "a\\", "../../admin", "..", "%2e%2e%2f", "x y", "a?b=c#d", "käse", "{captured}",
    "a/b", "x\",\"admin\":true,\"y\":\"", "🚨", "a&b=c", "http://evil", "@host",
  ]

  private func rendering(_ value: String) -> OrderRendering {
    OrderRendering(
      service: "pricing", instance: "http://10.0.0.1:8080/",
      arguments: [.init(name: "name", value: .text(value))], captured: .integer(256))
  }

  @Test(arguments: hostile) func isOneSegmentOfAPath(_ value: String) throws {
    let order = HTTPOrder(
      method: "POST", url: try Template("{instance}/flags/{name}/state?by={name}"))
    guard value != ".." else {
      #expect(throws: ArgumentError.self) { try rendering(value).request(order) }
      return
    }
    let url = try rendering(value).request(order).url
    #expect(url.hasPrefix("http://10.0.0.1:8080/flags/"))
    #expect(url.split(separator: "/", omittingEmptySubsequences: false).count == 6)
    #expect(url.split(separator: "?", omittingEmptySubsequences: false).count == 2)
    #expect(!url.contains("#") && !url.contains("&") && !url.contains("@"))
    #expect(url.utf8.allSatisfy { (0x21...0x7e).contains($0) })
  }

  @Test(arguments: hostile) func isOneStringOfJSON(_ value: String) throws {
    var order = HTTPOrder(method: "POST", url: try Template("{instance}/flags"))
    order.body = .fields([
      .init(name: "name", value: .parameter("name")), .init(name: "was", value: .captured),
      .init(name: "why", value: .text(try Template("set {name} on {service}"))),
    ])
    let body = try #require(try rendering(value).request(order).body)
    // As many quotes as the three names and two texts have, whatever is in them.
    var quotes = 0
    var isEscaped = false
    for sign in body.unicodeScalars {
      if isEscaped { isEscaped = false; continue }
      if sign == "\\" { isEscaped = true } else if sign == "\"" { quotes += 1 }
    }
    #expect(quotes == 10)
    #expect(body.contains("\"was\":256"))
  }

  @Test func controlSignsAreRefused() {
    let parameter = Parameter(name: "name", type: .text)
    for text in ["a\r\nX-Admin: 1", "a\u{0}b", "", String(repeating: "a", count: 257), "a\u{7f}"] {
      #expect(throws: ArgumentError.self) { try parameter.argument(text) }
    }
  }

  @Test(arguments: ["käse", "a\u{2028}b", "🚨"]) func aHeaderIsPlain(_ value: String) throws {
    var order = HTTPOrder(method: "POST", url: try Template("{instance}/flags"))
    order.headers = [.init(name: "X-Flag", value: .text(try Template("{name}")))]
    #expect(throws: ArgumentError.self) { try rendering(value).request(order) }
    #expect(
      try rendering("new-cart").request(order).headers
        == [.init(name: "X-Flag", value: .text("new-cart"))])
  }

  @Test func limitsOfAParameter() throws {
    var parameter = Parameter(name: "limit", type: .integer)
    (parameter.lowest, parameter.highest) = (1, 512)
    #expect(try parameter.argument("32") == .integer(32))
    for text in ["0", "513", "1.5", "x", "", "1e3", " 3"] {
      #expect(throws: ArgumentError.self) { try parameter.argument(text) }
    }
    var mode = Parameter(name: "mode", type: .text)
    mode.choices = ["soft", "hard"]
    #expect(try mode.argument("soft") == .text("soft"))
    #expect(throws: ArgumentError.self) { try mode.argument("Soft") }
    let share = Parameter(name: "share", type: .number)
    for text in ["nan", "inf", "-infinity"] {
      #expect(throws: ArgumentError.self) { try share.argument(text) }
    }
  }

  @Test func bracesThatAreNoneAreRefused() throws {
    for text in ["{", "}", "a{b", "a}b", "{}", "x{}"] {
      #expect(throws: ArgumentError.self) { try Template(text) }
    }
    #expect(try Template("a{{b}}").parts == [.plain("a{b}")])
  }

  @Test func whatIsNotKnownIsNotPutIn() throws {
    let order = HTTPOrder(method: "POST", url: try Template("{instance}/{captured}"))
    let unknown = OrderRendering(service: "a", instance: "http://a", arguments: [])
    #expect(throws: ArgumentError.self) { try unknown.request(order) }
    let nowhere = OrderRendering(service: "a", instance: nil, arguments: [], captured: .flag(true))
    #expect(throws: ArgumentError.self) { try nowhere.request(order) }
  }

  @Test func whatSendsBeatsIsNoPlaceToSendTo() throws {
    let order = HTTPOrder(method: "POST", url: try Template("{instance}/drain"))
    let rendering = OrderRendering(
      service: "report", instance: "beacon://report/run-1", arguments: [])
    #expect(throws: ArgumentError(reason: "run-1 sends beats and has no address of its own")) {
      try rendering.request(order)
    }
  }

  @Test func anyChangeIsAnotherPlan() throws {
    let plan = try ModelTests.plan(approvals: 1)
    var hashes: Set<String> = [plan.hash]
    func changed(_ change: (inout ActionPlan) -> Void) {
      var other = plan
      change(&other)
      #expect(hashes.insert(other.hash).inserted)
    }
    changed { $0.arguments[0].value = .integer(33) }
    changed { $0.steps.removeLast() }
    changed { $0.steps[0].target = "http://c" }
    changed { $0.steps[0].order = .http(PlannedRequest(method: "POST", url: "http://a")) }
    changed { $0.steps[0].captured = .integer(255) }
    changed { $0.origin = .init(runbook: "pricing-timeout", hash: [1], step: "containment.1") }
    changed { $0.preconditions = [.init(condition: try! .init("a > 1"), truth: .yes)] }
    changed { $0.preconditions = [.init(condition: try! .init("a > 1"), truth: .unknown)] }
    changed { $0.requirements = [Requirement("checkout 1.42 reads schema 8 of orders", .yes)] }
    changed { $0.steps[0].check = $0.proof }
    changed { $0.policy.approvals = 0 }
    changed { $0.by = "bob" }
    #expect(plan.hash == (try ModelTests.plan(approvals: 1)).hash)
    #expect(plan.hash.count == 64)
  }
}

extension OrderRendering {
  /// A request as it would be sent.
  fileprivate func request(_ order: HTTPOrder) throws -> PlannedRequest {
    guard case .http(let request) = try self.order(.http(order)) else {
      throw ArgumentError(reason: "it is no request")
    }
    return request
  }
}
