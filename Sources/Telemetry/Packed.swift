import Canonical

/// Doubles as one string: exact, the same bytes everywhere, and short where values repeat.
///
/// Whole numbers are written in decimal, others as `x` and the bit pattern in hexadecimal (so that
/// `+Inf` survives JSON); `0*37` stands for 37 equal values.
struct PackedDoubles: Codable, Sendable {
  var values: [Double]

  init(_ values: [Double]) { self.values = values }

  init(from decoder: any Decoder) throws {
    if let canonical = decoder as? CanonicalDecoder {
      values = try canonical.numbers()
      return
    }
    values = try Packed.decode(decoder) { text in
      if text.first == "x" {
        return UInt64(text.dropFirst(), radix: 16).map(Double.init(bitPattern:))
      }
      return Int64(text).map(Double.init)
    }
  }

  func encode(to encoder: any Encoder) throws {
    if let canonical = encoder as? CanonicalEncoder { return canonical.put(values) }
    try Packed.encode(values.map(\.bitPattern), to: encoder) { bits in
      let value = Double(bitPattern: bits)
      if value.magnitude < 1e15, value.rounded() == value, bits != (-0.0).bitPattern {
        return String(Int64(value))
      }
      return "x" + String(bits, radix: 16)
    }
  }
}

/// Words as one string, in hexadecimal, runs shortened as in `PackedDoubles`.
struct PackedWords: Codable, Sendable {
  var values: [UInt64]

  init(_ values: [UInt64]) { self.values = values }

  init(from decoder: any Decoder) throws {
    if let canonical = decoder as? CanonicalDecoder {
      values = try canonical.words()
      return
    }
    values = try Packed.decode(decoder) { UInt64($0, radix: 16) }
  }

  func encode(to encoder: any Encoder) throws {
    if let canonical = encoder as? CanonicalEncoder { return canonical.put(values) }
    try Packed.encode(values, to: encoder) { String($0, radix: 16) }
  }
}

private enum Packed {
  /// More than any state holds; a run longer than this is an attack, not a recording.
  static let limit = 1 << 24

  static func encode(
    _ words: [UInt64], to encoder: any Encoder, text: (UInt64) -> String
  ) throws {
    var packed = ""
    var i = 0
    while i < words.count {
      var run = 1
      while i + run < words.count, words[i + run] == words[i] { run += 1 }
      if !packed.isEmpty { packed += " " }
      packed += text(words[i])
      if run > 1 { packed += "*\(run)" }
      i += run
    }
    var container = encoder.singleValueContainer()
    try container.encode(packed)
  }

  static func decode<Value>(
    _ decoder: any Decoder, parse: (Substring) -> Value?
  ) throws -> [Value] {
    let container = try decoder.singleValueContainer()
    let packed = try container.decode(String.self)
    var values: [Value] = []
    for item in packed.split(separator: " ") {
      let parts = item.split(separator: "*", maxSplits: 1)
      let run = parts.count == 2 ? Int(parts[1]) : 1
      guard let first = parts.first, let value = parse(first), let run, run > 0,
        run <= limit - values.count
      else {
        throw DecodingError.dataCorruptedError(
          in: container, debugDescription: "not a packed number: \(item.prefix(40))")
      }
      values.append(contentsOf: repeatElement(value, count: run))
    }
    return values
  }
}
