public import Canonical

/// A multiple of the pace at which a budget lasts exactly its window, kept as a fraction.
///
/// `14.4` is 72/5 here. Shares of 28 days give thirds, which no decimal holds.
public struct BurnFactor: Sendable, Hashable {
  public let numerator: UInt64
  public let denominator: UInt64

  /// Larger parts than these would not fit the comparisons.
  static let limit: UInt64 = 1 << 32

  private init(whole: UInt64) {
    numerator = whole
    denominator = 1
  }

  static let one = BurnFactor(whole: 1)

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

extension BurnFactor: CanonicalOnly {
  /// As an array of two.
  public func write(to encoder: CanonicalEncoder) throws {
    try [numerator, denominator].write(to: encoder)
  }

  public init(canonical decoder: CanonicalDecoder) throws {
    let parts = try [UInt64](canonical: decoder)
    guard parts.count == 2, let factor = BurnFactor(parts[0], over: parts[1]) else {
      throw Malformed("this is no burn factor", at: decoder.place)
    }
    self = factor
  }
}
