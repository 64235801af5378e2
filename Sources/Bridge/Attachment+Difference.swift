import Presence

extension Attachment {
  /// Bytes of what it says of itself.
  private static let longest = 256

  /// Why it is no attachment; nil where it is one. A view that is too long is not told to anybody.
  var flaw: String? {
    [boot ?? "", host, program].allSatisfy { $0.utf8.count <= Attachment.longest }
      ? nil : "a host, a boot and a program have names of at most \(Attachment.longest) bytes"
  }

  /// Why the screen may only look: it is not where the kernel's word is about who is before it.
  func difference(from own: HostIdentity, _ peer: Peer) -> String? {
    own.difference(boot: boot, uid: uid, peer)
  }
}

extension HostIdentity {
  /// Why somebody may only look who says this of where they are.
  ///
  /// Behind a socket that ssh forwards the kernel names whoever forwards, and anybody there may be at the other end.
  package func difference(boot other: String?, uid: UInt32?, _ peer: Peer) -> String? {
    guard boot == other else { return "from another host (ssh forwarding): may only look" }
    guard uid == peer.credentials.uid else {
      let there = uid.map { "#\($0)" } ?? "nobody known"
      return "from another user (\(there) there, \(peer.name) here): may only look"
    }
    return nil
  }
}
