/// Numbers and times as the reasons of a verdict say them: short, one way everywhere.
package enum Words {
  /// `3`, `2.5`, `1200000`: no trailing zeros, no exponent where it can be helped.
  package static func number(_ value: Double) -> String {
    guard value.isFinite else { return value.isNaN ? "NaN" : value < 0 ? "-Inf" : "+Inf" }
    if let whole = Int64(exactly: value) { return "\(whole)" }
    return "\(value)"
  }

  /// `40ms`, `2.0s`, `45s`, `12m`, `3h 20m`, `8d`: seconds in at most two units.
  package static func duration(_ seconds: Double) -> String {
    guard seconds.isFinite else { return "?" }
    let magnitude = abs(seconds)
    if magnitude < 1 { return "\(Int((magnitude * 1000).rounded()))ms" }
    if magnitude < 9.95 {
      let tenths = Int((magnitude * 10).rounded())
      return "\(tenths / 10).\(tenths % 10)s"
    }
    return wholeDuration(magnitude)
  }

  /// As `duration`, in whole seconds from zero up: for timers that a person watches.
  package static func wholeDuration(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds.magnitude < 1e12 else { return "?" }
    let total = Int(abs(seconds).rounded(.down))
    switch total {
    case ..<60: return "\(total)s"
    case ..<3600:
      return total % 60 == 0 || total >= 600 ? "\(total / 60)m" : "\(total / 60)m \(total % 60)s"
    case ..<86_400:
      let minutes = total % 3600 / 60
      return minutes == 0 ? "\(total / 3600)h" : "\(total / 3600)h \(minutes)m"
    case ..<(2 * 31_557_600): return "\(total / 86_400)d"
    default: return "\(total / 31_557_600)y"
    }
  }

  /// One line of at most `length` characters; what is cut off is marked by `…`.
  package static func clipped(_ text: String, to length: Int) -> String {
    // Nearly every line is short and plain: no character needs to be looked at.
    if text.utf8.count <= length, text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) {
      return text
    }
    var result = ""
    var count = 0
    for character in text {
      if count == length {
        result.removeLast()
        return result + "…"
      }
      result.append(character.isNewline || character == "\t" ? " " : character)
      count += 1
    }
    return result
  }
}

extension Words {
  /// `10 %`, `2.5 %` of a ratio.
  package static func percent(_ ratio: Double) -> String {
    guard ratio.isFinite else { return "? %" }
    return "\(number((ratio * 1000).rounded() / 10)) %"
  }

  /// The same of what is left of something, rounded down: a share below a limit never reads as it.
  package static func percentLeft(_ ratio: Double) -> String {
    guard ratio.isFinite else { return "? %" }
    // A share such as 0.29 is a little less in binary.
    return percent((ratio * 1000 + 1e-6).rounded(.down) / 1000)
  }
}
