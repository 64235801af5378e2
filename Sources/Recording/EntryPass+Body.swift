import Canonical
import Fleet
import Incident

/// Bodies of answers, told by their hashes: nearly always that of the poll just before.
extension EntryPass {
  /// What is told of a body that came with the last poll; any other is told as a whole value.
  func hashOfLastAnswer(_ event: Event) -> [UInt8]? {
    guard case .body(let target, let body) = event, body.hash.count == 32,
      let slot = EntryMemory.Slot(number: memory.lastSlot),
      memory.targets[slot.target].target == target, slot.part.kind == body.kind
    else { return nil }
    return body.hash
  }

  mutating func passBody(_ hash: [UInt8]?) throws -> Event {
    guard let slot = EntryMemory.Slot(number: memory.lastSlot) else {
      throw Malformed("no poll that a body could be of", at: 0)
    }
    var known = memory.bodies[slot.number]
    if !channel.pass(hash != nil && hash == known, &models.isSameBody) {
      known = (0..<32).map { place in
        UInt8(truncatingIfNeeded: channel.pass(plain: UInt32(hash?[place] ?? 0), count: 8))
      }
      memory.bodies[slot.number] = known
    }
    guard let known else { throw Malformed("no body to go on from", at: 0) }
    return .body(
      target: memory.targets[slot.target].target, AnswerBody(slot.part.kind, hash: known))
  }
}

extension EntryMemory.Slot.Part {
  fileprivate var kind: AnswerBody.Kind {
    switch self {
    case .liveness: .liveness
    case .readiness: .readiness
    case .metrics: .metrics
    }
  }
}
