/// What is expected of numbers of some kind: how long they are, and how they begin.
///
/// A number is passed as its length in bits, by a tree of bits, then the two bits below its highest,
/// then the rest as they are.
struct NumberModel: Sendable {
  private var bits = [BitModel](repeating: .even, count: NumberModel.size)

  /// A tree of seven levels: lengths from 0 to 64.
  private static let lengths = 128
  /// The tree; then by length the bit below the highest, and the one below that for either value of the
  /// first.
  static let size = lengths + 65 * 4

  mutating func pass(_ value: UInt64, _ channel: inout some BitChannel) -> UInt64 {
    bits.withUnsafeMutableBufferPointer { Self.pass(value, by: $0[...], &channel) }
  }

  /// - Parameter bits: `size` of them: many models lie in one list, so that none is asked for whose it is
  ///   at each bit.
  @inline(__always)
  static func pass(
    _ value: UInt64, by bits: Slice<UnsafeMutableBufferPointer<BitModel>>,
    _ channel: inout some BitChannel
  ) -> UInt64 {
    let (base, lengths) = (bits.base, bits.startIndex)
    let tops = lengths + Self.lengths
    var node = 1
    let length = 64 - value.leadingZeroBitCount
    for level in stride(from: 6, through: 0, by: -1) {
      let bit = channel.pass(length >> level & 1 == 1, &base[lengths + node & 127])
      node = node << 1 | (bit ? 1 : 0)
    }
    let known = min(node & 127, 64)
    guard known > 1 else { return UInt64(known) }
    var result: UInt64 = 1
    var left = known - 1
    var top = 0
    for level in 0..<min(2, left) {
      left -= 1
      let bit = channel.pass(value >> UInt64(left) & 1 == 1, &base[tops + known * 4 + top])
      result = result << 1 | (bit ? 1 : 0)
      top = level == 0 ? (bit ? 2 : 1) : top
    }
    while left > 0 {
      let count = min(left, 32)
      left -= count
      let bits = channel.pass(
        plain: UInt32(truncatingIfNeeded: value >> UInt64(left)) & UInt32.max >> UInt32(32 - count),
        count: count)
      result = result << UInt64(count) | UInt64(bits)
    }
    return result
  }
}
