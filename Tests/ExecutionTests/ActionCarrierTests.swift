import Containment
import Execution
import Testing

/// A confirmed run on its way: once, entered before it leaves, and stopped where anything is otherwise.
@Suite(.timeLimit(.minutes(1)))
struct ActionCarrierTests {
  private func carrier(_ ledger: MemoryLedger) -> ActionCarrier {
    ActionCarrier(executor: executor, ledger: ledger)
  }

  @Test("Each target is sent to in turn, each move entered before and after")
  func carries() async throws {
    let dials = [Dial(256), Dial(128)]
    let servers = [
      try await TargetServer.start(dials[0].answer), try await TargetServer.start(dials[1].answer),
    ]
    let plan = try await planned(Dial.action(), at: servers.map(\.url)).plan
    let ledger = MemoryLedger()
    await ledger.confirm(plan)
    #expect(await carrier(ledger).carry("run-1") == nil)
    #expect(dials.map(\.now) == [32, 32])
    #expect(servers.map(\.orders.count) == [1, 1])
    #expect(servers.map { $0.orders.first?.header("Idempotency-Key") } == ["run-1-1", "run-1-2"])
    #expect(await ledger.story == ["intend", "send", "applied", "send", "applied"])
    #expect(await ledger.state("run-1") == .applied)
  }

  @Test("What is being sent is entered before its first byte is there")
  func entersFirst() async throws {
    let server = try await TargetServer.start()
    let ledger = MemoryLedger(refusing: { move in
      switch move.step {
      case .intend, .send: #expect(server.orders.isEmpty)
      default: break
      }
      return nil
    })
    await ledger.confirm(try await planned(Dial.action(isRead: false), at: [server.url]).plan)
    #expect(await carrier(ledger).carry("run-1") == nil)
    #expect(server.orders.count == 1)
  }

  @Test("However often it is carried at once, it is sent once")
  func once() async throws {
    for isRead in [true, false] {
      let server = try await TargetServer.start(Dial(256).answer)
      let ledger = MemoryLedger()
      await ledger.confirm(try await planned(Dial.action(isRead: isRead), at: [server.url]).plan)
      let carrier = carrier(ledger)
      let said = await withTaskGroup(of: String?.self) { group in
        for _ in 0..<8 { group.addTask { await carrier.carry("run-1") } }
        return await group.reduce(into: []) { $0.append($1) }
      }
      #expect(said.count { $0 == nil } == 1)
      #expect(server.orders.count == 1)
      #expect(await ledger.story.count { $0 == "intend" } == 1)
      #expect(await carrier.carry("run-1") != nil)
      #expect(server.orders.count == 1)
    }
  }

  @Test("Where the intent cannot be entered nothing is sent")
  func refusedIntent() async throws {
    let server = try await TargetServer.start()
    let ledger = MemoryLedger(refusing: { move in
      if case .intend = move.step { "the disk is full" } else { nil }
    })
    await ledger.confirm(try await planned(Dial.action(isRead: false), at: [server.url]).plan)
    #expect(await carrier(ledger).carry("run-1") == "not done: the disk is full")
    #expect(server.bytes == 0)
    #expect(await ledger.state("run-1") == .cancelled)
  }

  @Test("Where it cannot be entered that it leaves, it does not")
  func refusedSend() async throws {
    let servers = [try await TargetServer.start(), try await TargetServer.start()]
    let ledger = MemoryLedger(refusing: { move in
      if case .send = move.step { "the disk is full" } else { nil }
    })
    await ledger.confirm(try await planned(Dial.action(isRead: false), at: servers.map(\.url)).plan)
    let said = await carrier(ledger).carry("run-1")
    #expect(said == "\(servers[0].url): not done, nothing was sent: the disk is full")
    #expect(servers.map(\.bytes) == [0, 0])
    #expect(await ledger.state("run-1") == .failed)
  }

  @Test("What is not confirmed is not sent")
  func unconfirmed() async throws {
    let server = try await TargetServer.start()
    let ledger = MemoryLedger()
    let plan = try await planned(Dial.action(isRead: false), at: [server.url]).plan
    _ = await ledger.enter(ActionMove(run: plan.id, by: "ann", step: .plan(plan, hash: plan.hash)))
    #expect(await carrier(ledger).carry("run-1") == "it is not confirmed: it is planned")
    #expect(await carrier(ledger).carry("run-2") == "there is no action run-2")
    #expect(server.connections == 0)
  }

  @Test("A precondition that does not hold any more calls it off")
  func obstacle() async throws {
    let server = try await TargetServer.start()
    let ledger = MemoryLedger(obstacle: "ready_instances > 2 is not known")
    await ledger.confirm(try await planned(Dial.action(isRead: false), at: [server.url]).plan)
    #expect(await carrier(ledger).carry("run-1") == "not done: ready_instances > 2 is not known")
    #expect(await ledger.state("run-1") == .cancelled)
    #expect(server.connections == 0)
  }

