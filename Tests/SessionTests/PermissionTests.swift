import Containment
import Fleet
import Incident
import Runbooks
import Session
import Synchronization
import Testing

/// Who may ask for what is looked at where the state is owned, by who the kernel says they are.
@Suite("Who may ask for what")
struct PermissionTests {
  // MARK: People

  private static let eve = Principal(name: "eve", uid: 1001)
  private static let ana = Principal(name: "ana", uid: 1002)
  private static let ines = Principal(name: "ines", uid: 1003)
  private static let kim = Principal(name: "kim", uid: 1004, groups: ["dba"])
  private static let marc = Principal(name: "marc", uid: 1005)

  private static let access = Access(grants: [
    .init(.responder, users: ["ana", "kim", "ana-too"]), .init(.approver, users: ["ines", "root"]),
    .init(.commander, users: ["marc"]),
  ])

  /// Keeps what was let through.
  private final class Through: IntentExecutor, Sendable {
    private let kept = Mutex<[Intent]>([])
    var intents: [Intent] { kept.withLock { $0 } }
    func execute(_ intent: Intent, by principal: Principal) async -> IntentOutcome {
      kept.withLock { $0.append(intent) }
      return .taken
    }
  }

  private static func fleet(_ access: Access? = access) -> Fleet {
    var fleet = Fleet(
      name: "shop",
      services: [Service(name: "cart", instances: [Instance(url: "http://127.0.0.1:9000")])])
    fleet.access = access
    return fleet
  }

  private static func action(_ name: String = "cap") throws -> Action {
    Action(
      name: name, kind: .throttle,
      order: .http(HTTPOrder(method: "POST", url: try Template("{instance}/cap"))))
  }

  private static func plan(_ id: String, _ policy: Action.Policy, by: String) throws -> ActionPlan {
    var plan = ActionPlan(
      id: id, of: try action(), service: "cart",
      steps: [
        .init(
          target: "http://127.0.0.1:9000", service: "cart", kind: .throttle,
          order: .http(PlannedRequest(method: "POST", url: "http://127.0.0.1:9000/cap")))
      ], by: by)
    plan.policy = policy
    return plan
  }

