/// What callers may cost the process that listens.
package struct BridgeLimits: Sendable, Hashable {
  /// Connections that are open at once.
  package var connections = 64
  /// Of these, as many as one user may have.
  package var connectionsOfOne = 24
  /// Requests of one user in a second; as many may come at once.
  package var requestsPerSecond = 100.0
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

  package init() {}
}
