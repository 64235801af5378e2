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
  private let executors: Executors
  private let planner: ActionPlanner
  private let carrier: ActionCarrier
  private let automation: AutomationDesk
  private let isAside: Bool
  /// What it has in hand of its own accord.
  private let own = Mutex(Own())

  private struct Own {
    /// When what is to be taken back may be tried again.
    var due: [String: ContinuousClock.Instant] = [:]
    /// What the run before left unknown was looked up.
    var hasLookedUp = false
  }

  /// Between two tries at taking back what is due.
  private static let patience = Duration.seconds(60)
  /// Longer than anything runs.
  private static let forGood = Duration.seconds(10 * 365 * 86_400)

  /// - Parameters:
  ///   - spool: the folder in which it is kept what comes of programs; nil where there is none.
  ///   - isAside: another process keeps the journal of this fleet, and what is done is done there.
  init(_ session: Session, group: any EventLoopGroup, spool: String?, isAside: Bool) {
    self.session = session
    self.isAside = isAside
    executors = Executors(http: HTTPExecutor(group: group), command: CommandExecutor(spool: spool))
    planner = ActionPlanner(executor: executors)
    carrier = ActionCarrier(executor: executors, ledger: SessionLedger(session: session))
    automation = AutomationDesk(session)
  }

  /// Carries out what was asked for; what was confirmed is begun, and all that comes of it is entered.
  func take(_ intent: Intent, by principal: Principal) async -> IntentOutcome {
    switch intent {
    case .plan(let wish): return await plan(wish, by: principal)
    case .action(let run, .confirm):
      Task { [carrier] in tell(await carrier.carry(run)) }
      return .taken
    case .takeBack(let run): return refused(await carrier.takeBack(run, by: principal.name))
    case .reconcile(let run): return refused(await carrier.reconcile(run))
    case .tryOut(let run): return await tryOut(run, by: principal)
    default: return .taken
    }
  }

  private func refused(_ sentence: String?) -> IntentOutcome {
    tell(sentence)
    return IntentOutcome(refusal: sentence)
  }

  private func tell(_ sentence: String?) {
    if let sentence { session.inbox.put(.note(Note(.warning, sentence))) }
  }

  // MARK: What nobody has to ask for

  /// What is to be done now without anybody asking.
  private struct Errands: Sendable {
    var expired: [String]
    var regressed: [String]
    var unknown: [String]

    init(_ present: Present) {
      expired = present.liveExpiries.compactMap { run in
        run.expires.map { $0.offset <= present.now.offset } ?? false ? run.plan.id : nil
      }
      // What ended badly while nothing ran is offered, and no more.
      regressed = present.actionRuns.filter {
        $0.state == .regressed && $0.plan.policy.revertsOnRegression && $0.plan.isReversible
          && $0.since.offset > present.began.offset
      }.map(\.plan.id)
      unknown = present.actionRuns.filter { $0.state == .unknown }.map(\.plan.id)
    }
  }

  /// Takes back what was to be in force for a time that is over, and what did not work where its policy says so;
  /// lets rules act. Called about once a second.
  ///
  /// What fell due before this began is shown (`Present.overdue`), and never taken back by itself.
  func look() async {
    guard !isAside else { return }
    let errands = await session.read { Errands($0.present) }
    lookUp(errands.unknown)
    for run in errands.expired + errands.regressed { takeBack(due: run) }
    await automation.look { [self] wish, id, rule in await carryOut(wish, as: id, of: rule) }
  }

  /// Asks, when it begins, what came of what the run before it was sending, and once more when what goes on of it has
  /// ended. Nothing is sent again.
  private func lookUp(_ unknown: [String]) {
    let isFirst = own.withLock { own in
      defer { own.hasLookedUp = true }
      return !own.hasLookedUp
    }
    guard isFirst else { return }
    for run in unknown {
      Task { [carrier, session] in
        tell(await carrier.reconcile(run))
        guard await carrier.outwait(run),
          await session.read({ $0.present.actionRun(run)?.state }) == .unknown
        else { return }
        tell(await carrier.reconcile(run))
      }
    }
  }

  private func takeBack(due run: String) {
    let isTime = own.withLock { own in
      if let at = own.due[run], at > .now { return false }
      own.due[run] = .now + ContainmentDesk.forGood
      return true
    }
    guard isTime else { return }
    Task {
      let taking = await carrier.tryTakingBack(run, by: ActionMove.itself)
      tell(taking.trouble)
      // What is somebody else's by now stays theirs: a person takes it back, or says that it stays.
      let pause = taking.isSomebodyElses ? ContainmentDesk.forGood : ContainmentDesk.patience
      own.withLock { $0.due[run] = .now + pause }
    }
  }

  // MARK: Plans

  private func plan(_ wish: ActionWish, by principal: Principal) async -> IntentOutcome {
    let about = "\(wish.action) on \(wish.service)"
    guard !isAside else {
      return refused(
        "\(about) cannot be planned: another Damcon keeps this fleet's journal; act there")
    }
    let id = "\(wish.ticket).\(String(UInt32.random(in: 0 ... .max), radix: 16))"
    switch await planned(wish, as: id, by: principal.name) {
    case .failure(let error): return refused("\(about) cannot be planned: \(error.reason)")
    case .success(var planned):
      let plan = planned.plan
      planned.plan.breaks = await session.read { principal.breaks(plan, in: $0.present) }
      for warning in planned.warnings { tell(warning) }
      if let refusal = await enter(planned.plan) {
        return refused("\(about) cannot be planned: \(refusal)")
      }
      return IntentOutcome(run: id, warnings: planned.warnings)
    }
  }

  private func enter(_ plan: ActionPlan) async -> String? {
    await session.enter(
      ActionMove(run: plan.id, by: plan.by, step: .plan(plan, hash: plan.hash)))
  }

  private func planned(
    _ wish: ActionWish, as id: String, by name: String
  ) async -> Result<PlannedAction, PlanningError> {
    guard let place = await session.read({ Place($0.present, wish) }) else {
      return .failure(PlanningError(reason: "there is no such action, or no such service"))
    }
    switch place.what {
    case .action(let action, let instances, let preconditions):
      return await planner.plan(
        action, id: id, service: wish.service, instances: instances,
        environment: place.environment, arguments: wish.arguments, preconditions: preconditions,
        origin: wish.origin, by: name, reason: wish.reason,
        targets: wish.targets)
    case .maneuver(let maneuver, let ground):
      return await planner.plan(
        maneuver, id: id, on: ground, environment: place.environment, origin: wish.origin,
        by: name, reason: wish.reason)
    }
  }

  /// What a plan is made of, as it is at one moment.
  private struct Place: Sendable {
    enum What: Sendable {
      case action(Action, instances: [String], [ActionPlan.Precondition])
      case maneuver(Maneuver, Maneuver.Ground)
    }
    var what: What
    var environment: String?

    init?(_ present: Present, _ wish: ActionWish) {
      environment = present.fleet.environment?.name
      if let maneuver = present.maneuver(id: wish.action) {
        guard let ground = present.ground(of: maneuver) else { return nil }
        what = .maneuver(maneuver, ground)
        return
      }
      guard let action = present.action(id: wish.action),
        let service = present.service(named: wish.service)
      else { return nil }
      what = .action(
        action, instances: service.definition.instances.map(\.url),
        present.preconditions(of: action, on: wish.service))
    }
  }

  /// Does what a rule has announced: plans, confirms and sends it.
  ///
  /// - Returns: why it is not done, or what went wrong with it; nil where every target says that it was done.
  private func carryOut(_ wish: ActionWish, as id: String, of rule: Rule) async -> String? {
    switch await planned(wish, as: id, by: rule.principal) {
    case .failure(let error): return error.reason
    case .success(let planned):
      let plan = planned.plan
      if let objection = Rule.objection(to: plan) { return objection }
      if let refusal = await enter(plan) { return refusal }
      let confirm = ActionMove(
        run: id, by: rule.principal, step: .confirm(hash: plan.hash))
      if let refusal = await session.enter(confirm) {
        // Nobody asked for it: it must not wait for somebody who confirms it all the same.
        _ = await session.enter(
          ActionMove(run: id, by: ActionMove.itself, step: .cancel(reason: refusal)))
        return refusal
      }
      return await carrier.carry(id)
    }
  }

  // MARK: Trying out

  /// Asks what a plan would do; what is said of each target is entered.
  private func tryOut(_ id: String, by principal: Principal) async -> IntentOutcome {
    guard let run = await session.read({ $0.present.actionRun(id) }) else {
      return refused("there is no action \(id)")
    }
    var said: [(target: String, words: String)] = []
    for step in run.plan.steps {
      let words: String
      switch await executors.tryOut(step.order, timeout: run.plan.timeout) {
      case nil: words = "it cannot be tried out: \(step.order.words)"
      case .success(let text)?: words = text
      case .failure(let error)?: words = "nobody knows what it would do: \(error.reason)"
      }
      if let place = said.firstIndex(where: { $0.target == step.target }) {
        said[place].words += "; \(words)"
      } else {
        said.append((step.target, words))
      }
    }
    for (target, words) in said {
      let move = ActionMove(run: id, by: principal.name, step: .tried(target: target, words))
      if let refusal = await session.enter(move) { return refused(refusal) }
    }
    return IntentOutcome(run: id, warnings: said.map { "\($0.target): \($0.words)" })
  }
}

/// The session as an executor needs it.
private struct SessionLedger: ActionLedger {
  let session: Session

  func enter(_ move: ActionMove) async -> String? { await session.enter(move) }

  func run(_ id: String) async -> ActionRun? {
    await session.read { $0.present.actionRun(id) }
  }
}
