/// What it takes to scale a decimal mantissa by a power of ten and round once.
///
/// Daniel Lemire, "Number parsing at a gigabyte per second" (2021), with the fallbacks that Nigel
/// Tao describes: where 128 bits cannot decide the rounding, the answer is `nil`.
enum PowersOfTen {
  /// 10^0 … 10^22, the powers that a `Double` holds exactly.
  static let exact: [Double] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
  ]

  /// The exponents that measured values have; others take the slow way.
  static let range = -64...64

  /// For each exponent of `range`, the first 128 bits of 10^exponent, rounded down, high word first.
  private static let words: [(high: UInt64, low: UInt64)] = range.map(leadingBits)

  /// `mantissa` × 10^`exponent`, correctly rounded, or `nil` where that is not certain.
  static func scale(_ mantissa: UInt64, by exponent: Int) -> Double? {
    guard range.contains(exponent), mantissa != 0 else { return nil }
    let power = words[exponent - range.lowerBound]
    let shift = mantissa.leadingZeroBitCount
    let man = mantissa &<< UInt64(shift)
    // floor(log2(10^exponent)), by a multiplication that is exact in this range.
    var binary = (217_706 &* exponent) >> 16 &+ 64 &+ 1023 &- shift

    var (high, low) = man.multipliedFullWidth(by: power.high)
    if high & 0x1FF == 0x1FF, low &+ man < man {
      let (yHigh, yLow) = man.multipliedFullWidth(by: power.low)
      let (mergedLow, carry) = low.addingReportingOverflow(yHigh)
      let mergedHigh = carry ? high &+ 1 : high
      if mergedHigh & 0x1FF == 0x1FF, mergedLow &+ 1 == 0, yLow &+ man < man { return nil }
      (high, low) = (mergedHigh, mergedLow)
    }
    let top = high >> 63
    var result = high >> (top &+ 9)
    binary &-= Int(1 ^ top)
    if low == 0, high & 0x1FF == 0, result & 3 == 1 { return nil }
    result &+= result & 1
    result >>= 1
    if result >> 53 > 0 {
      result >>= 1
      binary &+= 1
    }
    guard binary >= 1, binary < 0x7FF else { return nil }
    return Double(bitPattern: UInt64(binary) << 52 | result & (1 << 52 &- 1))
  }

  /// The 128 most significant bits of 10^`exponent`, by schoolbook arithmetic, once a process.
  private static func leadingBits(_ exponent: Int) -> (high: UInt64, low: UInt64) {
    // Five is enough: the factors two only move the point.
    var power: [UInt32] = [1]
    for _ in 0..<abs(exponent) {
      var carry: UInt64 = 0
      for i in power.indices {
        let product = UInt64(power[i]) * 5 + carry
        power[i] = UInt32(truncatingIfNeeded: product)
        carry = product >> 32
      }
      if carry > 0 { power.append(UInt32(carry)) }
    }
    let bits = power.count * 32 - power[power.count - 1].leadingZeroBitCount
    func bit(_ index: Int) -> UInt64 {
      index < 0 ? 0 : UInt64(power[index / 32] >> UInt32(index % 32) & 1)
    }
    var high: UInt64 = 0
    var low: UInt64 = 0
    func push(_ bit: UInt64) {
      high = high << 1 | low >> 63
      low = low << 1 | bit
    }
    if exponent >= 0 {
      for step in 1...128 { push(bit(bits - step)) }
      return (high, low)
    }
    // 2^k / 5^n by long division, one bit at a time, until 128 bits stand.
    var remainder = [UInt32](repeating: 0, count: power.count + 1)
    remainder[0] = 1
    var taken = 0
    while taken < 128 {
      var carry: UInt32 = 0
      for i in remainder.indices {
        let next = remainder[i] >> 31
        remainder[i] = remainder[i] << 1 | carry
        carry = next
      }
      var fits = true
      for i in remainder.indices.reversed() {
        let divisor = i < power.count ? power[i] : 0
        if remainder[i] != divisor {
          fits = remainder[i] > divisor
          break
        }
      }
      if fits {
        var borrow: Int64 = 0
        for i in remainder.indices {
          var difference = Int64(remainder[i]) - Int64(i < power.count ? power[i] : 0) - borrow
          borrow = difference < 0 ? 1 : 0
          if difference < 0 { difference += 1 << 32 }
          remainder[i] = UInt32(difference)
        }
      }
      if fits || taken > 0 {
        push(fits ? 1 : 0)
        taken += 1
      }
    }
    return (high, low)
  }
}
