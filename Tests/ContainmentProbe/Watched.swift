import Containment
import Execution
import Incident
import Journal
import Session

/// The session as an executor needs it, with a point before and after each move that is entered.
struct WatchedLedger: ActionLedger {
  let session: Session
  let killPoint: KillPoint

  func enter(_ move: ActionMove) async -> String? {
    killPoint.reach("before-\(move.word)")
    let refusal = await session.enter(move)
    killPoint.reach("after-\(move.word)")
    return refusal
  }

  func run(_ id: String) async -> ActionRun? { await session.read { $0.present.actionRun(id) } }
}

/// The journal's own recorder, with a point where a move is on the disk and nothing has come of it yet.
struct WatchedRecorder: Recorder {
  let scribe: Scribe
  let killPoint: KillPoint

  func record(_ entry: Entry, with enclosure: Enclosure?) { scribe.record(entry, with: enclosure) }

  func recordDurably(_ entry: Entry) async -> Bool {
    let isDurable = await scribe.recordDurably(entry)
    if case .action(let move) = entry.event { killPoint.reach("durable-\(move.word)") }
    return isDurable
  }

  func applied(_ entry: Entry, to state: State) { scribe.applied(entry, to: state) }
}
