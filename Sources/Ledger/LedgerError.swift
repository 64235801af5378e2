/// Why the ledger's file cannot be used, as one sentence for a log.
package struct LedgerError: Error, Sendable, Hashable, CustomStringConvertible {
  package var path: String
  package var reason: String

  init(_ path: String, _ reason: String) {
    self.path = path
    self.reason = reason
  }

  package var description: String { "\(path): \(reason)" }
}
