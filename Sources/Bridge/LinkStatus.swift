package import Presence

/// How a screen stands to the session that it shows.
package struct LinkStatus: Sendable, Hashable {
  package enum Phase: Sendable, Hashable {
    /// Nothing was ever shown yet.
    case connecting
    /// What is shown is what is so.
    case live
    /// What is shown was so a while ago: nothing came lately, or a part was left out.
    case behind
    /// There is no connection; what is shown was so when there was.
    case lost
  }

  package var phase = Phase.connecting
  /// When it came to this phase.
  package var since: ContinuousClock.Instant
  /// Why, as a sentence; empty while it is live.
  package var words = ""
  /// Connections that were tried in vain since there was one.
  package var attempt = 0
  /// When the next one is tried; nil while one is, and where none will be.
  package var retryAt: ContinuousClock.Instant?
  /// Whom it has reached; nil before the first time.
  package var welcome: Welcome?
  /// Why this screen may only look; nil where it does what its user may.
  package var onlyLooks: String?
  /// nil until it was told.
  package var attendance: Attendance?
  /// The session's disk does not answer.
  package var recordingHangs = false
  /// What charts look back on is there.
  package var hasHistory = false

  package init(since: ContinuousClock.Instant = .now) { self.since = since }
}
