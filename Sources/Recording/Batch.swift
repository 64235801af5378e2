package import Fleet
package import Incident

/// Entries that were written together: about a second of observations, or one audit entry.
package struct Batch: Sendable, Hashable {
  package enum Kind: UInt8, Sendable, Hashable {
    case observations = 0
    /// Durable before anything is done about it.
    case audit = 1
  }

  package var kind: Kind
  /// Sequences of the first and the last entry in it; batches follow on one another without gaps.
  package var first: UInt64
  package var last: UInt64
  /// Instants of the same.
  package var begin: Instant
  package var end: Instant
  /// The entries, as `EntryCoder` writes them.
  package var body: [UInt8]

  package init(
    kind: Kind, first: UInt64, last: UInt64, begin: Instant, end: Instant, body: [UInt8]
  ) {
    self.kind = kind
    self.first = first
    self.last = last
    self.begin = begin
    self.end = end
    self.body = body
  }
}

/// The state after an entry, for a seek to begin at.
///
/// It is a shortcut and never the truth: what it says can be had from the entries before it.
package struct KeyframeRecord: Sendable, Hashable {
  /// The entry after which the state was this.
  package var sequence: UInt64
  package var instant: Instant
  /// Of the program's own form of a state; another one's is left unread.
  package var format: Int
  /// The keyframe that this one is written as a difference from; nil where it stands by itself.
  package var base: UInt64?
  package var body: [UInt8]

  package init(
    sequence: UInt64, instant: Instant, format: Int, base: UInt64?, body: [UInt8]
  ) {
    self.sequence = sequence
    self.instant = instant
    self.format = format
    self.base = base
    self.body = body
  }
}

/// What a recording can be asked for, wherever it lies.
package protocol Archive: AnyObject, Sendable {
  /// From the first entry to the last; nil while there is none.
  func span() throws -> RecordingSpan?
  /// The last keyframe of this format at or before an entry.
  func keyframe(atOrBefore sequence: UInt64, format: Int) throws -> KeyframeRecord?
  /// The keyframe after exactly this entry, as a base.
  func keyframe(at sequence: UInt64) throws -> KeyframeRecord?
  /// The last entry at or before an offset of the session's clock; nil where there is none.
  func sequence(atOrBefore offset: Int64) throws -> UInt64?
  /// The batches that hold entries after `sequence`, in their order, at most `limit` of them.
  func batches(after sequence: UInt64, limit: Int) throws -> [Batch]
  /// A value by its name; nil where it is not kept.
  func blob(_ hash: ContentHash) throws -> [UInt8]?
  /// Oldest first.
  func milestones() throws -> [Milestone]
  func pulses() throws -> [Pulse]
}

/// From where to where a recording goes.
package struct RecordingSpan: Sendable, Hashable {
  package var firstSequence: UInt64
  package var lastSequence: UInt64
  package var first: Instant
  package var last: Instant

  package init(firstSequence: UInt64, lastSequence: UInt64, first: Instant, last: Instant) {
    self.firstSequence = firstSequence
    self.lastSequence = lastSequence
    self.first = first
    self.last = last
  }
}
