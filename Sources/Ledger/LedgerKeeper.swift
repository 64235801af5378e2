package import Incident
import Telemetry

/// Hands the minutes that are over to a writer, a few objectives at a look.
///
/// It lives with the owner of the state and is called after every batch of entries, so it takes no
/// more at once than fits in a fraction of a millisecond.
package final class LedgerKeeper {
  private let writer: LedgerWriter
  private var round: Round?
  /// The minute in which the last round began.
  private var lastRound: Int64 = .min

  private struct Round {
    /// What changed since this minute was the current one is taken.
    var since: Int64
    /// The last minute to take.
    var last: Int64
    var next = 0
    var pages: [LedgerPage] = []
  }

  static let accountsALook = 250
  /// Seconds into a minute before the one before it is taken: scrapes on their way count for both.
  static let patience = 3.0

  package init(writer: LedgerWriter) { self.writer = writer }

  package func look(at state: State) {
    let ledger = state.ledger
    let minute = ledger.clock.minute
    if round == nil {
      guard minute > lastRound, ledger.clock.second >= LedgerKeeper.patience,
        !ledger.accounts.isEmpty
      else { return }
      round = Round(since: writer.keptIn, last: minute - 1)
      lastRound = minute
    }
    guard var taken = round else { return }
    round = nil
    let end = taken.next + LedgerKeeper.accountsALook
    taken.pages += LedgerCollection.pages(
      of: ledger, taken.next..<end, since: taken.since, upTo: taken.last)
    taken.next = end
    if end < ledger.accounts.count {
      round = taken
    } else {
      writer.put(taken.pages, in: minute)
    }
  }
}
