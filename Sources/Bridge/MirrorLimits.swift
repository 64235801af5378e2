/// What a mirror waits for, and how much of it.
package struct MirrorLimits: Sendable, Hashable {
  /// Seconds in which whoever listens says who it is.
  package var greeting = 10.0
  /// Seconds after which a connection that was lost is tried again; each time twice as many, up to `slowest`.
  package var quickest = 0.2
  package var slowest = 5.0
  /// Seconds without an entry or a state after which what is shown is behind: a session enters something every second.
  package var silence = 5.0
  /// Seconds without a word of any kind after which the connection is given up for another one.
  package var patience = 30.0
  /// Seconds in which an intent is answered.
  package var answer = 60.0
  /// Seconds from one request for the state anew to the next.
  package var keyframe = 1.0
  /// Bytes that lie there before no more is read.
  package var inbox = 8 << 20
  /// Bytes of what is asked and not sent yet, and of one thing that is.
  package var outbox = 1 << 20
  package var ask = 64 << 10
  /// Bytes of entries that wait for the state that they go on from.
  package var waiting = 64 << 20
  /// Bytes of the history's parts that are kept.
  package var history = 256 << 20

  package init() {}
}
