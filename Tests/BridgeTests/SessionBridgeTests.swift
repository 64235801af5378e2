import Bridge
import Conditions
import Containment
import Fleet
import Foundation
import Incident
import Session
import Synchronization
import Testing

/// What callers may ask for: the same as on the dashboard, by the same rules.
@Suite("Requests of other logins")
struct SessionBridgeTests {
  /// Plans what is asked for, and counts what is confirmed.
  private final class Desk: IntentExecutor {
    let session = Mutex<Session?>(nil)
    private let done = Mutex<[String]>([])
    var confirmed: [String] { done.withLock { $0 } }

    func execute(_ intent: Intent, by principal: Principal) async -> IntentOutcome {
      switch intent {
      case .plan(let wish):
        let (session, action) = (session.withLock { $0 }, try? SessionBridgeTests.action())
        guard let session, var action else { return .taken }
        action.policy.approvals = wish.reason == "asks" ? 1 : 0
        if wish.reason == "high" { action.risk = .high }
        let id = "\(wish.ticket).1"
        let step = ActionPlan.Step(
          target: "http://127.0.0.1:9000", service: wish.service, kind: action.kind,
          order: .http(PlannedRequest(method: "POST", url: "http://127.0.0.1:9000/limit")))
        var plan = ActionPlan(
          id: id, of: action, service: wish.service, steps: [step], by: principal.name)
        plan.reason = wish.reason
        plan.arguments = wish.arguments.sorted { $0.key < $1.key }.map {
          ActionPlan.Given(name: $0.key, value: $0.value)
        }
        let move = ActionMove(run: id, by: principal.name, step: .plan(plan, hash: plan.hash))
        if let refusal = await session.enter(move) { return IntentOutcome(refusal: refusal) }
        return IntentOutcome(run: id, warnings: ["mind the gap"])
      case .action(let run, .confirm):
        done.withLock { $0.append(run) }
        let session = session.withLock { $0 }
        guard let hash = await session?.read({ $0.present.actionRun(run)?.hash }) else {
          return .taken
        }
        _ = await session?.enter(ActionMove(run: run, by: "damcon", step: .intend(hash: hash)))
        return .taken
      case .tryOut: return IntentOutcome(warnings: ["it would do"])
      default: return .taken
      }
    }
  }

  private final class Memory: Recorder {
    func record(_ entry: Entry, with enclosure: Enclosure?) {}
    func recordDurably(_ entry: Entry) async -> Bool { true }
    func applied(_ entry: Entry, to state: State) {}
  }

  private static func action() throws -> Action {
    var action = Action(
      name: "cap", kind: .capConcurrency,
      order: .http(HTTPOrder(method: "POST", url: try Template("{instance}/limit"))))
    var limit = Parameter(name: "limit", type: .integer, usual: .integer(32))
    (limit.lowest, limit.highest) = (1, 512)
    action.parameters = [limit]
    action.risk = .low
    return action
  }

  private struct Ground {
    var session: Session
    var desk: Desk
    var bridge: SessionBridge
  }

  private static func ground(access: Access? = nil) async throws -> Ground {
    var fleet = Fleet(
      name: "shop", environment: Environment(name: "test"),
      services: [
        Service(name: "pricing", instances: [Instance(url: "http://127.0.0.1:9000")]),
        Service(name: "cart", instances: [Instance(url: "http://127.0.0.1:9001")]),
      ])
    fleet.access = access
    let desk = Desk()
    let session = Session(fleet: fleet, recorder: Memory(), executor: desk)
    desk.session.withLock { $0 = session }
    session.inbox.put(.actions([try action()]))
    await session.drain()
    return Ground(session: session, desk: desk, bridge: SessionBridge(session, program: "test"))
  }

  private static func peer(_ name: String, _ uid: UInt32, groups: [String] = []) -> Peer {
    Peer(
      credentials: PeerCredentials(uid: uid, gid: uid, pid: 1, groups: [uid]), name: name,
      groups: groups)
  }

