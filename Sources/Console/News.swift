import Fleet

/// One change that matters, before it is decided whether it gets a line of its own.
struct News: Sendable, Hashable {
  var at: Instant
  /// What changed, as a line that counts changes names it: `state of cart`; nil for what is always
  /// told.
  var topic: String?
  /// The whole sentence, without its time.
  var text: String
  /// How it is after the change, for a line that counts: `degraded: readiness 503`.
  var outcome: String

  init(_ at: Instant, _ text: String, topic: String? = nil, outcome: String = "") {
    self.at = at
    self.text = text
    self.topic = topic
    self.outcome = outcome
  }
}
