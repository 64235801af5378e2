/// What one thing is held against in many comparisons, in such an order that those which hold are found
/// without asking the others.
struct LimitShelf: Sendable {
  /// Of `>` and `>=`, the lowest first; of `<` and `<=`, the highest first.
  private var above: [Limit] = []
  private var below: [Limit] = []
  /// Words, and numbers that are met exactly or not: few of them differ.
  private var others: [Int32] = []

  private struct Limit: Sendable {
    var value: Double
    var slot: Int32
    /// Whether the value itself is within.
    var isIncluded: Bool
  }

  mutating func add(_ comparison: Comparison, _ slot: Int32) {
    guard case .number(let value) = comparison.operand else { return others.append(slot) }
    switch comparison.relation {
    case .above: above.append(Limit(value: value, slot: slot, isIncluded: false))
    case .atLeast: above.append(Limit(value: value, slot: slot, isIncluded: true))
    case .below: below.append(Limit(value: value, slot: slot, isIncluded: false))
    case .atMost: below.append(Limit(value: value, slot: slot, isIncluded: true))
    case .equal, .unequal, .is, .isNot: others.append(slot)
    }
  }

  /// To be called once all are added.
  mutating func sort() {
    above.sort { $0.value < $1.value }
    below.sort { $0.value > $1.value }
  }

  /// Hands over the slots of those that hold for `fact`.
  ///
  /// - Parameter comparisons: by their slots.
  func forEach(heldBy fact: Fact, _ comparisons: [Comparison], _ body: (Int32) -> Void) {
    if case .number(let value) = fact {
      for limit in above {
        guard limit.value <= value else { break }
        if limit.value < value || limit.isIncluded { body(limit.slot) }
      }
      for limit in below {
        guard limit.value >= value else { break }
        if limit.value > value || limit.isIncluded { body(limit.slot) }
      }
    }
    for slot in others where comparisons[Int(slot)].truth(of: fact) == .yes { body(slot) }
  }
}
