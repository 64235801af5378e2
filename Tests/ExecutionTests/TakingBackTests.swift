import Conditions
import Containment
import Execution
import Testing

/// Back to what was before, unless that is not ours to say any more; and what nobody knew, looked up.
@Suite(.timeLimit(.minutes(1)))
struct TakingBackTests {
  private func carrier(_ ledger: MemoryLedger) -> ActionCarrier {
    ActionCarrier(executor: executor, ledger: ledger)
  }

  /// A run that was carried at targets that said 256.
  private func carried(
    _ servers: [TargetServer], _ action: Action? = nil
  ) async throws -> MemoryLedger {
    let ledger = MemoryLedger()
    await ledger.confirm(try await planned(action ?? Dial.action(), at: servers.map(\.url)).plan)
    _ = await carrier(ledger).carry("run-1")
    return ledger
  }

  @Test("Every target is as it was before, the last first, each request under a key of its own")
  func takesBack() async throws {
    let dials = [Dial(256), Dial(128)]
    let servers = [
      try await TargetServer.start(dials[0].answer), try await TargetServer.start(dials[1].answer),
    ]
    let ledger = try await carried(servers)
    #expect(dials.map(\.now) == [32, 32])
    #expect(await carrier(ledger).takeBack("run-1", by: "bob") == nil)
    #expect(dials.map(\.now) == [256, 128])
    #expect(await ledger.state("run-1") == .reverted)
    #expect(
      servers.map { $0.orders.last?.header("Idempotency-Key") } == [
        "run-1-revert-1", "run-1-revert-2",
      ])
    let moves = await ledger.moves
    let intent = try #require(
      moves.firstIndex { if case .intendRevert = $0.step { true } else { false } })
    #expect(moves[intent].by == "bob")
    let sent = moves[intent...].compactMap {
      if case .sendRevert(let target, _) = $0.step { target } else { nil }
    }
    #expect(sent == [servers[1].url, servers[0].url])
  }

  @Test("What somebody has changed since is left as it is")
  func changedSince() async throws {
    let dial = Dial(256)
    let server = try await TargetServer.start(dial.answer)
    let ledger = try await carried([server])
    dial.now = 64
    let said = await carrier(ledger).takeBack("run-1", by: "bob")
    #expect(
      said
        == "\(server.url) says 64, not 32 nor 256: somebody has changed it since; nothing was taken back"
    )
    #expect(server.orders.count == 1)
    #expect(await ledger.state("run-1") == .applied)
    let told = await carrier(ledger).tryTakingBack("run-1", by: "damcon")
    #expect(told.isSomebodyElses && told.trouble == said)
    // Ours again, and that it cannot be read: to try later is of use.
    dial.now = -1
    #expect(await !carrier(ledger).tryTakingBack("run-1", by: "damcon").isSomebodyElses)
    dial.now = 32
    let taken = await carrier(ledger).tryTakingBack("run-1", by: "damcon")
    #expect(!taken.isSomebodyElses && taken.trouble == nil)
  }

  @Test("What is overdue and somebody else's is left as it is by a person, and never by itself")
  func leftAsItIs() async throws {
    let dial = Dial(256)
    let server = try await TargetServer.start(dial.answer)
    var action = try Dial.action()
    action.expiry = 60
    let ledger = try await carried([server], action)
    func cancel(_ who: String) async -> String? {
      await ledger.enter(ActionMove(run: "run-1", by: who, step: .cancel(reason: "ours now")))
    }
    #expect(await cancel("bob") == "it was sent: it can only be taken back")
    await ledger.wait(61, .unknown)
    #expect(await cancel(ActionMove.itself) == "it was sent: it can only be taken back")
    #expect(await cancel("bob") == nil)
    let run = try #require(await ledger.run("run-1"))
    #expect(run.state == .inconclusive && run.reason == "bob leaves it as it is: ours now")
    #expect(run.keptBy == "bob" && run.expires == nil && run.isInForce)
    #expect(await cancel("bob") == "it was sent: it can only be taken back")
    // A person may change their mind.
    #expect(await carrier(ledger).takeBack("run-1", by: "bob") == nil)
    #expect(dial.now == 256)
  }

  @Test("What is as it was before is left alone")
  func already() async throws {
    let dials = [Dial(256), Dial(256)]
    let servers = [
      try await TargetServer.start(dials[0].answer), try await TargetServer.start(dials[1].answer),
    ]
    let ledger = try await carried(servers)
    dials[1].now = 256
    #expect(await carrier(ledger).takeBack("run-1", by: "bob") == nil)
    #expect(servers.map(\.orders.count) == [2, 1])
    let run = try #require(await ledger.run("run-1"))
    #expect(run.reverts[1] == .already("it is 256"))
    #expect(run.state == .reverted)
  }

  @Test("What cannot be read is not written to")
  func unreadable() async throws {
    let dial = Dial(256)
    let server = try await TargetServer.start(dial.answer)
    let ledger = try await carried([server])
    dial.now = -1
    let said = await carrier(ledger).takeBack("run-1", by: "bob")
    #expect(said?.hasSuffix("the connection was lost; nothing was taken back") == true)
    #expect(server.orders.count == 1)
    #expect(await ledger.state("run-1") == .applied)
  }

  @Test("A target that nothing was sent to has nothing to take back")
  func untouched() async throws {
    let dials = [Dial(256), Dial(256), Dial(256)]
    let servers = [
      try await TargetServer.start(dials[0].answer),
      try await TargetServer.start { request in
        // It does what it is told, and does not say so.
        let answer = dials[1].answer(request)
        return request.line.hasPrefix("GET ") ? answer : .hangUp
      },
      try await TargetServer.start(dials[2].answer),
    ]
    let ledger = try await carried(servers)
    #expect(await ledger.state("run-1") == .unknown)
    #expect(dials.map(\.now) == [32, 32, 256])
    let said = await carrier(ledger).takeBack("run-1", by: "bob")
    #expect(
      said
        == "taking it back, \(servers[1].url): nobody knows if it was done: the connection was lost"
    )
    #expect(servers.map(\.orders.count) == [2, 2, 0])
    #expect(await ledger.state("run-1") == .revertFailed)
    let run = try #require(await ledger.run("run-1"))
    #expect(run.reverts[2] == .already("nothing was sent there"))
    // What failed is looked at once more: it was done after all.
    #expect(await carrier(ledger).takeBack("run-1", by: "bob") == nil)
    #expect(dials.map(\.now) == [256, 256, 256])
    #expect(servers.map(\.orders.count) == [2, 2, 0])
    #expect(await ledger.state("run-1") == .reverted)
  }

  @Test("Where the intent to take it back cannot be entered nothing is sent")
  func refusedIntent() async throws {
    let server = try await TargetServer.start(Dial(256).answer)
    let ledger = MemoryLedger(refusing: { move in
      if case .intendRevert = move.step { "the disk is full" } else { nil }
    })
    await ledger.confirm(try await planned(Dial.action(), at: [server.url]).plan)
    #expect(await carrier(ledger).carry("run-1") == nil)
    #expect(await carrier(ledger).takeBack("run-1", by: "bob") == "the disk is full")
    #expect(server.orders.count == 1)
  }

  @Test("However often it is taken back at once, that is sent once")
  func once() async throws {
    let server = try await TargetServer.start(Dial(256).answer)
    let ledger = try await carried([server])
    let carrier = carrier(ledger)
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<8 { group.addTask { _ = await carrier.takeBack("run-1", by: "bob") } }
    }
    #expect(server.orders.count == 2)
    #expect(await ledger.state("run-1") == .reverted)
  }

  @Test("What was not sent, or has no way back, is not taken back")
  func refusals() async throws {
    let server = try await TargetServer.start(Dial(256).answer)
    let ledger = MemoryLedger()
    await ledger.confirm(try await planned(Dial.action(), at: [server.url]).plan)
    let said = await carrier(ledger).takeBack("run-1", by: "bob")
    #expect(said == "there is nothing to take back: it is confirmed")
    var action = try Dial.action(isRead: false)
    let unread = try await carried([server], action)
    #expect(
      await carrier(unread).takeBack("run-1", by: "bob")
        == "nothing says how to learn whether somebody has changed it since: it is not taken back")
    action.revert = nil
    let other = try await carried([server], action)
    #expect(
      await carrier(other).takeBack("run-1", by: "bob") == "nothing says how it is taken back")
    #expect(server.orders.count == 2)
  }

  // MARK: What nobody knew

  @Test(
    "A target says what came of it, and nothing is sent again",
    arguments: [(32, ActionRun.State.applied), (256, .failed), (64, .unknown)])
  func reconciles(found: Int, state: ActionRun.State) async throws {
    let dial = Dial(256)
    let server = try await TargetServer.start { request in
      if request.line.hasPrefix("GET ") { return dial.answer(request) }
      dial.now = found
      return .hangUp
    }
    let ledger = try await carried([server])
    #expect(await ledger.state("run-1") == .unknown)
    #expect(await carrier(ledger).reconcile("run-1") == nil)
    #expect(await ledger.state("run-1") == state)
    #expect(server.orders.count == 1)
  }

  @Test("After what sent it is gone, every target that was not heard of is asked")
  func afterLoss() async throws {
    let dials = [Dial(256), Dial(256)]
    let servers = [
      try await TargetServer.start(dials[0].answer), try await TargetServer.start(dials[1].answer),
    ]
    let plan = try await planned(Dial.action(), at: servers.map(\.url)).plan
    let ledger = MemoryLedger()
    await ledger.confirm(plan)
    _ = await ledger.enter(ActionMove(run: "run-1", by: "damcon", step: .intend(hash: plan.hash)))
    await ledger.lose("run-1")
    dials[0].now = 32
    #expect(await carrier(ledger).carry("run-1") == "it is not confirmed: it is unknown")
    #expect(await carrier(ledger).reconcile("run-1") == nil)
    let run = try #require(await ledger.run("run-1"))
    #expect(run.answers == [.applied("it says 32"), .failed("it says 256, as before")])
    #expect(servers.map(\.orders.count) == [0, 0])
  }

  @Test("What cannot be looked up says so")
  func stillUnknown() async throws {
    let server = try await TargetServer.start { _ in .hangUp }
    let ledger = try await carried([server], Dial.action(isRead: false))
    let said = await carrier(ledger).reconcile("run-1")
    #expect(said == "\(server.url): nothing says how to look that up")
    #expect(await ledger.state("run-1") == .unknown)
    let whole = try await carried([try await TargetServer.start(Dial(256).answer)])
    #expect(await carrier(whole).reconcile("run-1") == "it is known what came of it: applied")
  }
}
