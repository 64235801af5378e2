/// Reads a whole exposition at once, for looking at it rather than for polling (`Extractor` polls).
///
/// Both manners go on after a line that is wrong, so that all mistakes are reported:
///
/// - *tolerant* reads all that can be understood. What Prometheus' own scrape parsers refuse is
///   reported and costs that line; what they let pass is not reported.
/// - *strict* also reports every rule that is broken: for text, what Prometheus' `expfmt` library
///   refuses; for OpenMetrics 1.0, what its conformance suite does (grouping, order, histogram
///   rules, units, values and all). An exposition is accepted when `isValid`.
///
///       let parsed = Parser(format: .text).parse(body)
///       for sample in parsed.samples { print(sample.name, sample.labels, sample.value) }
public struct Parser: Sendable {
  /// How closely the format is held to.
  public enum Manner: String, Sendable, Hashable, Codable, CaseIterable {
    case tolerant, strict
  }

  /// The most violations that are kept; all are counted.
  public static let violationLimit = 1_000

  public var format: ExpositionFormat
  public var manner: Manner

  public init(format: ExpositionFormat, manner: Manner = .tolerant) {
    self.format = format
    self.manner = manner
  }

  /// Reads an exposition; the bytes are not kept.
  public func parse(_ bytes: UnsafeRawBufferPointer) -> ParsedExposition {
    var reader = LineReader(
      bytes, grammar: Grammar(format: format, strict: manner == .strict))
    switch (manner, format) {
    case (.tolerant, _):
      var assembly = TolerantAssembly(format: format)
      assembly.read(&reader)
      return assembly.parsed
    case (.strict, .text):
      var rules = TextRules()
      rules.read(&reader)
      return rules.parsed
    case (.strict, .openMetrics):
      var rules = OpenMetricsRules()
      rules.read(&reader)
      return rules.parsed
    }
  }

  /// Reads an exposition from an array of bytes.
  public func parse(_ bytes: [UInt8]) -> ParsedExposition {
    bytes.withUnsafeBytes { parse($0) }
  }

  /// Reads an exposition from a span of bytes.
  public func parse(_ bytes: Span<UInt8>) -> ParsedExposition {
    bytes.withUnsafeBytes { parse($0) }
  }

  /// Reads an exposition from text.
  public func parse(_ text: String) -> ParsedExposition {
    parse(Array(text.utf8))
  }
}

extension ParsedExposition {
  @inline(never)
  mutating func note(_ reader: LineReader) {
    note(line: reader.line, column: reader.flawColumn, reason: reader.flaw.reason)
  }

  mutating func note(line: Int, column: Int, reason: String) {
    violationCount += 1
    guard violations.count < Parser.violationLimit else { return }
    violations.append(Violation(line: line, column: column, reason: reason))
  }

  /// The current line of `reader` as a sample.
  static func sample(_ reader: LineReader, family: Int) -> Sample {
    let scale = reader.grammar.isText ? 1000.0 : 1
    return Sample(
      name: reader.nameText, labels: reader.ownLabels.map { reader.label($0) },
      value: reader.value, timestamp: reader.hasTimestamp ? reader.timestamp / scale : nil,
      exemplar: reader.hasExemplar ? reader.exemplar : nil, family: family, line: reader.line)
  }
}
