import Containment
import Fleet
import Incident
package import Session

/// Answers who calls, out of a session: each request becomes an intent by who the kernel says they are, so that
/// what is refused on the dashboard is refused here.
package struct SessionBridge: BridgeService {
  let session: Session
  private let program: String
  private let kind: String?
  private let muster: Muster?
  private let broadcast: Broadcast?
  private let door: JournalDoor?
  package let host: HostIdentity
  private let tickets = TicketBook()

  /// Bytes of what a reply lists, so that it fits into a frame.
  static let listed = Frame.longest * 3 / 4

  /// - Parameters:
  ///   - program: of the one that listens: `1.4.0`.
  ///   - kind: what it does beside: `serve`, `watch`, `demo`.
  ///   - muster: nil, or no broadcast: nobody stays.
  ///   - broadcast: follows the session already.
  ///   - archive: nil where nothing is recorded.
  package init(
    _ session: Session, program: String, kind: String? = nil, muster: Muster? = nil,
    broadcast: Broadcast? = nil, archive: JournalDoor? = nil, host: HostIdentity = .own
  ) {
    self.session = session
    self.program = program
    self.kind = kind
    self.muster = muster
    self.broadcast = broadcast
    self.door = archive
    self.host = host
  }

  package func welcome(_ peer: Peer) async -> Welcome {
    let principal = peer.principal
    return await session.read { state in
      var welcome = Welcome()
      welcome.fleet = state.present.fleet.name
      welcome.environment = state.present.fleet.environment?.name
      welcome.program = program
      welcome.kind = kind
      welcome.pid = SessionBridge.process
      welcome.you = principal.name
      welcome.role = principal.role(in: state.present.fleet).rawValue
      welcome.halt = state.present.halt?.words
      return welcome
    }
  }

  package func answer(_ request: Request, from peer: Peer) async -> Reply {
    if let flaw = request.flaw { return .refused(reason: flaw) }
    let principal = peer.principal
    switch request {
    case .list(let service): return await list(service)
    case .plan(let action, let service, let arguments, let reason, let origin):
      let typed = TypedWish(
        action: action, service: service, arguments: arguments, reason: reason, origin: origin)
      return await plan(typed, by: principal)
    case .status(nil): return await runs()
    case .status(let run?): return await seen(run)
    case .tryOut(let run): return await tryOut(run, by: principal)
    case .confirm(let run, let hash, let armed, let target):
      if let refusal = await refusal(run, armed: armed, target: target) {
        return .refused(reason: refusal)
      }
      return await move(run, .confirm(hash: hash), by: principal)
    case .approve(let run, let hash): return await move(run, .approve(hash: hash), by: principal)
    case .reject(let run, let reason):
      return await move(run, .reject(reason: reason), by: principal)
    case .cancel(let run, let reason):
      return await move(run, .cancel(reason: reason), by: principal)
    case .recover(let run, let hash): return await move(run, .recover(hash: hash), by: principal)
    case .takeBack(let run, let armed):
      if let refusal = await refusal(run, armed: armed) { return .refused(reason: refusal) }
      return await carryOut(.takeBack(run: run), on: run, by: principal)
    case .reconcile(let run):
      return await carryOut(.reconcile(run: run), on: run, by: principal)
    case .halt(let reason): return await halt(reason, by: principal)
    case .lift: return await lift(by: principal)
    case .attach: return .refused(reason: "who stays does so on a connection of its own")
    case .archive(let question):
      guard let door else { return .refused(reason: "nothing is recorded here") }
      return await door.answer(question)
    }
  }

  // MARK: Staying

  package func attach(_ attachment: Attachment, from peer: Peer) async -> Stay {
    guard let muster, let broadcast else {
      return .refused(reason: "nobody can stay here: it only answers")
    }
    if let flaw = attachment.flaw { return .refused(reason: flaw) }
    var principal = peer.principal
    principal.onlyLooks = principal.onlyLooks ?? attachment.difference(from: host, peer)
    let ear = RollEar()
    let id = muster.enter(principal, isWall: attachment.isWall, view: attachment.view) {
      _, roll in ear.hear(roll)
    }
    return .berth(
      Berth(
        id: id, principal: principal, session: session, muster: muster, broadcast: broadcast,
        tickets: tickets, ear: ear))
  }

  // MARK: What is so

  private func runs() async -> Reply {
    // Written as bytes here: the owner of the state has other things to do.
    let all = await session.read { state in state.present.actionRuns.map(state.present.sight) }
    var sights: [Sight] = []
    var room = SessionBridge.listed
    for sight in all.reversed() {
      room -= (try? Frame.bytes(of: sight)?.count ?? room + 1) ?? room + 1
      guard room >= 0 else { break }
      sights.append(sight)
    }
    return .runs(runs: sights.reversed(), left: all.count - sights.count)
  }

  /// A run as it is; a refusal where there is none of that name.
  func seen(_ run: String) async -> Reply {
    let sight = await session.read { state in
      state.present.actionRun(run).map(state.present.sight)
    }
    return sight.map { .run(run: $0) } ?? .refused(reason: "there is no action \(run)")
  }

  private func list(_ service: String?) async -> Reply {
    let names = await session.read { state in state.present.services.map(\.definition.name) }
    if let service, !names.contains(service) {
      return .refused(reason: "there is no service '\(service)' in this fleet")
    }
    var offers: [Offer] = []
    // One after the other, so that the owner of the state is never held for long.
    for name in service.map({ [$0] }) ?? names {
      offers += await session.read { state in state.offers(for: name) }
    }
    var room = SessionBridge.listed
    let fitting = offers.prefix { offer in
      room -= (try? Frame.bytes(of: offer)?.count ?? room + 1) ?? room + 1
      return room >= 0
    }
    return .offers(offers: Array(fitting), left: offers.count - fitting.count)
  }

  // MARK: What is asked for

  /// Why nothing is done yet: it is not said that this environment is meant, or this target.
  private func refusal(_ run: String, armed: String?, target: String? = nil) async -> String? {
    await session.read { state in
      let present = state.present
      let name = present.fleet.environment?.name ?? present.fleet.name
      guard armed == name else {
        return armed.map { "this is \(name), not \($0): nothing is done" }
          ?? "read-only: this is \(name), and nobody has said that it is meant (--arm \(name))"
      }
      guard let run = present.actionRun(run), run.state.isBeforeSending, run.plan.risk == .high,
        target != run.plan.service
      else { return nil }
      return "it is of high risk: name the service that it is for (--type-name)"
    }
  }

  /// Enters a move, and says what has become of the run.
  private func move(
    _ run: String, _ step: ActionMove.Step, by principal: Principal
  ) async -> Reply {
    let outcome = await session.submit(.action(run: run, step), by: principal)
    if let refusal = outcome.refusal { return .refused(reason: refusal) }
    guard case .confirm = step else { return await seen(run) }
    // What was confirmed is sent at once, unless something has come up since it was planned.
    await wait(for: run) { !$0.state.isBeforeSending || $0.state.isEnded }
    return await seen(run)
  }

  private func plan(_ typed: TypedWish, by principal: Principal) async -> Reply {
    let wish: ActionWish
    switch await session.read({ $0.present.wish(typed, ticket: Ticket.new()) }) {
    case .failure(let error): return .refused(reason: error.reason)
    case .success(let made): wish = made
    }
    let outcome = await session.submit(.plan(wish), by: principal)
    if let refusal = outcome.refusal { return .refused(reason: refusal) }
    let sight = await session.read { state in
      state.present.actionRuns.last { $0.plan.id == outcome.run }.map(state.present.sight)
    }
    guard let sight else {
      return .refused(reason: "nothing came of it: look at the dashboard's log")
    }
    return .planned(plan: sight, warnings: outcome.warnings)
  }
}

/// A name for a plan that nothing else has.
enum Ticket {
  static func new() -> String {
    let number = String(UInt64.random(in: 0 ... .max), radix: 36)
    return String(repeating: "0", count: max(0, 13 - number.count)) + number
  }
}
