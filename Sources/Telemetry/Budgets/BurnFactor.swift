/// A multiple of the pace at which a budget lasts exactly its window, kept as a fraction.
///
/// `14.4` is 72/5 here. Shares of 28 days give thirds, which no decimal holds.
public struct BurnFactor: Sendable, Hashable {
  public let numerator: UInt64
  public let denominator: UInt64

  /// Larger parts than these would not fit the comparisons.
  static let limit: UInt64 = 1 << 32

  /// nil where a part is 0 or too large.
  public init?(_ numerator: UInt64, over denominator: UInt64) {
    guard numerator > 0, denominator > 0 else { return nil }
    var (a, b) = (numerator, denominator)
    while b != 0 { (a, b) = (b, a % b) }
    guard numerator / a <= BurnFactor.limit, denominator / a <= BurnFactor.limit else { return nil }
    self.numerator = numerator / a
    self.denominator = denominator / a
  }

  /// `14.4`, with at most six digits after the point; nil otherwise.
  public init?(_ text: String) {
    guard let parts = wholeNumber(text, places: 6) else { return nil }
    self.init(parts, over: 1_000_000)
  }

  /// The pace that spends `perThousand` thousandths of the budget of `window` minutes in `long`
  /// minutes.
  public init?(spending perThousand: UInt64, of window: Int, within long: Int) {
    guard window > 0, long > 0, perThousand <= 1000 else { return nil }
    self.init(perThousand * UInt64(window), over: 1000 * UInt64(long))
  }

  public var value: Double { Double(numerator) / Double(denominator) }
}

/// At most two digits after the point: `14.4`, `6`, `0.93`.
extension BurnFactor: CustomStringConvertible {
  public var description: String { BurnText.plain(value) }
}

extension BurnFactor: Codable {
  public init(from decoder: any Decoder) throws {
    var container = try decoder.unkeyedContainer()
    let numerator = try container.decode(UInt64.self)
    let denominator = try container.decode(UInt64.self)
    guard let factor = BurnFactor(numerator, over: denominator) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "\(numerator)/\(denominator) is no burn factor")
    }
    self = factor
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.unkeyedContainer()
    try container.encode(numerator)
    try container.encode(denominator)
  }
}
