import Conditions
import Containment
import Execution
import Fleet
import Health
import Incident
import Journal
import NIOPosix
import Replay
import Session

/// One run of the program as far as actions go: the session, its journal, a real executor. Nothing else is
/// stood in for but the polling, whose answers are made here, and the time that verification takes.
struct Life {
  let session: Session
  private let clock: LeapingClock
  private let scribe: Scribe
  private let writer: JournalWriter
  private let ledger: WatchedLedger
  private let planner: ActionPlanner
  private let carrier: ActionCarrier
  private let killPoint: KillPoint
  private let action: Action
  /// The address of the one instance.
  private let url: String

  static let service = "pricing"
  /// Seconds of the session that a life lets pass before anybody asks what became of what the one before it left:
  /// longer than any of its requests may take.
  private static let wait: Int64 = 60

  /// - Parameter target: an address, or the path of a script.
  init(journal path: String, target: String, _ killPoint: KillPoint) async throws {
    action = try ProbeAction.cap(at: target)
    url = target.hasPrefix("/") ? "http://127.0.0.1:1" : target
    self.killPoint = killPoint
    let about = About(fleet: "shop", madeBy: "probe", made: 1_795_000_000_000_000_000)
    writer = JournalWriter(path: path, about: about, heads: nil) { say("journal \($0)") }
    let last = try await writer.begin()
    scribe = Scribe(writer)
    clock = LeapingClock(after: last?.instant)
    var unfinished: Unfinished?
    if let last {
      let player = try Player(try JournalArchive(path: path), at: last.instant.offset)
      try player.seek(to: last.sequence)
      unfinished = Unfinished(player.state.present)
    }
    let fleet = Fleet(
      name: "shop",
      services: [Service(name: Life.service, instances: [Instance(url: url)])])
    session = Session(
      fleet: fleet, clock: clock, recorder: WatchedRecorder(scribe: scribe, killPoint: killPoint),
      after: last?.sequence ?? 0, resuming: unfinished)
    ledger = WatchedLedger(session: session, killPoint: killPoint)
    let executor = Executors(
      http: HTTPExecutor(group: MultiThreadedEventLoopGroup.singleton),
      command: CommandExecutor(spool: path + ".spool"))
    planner = ActionPlanner(executor: executor)
    carrier = ActionCarrier(executor: executor, ledger: ledger)
    session.inbox.put(.actions([action]))
    await session.drain()
  }

  /// Lets go of the journal as a program does that ends by itself.
  func end() async { await scribe.stop() }

  // MARK: What an earlier life left

  /// Tells of the run that was last, waits to be told to go on, finds out what became of it and brings it to an end.
  func recover() async throws {
    guard let id = await session.read({ $0.present.actionRuns.last?.plan.id }) else {
      say("resumed - none")
      say("waited - none")
      _ = readLine()
      return say("ended - none")
    }
    await tell("resumed", id)
    // Whatever happens by itself happens now.
    for _ in 0..<6 {
      clock.leap(seconds: Life.wait / 6)
      await session.drain()
    }
    await tell("waited", id)
    _ = readLine()
    if await state(id) == .unknown {
      if let trouble = await carrier.reconcile(id) { say("trouble \(trouble)") }
      await tell("asked", id)
    }
    try await prove(id)
    try await close(id)
    await tell("ended", id)
  }

  /// As the responder does who finds it.
  private func close(_ id: String) async throws {
    guard let run = await ledger.run(id) else { return }
    if run.state.isBeforeSending {
      try await enter(id, by: "ana", .cancel(reason: "it is begun anew"))
    } else if run.isInForce || run.state == .revertFailed {
      var trouble = await carrier.takeBack(id, by: "ana")
      // What the life before it had just begun may not have heard yet that it is gone.
      for _ in 0..<100 where trouble?.hasSuffix("is being taken back still") == true {
        try await Task.sleep(for: .milliseconds(50))
        trouble = await carrier.takeBack(id, by: "ana")
      }
      if let trouble { say("trouble \(trouble)") }
    }
  }

  // MARK: An action

  /// Does one action, and takes it back.
  func act(_ id: String, reason: String = "too much at once") async throws {
    await poll()
    let said = Dictionary(
      uniqueKeysWithValues: action.parameters.map { ($0.name, Argument.text(id)) })
    let planned = try await planner.plan(
      action, id: id, service: Life.service, instances: [url], environment: nil, arguments: said,
      preconditions: await session.read { [action] in
        $0.present.preconditions(of: action, on: Life.service)
      }, origin: nil, by: "ana", reason: reason
    ).get()
    for warning in planned.warnings { say("trouble \(warning)") }
    let hash = planned.plan.hash
    try await enter(id, by: "ana", .plan(planned.plan, hash: hash))
    try await enter(id, by: "bo", .approve(hash: hash))
    try await enter(id, by: "ana", .confirm(hash: hash))
    if let trouble = await carrier.carry(id) { say("trouble \(trouble)") }
    await tell("carried", id)
    try await prove(id)
    killPoint.reach("proved")
    await tell("proved", id)
    if let trouble = await carrier.takeBack(id, by: "ana") { say("trouble \(trouble)") }
    await tell("taken-back", id)
    killPoint.reach("taken-back")
  }

  /// Lets the time of a verification pass, with an answer of the service in each second of it.
  private func prove(_ id: String) async throws {
    for _ in 0..<120 {
      guard await state(id) == .verifying else { return }
      killPoint.reach("proving")
      clock.leap(seconds: 1)
      await poll()
    }
    throw Failed(sentence: "\(id) is being verified for two minutes")
  }

  private func poll() async {
    session.inbox.put(
      .probe(
        target: Target(service: Life.service, instance: url),
        Probe(
          kind: .readiness, path: "/ready", duration: 0.001,
          answer: .response(status: 200, report: HealthReport(dialect: .damcon, status: .pass)))))
    await session.drain()
  }

  private func enter(_ id: String, by name: String, _ step: ActionMove.Step) async throws {
    if let refusal = await ledger.enter(ActionMove(run: id, by: name, step: step)) {
      throw Failed(sentence: refusal)
    }
  }

  private func state(_ id: String) async -> ActionRun.State? { await ledger.run(id)?.state }

  private func tell(_ word: String, _ id: String) async {
    let state = await state(id)
    say("\(word) \(id) \(state?.rawValue ?? "none")")
  }

  /// From now on nothing can be written.
  func fillDisk() async throws { try await writer.limitPages(1) }
}

struct Failed: Error { var sentence: String }
