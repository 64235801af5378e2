package import Incident
package import Telemetry

/// Taking out of a state what a file is to keep of it.
package enum LedgerCollection {
  /// The minutes of some accounts that may have changed since `minute` was the current one.
  ///
  /// - Parameters:
  ///   - accounts: positions, so that many can be taken a few at a time.
  ///   - last: the last minute to take.
  package static func pages(
    of ledger: Ledger, _ accounts: Range<Int>, since minute: Int64, upTo last: Int64
  ) -> [LedgerPage] {
    ledger.accounts[accounts.clamped(to: ledger.accounts.indices)].compactMap { account in
      let hours = account.ledger.changes(since: minute, upTo: last)
      guard !hours.isEmpty else { return nil }
      var page = account.page
      page.memory.minutes = hours
      return page
    }
  }
}
