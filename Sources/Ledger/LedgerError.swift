import Journal

/// Why the ledger's file cannot be used, as one sentence for a log.
package struct LedgerError: Error, Sendable, Hashable, CustomStringConvertible {
  package var path: String
  package var reason: String
  /// Whether the file itself is not what it should be, so that it may be another one by the next time.
  var isSpoilt = false

  init(_ path: String, _ reason: String) {
    self.path = path
    self.reason = reason
  }

  init(_ error: JournalError) {
    path = error.path
    reason = error.reason
    isSpoilt = [.damaged, .foreign, .absent].contains(error.cause)
  }

  package var description: String { "\(path): \(reason)" }
}
