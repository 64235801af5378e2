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

/// Words that the meters of like processes share, as `PackedWords` otherwise.
struct SharedWords: Codable, Sendable {
  var values: [UInt64]

  init(_ values: [UInt64]) { self.values = values }

  init(from decoder: any Decoder) throws {
    if let canonical = decoder as? CanonicalDecoder {
      values = try canonical.sharedWords()
      return
    }
    values = try PackedWords(from: decoder).values
  }

  func encode(to encoder: any Encoder) throws {
    if let canonical = encoder as? CanonicalEncoder { return canonical.put(shared: values) }
    try PackedWords(values).encode(to: encoder)
  }
}

/// Rows of a meter's columns. What lies beyond the columns in use is room for more: only how much of
/// it there is is told.
struct PackedCells: Codable, Sendable {
  var cells: [Double]
  /// Columns in use, and those that a row has room for.
  let columns: Int
  let stride: Int

  init(_ cells: [Double], columns: Int, stride: Int) {
    self.cells = cells
    self.columns = columns
    self.stride = stride
  }

  private enum CodingKeys: String, CodingKey { case columns, stride, cells }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    columns = try container.decode(Int.self, forKey: .columns)
    stride = try container.decode(Int.self, forKey: .stride)
    let used = try container.decode(PackedDoubles.self, forKey: .cells).values
    guard columns > 0, columns <= stride, stride - columns <= columns / 4,
      columns <= used.count, used.count % columns == 0
    else {
      throw DecodingError.dataCorruptedError(
        forKey: .columns, in: container,
        debugDescription: "\(used.count) cells in rows of \(columns), with room for \(stride)")
    }
    guard stride > columns else {
      cells = used
      return
    }
    cells = []
    cells.reserveCapacity(used.count / columns * stride)
    for row in Swift.stride(from: 0, to: used.count, by: columns) {
      cells += used[row..<row + columns]
      cells.append(contentsOf: repeatElement(0, count: stride - columns))
    }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(columns, forKey: .columns)
    try container.encode(stride, forKey: .stride)
    var used = cells
    if stride > columns {
      used = []
      used.reserveCapacity(cells.count / stride * columns)
      for row in Swift.stride(from: 0, to: cells.count, by: stride) {
        used += cells[row..<row + columns]
      }
    }
    try container.encode(PackedDoubles(used), forKey: .cells)
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
