import Containment
import Execution
import Fleet
import Incident
import NIOCore
import Session
import Synchronization

/// Carries out what was asked of actions: works out what would be sent, sends what was confirmed, takes it back.
///
/// Replays and rewinds have none: they have nothing to reach a service with.
final class ContainmentDesk: Sendable {
  private let session: Session
  private let planner: ActionPlanner
  private let carrier: ActionCarrier
  /// What expired before is shown, and never taken back by itself.
  private let began: Mutex<Instant?> = Mutex(nil)
  /// When what has expired may be tried again.
  private let expired = Mutex<[String: ContinuousClock.Instant]>([:])
  private let isAside: Bool

  /// Between two tries at taking back what has expired.
  private static let patience = Duration.seconds(60)

  /// - Parameter isAside: another process keeps the journal of this fleet, and what is done is done there.
  init(_ session: Session, group: any EventLoopGroup, isAside: Bool) {
    self.session = session
    self.isAside = isAside
    let executor = HTTPExecutor(group: group)
    planner = ActionPlanner(executor: executor)
    carrier = ActionCarrier(executor: executor, ledger: SessionLedger(session: session))
  }

  /// Begins what was asked for, and waits for nothing: what comes of it is entered.
  func take(_ intent: Intent, by principal: Principal) {
    switch intent {
    case .plan(let wish): Task { await plan(wish, by: principal) }
    case .action(let run, .confirm): Task { [carrier] in tell(await carrier.carry(run)) }
    case .takeBack(let run):
      Task { [carrier] in tell(await carrier.takeBack(run, by: principal.name)) }
    case .reconcile(let run): Task { [carrier] in tell(await carrier.reconcile(run)) }
    default: break
    }
  }

  /// Takes back what was to be in force for a time that is over; called about once a second.
  func look() async {
    let (now, due) = await session.read { state in
      let now = state.present.now
      let due = state.present.actionRuns.compactMap { run -> (id: String, expires: Instant)? in
        run.expires.flatMap { $0.offset <= now.offset ? (run.plan.id, $0) : nil }
      }
      return (now, due)
    }
    let start = began.withLock { began in
      if began == nil { began = now }
      return began ?? now
    }
    for one in due where one.expires.offset > start.offset {
      let isTime = expired.withLock { next in
        if let at = next[one.id], at > .now { return false }
        next[one.id] = .now + .seconds(86_400)
        return true
      }
      guard isTime else { continue }
      Task {
        tell(await carrier.takeBack(one.id, by: ActionMove.itself))
        expired.withLock { $0[one.id] = .now + ContainmentDesk.patience }
      }
    }
  }

  private func plan(_ wish: ActionWish, by principal: Principal) async {
    let about = "\(wish.action) on \(wish.service)"
    guard !isAside else {
      return tell(
        "\(about) cannot be planned: another Damcon keeps this fleet's journal; act there")
    }
    guard let place = await session.read({ Place($0.present, wish) }) else {
      return tell("\(about) cannot be planned: there is no such action, or no such service")
    }
    let id = "\(wish.ticket).\(String(UInt32.random(in: 0 ... .max), radix: 16))"
    let result = await planner.plan(
      place.action, id: id, service: wish.service, instances: place.instances,
      environment: place.environment, arguments: wish.arguments,
      preconditions: place.preconditions, origin: wish.origin, by: principal.name,
      reason: wish.reason)
    switch result {
    case .failure(let error): tell("\(about) cannot be planned: \(error.reason)")
    case .success(let planned):
      for warning in planned.warnings { tell(warning) }
      let move = ActionMove(
        run: id, by: principal.name, step: .plan(planned.plan, hash: planned.plan.hash))
      if let refusal = await session.enter(move) {
        tell("\(about) cannot be planned: \(refusal)")
      }
    }
  }

  private func tell(_ sentence: String?) {
    if let sentence { session.inbox.put(.note(Note(.warning, sentence))) }
  }

  /// What a plan is made of, as it is at one moment.
  private struct Place: Sendable {
    var action: Action
    var instances: [String]
    var environment: String?
    var preconditions: [ActionPlan.Precondition]

    init?(_ present: Present, _ wish: ActionWish) {
      guard let action = present.action(id: wish.action),
        let service = present.service(named: wish.service)
      else { return nil }
      self.action = action
      instances = service.definition.instances.map(\.url)
      environment = present.fleet.environment?.name
      preconditions = present.preconditions(of: action, on: wish.service)
    }
  }
}

/// The session as an executor needs it.
private struct SessionLedger: ActionLedger {
  let session: Session

  func enter(_ move: ActionMove) async -> String? { await session.enter(move) }

  func run(_ id: String) async -> ActionRun? {
    await session.read { $0.present.actionRun(id) }
  }

  func obstacle(to plan: ActionPlan) async -> String? {
    await session.read { $0.present.obstacle(to: plan) }
  }
}
