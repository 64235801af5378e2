import Conditions
import Containment
import Testing

/// From one value to the next, and what each target goes through.
@Suite("Going there in steps") struct StagingTests {
  private static let staging = Staging(
    parameter: "weight", values: [5, 25, 50, 100].map(Argument.integer), check: nil)

  @Test(
    "the way leads from what is so to what was asked for, and back at once",
    arguments: [
      (nil, 100, [5, 25, 50, 100]), (0, 100, [5, 25, 50, 100]), (0, 30, [5, 25, 30]),
      (25, 100, [50, 100]), (30, 100, [50, 100]), (50, 25, [25]), (100, 100, [100]), (0, 3, [3]),
    ] as [(Int64?, Int64, [Int64])])
  func course(now: Int64?, asked: Int64, way: [Int64]) {
    let course = Self.staging.course(from: now.map(Argument.integer), to: .integer(asked))
    #expect(course == way.map(Argument.integer))
  }

  @Test("what is no number is gone to at once")
  func words() {
    #expect(Self.staging.course(from: nil, to: .text("all")) == [.text("all")])
  }

  /// Two targets at 0, by way of 5 to 25.
  static func plan() throws -> ActionPlan {
    var plan = try ModelTests.plan(approvals: 0)
    let check = try Action.Proof([try Condition("p99_ms < 800")], window: 2, patience: 20)
    plan.steps = ([(5, 0), (25, 5)] as [(Int64, Int64)]).flatMap { value, before in
      ["http://a", "http://b"].map { target in
        var step = ActionPlan.Step(
          target: target, service: "pricing", kind: .shiftTraffic,
          order: .http(PlannedRequest(method: "PUT", url: target, body: "\(value)")))
        step.read = PlannedReading(
          order: .http(PlannedRequest(method: "GET", url: target)), place: .pointer(""),
          expected: .integer(value))
        step.captured = .integer(before)
        step.revert = .http(PlannedRequest(method: "PUT", url: target, body: "0"))
        return step
      }
    }
    plan.steps[1].check = check
    return plan
  }

  @Test("before, then each value, then the goal")
  func targets() throws {
    let plan = try Self.plan()
    #expect(plan.targets.map(\.target) == ["http://a", "http://b"])
    #expect(plan.targets.map(\.captured) == [.integer(0), .integer(0)])
    #expect(
      plan.targets.map(\.values) == [[.integer(5), .integer(25)], [.integer(5), .integer(25)]])
    #expect(plan.targets.map(\.places) == [[0, 2], [1, 3]])
    #expect(plan.targets.map(\.goal) == [.integer(25), .integer(25)])
    // What is further on is done; what is further back is not.
    #expect(plan.standing(of: 0, found: .integer(25)) == .done)
    #expect(plan.standing(of: 2, found: .integer(5)) == .before)
    #expect(plan.standing(of: 2, found: .integer(0)) == .before)
    #expect(plan.standing(of: 0, found: .integer(7)) == .elsewhere)
  }
}
