/// Why a recording cannot be shown, as one sentence.
package struct ReplayError: Error, Sendable, Hashable, CustomStringConvertible {
  package var reason: String

  package init(_ reason: String) { self.reason = reason }

  package var description: String { reason }
}
