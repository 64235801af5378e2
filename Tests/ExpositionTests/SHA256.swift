/// SHA-256 (FIPS 180-4), for the digests of the expected answers.
enum SHA256 {
  static func hex(_ text: String) -> String {
    var message = Array(text.utf8)
    let bitCount = UInt64(message.count) * 8
    message.append(0x80)
    while message.count % 64 != 56 { message.append(0) }
    for shift in stride(from: 56, through: 0, by: -8) {
      message.append(UInt8(truncatingIfNeeded: bitCount >> UInt64(shift)))
    }
    var state = initial
    var words = [UInt32](repeating: 0, count: 64)
    for block in stride(from: 0, to: message.count, by: 64) {
      for i in 0..<16 {
        words[i] =
          UInt32(message[block + i * 4]) << 24 | UInt32(message[block + i * 4 + 1]) << 16
          | UInt32(message[block + i * 4 + 2]) << 8 | UInt32(message[block + i * 4 + 3])
      }
      for i in 16..<64 {
        let a = words[i - 15]
        let b = words[i - 2]
        let s0 = rotate(a, 7) ^ rotate(a, 18) ^ a >> 3
        let s1 = rotate(b, 17) ^ rotate(b, 19) ^ b >> 10
        words[i] = words[i - 16] &+ s0 &+ words[i - 7] &+ s1
      }
      var v = state
      for i in 0..<64 {
        let s1 = rotate(v[4], 6) ^ rotate(v[4], 11) ^ rotate(v[4], 25)
        let choice = v[4] & v[5] ^ ~v[4] & v[6]
        let t1 = v[7] &+ s1 &+ choice &+ constants[i] &+ words[i]
        let s0 = rotate(v[0], 2) ^ rotate(v[0], 13) ^ rotate(v[0], 22)
        let majority = v[0] & v[1] ^ v[0] & v[2] ^ v[1] & v[2]
        v = [t1 &+ s0 &+ majority, v[0], v[1], v[2], v[3] &+ t1, v[4], v[5], v[6]]
      }
      for i in 0..<8 { state[i] = state[i] &+ v[i] }
    }
    return state.map { String($0, radix: 16).leftPadded(8) }.joined()
  }

  private static func rotate(_ x: UInt32, _ n: UInt32) -> UInt32 { x >> n | x << (32 - n) }

  /// The first 32 bits of the fractional parts of square roots of primes, without a maths library.
  private static let initial: [UInt32] = primes(8).map { fraction(of: $0, cube: false) }
  private static let constants: [UInt32] = primes(64).map { fraction(of: $0, cube: true) }

  private static func primes(_ count: Int) -> [Int] {
    var found: [Int] = []
    var candidate = 2
    while found.count < count {
      if !found.contains(where: { candidate % $0 == 0 }) { found.append(candidate) }
      candidate += 1
    }
    return found
  }

  private static func fraction(of prime: Int, cube: Bool) -> UInt32 {
    // floor(root × 2^32) by bisection in integers: the root is below 2^5, so it fits 37 bits.
    var low: UInt128 = 0
    var high: UInt128 = 1 << 37
    let target = UInt128(prime) << (cube ? 96 : 64)
    while high - low > 1 {
      let middle = (low + high) / 2
      let power = cube ? middle * middle * middle : middle * middle
      if power <= target { low = middle } else { high = middle }
    }
    return UInt32(truncatingIfNeeded: low)
  }
}
