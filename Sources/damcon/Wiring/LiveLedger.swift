import Fleet
import Foundation
import Incident
import Ledger
import Session
import Settings
import Synchronization
import Telemetry

/// What budgets have seen, kept across restarts in a file of the fleet's name.
///
/// Nothing is opened or made before the fleet has an objective.
final class LiveLedger: Sendable {
  private let session: Session
  private let writer = Mutex<LedgerWriter?>(nil)

  init(for session: Session) { self.session = session }

  /// Brings what is kept of the fleet's objectives, those of a reload that are new included, and
  /// keeps them from now on.
  func follow(_ fleet: Fleet) {
    let asked = LedgerPage.asked(of: fleet)
    guard !asked.isEmpty, let writer = writer(for: fleet.name) else { return }
    let inbox = session.inbox
    writer.load(asked) { pages in
      for page in pages { inbox.put(.ledger(page)) }
    }
  }

  private func writer(for fleet: String) -> LedgerWriter? {
    let inbox = session.inbox
    let tell: @Sendable (String) -> Void = { inbox.put(.note(Note(.warning, "ledger: \($0)"))) }
    let (writer, isNew) = self.writer.withLock { kept -> (LedgerWriter?, Bool) in
      // The file keeps its name while it is watched, whatever a reload calls the fleet.
      if let kept { return (kept, false) }
      guard let state = UserFolders(environment: ProcessInfo.processInfo.environment).state else {
        tell("there is no home to keep budgets in; they are not kept across restarts")
        return (nil, false)
      }
      do {
        let writer = LedgerWriter(path: try LedgerPlace.path(of: fleet, in: state), tell: tell)
        kept = writer
        return (writer, true)
      } catch {
        tell("\(error)")
        return (nil, false)
      }
    }
    if isNew, let writer {
      Task { [session] in await session.attach { LedgerKeeper(writer: writer) } }
    }
    return writer
  }

  /// Keeps what the last minute brought.
  func finish() async {
    guard let writer = writer.withLock({ $0 }) else { return }
    let since = writer.keptIn
    let pages = await session.read { state in
      LedgerCollection.pages(
        of: state.ledger, state.ledger.accounts.indices, since: since, upTo: .max)
    }
    await writer.finish(pages)
  }
}

extension LedgerKeeper: Onlooker {}
