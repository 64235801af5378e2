import Fleet
import Incident
import Journeys
import Polling
import Session
import Synchronization

/// Carries out what responders ask of the watching itself: read the fleet file again, ask now.
final class Steering: IntentExecutor {
  private struct Reins {
    var poller: Poller?
    var journeys: JourneyRunner?
    var inbox: Inbox?
    var ledger: LiveLedger?
    var source: FleetSource
  }

  private let reins: Mutex<Reins>

  init(source: FleetSource) { reins = Mutex(Reins(source: source)) }

  func steer(
    _ poller: Poller, _ journeys: JourneyRunner, inbox: Inbox, ledger: LiveLedger?
  ) {
    reins.withLock {
      $0.poller = poller
      $0.journeys = journeys
      $0.inbox = inbox
      $0.ledger = ledger
    }
  }

  func execute(_ intent: Intent) async {
    switch intent {
    case .poll: reins.withLock(\.poller)?.pollNow()
    case .reload: reload()
    // The session's own business.
    case .declare, .resolve, .remark: break
    }
  }

  /// Reads the fleet file again; a wrong one is told of and the old one kept.
  func reload() { adopt(reins.withLock { $0.source.reload() }) }

  /// Looks whether the fleet file has changed; called about once a second.
  func look() { adopt(reins.withLock { $0.source.look() }) }

  private func adopt(_ change: FleetSource.Change) {
    let (poller, journeys, inbox, ledger) = reins.withLock {
      ($0.poller, $0.journeys, $0.inbox, $0.ledger)
    }
    switch change {
    case .none: break
    case .note(let note): inbox?.put(.note(note))
    case .fleet(let fleet, let notes, let documents):
      for note in notes { inbox?.put(.note(note)) }
      inbox?.put(.fleet(fleet))
      if let inbox { documents.enter(into: inbox) }
      ledger?.follow(fleet)
      poller?.update(fleet: fleet)
      journeys?.update(fleet: fleet)
    }
  }
}
