package import NIOCore

/// When a poll is due: at fixed points of a grid, so that a slow answer does not shift the next one.
///
/// The grid's phase comes from the target's address, by a hash that is the same in every process:
/// polls of a fleet are spread over the interval, and a reload leaves everyone where they were.
package struct Cadence: Hashable, Sendable {
  /// Nanoseconds.
  let interval: Int64
  let phase: Int64

  /// `share` shifts the kinds of one target against each other: 0, 1/3, 2/3 of the interval.
  package init(interval seconds: Double, of target: String, share: Double) {
    let interval = Int64((max(0.05, min(seconds, 86_400)) * 1e9).rounded())
    let spread = (Self.spread(of: target) + share).truncatingRemainder(dividingBy: 1)
    self.interval = interval
    phase = Int64(Double(interval) * spread)
  }

  /// The first point of the grid later than `time`.
  package func next(after time: NIODeadline) -> NIODeadline {
    let time = Int64(clamping: time.uptimeNanoseconds)
    let steps = (time - phase >= 0) ? (time - phase) / interval + 1 : 0
    return .uptimeNanoseconds(UInt64(phase + steps * interval))
  }

  /// The first poll of a target that has just been added: soon, so that a screen is not empty for
  /// an interval, yet not all in the same moment.
  package func first(from time: NIODeadline) -> NIODeadline {
    let next = next(after: time)
    let soon = time + .nanoseconds(phase % min(interval, 500_000_000))
    return min(soon, next)
  }

  /// 0 ..< 1, from FNV-1a over the bytes, mixed so that addresses that differ in the last digit part.
  package static func spread(of text: String) -> Double {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    hash ^= hash >> 33
    hash = hash &* 0xff51_afd7_ed55_8ccd
    hash ^= hash >> 33
    return Double(hash >> 11) / Double(1 << 53)
  }
}
