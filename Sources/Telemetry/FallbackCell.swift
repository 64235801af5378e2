public import Canonical

/// A fallback as a meter keeps it.
struct FallbackCell: Sendable, Hashable {
  var name: String
  /// Of the gauge; nil where the last scrape had none.
  var value: Double?
  /// Seconds, on the clock of `ingest`, at which the counter of its answers last rose.
  var rose: Double?
  /// It is told by a counter.
  var isCounted = false
  /// Seconds, of the data that it serves.
  var age: Double?
  var mode: String?
  var reason: String?
}

/// A fallback as the metrics tell it.
public struct FallbackReading: Sendable, Hashable, Codable {
  public var name: String
  public var isActive: Bool
  public var mode: String?
  public var reason: String?
  /// Seconds, of the data that it serves.
  public var dataAge: Double?
}

extension FallbackCell {
  /// nil where only the age of its data is known, or nothing any more.
  func reading(at seconds: Double) -> FallbackReading? {
    guard value != nil || isCounted || age != nil else { return nil }
    let isRising = rose.map { seconds - $0 <= FallbackConvention.risenFor } ?? false
    return FallbackReading(
      name: name, isActive: (value ?? 0) > 0 || isRising, mode: mode,
      reason: isRising || value ?? 0 > 0 ? reason : nil, dataAge: age)
  }
}

extension FallbackCell: FieldCoded {
  static var blank: Self { Self(name: "") }

  mutating func pass(_ fields: Fields) throws {
    try fields.pass(&name, &value, &rose)
    try fields.pass(&isCounted, &age, &mode, &reason)
  }
}
