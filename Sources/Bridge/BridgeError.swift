/// Why a control socket cannot be had, or talked to.
package struct BridgeError: Error, Sendable, Hashable, CustomStringConvertible {
  package enum Cause: Sendable, Hashable {
    /// Nobody listens there.
    case nobody
    /// Another process listens there, or is about to.
    case held
    /// The place is not one to trust.
    case unsafe
    /// It may not be had by this user.
    case denied
    /// The other side does not want to talk.
    case refused
    /// The other side is gone, or says what nobody understands.
    case broken
  }

  package var place: String
  package var reason: String
  package var cause: Cause

  package init(_ place: String, _ reason: String, _ cause: Cause) {
    self.place = place
    self.reason = reason
    self.cause = cause
  }

  package var description: String { "\(place): \(reason)" }

  /// What the system said, in its words.
  static func system(_ number: Int32) -> String { SystemWords.of(number) }
}
