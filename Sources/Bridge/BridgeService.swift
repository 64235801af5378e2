/// What answers those who call.
package protocol BridgeService: Sendable {
  /// The host that it is on: what callers say of theirs is compared with it.
  var host: HostIdentity { get }
  /// What is said to somebody who has just come.
  func welcome(_ peer: Peer) async -> Welcome
  func answer(_ request: Request, from peer: Peer) async -> Reply
  /// Has somebody stay who wants to.
  func attach(_ attachment: Attachment, from peer: Peer) async -> Stay
}

/// What comes of the wish to stay.
package enum Stay: Sendable {
  case berth(Berth)
  case refused(reason: String)
}

extension BridgeService {
  package var host: HostIdentity { .own }

  package func attach(_ attachment: Attachment, from peer: Peer) async -> Stay {
    .refused(reason: "nobody can stay here: it only answers")
  }
}
