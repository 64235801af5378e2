/// Reads the numbers of an exposition: exactly what Go's `ParseFloat` takes once Prometheus has
/// refused its newer spellings (hexadecimal, underscores), and always correctly rounded.
enum Number {
  /// The value of `count` bytes, or false where they are no number or too large for a `Double`.
  ///
  /// Whole numbers and short decimals are exact in one operation (Clinger); what has up to 19
  /// digits goes the way of Eisel and Lemire; the few that are left go to the standard library.
  @inline(__always)
  static func read(_ text: BytePointer, _ count: Int, into value: inout Double) -> Bool {
    var i = 0
    var negative = false
    if count > 0, text[0] == Byte.minus || text[0] == Byte.plus {
      negative = text[0] == Byte.minus
      i = 1
    }
    let first = i
    var mantissa: UInt64 = 0
    var digits = 0
    while i < count {
      let digit = text[i] &- Byte.zero
      guard digit < 10, digits < 18 else { break }
      mantissa = mantissa &* 10 &+ UInt64(digit)
      digits &+= 1
      i &+= 1
    }
    if i == count, i > first {
      // A whole number below 10^18: the conversion rounds once, as it should.
      value = negative ? -Double(mantissa) : Double(mantissa)
      return true
    }
    return readDecimal(text, count, from: first, negative: negative, into: &value)
  }

  private static func readDecimal(
    _ text: BytePointer, _ count: Int, from first: Int, negative: Bool, into value: inout Double
  ) -> Bool {
    var i = first
    var mantissa: UInt64 = 0
    var significant = 0
    var exponent = 0
    var truncated = false
    var sawDigit = false
    var sawPoint = false
    while i < count {
      let digit = text[i] &- Byte.zero
      if digit < 10 {
        sawDigit = true
        if significant < 19 {
          mantissa = mantissa &* 10 &+ UInt64(digit)
          if mantissa != 0 { significant &+= 1 }
          if sawPoint { exponent &-= 1 }
        } else {
          if digit != 0 { truncated = true }
          if !sawPoint { exponent &+= 1 }
        }
      } else if text[i] == Byte.point, !sawPoint {
        sawPoint = true
      } else {
        break
      }
      i &+= 1
    }
    guard sawDigit else {
      return readSpecial(text, count, from: first, negative: negative, into: &value)
    }
    if i < count, text[i] | 0x20 == 0x65 {  // e
      i &+= 1
      var negativeExponent = false
      if i < count, text[i] == Byte.minus || text[i] == Byte.plus {
        negativeExponent = text[i] == Byte.minus
        i &+= 1
      }
      guard i < count else { return false }
      var written = 0
      while i < count {
        let digit = text[i] &- Byte.zero
        guard digit < 10 else { return false }
        // Beyond this every double is zero or infinite, however many digits stand before it.
        if written < 100_000 { written = written &* 10 &+ Int(digit) }
        i &+= 1
      }
      exponent &+= negativeExponent ? -written : written
    }
    guard i == count else { return false }

    if !truncated {
      if mantissa == 0 {
        value = negative ? -0.0 : 0.0
        return true
      }
      if mantissa <= 1 << 53, exponent >= -22, exponent <= 22 {
        let exact = Double(mantissa)
        let scaled =
          exponent < 0 ? exact / PowersOfTen.exact[-exponent] : exact * PowersOfTen.exact[exponent]
        value = negative ? -scaled : scaled
        return true
      }
      if let rounded = PowersOfTen.scale(mantissa, by: exponent) {
        value = negative ? -rounded : rounded
        return true
      }
    }
    let spelled = String(decoding: UnsafeBufferPointer(start: text, count: count), as: UTF8.self)
    guard let parsed = Double(spelled), parsed.isFinite else { return false }
    value = parsed
    return true
  }

  /// `NaN` without a sign, `inf` and `infinity` with or without one, in any case.
  private static func readSpecial(
    _ text: BytePointer, _ count: Int, from first: Int, negative: Bool, into value: inout Double
  ) -> Bool {
    func spells(_ word: StaticString) -> Bool {
      guard count - first == word.utf8CodeUnitCount else { return false }
      for k in 0..<word.utf8CodeUnitCount where text[first + k] | 0x20 != word.utf8Start[k] {
        return false
      }
      return true
    }
    if spells("inf") || spells("infinity") {
      value = negative ? -.infinity : .infinity
      return true
    }
    if first == 0, spells("nan") {
      value = .nan
      return true
    }
    return false
  }

  /// A whole number with an optional sign that fits 64 bits, as timestamps of the text format are.
  @inline(__always)
  static func readInteger(_ text: BytePointer, _ count: Int) -> Int64? {
    var i = 0
    var negative = false
    if count > 0, text[0] == Byte.minus || text[0] == Byte.plus {
      negative = text[0] == Byte.minus
      i = 1
    }
    guard i < count else { return nil }
    var value: Int64 = 0
    while i < count {
      let digit = text[i] &- Byte.zero
      guard digit < 10 else { return nil }
      let (tens, overflowed) = value.multipliedReportingOverflow(by: 10)
      let (sum, overflowedAgain) =
        negative
        ? tens.subtractingReportingOverflow(Int64(digit))
        : tens.addingReportingOverflow(Int64(digit))
      guard !overflowed, !overflowedAgain else { return nil }
      value = sum
      i &+= 1
    }
    return value
  }
}
