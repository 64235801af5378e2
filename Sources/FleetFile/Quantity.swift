import YAMLText

/// Lengths of time, sizes and shares as a fleet file writes them.
enum Quantity {
  /// Seconds of `5s`, `300ms`, `1m30s`, `30d`: units from large to small, each once; nil otherwise.
  static func seconds(_ text: String) -> Double? {
    let units: [(name: String, seconds: Double)] = [
      ("w", 604_800), ("d", 86_400), ("h", 3600), ("m", 60), ("s", 1), ("ms", 1e-3), ("us", 1e-6),
      ("µs", 1e-6),
    ]
    var rest = text[...]
    var total = 0.0
    var place = -1
    guard !rest.isEmpty else { return nil }
    while !rest.isEmpty {
      let digits = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
      rest = rest.dropFirst(digits.count)
      let name = rest.prefix { $0.isLetter }
      rest = rest.dropFirst(name.count)
      guard let value = Double(digits), digits.first != ".", digits.last != ".",
        let index = units.firstIndex(where: { $0.name == name }), index > place
      else { return nil }
      place = index
      total += value * units[index].seconds
    }
    return total.isFinite ? total : nil
  }

  /// Bytes of `16MiB`, `512KiB`, `2MB` or a plain number; nil otherwise.
  static func bytes(_ text: String) -> Int? {
    let units: [String: Double] = [
      "": 1, "b": 1, "kib": 1024, "mib": 1_048_576, "gib": 1_073_741_824, "kb": 1e3, "mb": 1e6,
      "gb": 1e9, "k": 1024, "m": 1_048_576, "g": 1_073_741_824,
    ]
    let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
    let unit = text.dropFirst(digits.count).drop { $0 == " " }.lowercased()
    guard let value = Double(digits), let factor = units[unit], value * factor < 1e15 else {
      return nil
    }
    return Int(value * factor)
  }

  /// The number of `99.9` or `99.9%`; nil otherwise.
  static func percent(_ text: String) -> Double? {
    let digits = text.hasSuffix("%") ? String(text.dropLast()).trimmed : text
    guard let value = Double(digits), value.isFinite else { return nil }
    return value
  }

  /// Whole seconds and milliseconds, as a file would write them.
  static func text(_ seconds: Double) -> String {
    if seconds < 1 { return "\(Int((seconds * 1000).rounded()))ms" }
    let whole = Int(seconds.rounded())
    if whole % 86_400 == 0 { return "\(whole / 86_400)d" }
    if whole % 3600 == 0 { return "\(whole / 3600)h" }
    if whole % 60 == 0 { return "\(whole / 60)m" }
    return "\(whole)s"
  }
}
