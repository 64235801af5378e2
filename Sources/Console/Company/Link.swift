/// How this screen hangs on the session that it shows, where that is another process.
///
/// Set by whoever holds the connection; its seconds are whole, so that nothing is drawn anew more often.
package struct Link: Sendable, Hashable {
  package enum Phase: String, Sendable, Hashable, CaseIterable {
    /// Nothing was shown yet: the session is being joined.
    case connecting
    /// Entries come as they are made.
    case whole
    /// What is shown was left behind: what is so now is on its way.
    case behind
    /// The session does not answer.
    case lost
  }

  package var phase: Phase
  /// Whole seconds for which it has been so.
  package var seconds: Int
  /// Why it is behind or lost, or how far joining has come, as a sentence begins: `the session does not answer`; empty where it is not known.
  package var words: String
  /// Which try to reach the session again this is, from 1; 0 before the first.
  package var attempt: Int
  /// Whole seconds until the next try; nil while one is under way, and where there will be none.
  package var nextTry: Int?
  /// Why this screen may only look, whoever is before it; nil where it does what its user may.
  package var onlyLooks: String?
  /// Whether the samples that charts are drawn from have come.
  package var hasHistory: Bool

  /// Whether the session can be asked for anything, and what it said is of now.
  var isHeard: Bool {
    switch phase {
    case .whole, .behind: true
    case .connecting, .lost: false
    }
  }

  package init(
    _ phase: Phase = .whole, seconds: Int = 0, words: String = "", attempt: Int = 0,
    nextTry: Int? = nil, onlyLooks: String? = nil, hasHistory: Bool = true
  ) {
    self.phase = phase
    self.seconds = seconds
    self.words = words
    self.attempt = attempt
    self.nextTry = nextTry
    self.onlyLooks = onlyLooks
    self.hasHistory = hasHistory
  }
}
