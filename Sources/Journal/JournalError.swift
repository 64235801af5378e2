/// Why a journal cannot be used, as one sentence for a log or a terminal.
package struct JournalError: Error, Sendable, Hashable, CustomStringConvertible {
  package var path: String
  package var reason: String

  package init(_ path: String, _ reason: String) {
    self.path = path
    self.reason = reason
  }

  package var description: String { "\(path): \(reason)" }
}
