import Canonical

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

  /// The instant `seconds` later on both clocks.
  public func advanced(by seconds: Double) -> Instant {
    let nanoseconds = Int64(seconds * 1e9)
    return Instant(wall: wall + nanoseconds, offset: offset + nanoseconds)
  }
}

extension Instant: Codable {
  private enum CodingKeys: String, CodingKey { case wall, offset }

  public init(from decoder: any Decoder) throws {
    if let canonical = decoder as? CanonicalDecoder {
      (offset, wall) = try canonical.moment()
      return
    }
    let container = try decoder.container(keyedBy: CodingKeys.self)
    wall = try container.decode(Int64.self, forKey: .wall)
    offset = try container.decode(Int64.self, forKey: .offset)
  }

  public func encode(to encoder: any Encoder) throws {
    if let canonical = encoder as? CanonicalEncoder {
      return canonical.put(offset: offset, wall: wall)
    }
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(wall, forKey: .wall)
    try container.encode(offset, forKey: .offset)
  }
}