  private static let ana = peer("ana", 4001)
  private static let ben = peer("ben", 4002, groups: ["approvers"])
  private static let eve = peer("eve", 4003)
  private static let access = Access(grants: [
    Access.Grant(.responder, users: ["ana", "root"]),
    Access.Grant(.approver, users: ["root"], groups: ["approvers"]),
  ])

  private static func plan(
    _ ground: Ground, by peer: Peer = ana, reason: String = "", arguments: [String: String] = [:]
  ) async throws -> Sight {
    let reply = await ground.bridge.answer(
      .plan(action: "cap", service: "pricing", arguments: arguments, reason: reason, origin: nil),
      from: peer)
    guard case .planned(let sight, let warnings) = reply else {
      Issue.record("\(reply)")
      throw CancellationError()
    }
    #expect(warnings == ["mind the gap"])
    return sight
  }

  private static func refusal(_ reply: Reply) -> String? {
    if case .refused(let reason) = reply { reason } else { nil }
  }

  private static func state(_ reply: Reply) -> ActionRun.State? {
    if case .run(let sight) = reply { sight.run.state } else { nil }
  }

  @Test("a plan comes back whole, over the wire too, and its hash is that of what came")
  func planned() async throws {
    let ground = try await Self.ground(access: Self.access)
    let sight = try await Self.plan(ground, arguments: ["limit": "48"])
    let bytes = try #require(try Frame.bytes(of: Reply.run(run: sight)))
    #expect(Frame.length(bytes) == bytes.count - Frame.head)
    let back = try Frame.message(Reply.self, from: Array(bytes.dropFirst(Frame.head)))
    #expect(back == .run(run: sight))
    guard case .run(let copy) = back else { return }
    #expect(copy.run.plan.hash == sight.run.hash)
    #expect(sight.run.plan.by == "ana")
    #expect(sight.run.plan.arguments.map(\.value) == [.integer(48)])
    guard
      case .runs(let runs, let left) = await ground.bridge.answer(.status(run: nil), from: Self.eve)
    else {
      Issue.record("no runs")
      return
    }
    #expect(runs.map(\.run.plan.id) == [sight.run.plan.id] && left == 0)
  }

  @Test("what is listed says what it takes and why it cannot be had")
  func listed() async throws {
    let ground = try await Self.ground(access: Self.access)
    let reply = await ground.bridge.answer(.list(service: nil), from: Self.eve)
    guard case .offers(let offers, 0) = reply else {
      Issue.record("\(reply)")
      return
    }
    #expect(offers.map(\.service) == ["pricing", "cart"])
    #expect(offers.allSatisfy { $0.id == "cap" && $0.obstacle == nil && $0.parameters.count == 1 })
    let none = await ground.bridge.answer(.list(service: "nobody"), from: Self.eve)
    #expect(Self.refusal(none) == "there is no service 'nobody' in this fleet")
  }

  @Test(
    "what cannot be planned says why",
    arguments: [
      ("nothing", "pricing", [:], "there is no action 'nothing' for pricing"),
      ("cap", "nobody", [:], "there is no service 'nobody' in this fleet"),
      ("cap", "pricing", ["limit": "many"], "limit: expected a whole number, found 'many'"),
      ("cap", "pricing", ["limit": "513"], "limit: expected at most 512, found '513'"),
      ("cap", "pricing", ["depth": "1"], "cap has no parameter 'depth'"),
      ("plan:no", "pricing", [:], "there is no plan 'no'"),
    ] as [(String, String, [String: String], String)])
  func unplanned(_ one: (String, String, [String: String], String)) async throws {
    let ground = try await Self.ground(access: Self.access)
    let reply = await ground.bridge.answer(
      .plan(action: one.0, service: one.1, arguments: one.2, reason: "", origin: nil),
      from: Self.ana)
    #expect(Self.refusal(reply) == one.3)
  }

