import Conditions
import Containment
import Execution
import Testing

/// From value to value, and several actions as one: what is looked at between two steps decides whether the next is
/// sent.
@Suite(.timeLimit(.minutes(1)))
struct StagedCarryTests {
  private func carrier(_ ledger: MemoryLedger) -> ActionCarrier {
    ActionCarrier(executor: executor, ledger: ledger)
  }

  /// By way of 5 and 25, with a look at each.
  private func staged(within patience: Double = 20) throws -> Action {
    var action = try Dial.action()
    let check = try Action.Proof([try Condition("p99_ms < 800")], window: 2, patience: patience)
    action.staging = Staging(
      parameter: "limit", values: [5, 25, 50].map(Argument.integer), check: check)
    return action
  }

  private func waits(_ ledger: MemoryLedger, at place: Int) async -> Bool {
    await eventually { await ledger.run("run-1")?.checking == place }
  }

  @Test("The plan has a step for each value and target, and a look after each value")
  func plan() async throws {
    let servers = [
      try await TargetServer.start(Dial(0).answer), try await TargetServer.start(Dial(25).answer),
    ]
    let (one, two) = (servers[0].url, servers[1].url)
    let plan = try await planned(staged(), at: [one, two], ["limit": .integer(30)]).plan
    #expect(plan.steps.map(\.target) == [one, one, one, two])
    #expect(
      plan.steps.map(\.read?.expected) == [.integer(5), .integer(25), .integer(30), .integer(30)])
    #expect(
      plan.steps.map(\.captured) == [.integer(0), .integer(5), .integer(25), .integer(25)])
    #expect(plan.steps.map { $0.check != nil } == [true, true, false, false])
    #expect(plan.steps.map(\.revert?.body) == [0, 0, 0, 25].map { #"{"max":\#($0)}"# })
    #expect(plan.proof?.window == 2)
    #expect(plan.targets.map(\.captured) == [.integer(0), .integer(25)])
  }

  @Test("The next value is sent once what has to hold has held, and all is taken back at once")
  func goesOn() async throws {
    let dial = Dial(0)
    let server = try await TargetServer.start(dial.answer)
    let ledger = MemoryLedger()
    await ledger.confirm(
      try await planned(staged(), at: [server.url], ["limit": .integer(25)]).plan)
    let carrying = Task { await carrier(ledger).carry("run-1") }
    #expect(await waits(ledger, at: 0))
    #expect(dial.now == 5)
    let early = ActionMove(
      run: "run-1", by: "damcon", step: .send(target: server.url, step: 1))
    #expect(await ledger.enter(early) == "it is not known yet whether (p99_ms < 800) for 2s")
    for _ in 0..<4 { await ledger.wait(1, .number(100)) }
    #expect(await carrying.value == nil)
    #expect(dial.now == 25)
    #expect(await ledger.state("run-1") == .verifying)
    #expect(await carrier(ledger).takeBack("run-1", by: "bob") == nil)
    #expect(dial.now == 0)
    // Two values there, and one way back.
    #expect(server.orders.count == 3)
    #expect(await ledger.state("run-1") == .reverted)
  }

  @Test(
    "Where what has to hold does not, or is not known, the rest is not sent",
    arguments: [true, false])
  func stops(isKnown: Bool) async throws {
    let dial = Dial(0)
    let server = try await TargetServer.start(dial.answer)
    let ledger = MemoryLedger()
    await ledger.confirm(
      try await planned(staged(), at: [server.url], ["limit": .integer(25)]).plan)
    let carrying = Task { await carrier(ledger).carry("run-1") }
    #expect(await waits(ledger, at: 0))
    await ledger.wait(21, isKnown ? .number(5000) : .unknown)
    let why =
      "cap-concurrency 5: what should hold before the next step "
      + (isKnown ? "does not" : "is not known, or has not held for long enough")
      + ": (p99_ms < 800) for 2s"
    #expect(await carrying.value == why)
    #expect(dial.now == 5)
    let run = try #require(await ledger.run("run-1"))
    #expect(run.state == .failed && run.isPartlyDone)
    #expect(run.answers[1] == .unsent(why))
    #expect(run.checks == [isKnown ? Truth.no : Truth.unknown, nil])
    #expect(await carrier(ledger).takeBack("run-1", by: "bob") == nil)
    #expect(dial.now == 0)
  }

  // MARK: Several actions

  private func maneuver(_ limits: [Int64]) -> Maneuver {
    Maneuver(
      name: "calm",
      parts: limits.enumerated().map { place, limit in
        var part = Maneuver.Part(action: "cap-concurrency", service: "service-\(place)")
        part.arguments = [.init(name: "limit", value: .integer(limit))]
        return part
      })
  }

  private func together(
    _ maneuver: Maneuver, id: String = "run-1", at targets: [String]
  ) async throws -> ActionPlan {
    let ground = Maneuver.Ground(
      parts: try targets.map {
        .init(action: try Dial.action(), instances: [$0], preconditions: [])
      }, requirements: [])
    return try await ActionPlanner(executor: executor).plan(
      maneuver, id: id, on: ground, environment: "production", origin: nil, by: "ann", reason: ""
    ).get().plan
  }

  @Test("What stopped half-way is asked for again, and only what is left is sent")
  func resumes() async throws {
    let dials = [Dial(256), Dial(256)]
    let isWell = Dial(0)
    let servers = [
      try await TargetServer.start(dials[0].answer),
      try await TargetServer.start { request in
        guard request.line.hasPrefix("GET ") || isWell.now == 1 else { return .answer(409, "busy") }
        return dials[1].answer(request)
      },
    ]
    let maneuver = maneuver([32, 64])
    let first = MemoryLedger()
    let plan = try await together(maneuver, at: servers.map(\.url))
    #expect(plan.words == "plan:calm on service-0, service-1")
    #expect(plan.parts.map(\.isReversible) == [true, true])
    await first.confirm(plan)
    #expect(await carrier(first).carry("run-1") != nil)
    #expect(await first.state("run-1") == .failed)
    isWell.now = 1
    for id in ["run-2", "run-3"] {
      let next = MemoryLedger()
      await next.confirm(try await together(maneuver, id: id, at: servers.map(\.url)))
      #expect(await carrier(next).carry(id) == nil)
      #expect(await next.run(id)?.answers[0] == .already("it says 32"))
    }
    #expect(dials.map(\.now) == [32, 64])
    #expect(servers.map(\.orders.count) == [1, 2])
  }

  @Test("What cannot be taken back stays, with all that was done before it")
  func barrier() async throws {
    let dials = [Dial(1), Dial(2), Dial(3)]
    var servers: [TargetServer] = []
    for dial in dials { servers.append(try await TargetServer.start(dial.answer)) }
    var maneuver = maneuver([32, 64, 128])
    maneuver.parts[1].isReversible = false
    let ledger = MemoryLedger()
    let plan = try await together(maneuver, at: servers.map(\.url))
    #expect(!plan.isReversible)
    await ledger.confirm(plan)
    #expect(await carrier(ledger).carry("run-1") == nil)
    #expect(await carrier(ledger).takeBack("run-1", by: "bob") == nil)
    #expect(dials.map(\.now) == [32, 64, 3])
    let run = try #require(await ledger.run("run-1"))
    #expect(run.state == .reverted)
    let stays = "cap-concurrency limit=64 on service-1 cannot be taken back"
    #expect(run.reason == "\(stays): it stays, and so does what was done before it")
    #expect(run.reverts[0] == .unsent("\(stays), and what was done before it stays with it"))
  }

  @Test("Two parts that set the same are no plan: nobody could tell what is left to do")
  func shared() async throws {
    let server = try await TargetServer.start(Dial(1).answer)
    await #expect(throws: PlanningError.self) {
      try await together(maneuver([32, 64]), at: [server.url, server.url])
    }
  }
}
