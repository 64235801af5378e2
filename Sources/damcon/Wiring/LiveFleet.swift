import Beacon
import Bridge
import Fleet
import FleetFile
import Foundation
import HTTPServing
import Incident
import Journeys
import Ledger
import NIOCore
import NIOPosix
import Polling
import Session
import Settings

/// A fleet being watched: pollers put what they see into a session that owns the state.
final class LiveFleet: Sendable {
  let session: Session
  let poller: Poller
  private let journeys: JourneyRunner
  private let group: MultiThreadedEventLoopGroup
  private let running: Task<Void, Never>
  private let looking: Task<Void, Never>
  /// The words of the runbooks in force.
  let runbooks: RunbookDesk
  /// What is recorded; nil where nothing is.
  let journal: LiveJournal?
  /// Where other logins act; nil where another process keeps the journal, or nothing is recorded.
  private let bridge: BridgeDesk?
  /// Keeps budgets across restarts; nil for fleets that are no one's to remember.
  private let ledger: LiveLedger?
  private let steering: Steering
  /// Who sent beats to the run before.
  private let remembered: BeaconMemory

  /// What this process is to those who join it.
  enum Kind: String, Sendable { case serve, watch, demo }

  /// Those who look on; nil where nobody can.
  var company: Company? { bridge?.company }
  /// What those who attached are told with; nil where nobody can.
  var broadcast: Broadcast? { bridge?.broadcast }

  /// Starts watching. Loops are few: one carries hundreds of targets, and the screen wants a core.
  ///
  /// - Parameters:
  ///   - opened: the journal, where somebody has opened it already.
  ///   - descriptor: of the control socket, where it was handed over and listens already.
  ///   - takesBeats: whether beats are to be taken: then those that an earlier run knew are known from the beginning.
  init(
    _ fleet: Fleet, source: FleetSource, recording: LiveJournal.Wish = .none,
    readers: Readers = .live, kind: Kind = .watch, keeping opened: LiveJournal? = nil,
    inherited descriptor: Int32? = nil, takesBeats: Bool = false
  ) {
    let (journal, problem) =
      opened.map { ($0, nil) } ?? LiveJournal.open(recording.place, for: fleet)
    self.journal = journal
    let left = journal?.left
    let unfinished = left.map { Unfinished($0) }.flatMap { $0.isEmpty ? nil : $0 }
    let clock = SystemClock(after: journal?.last?.instant)
    let remembered =
      left.flatMap { takesBeats ? BeaconMemory($0, at: clock.now(), for: fleet) : nil }
      ?? BeaconMemory()
    self.remembered = remembered
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    self.group = group
    let steering = Steering(source: source, remembering: remembered)
    self.steering = steering
    runbooks = steering.runbooks
    let session = Session(
      fleet: remembered.merged(into: fleet), clock: clock, recorder: journal?.scribe,
      executor: steering, after: journal?.last?.sequence ?? 0, resuming: unfinished)
    self.session = session
    let inbox = session.inbox
    // Before all else, so that it is as old as it says.
    for event in remembered.events { inbox.put(event) }
    journal?.tell(inbox)
    if let problem { inbox.put(.note(Note(.warning, problem))) }
    source.documents?.enter(into: inbox)
    if !source.shelf.folders.isEmpty { source.shelf.enter(into: inbox) }
    if !source.triggers.isEmpty { source.triggers.enter(into: inbox) }
    var readers = readers
    if recording.keepsRaw { readers.body = journal?.bodyKeeper(into: inbox) }
    poller = Poller(fleet: fleet, group: group, readers: readers) { inbox.put($0) }
    journeys = JourneyRunner(group: group, secret: { try $0.resolve() }) { inbox.put($0) }
    let ledger = source.keepsLedger ? LiveLedger(for: session) : nil
    self.ledger = ledger
    ledger?.follow(fleet)
    steering.steer(
      poller, journeys, inbox: inbox, ledger: ledger,
      ContainmentDesk(
        session, group: group, spool: LiveFleet.spool, isAside: journal?.isAside ?? false))
    // Before anybody can have the fleet file read again: what is given here must not come after what that says.
    poller.start()
    journeys.update(fleet: fleet)
    bridge = journal.flatMap { journal in
      journal.isAside
        ? nil
        : BridgeDesk(
          session, fleet, journal, kind: kind.rawValue, at: recording.socket ?? source.socket,
          isPassing: !source.keepsLedger, inherited: descriptor)
    }
    running = Task { await session.run() }
    looking = Task {
      while !Task.isCancelled {
        try? await Task.sleep(for: .seconds(1))
        await steering.look()
      }
    }
  }

  /// Where other logins act, as soon as they can; nil where nobody is meant to. Throws why they cannot.
  func door() async throws(BridgeError) -> String? { try await bridge?.path() }

  /// Takes beats at an address too, to be stopped by who asks for it.
  func takeBeats(
    at address: HTTPAddress, of fleet: Fleet, on group: any EventLoopGroup
  ) async throws(HTTPServingError) -> BeaconServer {
    let inbox = session.inbox
    let beacon = try await BeaconServer.start(
      at: address, fleet: fleet, remembering: remembered, on: group,
      secret: { try $0.resolve() }, sink: { inbox.put($0) })
    await steering.steer(beacon)
    return beacon
  }

  /// Reads the fleet file again; a wrong one is told of and the old one kept.
  func reload() async { await steering.reload() }

  /// What is wrong with the fleet file that is there, while the one before it stays in use.
  var fileTrouble: String? { steering.fileTrouble }

  /// Where it is kept what comes of programs, whoever is there to hear of it.
  private static var spool: String? {
    UserFolders(environment: ProcessInfo.processInfo.environment).state.map { "\($0)/spool" }
  }

  /// Watches until `wait` returns, reads the state once and stops.
  static func once<Seen: Sendable>(
    _ source: FleetSource, after wait: (LiveFleet) async -> Void,
    recording: LiveJournal.Wish = .none, read: @Sendable (State) -> Seen
  ) async -> Seen {
    let live = LiveFleet(source.fleet, source: source, recording: recording)
    await wait(live)
    let seen = await live.session.read(read)
    await live.stop()
    return seen
  }

  /// Watches for so long, reads the state once and stops.
  static func once<Seen: Sendable>(
    _ source: FleetSource, after seconds: Double, recording: LiveJournal.Wish = .none,
    read: @Sendable (State) -> Seen
  ) async -> Seen {
    await once(
      source, after: { _ in try? await Task.sleep(for: .seconds(seconds)) }, recording: recording,
      read: read)
  }

  func stop() async {
    looking.cancel()
    // First, so that nobody asks for what is not done any more.
    await bridge?.close()
    await journeys.stop()
    await poller.shutdown()
    session.inbox.close()
    await running.value
    await ledger?.finish()
    await journal?.stop()
    try? await group.shutdownGracefully()
  }
}
