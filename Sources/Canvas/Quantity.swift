/// Numbers as every pane writes them: three significant digits, at most two decimals, the same everywhere.
///
/// No locale and no floating-point printing: the same value gives the same text on every machine.
package enum Quantity {
  /// Nothing was asked of it, so there is no value.
  package static let noTraffic = "–"
  /// There may be a value, but it is not known.
  package static let unknown = "?"

  /// `0`, `0.31`, `4.20`, `38.1`, `118`, `1.23k`, `45.6M`. What would round to 0 but is not shows as `<0.01`.
  package static func number(_ value: Double?) -> String {
    guard let value, !value.isNaN else { return unknown }
    return scaled(value, steps: ["", "k", "M", "G", "T", "P", "E"], by: 1000)
  }

  /// A count, exact up to 99,999 and scaled beyond.
  package static func count(_ value: Int) -> String {
    abs(value) < 100_000 ? String(value) : number(Double(value))
  }

  /// Per second: `118`, `1.23k`; `–` where there is no traffic.
  package static func rate(_ perSecond: Double?) -> String { number(perSecond) }

  /// A ratio of 0...1 as per cent without the sign: `38.1`; for a column whose header has it.
  package static func percent(_ ratio: Double?) -> String { number(ratio.map { $0 * 100 }) }

  /// A whole percentage, for budgets and saturations: `62`. Only a true 1 shows as 100, only a true 0 as 0.
  package static func wholePercent(_ ratio: Double?) -> String {
    guard let ratio, !ratio.isNaN else { return unknown }
    guard ratio.isFinite, abs(ratio) < 1e6 else { return ratio < 0 ? "-∞" : "∞" }
    let percent = (ratio * 100).rounded()
    if percent == 0, ratio > 0 { return "<1" }
    if percent == 100, ratio < 1 { return "99" }
    return String(Int(percent))
  }

  /// Milliseconds for a column headed `ms`: `0.43`, `14.2`, `310`, and from a second on with its unit: `2.40s`.
  package static func latency(milliseconds: Double?) -> String {
    guard let ms = milliseconds, !ms.isNaN else { return unknown }
    if ms >= 60_000 { return duration(ms / 1000) }
    if let text = rounded(ms, upTo: 1000) { return text }
    return rounded(ms / 1000, upTo: 60).map { $0 + "s" } ?? "1m"
  }

  /// A time with its unit: `430µs`, `14.2ms`, `310ms`, `2.40s`, `14m`.
  package static func time(seconds: Double?) -> String {
    guard let s = seconds, !s.isNaN else { return unknown }
    if s == 0 { return "0s" }
    if s < 0 { return "-" + time(seconds: -s) }
    if s < 0.001 { return rounded(s * 1e6, upTo: 1000).map { $0 + "µs" } ?? "1.00ms" }
    if s < 1 { return rounded(s * 1e3, upTo: 1000).map { $0 + "ms" } ?? "1.00s" }
    if s < 60 { return rounded(s, upTo: 60).map { $0 + "s" } ?? "1m" }
    return duration(s)
  }

  /// A quantile that lies past the last finite bound: `>5s`, `>500` (milliseconds, as in `latency`).
  package static func beyond(milliseconds bound: Double) -> String {
    bound < 1000 ? ">" + trimmed(rounded(bound, upTo: 1000)) : ">" + bareDuration(bound / 1000)
  }

  /// A limit or the bound of a bucket, which is mostly a round number: `5ms`, `2.5s`, `1m`.
  package static func bound(seconds: Double?) -> String {
    guard let s = seconds, !s.isNaN else { return unknown }
    if s < 0 { return "-" + bound(seconds: -s) }
    if s == 0 { return "0s" }
    if s < 0.001 { return trimmed(rounded(s * 1e6, upTo: 1000) ?? "1000") + "µs" }
    return s < 1 ? trimmed(rounded(s * 1e3, upTo: 1000) ?? "1000") + "ms" : bareDuration(s)
  }

  /// How long something has lasted or still will, in at most two units: `45s`, `14m`, `1h05m`, `3d04h`, `120d`.
  package static func duration(_ seconds: Double?) -> String {
    guard let seconds, !seconds.isNaN else { return unknown }
    guard seconds.isFinite, abs(seconds) < 1e12 else { return seconds < 0 ? "-∞" : "∞" }
    if seconds < 0 { return "-" + duration(-seconds) }
    let s = Int(seconds)
    if s < 60 { return "\(s)s" }
    if s < 3600 { return "\(s / 60)m" }
    if s < 86_400 { return "\(s / 3600)h" + twoDigits(s / 60 % 60) + "m" }
    if s < 10 * 86_400 { return "\(s / 86_400)d" + twoDigits(s / 3600 % 24) + "h" }
    return "\(s / 86_400)d"
  }

  /// A time being counted, to the second: `12s`, `6m40s`, `1h05m`.
  package static func countdown(_ seconds: Double?) -> String {
    guard let seconds, seconds >= 60, seconds < 3600 else { return duration(seconds) }
    let s = Int(seconds)
    return "\(s / 60)m" + twoDigits(s % 60) + "s"
  }

  /// `512B`, `68.2kB`, `3.00MB`: powers of 1000.
  package static func bytes(_ value: Double?) -> String {
    guard let value, !value.isNaN else { return unknown }
    return scaled(value, steps: ["", "k", "M", "G", "T", "P", "E"], by: 1000) + "B"
  }

  /// A multiple of something: `22x`, `1.50x`.
  package static func times(_ value: Double?) -> String {
    guard let value, !value.isNaN else { return unknown }
    return number(value) + "x"
  }

  private static func scaled(_ value: Double, steps: [String], by base: Double) -> String {
    if value < 0 { return "-" + scaled(-value, steps: steps, by: base) }
    guard value.isFinite else { return "∞" }
    var value = value
    for step in steps {
      if let text = rounded(value, upTo: base) { return text + step }
      value /= base
    }
    return ">999" + (steps.last ?? "")
  }

  /// Three significant digits and at most two decimals, or nil where that rounds up to `limit`.
  private static func rounded(_ value: Double, upTo limit: Double) -> String? {
    guard value < limit else { return nil }
    if value == 0 { return "0" }
    if value < 0 { return rounded(-value, upTo: limit).map { "-" + $0 } }
    if value < 0.005 { return "<0.01" }
    if value < 9.995 {
      let n = Int((value * 100).rounded())
      return "\(n / 100)." + twoDigits(n % 100)
    }
    if value < 99.95 {
      let n = Int((value * 10).rounded())
      guard Double(n) < limit * 10 else { return nil }
      return "\(n / 10).\(n % 10)"
    }
    let n = Int(value.rounded())
    return Double(n) < limit ? String(n) : nil
  }

  private static func trimmed(_ text: String?) -> String {
    guard var text else { return unknown }
    guard text.contains(".") else { return text }
    while text.hasSuffix("0") { text.removeLast() }
    if text.hasSuffix(".") { text.removeLast() }
    return text
  }

  /// `5s`, `2.5s`, `1m`: a bound, which is mostly a round number.
  private static func bareDuration(_ seconds: Double) -> String {
    seconds < 60 ? trimmed(rounded(seconds, upTo: 60) ?? "60") + "s" : duration(seconds)
  }

  private static func twoDigits(_ n: Int) -> String { n < 10 ? "0\(n)" : String(n) }
}