  @Test("nothing is done unless the environment is named, and of high risk only with the target")
  func armed() async throws {
    let ground = try await Self.ground(access: Self.access)
    let low = try await Self.plan(ground)
    func confirm(_ sight: Sight, _ armed: String?, _ target: String? = nil) async -> Reply {
      await ground.bridge.answer(
        .confirm(run: sight.run.plan.id, hash: sight.run.hash, armed: armed, target: target),
        from: Self.ana)
    }
    #expect(
      Self.refusal(await confirm(low, nil))
        == "read-only: this is test, and nobody has said that it is meant (--arm test)")
    #expect(
      Self.refusal(await confirm(low, "production"))
        == "this is test, not production: nothing is done")
    #expect(ground.desk.confirmed.isEmpty)
    #expect(Self.state(await confirm(low, "test")) == .intended)
    let other = try await Self.ground(access: Self.access)
    let high = try await Self.plan(other, reason: "high")
    func confirmHigh(_ target: String?) async -> Reply {
      await other.bridge.answer(
        .confirm(run: high.run.plan.id, hash: high.run.hash, armed: "test", target: target),
        from: Self.ana)
    }
    #expect(
      Self.refusal(await confirmHigh(nil))
        == "it is of high risk: name the service that it is for (--type-name)")
    #expect(Self.refusal(await confirmHigh("cart")) != nil)
    #expect(Self.state(await confirmHigh("pricing")) == .intended)
  }

  @Test("another hash confirms nothing")
  func otherHash() async throws {
    let ground = try await Self.ground(access: Self.access)
    let sight = try await Self.plan(ground)
    let reply = await ground.bridge.answer(
      .confirm(
        run: sight.run.plan.id, hash: String(repeating: "0", count: 64), armed: "test", target: nil),
      from: Self.ana)
    #expect(Self.refusal(reply) == "the plan is another one now")
    #expect(ground.desk.confirmed.isEmpty)
  }

  @Test("of two who confirm at once one does, and it is done once")
  func racing() async throws {
    for _ in 0..<20 {
      let ground = try await Self.ground(access: Self.access)
      let sight = try await Self.plan(ground)
      let request = Request.confirm(
        run: sight.run.plan.id, hash: sight.run.hash, armed: "test", target: nil)
      async let first = ground.bridge.answer(request, from: Self.ana)
      async let second = ground.bridge.answer(
        request, from: Self.peer("ben", 4002, groups: ["approvers"]))
      let replies = [await first, await second]
      #expect(replies.count { Self.state($0) == .intended } == 1, "\(replies)")
      #expect(replies.count { Self.refusal($0) != nil } == 1, "\(replies)")
      #expect(ground.desk.confirmed.count == 1)
    }
  }

  @Test("viewers look, and do nothing")
  func viewers() async throws {
    let ground = try await Self.ground(access: Self.access)
    let sight = try await Self.plan(ground)
    let (id, hash) = (sight.run.plan.id, sight.run.hash)
    let acts: [Request] = [
      .plan(action: "cap", service: "pricing", arguments: [:], reason: "", origin: nil),
      .confirm(run: id, hash: hash, armed: "test", target: nil), .approve(run: id, hash: hash),
      .reject(run: id, reason: "no"), .cancel(run: id, reason: "no"),
      .takeBack(run: id, armed: "test"), .reconcile(run: id), .halt(reason: "no"),
      .tryOut(run: id), .recover(run: id, hash: hash),
    ]
    for act in acts {
      let reply = await ground.bridge.answer(act, from: Self.eve)
      #expect(Self.refusal(reply)?.contains("eve") == true, "\(act): \(reply)")
    }
    #expect(ground.desk.confirmed.isEmpty)
    #expect(Self.state(await ground.bridge.answer(.status(run: id), from: Self.eve)) == .planned)
    let welcome = await ground.bridge.welcome(Self.eve)
    #expect(welcome.role == "viewer" && welcome.you == "eve" && welcome.environment == "test")
  }

  @Test("where nobody says who may what, only who runs it may act")
  func withoutAccess() async throws {
    let ground = try await Self.ground()
    let other = Self.peer("other", geteuid() + 1)
    #expect(await ground.bridge.welcome(other).role == "viewer")
    #expect(await ground.bridge.welcome(Peer.own).role == "responder")
  }

  @Test("others agree: not who asked, not root, each once")
  func approved() async throws {
    let ground = try await Self.ground(access: Self.access)
    let sight = try await Self.plan(ground, reason: "asks")
    let (id, hash) = (sight.run.plan.id, sight.run.hash)
    func approve(_ peer: Peer, _ hash: String) async -> Reply {
      await ground.bridge.answer(.approve(run: id, hash: hash), from: peer)
    }
    #expect(sight.run.state == .awaitingApproval)
    #expect(sight.obstacle?.contains("waits for 1 more") == true)
    #expect(Self.refusal(await approve(Self.ana, hash)) != nil, "who asked is no approver")
    let root = Self.refusal(await approve(Self.peer("root", 0), hash))
    #expect(root?.contains("never counts as an approver") == true, "\(root ?? "")")
    // The same person by another name.
    let alias = Self.peer("ana2", 4001, groups: ["approvers"])
    #expect(Self.refusal(await approve(alias, hash)) != nil)
    #expect(Self.refusal(await approve(Self.ben, "0")) == "the plan is another one now")
    #expect(Self.state(await approve(Self.ben, hash)) == .approved)
    let reply = await ground.bridge.answer(
      .confirm(run: id, hash: hash, armed: "test", target: nil), from: Self.ana)
    #expect(Self.state(reply) == .intended)
  }

  @Test("an emergency stop refuses what is new until it is lifted")
  func halted() async throws {
    let ground = try await Self.ground(access: Self.access)
    let stopped = await ground.bridge.answer(.halt(reason: "wrong cluster"), from: Self.ana)
    #expect(stopped == .done(words: "everything is stopped by ana: wrong cluster"))
    let reply = await ground.bridge.answer(
      .plan(action: "cap", service: "pricing", arguments: [:], reason: "", origin: nil),
      from: Self.ana)
    #expect(Self.refusal(reply) == "everything is stopped by ana: wrong cluster")
    #expect(await ground.bridge.welcome(Self.eve).halt != nil)
    let lifted = await ground.bridge.answer(.lift, from: Self.ana)
    #expect(lifted == .done(words: "the emergency stop is lifted"))
    _ = try await Self.plan(ground)
  }

  @Test("where a plan says it comes from is looked at before it is kept")
  func origins() async throws {
    let ground = try await Self.ground(access: Self.access)
    let long = String(repeating: "x", count: 513)
    let name = "a name has at most 512 bytes"
    let origins: [(ActionPlan.Origin, String)] = [
      (.init(runbook: long, hash: [1], step: "a"), name),
      (.init(runbook: "a", hash: [1], step: long), name),
      (
        .init(runbook: "a", hash: [UInt8](repeating: 1, count: 65), step: "a"),
        "this is no hash of a runbook"
      ),
    ]
    for (origin, words) in origins {
      let reply = await ground.bridge.answer(
        .plan(action: "cap", service: "pricing", arguments: [:], reason: "", origin: origin),
        from: Self.ana)
      #expect(Self.refusal(reply) == words)
    }
  }

  @Test("what a plan would do is asked, and there must be one")
  func triedOut() async throws {
    let ground = try await Self.ground(access: Self.access)
    let sight = try await Self.plan(ground)
    let tried = await ground.bridge.answer(.tryOut(run: sight.run.plan.id), from: Self.ana)
    #expect(tried == .tried(answers: ["it would do"]))
    for request in [
      Request.tryOut(run: "x"), .status(run: "x"), .takeBack(run: "x", armed: "test"),
    ] {
      #expect(
        Self.refusal(await ground.bridge.answer(request, from: Self.ana))
          == "there is no action x")
    }
  }
}
