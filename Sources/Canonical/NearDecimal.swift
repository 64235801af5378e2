/// A double as a short decimal and by how many representable values it misses that: what clocks and
/// counters of seconds give, and the differences of such.
struct NearDecimal {
  enum Scale: UInt64, CaseIterable {
    case thousandths = 1
    case millionths = 2

    var parts: Double { self == .thousandths ? 1e3 : 1e6 }
  }

  var count: Int64
  var missed: Int64

  /// From here on the bit pattern is as short.
  private static let furthest: UInt64 = 1 << 20

  /// nil where that would be no shorter than its bit pattern.
  init?(_ value: Double, _ scale: Scale) {
    let scaled = (value * scale.parts).rounded()
    // More would take as many bytes as the bit pattern does.
    guard scaled.magnitude < 0x1p36 else { return nil }
    count = Int64(scaled)
    missed = Int64(bitPattern: value.bitPattern &- NearDecimal.nearest(count, scale).bitPattern)
    guard missed.magnitude < NearDecimal.furthest else { return nil }
  }

  static func nearest(_ count: Int64, _ scale: Scale) -> Double { Double(count) / scale.parts }

  static func value(_ count: Int64, _ scale: Scale, missed: Int64) -> Double {
    Double(bitPattern: nearest(count, scale).bitPattern &+ UInt64(bitPattern: missed))
  }
}
