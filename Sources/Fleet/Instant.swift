public import Canonical

/// When something happened, twice: by the wall, to show; by the session's own clock, to measure.
///
/// Every duration is a difference of `offset`s. Wall clocks jump; a monotonic clock does not.
public struct Instant: Sendable, Hashable {
  /// Nanoseconds since 1970-01-01T00:00:00Z. For display and for comparing with what a service says.
  public var wall: Int64
  /// Nanoseconds since the session began, from a monotonic clock. For every duration.
  public var offset: Int64

  public init(wall: Int64, offset: Int64) {
    self.wall = wall
    self.offset = offset
  }

  /// Seconds since the session began.
  public var seconds: Double { Double(offset) / 1e9 }

  /// Seconds since 1970.
  public var unixSeconds: Double { Double(wall) / 1e9 }

  /// Seconds that passed from `earlier` to this instant, by the monotonic clock.
  public func seconds(since earlier: Instant) -> Double { Double(offset - earlier.offset) / 1e9 }

  /// The instant `seconds` later on both clocks, within what either can show.
  public func advanced(by seconds: Double) -> Instant {
    let nanoseconds = Int64(nanosecondsOf: seconds)
    return Instant(wall: wall.plus(nanoseconds), offset: offset.plus(nanoseconds))
  }

  /// Whether it is of a time that a clock shows: the difference of any two such is a number too.
  public var isOfAClock: Bool {
    wall.magnitude < Instant.beyond && offset.magnitude < Instant.beyond
  }

  public static let zero = Instant(wall: 0, offset: 0)

  private static let beyond: UInt64 = 1 << 62
}

/// Arithmetic on times that anybody may have written down: past the end it stays at the end.
extension Int64 {
  @inlinable
  public func plus(_ other: Int64) -> Int64 {
    let (sum, overflows) = addingReportingOverflow(other)
    return overflows ? (other > 0 ? .max : .min) : sum
  }

  @inlinable
  public func less(_ other: Int64) -> Int64 {
    let (difference, overflows) = subtractingReportingOverflow(other)
    return overflows ? (other < 0 ? .max : .min) : difference
  }

  /// Seconds as nanoseconds; 0 where they are no number.
  @inlinable
  public init(nanosecondsOf seconds: Double) {
    let nanoseconds = seconds * 1e9
    self = nanoseconds.isNaN ? 0 : Int64(Swift.max(-9.2e18, Swift.min(9.2e18, nanoseconds)))
  }
}

/// As words elsewhere: the statement of a cut has instants too.
extension Instant: CanonicalCodable {
  private enum CodingKeys: String, CodingKey { case wall, offset }

  public init(from decoder: any Decoder) throws {
    if let canonical = decoder as? CanonicalDecoder {
      self = try Instant(canonical: canonical)
      return
    }
    let container = try decoder.container(keyedBy: CodingKeys.self)
    wall = try container.decode(Int64.self, forKey: .wall)
    offset = try container.decode(Int64.self, forKey: .offset)
    guard isOfAClock else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "an instant is of no time"))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    if let canonical = encoder as? CanonicalEncoder { return write(to: canonical) }
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(wall, forKey: .wall)
    try container.encode(offset, forKey: .offset)
  }

  public func write(to encoder: CanonicalEncoder) { encoder.put(offset: offset, wall: wall) }

  public init(canonical decoder: CanonicalDecoder) throws {
    (offset, wall) = try decoder.moment()
    guard isOfAClock else { throw Malformed("an instant is of no time", at: decoder.place) }
  }
}
