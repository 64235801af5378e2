/// What a caller may cost: enough for whoever means well, too little to hold up the others.
package struct HTTPLimits: Sendable, Hashable {
  /// Bytes of a request line with its header lines; more is answered with 431.
  package var head = 16 << 10
  /// Bytes of a body; more is answered with 413, as soon as that much is announced.
  package var body = 64 << 10
  package var connections = 256
  /// From one address.
  package var connectionsOfOne = 32
  /// From one address; more is answered with 429.
  package var requestsPerSecond = 50.0
  /// Seconds in which a request has to be here from its first byte to its last; later is answered with 408.
  package var arriving = 10.0
  /// Seconds that a connection may say nothing between two requests.
  package var idle = 60.0
  /// Seconds that an answer may be thought about; then it is 503.
  package var answering = 10.0
  /// Seconds in which an answer has to be taken.
  package var taking = 10.0

  package init() {}
}
