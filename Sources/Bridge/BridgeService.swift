/// What answers those who call.
package protocol BridgeService: Sendable {
  /// What is said to somebody who has just come.
  func welcome(_ peer: Peer) async -> Welcome
  func answer(_ request: Request, from peer: Peer) async -> Reply
}
