extension FamilyType {
  /// The suffixes that samples of a family of this type add to the family's name.
  ///
  /// OpenMetrics 1.0, with `_sum` and `_count` for gauge histograms as the text format writes them.
  var sampleSuffixes: [StaticString] {
    switch self {
    case .counter: ["_total", "_created"]
    case .histogram: ["_bucket", "_sum", "_count", "_created"]
    case .gaugeHistogram: ["_bucket", "_gsum", "_gcount", "_sum", "_count"]
    case .summary: ["_sum", "_count", "_created"]
    case .info: ["_info"]
    case .gauge, .stateset, .untyped: []
    }
  }

  /// What a TYPE line's word means; nil for none that is known.
  ///
  /// Both formats' words are known in both, and any case, because real exporters mix them;
  /// `isExact` tells whether the format itself has the word.
  static func read(
    _ word: UnsafeBufferPointer<UInt8>, format: ExpositionFormat
  ) -> (type: FamilyType, isExact: Bool)? {
    guard let address = word.baseAddress, word.count <= 15 else { return nil }
    // No text is made here: this runs for every TYPE line of every scrape.
    if let type = named(address, word.count) {
      let isOwn =
        switch type {
        case .counter, .gauge, .histogram, .summary: true
        case .untyped: word.last == (format == .openMetrics ? 0x6E : 0x64)  // unknown, untyped
        case .info, .stateset: format == .openMetrics
        case .gaugeHistogram: format == .openMetrics && word.count == 14
        }
      return (type, isOwn)
    }
    let lowered = word.map { 0x41...0x5A ~= $0 ? $0 | 0x20 : $0 }
    return lowered.withUnsafeBufferPointer { lowered in
      lowered.baseAddress.flatMap { named($0, lowered.count) }.map { ($0, false) }
    }
  }

  private static func named(_ word: BytePointer, _ length: Int) -> FamilyType? {
    switch length {
    case 4: word.spells("info", 4) ? .info : nil
    case 5: word.spells("gauge", 5) ? .gauge : nil
    case 7:
      if word.spells("counter", 7) {
        .counter
      } else if word.spells("summary", 7) {
        .summary
      } else if word.spells("untyped", 7) || word.spells("unknown", 7) {
        .untyped
      } else {
        nil
      }
    case 8: word.spells("stateset", 8) ? .stateset : nil
    case 9: word.spells("histogram", 9) ? .histogram : nil
    case 14: word.spells("gaugehistogram", 14) ? .gaugeHistogram : nil
    case 15: word.spells("gauge_histogram", 15) ? .gaugeHistogram : nil
    default: nil
    }
  }
}

/// The longest name that may be a family of `name`: what stands before its last `_`-suffix, if that
/// suffix is one that samples have.
func familyStem(_ name: UnsafeBufferPointer<UInt8>) -> (length: Int, suffix: ByteRange)? {
  var i = name.count - 1
  while i > 0, name[i] != Byte.underscore { i -= 1 }
  guard i > 0, name.count - i <= 8 else { return nil }
  return (i, ByteRange(start: i, end: name.count))
}

extension FamilyType {
  /// Whether families of this type have samples of just the family's name.
  func allowsBareName(in format: ExpositionFormat) -> Bool {
    switch self {
    case .gauge, .summary, .stateset, .untyped: true
    case .counter: format == .text
    case .histogram, .gaugeHistogram, .info: false
    }
  }

  func allows(suffix: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let address = suffix.baseAddress else { return false }
    return sampleSuffixes.contains { address.spells($0, suffix.count) }
  }
}

/// The types that a family's name was given.
///
/// One, as it should be; but where a service has both a gauge `x` and a counter `x_total`, its
/// OpenMetrics has two families `x`, and what a sample is follows from the suffix that each allows.
struct FamilyTypes: Sendable {
  private(set) var inOrder: [FamilyType]

  init(_ first: FamilyType) { inOrder = [first] }

  /// False where the type is there already.
  mutating func add(_ type: FamilyType) -> Bool {
    if inOrder.contains(type) { return false }
    inOrder.append(type)
    return true
  }

  func contains(_ type: FamilyType) -> Bool { inOrder.contains(type) }

  /// The type of a sample that has the family's own name.
  func bare(in format: ExpositionFormat) -> FamilyType {
    inOrder.first { $0.allowsBareName(in: format) } ?? inOrder[0]
  }

  /// The type that gives samples this suffix.
  func suffixed(_ suffix: UnsafeBufferPointer<UInt8>) -> FamilyType? {
    inOrder.first { $0.allows(suffix: suffix) }
  }
}