  /// A session in which a plan waits that needs so many to approve it.
  private static func asked(
    _ session: Session, _ policy: Action.Policy, by: String = "ana"
  ) async throws -> (approve: Intent, confirm: Intent) {
    let plan = try plan("1", policy, by: by)
    #expect(
      await session.enter(ActionMove(run: "1", by: by, step: .plan(plan, hash: plan.hash))) == nil)
    return (
      .action(run: "1", .approve(hash: plan.hash)), .action(run: "1", .confirm(hash: plan.hash))
    )
  }

  private static func policy(_ approvals: Int, by people: People = People()) -> Action.Policy {
    var policy = Action.Policy()
    policy.approvals = approvals
    policy.approvers = people
    return policy
  }

  private static func wish(_ action: String = "cap", _ reason: String = "") -> Intent {
    .plan(
      ActionWish(ticket: "t", action: action, service: "cart", arguments: [:], reason: reason))
  }

  // MARK: Roles

  @Test(
    "a screen that only looks does nothing, whoever is before it and whatever the fleet file says")
  func onlyLooks() async throws {
    let through = Through()
    let session = Session(fleet: Self.fleet(), executor: through)
    var far = Self.marc
    far.onlyLooks = "from another host"
    #expect(far.role(in: Self.fleet()) == .viewer)
    let acts: [Intent] = [
      .reload, .poll, .remark("a"), .halt(reason: "b"), .lift, Self.wish(),
      .action(run: "r", .approve(hash: "h")), .action(run: "r", .reject(reason: "c")),
      .stopRule(rule: "r", service: "cart"),
    ]
    for act in acts {
      let outcome = await session.submit(act, by: far)
      #expect(outcome.refusal == "nothing comes of it: this screen is from another host", "\(act)")
    }
    #expect(through.intents.isEmpty)
    #expect(await session.submit(.remark("a"), by: Self.marc).refusal == nil)
  }

  @Test("viewers look, and nothing that they ask for is done")
  func viewers() async throws {
    let through = Through()
    let session = Session(fleet: Self.fleet(), executor: through)
    let (approve, confirm) = try await Self.asked(session, Self.policy(0))
    let card = RunbookCard(id: "slow", title: "slow", hash: [UInt8](repeating: 1, count: 32))
    let acts: [Intent] = [
      .declare(title: "it is down"), .resolve(reason: "it is up"), .severity(.sev1),
      .command("eve"),
      .phase(.containing), .remark("look"),
      .runbook(service: "cart", .init(card), .close(reason: "done")),
      Self.wish(), approve, confirm, .action(run: "1", .reject(reason: "no")),
      .action(run: "1", .cancel(reason: "no")), .takeBack(run: "1"), .reconcile(run: "1"),
      .tryOut(run: "1"), .halt(reason: "stop"), .lift, .reload, .poll,
    ]
    for act in acts {
      let outcome = await session.submit(act, by: Self.eve)
      #expect(outcome.refusal != nil, "\(act.summary)")
    }
    #expect(through.intents == [])
    await session.read { state in
      #expect(state.present.incidents.isEmpty && state.present.halt == nil)
      #expect(state.present.actionRun("1")?.state == .planned)
    }
    let looks: [Intent] = [.reload, .poll]
    for look in looks { #expect(await session.submit(look, by: Self.ana).refusal == nil) }
    #expect(through.intents == looks)
    let refusal = await session.submit(.takeBack(run: "1"), by: Self.eve).refusal
    #expect(refusal == "eve is a viewer here and cannot take back 1: that is for responders")
  }

  private struct HeldClock: SessionClock {
    let seconds = Held()
    final class Held: Sendable {
      let passed = Mutex<Int64>(1)
    }
    func now() -> Instant {
      let offset = seconds.passed.withLock { $0 } * 1_000_000_000
      return Instant(wall: 1_700_000_000_000_000_000 + offset, offset: offset)
    }
  }

  @Test("who asks in vain again and again fills no log, and is told each time")
  func refusedOften() async throws {
    let clock = HeldClock()
    let session = Session(fleet: Self.fleet(), clock: clock, executor: Through())
    func notes() async -> [String] {
      await session.read { $0.present.notes.map(\.note.text) }
    }
    let began = await notes().count
    for _ in 0..<20 {
      #expect(await session.submit(.remark("a"), by: Self.eve).refusal != nil)
    }
    #expect(await notes().count == began + 2)
    // Nobody else is silenced by it.
    let viv = Principal(name: "viv", uid: 1007)
    #expect(await session.submit(.lift, by: viv).refusal != nil)
    #expect(await session.submit(.remark("b"), by: Self.ana).refusal == nil)
    // A note that is taken stands twice: that it was asked for, and itself.
    #expect(await notes().count == began + 6)
    clock.seconds.passed.withLock { $0 += 2 }
    #expect(await session.submit(.remark("a"), by: Self.eve).refusal != nil)
    #expect(await notes().count == began + 8)
  }

  @Test("of what somebody asks for so much is noted as a line holds")
  func longAsk() async throws {
    let session = Session(fleet: Self.fleet(), executor: Through())
    let title = String(repeating: "x", count: 4000)
    #expect(await session.submit(.declare(title: title), by: Self.ana).refusal == nil)
    #expect(await session.submit(.declare(title: title), by: Self.eve).refusal != nil)
    await session.read { state in
      let asked = state.present.notes.map(\.note.text).filter { $0.contains("xxx") }
      #expect(!asked.isEmpty && asked.allSatisfy { $0.count < 300 })
      #expect(asked.first?.hasSuffix("…") == true)
    }
  }

  @Test("who is named to agree may say no, whatever their role")
  func namedApprover() async throws {
    let session = Session(fleet: Self.fleet(), executor: Through())
    _ = try await Self.asked(session, Self.policy(2, by: People(users: ["eve"])))
    let no = Intent.action(run: "1", .reject(reason: "not now"))
    #expect(await session.submit(no, by: Self.eve).refusal == nil)
    await session.read { state in
      #expect(state.present.actionRun("1")?.state == .cancelled)
    }
  }

  @Test("a role is the fleet file's as it is now")
  func reread() async throws {
    let session = Session(fleet: Self.fleet(), executor: Through())
    #expect(await session.submit(Self.wish(), by: Self.ana).refusal == nil)
    session.inbox.put(.fleet(Self.fleet(Access())))
    await session.drain()
    #expect(await session.submit(Self.wish(), by: Self.ana).refusal?.contains("viewer") == true)
  }

  @Test("what a principal says of its own role counts only where the file says nothing")
  func kernel() async throws {
    let boaster = Principal(name: "eve", uid: 1001, groups: [], role: .commander)
    let session = Session(fleet: Self.fleet(), executor: Through())
    #expect(await session.submit(Self.wish(), by: boaster).refusal != nil)
    let open = Session(fleet: Self.fleet(nil), executor: Through())
    #expect(await open.submit(Self.wish(), by: Self.eve).refusal == nil)
    let guest = Principal(name: "guest", uid: 1009, role: .viewer)
    #expect(await open.submit(Self.wish(), by: guest).refusal != nil)
  }

  @Test("nobody tells a session what came of an action but what carries it out")
  func forged() async throws {
    let session = Session(fleet: Self.fleet(), executor: Through())
    let plan = try Self.plan("1", Self.policy(0), by: "ana")
    _ = try await Self.asked(session, Self.policy(0))
    let steps: [ActionMove.Step] = [
      .plan(plan, hash: plan.hash), .intend(hash: plan.hash),
      .send(target: "http://127.0.0.1:9000"),
      .answer(target: "http://127.0.0.1:9000", .applied("HTTP 200")), .lose,
      .tried(target: "http://127.0.0.1:9000", "nothing"),
    ]
    for step in steps {
      let refusal = await session.submit(.action(run: "1", step), by: Self.marc).refusal
      #expect(refusal?.hasSuffix("only what carries actions out says that") == true)
    }
  }

  // MARK: Approvals

  @Test("approvers agree, each once; who asks, root and nobody never count")
  func approvals() async throws {
    let session = Session(fleet: Self.fleet(), executor: Through())
    _ = await session.submit(.poll, by: Self.ana)
    let (approve, confirm) = try await Self.asked(session, Self.policy(2))
    let refusal = await session.submit(approve, by: Self.kim).refusal
    #expect(refusal == "kim is a responder here and no approver")
    #expect(await session.submit(approve, by: Self.ana).refusal != nil)
    let root = Principal(name: "root", uid: 0)
    #expect(
      await session.submit(approve, by: root).refusal
        == "root never counts as an approver: anybody may be behind that name")
    let nobody = Principal(name: "ines", uid: Access.nobody)
    #expect(await session.submit(approve, by: nobody).refusal != nil)
    #expect(await session.submit(approve, by: Self.ines).refusal == nil)
    #expect(await session.submit(approve, by: Self.ines).refusal == "ines has approved it already")
    #expect(await session.submit(confirm, by: Self.ana).refusal?.contains("1 more") == true)
    #expect(await session.submit(approve, by: Self.marc).refusal == nil)
    #expect(await session.submit(confirm, by: Self.ana).refusal == nil)
  }

  @Test("one person is one number, whatever the name")
  func oneNumber() async throws {
    var access = Self.access
    access.grants.append(.init(.approver, users: ["ana-too", "ines-too"]))
    let session = Session(fleet: Self.fleet(access), executor: Through())
    _ = await session.submit(.poll, by: Self.ana)
    let (approve, _) = try await Self.asked(session, Self.policy(2))
    let second = Principal(name: "ana-too", uid: Self.ana.uid)
    #expect(
      await session.submit(approve, by: second).refusal
        == "ana-too asked for it as ana, and cannot approve it")
    #expect(await session.submit(approve, by: Self.ines).refusal == nil)
    let again = Principal(name: "ines-too", uid: Self.ines.uid)
    #expect(
      await session.submit(approve, by: again).refusal
        == "ines-too has approved it already as ines")
  }

  @Test("where the action names who agrees, they do and nobody else")
  func named() async throws {
    let session = Session(fleet: Self.fleet(), executor: Through())
    let (approve, _) = try await Self.asked(session, Self.policy(1, by: People(groups: ["dba"])))
    #expect(
      await session.submit(approve, by: Self.marc).refusal
        == "cap is approved by @dba, and marc is none of them")
    #expect(await session.submit(approve, by: Self.kim).refusal == nil)
  }

  @Test("without access: nobody can approve, and the refusal says so")
  func noAccess() async throws {
    let session = Session(fleet: Self.fleet(nil), executor: Through())
    let (approve, _) = try await Self.asked(session, Self.policy(1))
    #expect(
      await session.submit(approve, by: Self.ines).refusal
        == "nobody can approve: the fleet file has no access: that says who may")
  }

  // MARK: Policy

  @Test("an action that names who asks for it is for them")
  func requesters() async throws {
    var action = try Self.action()
    action.policy.requesters = People(users: ["kim"])
    let session = Session(fleet: Self.fleet(), executor: Through())
    session.inbox.put(.actions([action]))
    await session.drain()
    #expect(
      await session.submit(Self.wish(), by: Self.marc).refusal
        == "cap is for kim to ask for, and marc is none of them")
    #expect(await session.submit(Self.wish(), by: Self.kim).refusal == nil)
    let (_, confirm) = try await Self.asked(session, action.policy, by: "kim")
    #expect(await session.submit(confirm, by: Self.ana).refusal != nil)
    #expect(await session.submit(confirm, by: Self.kim).refusal == nil)
  }

  @Test("a freeze is broken by those who may, with a reason that is written down")
  func freezes() async throws {
    var fleet = Self.fleet()
    let freeze = ActionFreeze(
      .init(from: 0, until: 7_000_000_000, reason: "the sale"),
      breakers: People(users: ["kim"], role: .commander))
    fleet.policy.freezes = [freeze]
    let session = Session(fleet: fleet, executor: Through())
    session.inbox.put(.actions([try Self.action()]))
    await session.drain()
    let why = "checkout is down"
    #expect(
      await session.submit(Self.wish("cap", why), by: Self.ana).refusal
        == "cap on cart is \(freeze.words): broken by commander, kim alone")
    #expect(
      await session.submit(Self.wish(), by: Self.marc).refusal
        == "cap on cart is \(freeze.words): say why that is broken")
    #expect(await session.submit(Self.wish("cap", why), by: Self.marc).refusal == nil)
    let plan = try Self.plan("1", Self.policy(0), by: "marc")
    var explained = plan
    explained.reason = why
    let reasoned = explained
    await session.read {
      #expect(Self.marc.breaks(plan, in: $0.present) == [])
      #expect(Self.marc.breaks(reasoned, in: $0.present) == [freeze.words])
      #expect(Self.ana.breaks(reasoned, in: $0.present) == [])
    }
  }

  // MARK: Stopping

  @Test("responders stop everything; who did, or a commander, lifts it")
  func halts() async throws {
    let through = Through()
    let session = Session(fleet: Self.fleet(), executor: through)
    let (_, confirm) = try await Self.asked(session, Self.policy(0))
    #expect(await session.submit(.halt(reason: "wrong cluster"), by: Self.ana).refusal == nil)
    await session.read {
      #expect($0.present.halt?.by == "ana")
      #expect($0.present.actionRun("1")?.state == .cancelled)
    }
    #expect(await session.submit(confirm, by: Self.ana).refusal != nil)
    #expect(
      await session.submit(Self.wish(), by: Self.ana).refusal
        == "everything is stopped by ana: wrong cluster")
    #expect(await session.submit(.reconcile(run: "1"), by: Self.kim).refusal == nil)
    #expect(await session.submit(.lift, by: Self.kim).refusal?.contains("neither") == true)
    #expect(await session.submit(.lift, by: Self.marc).refusal == nil)
    #expect(await session.submit(.halt(reason: ""), by: Self.kim).refusal == nil)
    #expect(await session.submit(.lift, by: Self.kim).refusal == nil)
    await session.read { #expect($0.present.halt == nil) }
  }

  @Test("a rule acts nowhere where that cannot be written down")
  func unrecorded() async throws {
    let session = Session(fleet: Self.fleet(), executor: Through())
    let move = RuleMove(
      rule: "a", service: "cart", by: ActionMove.itself, step: .fire(run: "r"))
    #expect(await session.enter(move) == "there is no rule a for cart")
  }
}
