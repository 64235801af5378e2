/// What callers may cost the process that listens.
package struct BridgeLimits: Sendable, Hashable {
  /// Connections that are open at once.
  package var connections = 512
  /// Of these, as many as one user may have.
  package var connectionsOfOne = 256
  /// Requests of one user in a second; as many may come at once.
  ///
  /// The emergency stop is none of them, nor are questions.
  package var requestsPerSecond = 100.0
  /// What one user may look up in a second, by all connections; as much may come at once.
  ///
  /// A small question costs 1, one for which much is gathered 10 (a part of the journal) or 20 (all runs, all that can
  /// be triggered); whoever stays has a part of the history for a sixteenth, and waits for it where others are refused.
  package var questionsPerSecond = 1000.0
  /// Those who have connected, and may have gone, whose names are being looked up.
  package var lookups = 1024
  /// Of these, as many as may be of one user.
  package var lookupsOfOne = 256
  /// Bytes of a request.
  package var request = 64 << 10
  /// Bytes of a reply.
  package var reply = Frame.longest
  /// Seconds in which who has connected says hello.
  package var greeting = 5.0
  /// Seconds in which the next whole request arrives.
  package var idle = 60.0
  /// Seconds in which a reply is taken.
  package var reading = 10.0

  // Of those who stay.

  /// Requests of one connection in a second, large ones counting for several; as many may come at once.
  package var asksPerSecond = 100.0
  /// Intents of one connection that wait for those before them.
  package var intents = 16
  /// Values of the history that one connection waits for.
  package var chunks = 1024
  /// Bytes of entries that are on their way to one connection: beyond it the rest is left out.
  package var owed = 1 << 20
  /// Seconds in which a state is taken, however slowly.
  package var standing = 60.0
  /// Seconds without taking anything after which what is new is left out.
  package var unread = 30.0
  /// Seconds without taking anything after which everybody sees that.
  package var pause = 5.0
  /// Seconds without taking anything after which the connection is closed.
  package var silence = 120.0

  package init() {}
}
