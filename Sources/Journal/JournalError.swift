/// Why a journal cannot be used, as one sentence for a log or a terminal.
package struct JournalError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What a caller does something about.
  package enum Cause: Sendable, Hashable {
    /// There is no room; it may come again.
    case full
    /// The file or its folder is not for this user to write.
    case unwritable
    /// Another Damcon records into it.
    case held
    /// Somebody else's file, or none that can be a journal.
    case foreign
    /// Of a later Damcon.
    case newer
    /// Cut or altered; what is left may still be read.
    case damaged
    /// There is no such file.
    case absent
    /// What was asked for does not fit what is kept.
    case misused
    case other
  }

  package var path: String
  package var reason: String
  package var cause: Cause

  package init(_ path: String, _ reason: String, _ cause: Cause = .other) {
    self.path = path
    self.reason = reason
    self.cause = cause
  }

  package var description: String { "\(path): \(reason)" }
}
