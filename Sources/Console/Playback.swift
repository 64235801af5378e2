import Fleet
package import Incident

/// The past that the console shows instead of what is live: where it is in it, and what moves it.
package struct Playback: Sendable, Hashable {
  package enum Source: Sendable, Hashable {
    /// The session's own journal, while it goes on being written.
    case live
    /// A recording, by the name of its file, with what is to be known of it: `intact`, `partial: …`.
    case file(name: String, integrity: String, isWhole: Bool)
  }

  package var source: Source
  /// From where to where there is something to see; offsets of the session's clock, in nanoseconds.
  package var span: ClosedRange<Int64>
  /// Seconds since 1970 less seconds of the session's clock, at the end of the span: what turns an
  /// offset into a time of the day.
  package var wallOffset: Int64
  package var isPlaying = false
  /// Seconds of the recording in one of the viewer's; negative is backwards.
  package var speed = 1.0
  package var skipsIdle = false
  /// Played again and again.
  package var loop: ClosedRange<Int64>?
  /// Of the whole span, oldest first.
  package var milestones: [Milestone] = []
  /// One a minute at most, oldest first.
  package var pulses: [Pulse] = []
  /// A seek is under way: what is shown is where it began.
  package var isSeeking = false

  package init(source: Source, span: ClosedRange<Int64>, wallOffset: Int64) {
    self.source = source
    self.span = span
    self.wallOffset = wallOffset
  }

  package static let speeds: [Double] = [0.25, 0.5, 1, 2, 4, 8, 15, 30, 60, 120, 300, 600]
}

/// What a responder asks of the past that is shown; carried out by whoever owns it.
package enum PlaybackWish: Sendable, Hashable {
  /// Stop the live view where it is and look at that: makes LIVE into PAST.
  case enter
  /// Back to LIVE; of a file there is none.
  case live
  /// To an offset of the session's clock, in nanoseconds, clamped to the span.
  case seek(Int64)
  /// By so many seconds.
  case step(Double)
  /// To the next milestone (1) or the previous (−1).
  case event(Int)
  case play, pause
  case speed(Double)
  case skipIdle(Bool)
  case loop(ClosedRange<Int64>?)
  /// What changed between two offsets.
  case compare(Int64, Int64)
  /// Written down at where the past is; never into the recording itself.
  case note(String)
}
