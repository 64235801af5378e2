import Containment

/// The name of one request: the same whenever it is the same one, so that a target does it once.
struct IdempotencyKey: Sendable {
  /// At most 128 bytes of ASCII.
  let text: String

  /// - Parameter isRevert: taking a step back is another request than the step.
  init(_ plan: ActionPlan, step place: Int, isRevert: Bool = false) {
    let id = plan.id.utf8
    let isPlain =
      (1...100).contains(id.count)
      && id.allSatisfy { sign in
        switch sign {
        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x2d, 0x2e, 0x5f: true
        default: false
        }
      }
    text = (isPlain ? plan.id : plan.hash) + (isRevert ? "-revert-" : "-") + "\(place + 1)"
  }
}