  @Test("A target that somebody has changed since it was planned calls it off")
  func changedSince() async throws {
    let dial = Dial(256)
    let server = try await TargetServer.start(dial.answer)
    let ledger = MemoryLedger()
    await ledger.confirm(try await planned(Dial.action(), at: [server.url]).plan)
    dial.now = 64
    let said = await carrier(ledger).carry("run-1")
    #expect(said == "not done: \(server.url) was 256 when it was planned and is 64 now")
    #expect(await ledger.state("run-1") == .cancelled)
    #expect(server.orders.isEmpty)
  }

  @Test("One that is already as it should be is sent nothing")
  func alreadyThere() async throws {
    let dial = Dial(256)
    let server = try await TargetServer.start(dial.answer)
    let ledger = MemoryLedger()
    await ledger.confirm(try await planned(Dial.action(), at: [server.url]).plan)
    dial.now = 32
    #expect(await carrier(ledger).carry("run-1") == nil)
    #expect(server.orders.isEmpty)
    let run = try #require(await ledger.run("run-1"))
    #expect(run.answers == [.already("it says 32")])
    #expect(run.state == .applied)
    // Nothing was sent, and so nothing is taken back.
    #expect(
      await carrier(ledger).takeBack("run-1", by: "bob")
        == "nothing of it was sent: there is nothing to take back")
    #expect(dial.now == 32)
  }

  @Test("What was done once is not done again by asking for it again")
  func twiceIsOnce() async throws {
    let dials = [Dial(256), Dial(32)]
    let servers = [
      try await TargetServer.start(dials[0].answer), try await TargetServer.start(dials[1].answer),
    ]
    for id in ["run-1", "run-2"] {
      let ledger = MemoryLedger()
      await ledger.confirm(try await planned(Dial.action(), id: id, at: servers.map(\.url)).plan)
      #expect(await carrier(ledger).carry(id) == nil)
    }
    #expect(servers.map(\.orders.count) == [1, 0])
  }

  @Test("One that cannot be read any more calls it off")
  func unreadableNow() async throws {
    let dial = Dial(256)
    let server = try await TargetServer.start(dial.answer)
    let ledger = MemoryLedger()
    await ledger.confirm(try await planned(Dial.action(), at: [server.url]).plan)
    dial.now = -1
    let said = await carrier(ledger).carry("run-1")
    let reason = "it cannot be read whether it is as it was planned: the connection was lost"
    #expect(said == "not done: \(server.url): \(reason)")
    #expect(await ledger.state("run-1") == .cancelled)
  }

  @Test(
    "After a target that is not done, those after it are not sent to",
    arguments: [
      (TargetServer.Behaviour.answer(500, "no"), ActionRun.State.failed), (.hangUp, .unknown),
      (.never, .unknown),
    ])
  func stops(behaviour: TargetServer.Behaviour, state: ActionRun.State) async throws {
    let first = try await TargetServer.start()
    let second = try await TargetServer.start { _ in behaviour }
    let third = try await TargetServer.start()
    var action = try Dial.action(isRead: false)
    if case .never = behaviour { action.timeout = 1 }
    let ledger = MemoryLedger()
    await ledger.confirm(try await planned(action, at: [first, second, third].map(\.url)).plan)
    let said = await carrier(ledger).carry("run-1")
    #expect(said?.hasPrefix("\(second.url): ") == true)
    #expect([first, second, third].map(\.orders.count) == [1, 1, 0])
    #expect(third.connections == 0)
    let run = try #require(await ledger.run("run-1"))
    #expect(run.state == state)
    #expect(run.answers[2]?.isUnsent == true)
    #expect(run.answers[2]?.words.contains(second.url) == true)
  }

  @Test("A name that is no name gives a key that fits into a header")
  func keys() async throws {
    let server = try await TargetServer.start()
    for id in [String(repeating: "x", count: 500), "a\r\nb", "", "é"] {
      let ledger = MemoryLedger()
      await ledger.confirm(
        try await planned(Dial.action(isRead: false), id: id, at: [server.url]).plan)
      #expect(await carrier(ledger).carry(id) == nil)
    }
    let keys = server.orders.compactMap { $0.header("Idempotency-Key") }
    #expect(Set(keys).count == 4)
    #expect(keys.allSatisfy { $0.utf8.count <= 128 })
  }

  @Test("What nobody waits for any more does not leave, though what takes it back may")
  func nobodyWaits() async throws {
    let dials = [Dial(256), Dial(256)]
    let servers = [
      try await TargetServer.start(dials[0].answer), try await TargetServer.start(dials[1].answer),
    ]
    let plan = try await planned(Dial.action(), at: servers.map(\.url)).plan
    let ledger = MemoryLedger(aftermath: [.lose, .intendRevert(hash: plan.hash)])
    await ledger.confirm(plan)
    let said = await carrier(ledger).carry("run-1")
    #expect(await ledger.state("run-1") == .reverting)
    let stopped = "nothing was sent: it is not being sent: it is reverting"
    #expect(said == "\(servers[1].url): not done, \(stopped)")
    #expect(servers.map(\.orders.count) == [1, 0])
  }
}
