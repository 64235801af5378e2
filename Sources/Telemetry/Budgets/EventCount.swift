public import Canonical

/// How many events there were, and how many of them were bad.
public struct EventCount: Sendable, Hashable {
  public var bad: UInt64
  public var total: UInt64

  public static let none = EventCount(bad: 0, total: 0)

  public init(bad: UInt64, total: UInt64) {
    self.bad = bad
    self.total = total
  }

  public var good: UInt64 { total > bad ? total - bad : 0 }

  /// Bad of all, 0…1, for showing; nil without events.
  public var badRatio: Double? { total == 0 ? nil : Double(bad) / Double(total) }

  /// How many times faster than the objective allows this used its budget up; nil without events.
  public func burn(of objective: Objective) -> Double? {
    guard total > 0 else { return nil }
    // Multiplied before it is divided: 6 of 6000 at 99.9 % is 1, not 1.0000000000001101.
    return Double(bad) * 1e9 / (Double(total) * Double(objective.badPerBillion))
  }

  /// Whether it was used up more than `factor` times too fast: exactly at the factor is not more.
  ///
  /// Decided on whole numbers of 128 bits, so that no rounding of a ratio has a say.
  public func burns(faster factor: BurnFactor, than objective: Objective) -> Bool {
    guard total > 0 else { return false }
    let used = UInt128(bad) * UInt128(Objective.billion) * UInt128(factor.denominator)
    let allowed = UInt128(total) * UInt128(objective.badPerBillion) * UInt128(factor.numerator)
    return used > allowed
  }

  public static func + (a: EventCount, b: EventCount) -> EventCount {
    EventCount(bad: a.bad &+ b.bad, total: a.total &+ b.total)
  }

  /// What came since `earlier` was counted; nothing where it is not earlier.
  public func since(_ earlier: EventCount) -> EventCount {
    EventCount(
      bad: bad > earlier.bad ? bad - earlier.bad : 0,
      total: total > earlier.total ? total - earlier.total : 0)
  }
}

extension EventCount: FieldCoded {
  public static var blank: Self { .none }
  public mutating func pass(_ fields: Fields) throws { try fields.pass(&bad, &total) }
}
