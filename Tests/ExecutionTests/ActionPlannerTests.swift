import Conditions
import Containment
import Execution
import Testing

/// What is in a plan before anybody confirms it.
@Suite(.timeLimit(.minutes(1)))
struct ActionPlannerTests {
  @Test("Each instance has a step with what is so there now, and what takes it back to that")
  func eachInstance() async throws {
    let (one, two) = (Dial(256), Dial(128))
    let first = try await TargetServer.start(one.answer)
    let second = try await TargetServer.start(two.answer)
    let planned = try await planned(
      Dial.action(), at: [first.url, second.url, first.url], ["limit": .integer(64)])
    #expect(planned.warnings == [])
    let plan = planned.plan
    #expect(plan.arguments == [.init(name: "limit", value: .integer(64))])
    #expect(plan.steps.map(\.target) == [first.url, second.url])
    #expect(plan.steps.map(\.captured) == [.integer(256), .integer(128)])
    #expect(plan.steps.map(\.order.body) == [#"{"max":64}"#, #"{"max":64}"#])
    #expect(plan.steps.map(\.revert?.body) == [#"{"max":256}"#, #"{"max":128}"#])
    #expect(plan.environment == "production")
    #expect(plan.reason == "overload")
    #expect(first.orders.isEmpty && second.orders.isEmpty)
  }

  @Test("One request for the whole service is one step, named after it")
  func wholeService() async throws {
    let server = try await TargetServer.start()
    let order = HTTPOrder(method: "POST", url: try Template("\(server.url)/restart/{service}"))
    let planned = try await planned(
      Action(name: "restart", kind: .restart, order: .http(order)), at: [])
    #expect(planned.plan.steps.map(\.target) == ["pricing"])
    #expect(planned.plan.steps[0].order.words == "POST \(server.url)/restart/pricing")
    #expect(planned.plan.steps[0].revert == nil)
    #expect(server.connections == 0)
  }

  @Test("What cannot be read costs the way back, and says so")
  func unreadable() async throws {
    let server = try await TargetServer.start { _ in .answer(500, "no") }
    let planned = try await planned(Dial.action(), at: [server.url])
    #expect(planned.plan.steps[0].captured == nil)
    #expect(planned.plan.steps[0].revert == nil)
    #expect(planned.plan.isReversible == false)
    #expect(
      planned.warnings == [
        "\(server.url): what is so now cannot be read: HTTP 500: no",
        "\(server.url): it could not be taken back: what was so before is not known",
      ])
  }

  @Test("A way back that does not ask for what was before stays, though that cannot be read")
  func fixedRevert() async throws {
    let server = try await TargetServer.start { _ in .answer(500, "no") }
    var action = try Dial.action()
    action.revert = try Dial.action(isRead: false).revert
    let planned = try await planned(action, at: [server.url])
    #expect(planned.plan.steps[0].revert?.body == #"{"max":256}"#)
    #expect(planned.warnings.count == 1)
  }

  @Test("A target that is so already is pointed out")
  func already() async throws {
    let server = try await TargetServer.start(Dial(32).answer)
    let planned = try await planned(Dial.action(), at: [server.url])
    #expect(planned.warnings == ["\(server.url) says 32 already"])
  }

  private func refusal(
    _ arguments: [String: Argument] = [:], at targets: [String] = ["http://a"],
    changing change: (inout Action) -> Void = { _ in }
  ) async throws -> String? {
    var action = try Dial.action(isRead: false)
    change(&action)
    let result = await ActionPlanner(executor: executor).plan(
      action, id: "1", service: "pricing", instances: targets, environment: nil,
      arguments: arguments,
      preconditions: [], origin: nil, by: "ann", reason: "")
    if case .failure(let error) = result { return error.reason } else { return nil }
  }

  @Test("What cannot be planned says why")
  func refusals() async throws {
    #expect(try await refusal() == nil)
    #expect(try await refusal(["limt": .integer(1)]) == "cap-concurrency has no parameter 'limt'")
    #expect(
      try await refusal { $0.services = ["cart"] } == "cap-concurrency is not for pricing")
    #expect(try await refusal(at: []) == "pricing has no instance to send cap-concurrency to")
    #expect(
      try await refusal { $0.parameters[0].usual = nil }
        == "cap-concurrency: limit is not said, and nothing is usual")
    #expect(
      try await refusal(["limit": .text("9")])
        == "cap-concurrency: limit: expected a whole number, found '9'")
    #expect(
      try await refusal(["limit": .integer(65)]) { $0.parameters[0].highest = 64 }
        == "cap-concurrency: limit: expected at most 64, found '65'")
  }

  @Test("However many are read at once, they stay in their order")
  func abreast() async throws {
    let server = try await TargetServer.start { request in
      let place = request.line.split(separator: "/")[1]
      return .answer(200, #"{"max": \#(place)}"#)
    }
    let targets = (100..<140).map { "\(server.url)/\($0)" }
    let planned = try await planned(Dial.action(), at: targets)
    #expect(planned.plan.steps.map(\.captured) == (100..<140).map { .integer(Int64($0)) })
    #expect(server.connections == 40)
  }

  @Test("No more than eight are read at once")
  func eight() async throws {
    let server = try await TargetServer.start { _ in .never }
    let targets = (0..<40).map { "\(server.url)/\($0)" }
    var action = try Dial.action()
    action.timeout = 30
    let order = action
    let planning = Task { try await planned(order, at: targets) }
    #expect(await eventually { server.requests.count == 8 })
    #expect(server.connections == 8)
    planning.cancel()
    #expect(try await planning.value.warnings.count == 80)
  }
}

extension PlannedOrder {
  /// Of a request; nil for anything else.
  var body: String? { if case .http(let request) = self { request.body } else { nil } }
}
