public import Canonical

/// What is usual for one signal: the middle of what it was, and how far it strays from it.
public struct Norm: Sendable, Hashable {
  /// What the middle was taken of.
  public enum Basis: String, Sendable, Hashable, CanonicalCodable {
    case yesterday = "this hour yesterday"
    case lastHour = "the last hour"
  }

  public var median: Double
  /// The median distance from the median, scaled by 1.4826 so that for values that are normally
  /// spread it is their standard deviation (Rousseeuw and Croux 1993).
  public var spread: Double
  public var basis: Basis
  /// Minutes it was taken of.
  public var count: Int

  /// How many spreads a value lies off before it is unusual.
  static let reach = 6.0

  /// Whether `value` is far off: beyond six spreads and `floor`, and at least twice or half of what is usual. The floor
  /// keeps a signal that hardly moves from alarming at its first move.
  public func isUnusual(_ value: Double, floor: Double) -> Bool {
    let off = (value - median).magnitude
    guard off > max(Norm.reach * spread, floor) else { return false }
    if median > 0 { return value >= 2 * median || value <= 0.5 * median }
    return true
  }

  /// Of values, which may be in any order; nil where there are none.
  init?(of values: [Double], basis: Basis) {
    guard !values.isEmpty else { return nil }
    // Sorted in place, for there are many of these each minute.
    var values = values
    values.sort()
    let median = Norm.middle(of: values)
    for place in values.indices { values[place] = (values[place] - median).magnitude }
    values.sort()
    self.median = median
    spread = 1.4826 * Norm.middle(of: values)
    self.basis = basis
    count = values.count
  }

  init(median: Double, spread: Double, basis: Basis, count: Int) {
    self.median = median
    self.spread = spread
    self.basis = basis
    self.count = count
  }

  private static func middle(of sorted: [Double]) -> Double {
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }
}

extension Norm: FieldCoded {
  public static var blank: Self { Self(median: 0, spread: 0, basis: .lastHour, count: 0) }
  public mutating func pass(_ fields: Fields) throws {
    try fields.pass(&median, &spread, &basis, &count)
  }
}
