/// Draws that depend on a seed, a name and a number only, never on order or time.
///
/// The same request of the same service meets the same luck in every run: what request 17 of
/// `pricing/0` draws does not change because another service was faster today.
package struct Dice: Sendable, Hashable {
  /// What a draw decides; each purpose has luck of its own.
  package enum Purpose: UInt64, Sendable, CaseIterable {
    case latency = 1, error, panic, throttle, backend, fallback, instance, arrival, trace, hang
  }

  private let key: UInt64

  /// `stream` names who draws: `pricing/0`, `client/storefront`.
  package init(seed: UInt64, stream: String) {
    // FNV-1a: String's own hash differs from process to process.
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in stream.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
    key = Dice.mix(seed &+ 0x9e37_79b9_7f4a_7c15) ^ hash
  }

  /// 64 random bits for the `index`th time.
  package func bits(_ purpose: Purpose, _ index: UInt64) -> UInt64 {
    Dice.mix(Dice.mix(key &+ purpose.rawValue &* 0xd134_2543_de82_ef95) &+ index)
  }

  /// 0 ≤ roll < 1.
  package func roll(_ purpose: Purpose, _ index: UInt64) -> Double {
    Double(bits(purpose, index) >> 11) * 0x1p-53
  }

  /// SplitMix64's finisher (Steele, Lea and Flood, 2014).
  private static func mix(_ value: UInt64) -> UInt64 {
    var z = value &+ 0x9e37_79b9_7f4a_7c15
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}
