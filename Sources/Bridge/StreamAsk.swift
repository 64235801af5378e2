package import Presence
package import Session

/// What somebody asks who stays; frames of JSON.
package struct StreamAsk: Sendable, Hashable, Codable {
  /// Given by who asks; an outcome names it.
  package var id: UInt64
  package var matter: Matter

  package enum Matter: Sendable, Hashable, Codable {
    /// Answered with `StreamNews.outcome`.
    case intent(Intent)
    case presence(PresenceAct)
    /// The state anew, with what charts look back on or without.
    case keyframe(wantsHistory: Bool)
    /// Values that a keyframe names, by their SHA-256 in hexadecimal; answered with frames of chunks.
    case chunks([String])
  }

  package init(id: UInt64, _ matter: Matter) {
    self.id = id
    self.matter = matter
  }

  /// Chunks that are asked for at once.
  package static let mostChunks = 256
}
