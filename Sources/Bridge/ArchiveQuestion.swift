package import Fleet
package import Foundation
package import Incident

/// What a rewind in another process asks of the journal: the questions of `Archive`.
package enum ArchiveQuestion: Sendable, Hashable, Codable {
  case span
  case keyframe(atOrBefore: UInt64, format: Int)
  case keyframeAt(UInt64)
  case sequence(atOrBefore: Int64)
  case batches(after: UInt64, limit: Int)
  /// A part of a value: what it says of a keyframe's body, or of a blob, from `offset` on.
  case keyframeBody(UInt64, offset: Int)
  case blob(String, offset: Int)
  case milestones(after: Int)
  case pulses(after: Int)
}

/// The answer; what is large comes in pieces, each no longer than a frame.
package enum ArchiveAnswer: Sendable, Hashable, Codable {
  case span(first: UInt64, last: UInt64, from: Instant, to: Instant)
  /// Without its body, which has `bytes`.
  case keyframe(sequence: UInt64, instant: Instant, format: Int, base: UInt64?, bytes: Int)
  case sequence(UInt64)
  /// As `StreamFrame.batch`, without lengths; as many as there is room for, at least one where there is any.
  case batches([Data])
  case piece(Data, total: Int)
  case milestones([Milestone], isAll: Bool)
  case pulses([Pulse], isAll: Bool)
  /// There is none.
  case none
}
