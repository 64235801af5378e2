import Beacon
import Containment
import Fleet
import Incident
import Journeys
import Polling
import Runbooks
import Session
import Synchronization

/// Carries out what responders ask of the watching itself: read the fleet file again, ask now.
final class Steering: IntentExecutor {
  private struct Reins {
    var poller: Poller?
    var journeys: JourneyRunner?
    var inbox: Inbox?
    var ledger: LiveLedger?
    var containment: ContainmentDesk?
    var beacon: BeaconServer?
    var fileTrouble: String?
    /// What the fleet file said last, where it was read again.
    var fleet: Fleet?
    var polledAt: ContinuousClock.Instant?

    /// The one to ask now; nil where everything was asked a moment ago, and is not asked again.
    mutating func pollerToAsk(at now: ContinuousClock.Instant) -> Poller? {
      if let polledAt, now - polledAt < .seconds(1) { return nil }
      polledAt = now
      return poller
    }
  }

  private let reins = Mutex(Reins())
  /// Held while files are read, which may take its time.
  private let source: Mutex<FleetSource>
  /// Held while a fleet is entered, by itself or by who takes beats: one after another.
  private let entering = Mutex(())
  /// Who sent beats to an earlier run: in the fleet until somebody takes beats, and says who is there.
  private let remembered: BeaconMemory
  /// What a screen shows runbooks from.
  let runbooks: RunbookDesk

  init(source: FleetSource, remembering remembered: BeaconMemory = BeaconMemory()) {
    self.remembered = remembered
    self.source = Mutex(source)
    runbooks = RunbookDesk(source.shelf.library)
  }

  func steer(
    _ poller: Poller, _ journeys: JourneyRunner, inbox: Inbox, ledger: LiveLedger?,
    _ containment: ContainmentDesk
  ) {
    reins.withLock {
      $0.poller = poller
      $0.journeys = journeys
      $0.inbox = inbox
      $0.ledger = ledger
      $0.containment = containment
    }
  }

  /// Has beats taken of what the fleet file says from now on; what it was found to say before is told first.
  func steer(_ beacon: BeaconServer) async {
    // It reads the files of tokens.
    await Blocking.aside {
      self.entering.withLock { _ in
        let fleet = self.reins.withLock { reins in
          reins.beacon = beacon
          return reins.fleet
        }
        if let fleet { beacon.adopt(fleet) }
      }
    }
  }

  func execute(_ intent: Intent, by principal: Principal) async -> IntentOutcome {
    switch intent {
    case .poll: reins.withLock { $0.pollerToAsk(at: .now) }?.pollNow()
    case .reload: await reload()
    case .plan, .action, .takeBack, .reconcile, .tryOut:
      return await reins.withLock(\.containment)?.take(intent, by: principal) ?? .taken
    // The session's own business.
    case .declare, .resolve, .remark, .severity, .command, .phase, .runbook, .halt, .lift,
      .stopRule:
      break
    }
    return .taken
  }

  /// What is wrong with the fleet file that is there, while the one before it stays in use.
  var fileTrouble: String? { reins.withLock(\.fileTrouble) }

  /// Reads the fleet file again; a wrong one is told of and the old one kept.
  func reload() async { await follow { $0.reload() } }

  /// Looks whether the fleet file has changed; called about once a second.
  func look() async {
    await follow { $0.look() }
    await reins.withLock(\.containment)?.look()
  }

  /// One after another, so that what was read last is what is in force.
  private func follow(
    _ ask: @escaping @Sendable (inout FleetSource) -> FleetSource.Change
  ) async {
    await Blocking.aside { self.source.withLock { self.adopt(ask(&$0)) } }
  }

  private func adopt(_ change: FleetSource.Change) {
    let (poller, journeys, inbox, ledger) = reins.withLock {
      ($0.poller, $0.journeys, $0.inbox, $0.ledger)
    }
    switch change {
    case .none: break
    case .note(let note):
      inbox?.put(.note(note))
      if note.severity == .error { reins.withLock { $0.fileTrouble = note.text } }
    case .runbooks(let documents, let shelf, let triggers):
      inbox?.put(.note(Note(.info, "read the runbooks again: \(shelf.library.runbooks.count)")))
      put(documents, shelf, triggers, inbox)
    case .fleet(let fleet, let notes, let documents, let shelf, let triggers):
      reins.withLock { $0.fileTrouble = nil }
      for note in notes { inbox?.put(.note(note)) }
      enter(fleet, into: inbox)
      put(documents, shelf, triggers, inbox)
      ledger?.follow(fleet)
      poller?.update(fleet: fleet)
      journeys?.update(fleet: fleet)
    }
  }

  /// With those that made themselves known by their beats.
  private func enter(_ fleet: Fleet, into inbox: Inbox?) {
    entering.withLock { _ in
      let beacon = reins.withLock { reins in
        reins.fleet = fleet
        return reins.beacon
      }
      if let beacon {
        beacon.adopt(fleet)
      } else {
        inbox?.put(.fleet(remembered.merged(into: fleet)))
      }
    }
  }

  private func put(
    _ documents: KeptDocuments, _ shelf: RunbookShelf, _ triggers: Triggers, _ inbox: Inbox?
  ) {
    if let inbox {
      documents.enter(into: inbox)
      shelf.enter(into: inbox)
      triggers.enter(into: inbox)
    }
    runbooks.take(shelf.library)
  }
}
