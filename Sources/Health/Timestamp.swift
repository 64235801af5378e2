/// Times as health bodies write them: RFC 3339 text, or a number of seconds or of its fractions.
package enum Timestamp {
  /// Unix seconds of an RFC 3339 time, or nil where it is none.
  ///
  /// A space for the `T` is let pass. A time with no zone is nobody's time: nil.
  package static func parse(_ text: String) -> Double? {
    var reader = Reader(bytes: Array(text.utf8))
    guard let year = reader.digits(4), reader.take("-"),
      let month = reader.digits(2), (1...12).contains(month), reader.take("-"),
      let day = reader.digits(2), day >= 1, day <= days(in: month, of: year),
      reader.take("T") || reader.take("t") || reader.take(" "),
      let hour = reader.digits(2), hour < 24, reader.take(":"),
      let minute = reader.digits(2), minute < 60, reader.take(":"),
      let second = reader.digits(2), second <= 60
    else { return nil }
    var fraction = 0.0
    if reader.take(".") || reader.take(",") {
      guard let value = reader.fraction() else { return nil }
      fraction = value
    }
    var zone = 0
    if !(reader.take("Z") || reader.take("z")) {
      let sign = reader.take("+") ? 1 : reader.take("-") ? -1 : 0
      guard sign != 0, let hours = reader.digits(2), hours < 24, reader.take(":"),
        let minutes = reader.digits(2), minutes < 60
      else { return nil }
      zone = sign * (hours * 3600 + minutes * 60)
    }
    guard reader.isAtEnd else { return nil }
    let whole = daysSince1970(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second - zone
    return Double(whole) + fraction
  }

  /// Unix seconds of a number whose unit is told by its size: s, ms, µs or ns since 1970.
  package static func unix(_ number: Double) -> Double? {
    switch number {
    case 0..<1e11: number
    case 1e11..<1e14: number / 1e3
    case 1e14..<1e17: number / 1e6
    case 1e17..<1e20: number / 1e9
    default: nil
    }
  }

  /// The time that Go writes where none was set.
  package static func isUnset(_ text: String) -> Bool { text.hasPrefix("0001-01-01T00:00:00") }

  private static func days(in month: Int, of year: Int) -> Int {
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    return [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
  }

  /// Howard Hinnant's `days_from_civil`.
  private static func daysSince1970(_ year: Int, _ month: Int, _ day: Int) -> Int {
    let y = month <= 2 ? year - 1 : year
    let era = (y >= 0 ? y : y - 399) / 400
    let yearOfEra = y - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  private struct Reader {
    var bytes: [UInt8]
    var offset = 0
    var isAtEnd: Bool { offset == bytes.count }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
      guard offset < bytes.count, bytes[offset] == UInt8(ascii: character) else { return false }
      offset += 1
      return true
    }

    mutating func digits(_ count: Int) -> Int? {
      guard offset + count <= bytes.count else { return nil }
      var value = 0
      for byte in bytes[offset..<offset + count] {
        guard (0x30...0x39).contains(byte) else { return nil }
        value = value * 10 + Int(byte - 0x30)
      }
      offset += count
      return value
    }

    mutating func fraction() -> Double? {
      let start = offset
      var value = 0
      var scale = 1
      while offset < bytes.count, (0x30...0x39).contains(bytes[offset]) {
        if offset - start < 9 {
          value = value * 10 + Int(bytes[offset] - 0x30)
          scale *= 10
        }
        offset += 1
      }
      return offset == start ? nil : Double(value) / Double(scale)
    }
  }
}

/// Lengths of time as health bodies write them.
package enum DurationText {
  /// Seconds of a Go duration (`1m2.5s`, `320ms`) or a .NET one (`00:00:01.25`).
  package static func parse(_ text: String) -> Double? {
    text.contains(":") ? clock(text) : goUnits(text)
  }

  private static func clock(_ text: String) -> Double? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 3, let hours = Double(parts[0]), let minutes = Double(parts[1]),
      let seconds = Double(parts[2]), hours >= 0, minutes >= 0, seconds >= 0
    else { return nil }
    let total = hours * 3600 + minutes * 60 + seconds
    return total.isFinite ? total : nil
  }

  private static func goUnits(_ text: String) -> Double? {
    var rest = text[...]
    var total = 0.0
    while !rest.isEmpty {
      let digits = rest.prefix { $0.isASCII && $0.isNumber || $0 == "." }
      rest = rest.dropFirst(digits.count)
      let unit = rest.prefix { !($0.isASCII && $0.isNumber) && $0 != "." }
      rest = rest.dropFirst(unit.count)
      guard let value = Double(digits) else { return nil }
      switch unit {
      case "h": total += value * 3600
      case "m": total += value * 60
      case "s": total += value
      case "ms": total += value / 1e3
      case "us", "µs", "μs": total += value / 1e6
      case "ns": total += value / 1e9
      default: return nil
      }
    }
    return text.isEmpty || !total.isFinite ? nil : total
  }
}
