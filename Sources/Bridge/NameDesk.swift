import Admission
import Dispatch

/// Looks up who those are who come, one after the other.
///
/// Names may come from a directory on the network: one that hangs holds up those who come, and nobody else. Who connects
/// and closes again leaves nothing but a lookup behind, of which there are so many at most.
final class NameDesk: Sendable {
  typealias Naming = @Sendable (PeerCredentials) -> Peer

  private let naming: Naming
  private let pending: HeadCount<UInt32>
  private let queue = DispatchQueue(label: "damcon.bridge.names")

  init(_ limits: BridgeLimits, by naming: @escaping Naming) {
    self.naming = naming
    pending = HeadCount(most: limits.lookups, mostOfOne: limits.lookupsOfOne)
  }

  /// Looks somebody up.
  ///
  /// - Parameters:
  ///   - isWanted: asked when it is their turn: whoever has gone by then is not looked up.
  ///   - known: called once, on the desk's queue; nil where nobody wants it any more.
  /// - Returns: why it is not done; nil where it is.
  func lookUp(
    _ credentials: PeerCredentials, if isWanted: @escaping @Sendable () -> Bool,
    _ known: @escaping @Sendable (Peer?) -> Void
  ) -> String? {
    let user = credentials.uid
    switch pending.enter(user) {
    case .full(let most):
      return "this host is asked for too many names at once (\(most)): try again in a moment"
    case .tooManyOfOne(let own):
      return "this host is asked for your name \(own) times already: try again in a moment"
    case nil: break
    }
    queue.async { [self] in
      let peer = isWanted() ? naming(credentials) : nil
      pending.leave(user)
      known(peer)
    }
    return nil
  }
}
