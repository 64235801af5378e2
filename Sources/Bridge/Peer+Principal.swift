import Containment
import Fleet
import Foundation
package import Session

extension Peer {
  /// Who that is to a session: what the kernel says, and nothing that they say of themselves.
  ///
  /// Where the fleet file does not say who may what, whoever runs this process may act; others may look.
  package var principal: Principal {
    var principal = Principal(
      // That name is for what nobody did.
      name: name == ActionMove.itself ? "#\(credentials.uid)" : name, uid: credentials.uid,
      groups: groups,
      role: credentials.uid == geteuid() ? .responder : .viewer)
    principal.onlyLooks = onlyLooks
    return principal
  }
}
