/// What a line of an exposition is, before its inside is read.
enum LineKind: UInt8 {
  case end, blank, comment, type, help, unit, eof, sample
  /// A `#` line that is none of those and not allowed to be; `flaw` says why.
  case wrong
}

/// One label as it stands in the bytes.
struct LabelSpan {
  var name: ByteRange
  var value: ByteRange
  /// Whether the name or the value contains a backslash and so has to be unescaped.
  var nameEscaped = false
  var valueEscaped = false
  /// Whether the name stands without quotes.
  var isBare = false
}

/// How closely a reader holds the lines to their format.
struct Grammar: Sendable {
  let format: ExpositionFormat
  let strict: Bool
  let isText: Bool

  init(format: ExpositionFormat, strict: Bool) {
    self.format = format
    self.strict = strict
    isText = if case .text = format { true } else { false }
  }
}

/// Reads an exposition line by line and token by token, without allocating: the layer that
/// `Extractor`, `Parser` and `Tally` stand on.
///
/// It knows lines and tokens, and nothing of families or of the order of lines. The caller asks for
/// `nextLine()`, then for the parts of that line it is interested in; a line not asked about costs
/// one scan for its newline. All offsets are into `base`, which must outlive the reader.
///
/// The tolerant grammars are those of Prometheus' own scrape parsers plus what its `expfmt` takes
/// (signed timestamps, `#TYPE` without a blank); the strict ones are `expfmt` for text and the
/// ABNF of OpenMetrics 1.0 with quoted UTF-8 names.
struct LineReader {
  let base: BytePointer
  let count: Int
  let grammar: Grammar

  /// The current line's number, from 1.
  var line = 0
  /// Where the current line starts …
  var lineStart = 0
  /// … where its content starts (after blanks) …
  var start = 0
  /// … and where it ends, without the newline.
  var stop = 0
  var terminated = true
  var sawCarriageReturn = false
  var cursor = 0
  var sawEscape = false
  /// The last name that stood before its braces.
  var lastName = ByteRange()

  /// What was wrong where a reading function returned a failure.
  var flaw = Flaw.none
  var flawOffset = 0

  // Filled by `readMetadata`.
  /// The name in a metadata line or of a sample, without quotes.
  var name = ByteRange()
  var nameEscaped = false
  /// The text of a metadata line after the name.
  var text = ByteRange()

  // Filled by `readSeries` and `readTail`.
  /// Room for labels; the current line's are the first `labelCount`, what follows is left from others.
  var spans: ContiguousArray<LabelSpan> = []
  var labelCount = 0
  /// How many of `spans` were read from this body.
  var spansOfThisBody = 0
  /// How many of `spans`, from the first, are known to have names that differ from each other.
  var distinctNames = 0
  var value = 0.0
  /// Milliseconds in the text format, seconds in OpenMetrics.
  var timestamp = 0.0
  var hasTimestamp = false
  /// The timestamp as written, for those who need all its digits.
  var timestampText = ByteRange()
  var hasExemplar = false
  /// Exemplar labels follow the sample's own in `spans`, from here.
  var exemplarLabels = 0
  var exemplarValue = 0.0
  var exemplarTimestamp = 0.0
  var exemplarHasTimestamp = false

  init(_ bytes: UnsafeRawBufferPointer, grammar: Grammar) {
    if let address = bytes.baseAddress, bytes.count > 0 {
      base = address.assumingMemoryBound(to: UInt8.self)
      count = bytes.count
    } else {
      base = LineReader.nothing
      count = 0
    }
    self.grammar = grammar
  }

  /// An address for empty input; never read, because the count is 0.
  private static var nothing: BytePointer { StaticString(" ").utf8Start }

  /// 1-based column of an offset in the current line, in bytes.
  func column(_ offset: Int) -> Int { max(0, offset - lineStart) + 1 }
  var flawColumn: Int { column(flawOffset) }

  @inline(__always)
  mutating func fail(_ flaw: Flaw, at offset: Int) {
    self.flaw = flaw
    flawOffset = offset
  }

  /// Whether anything follows the `# EOF` that is the present line; that is then its flaw.
  mutating func failsAfterEnd() -> Bool {
    let end = start + 5
    guard stop > end || hasMore else { return false }
    fail(.afterEnd, at: end)
    return true
  }

  // MARK: - Lines

  @inline(__always)
  mutating func nextLine() -> LineKind {
    guard cursor < count else { return .end }
    lineStart = cursor
    line &+= 1
    stop = firstOffset(of: Byte.newline, in: base, from: cursor, to: count)
    terminated = stop < count
    cursor = stop &+ 1
    if stop > lineStart, base[stop &- 1] == Byte.carriageReturn, !grammar.strict {
      stop &-= 1
      sawCarriageReturn = true
    }
    start = lineStart
    if grammar.isText {
      while start < stop, base[start].isBlank { start &+= 1 }
    }
    guard start < stop else { return .blank }
    guard base[start] == Byte.hash else { return .sample }
    return grammar.isText ? textComment() : openMetricsComment()
  }

  /// Whether a line is left after the current one.
  var hasMore: Bool { cursor < count }

  private mutating func textComment() -> LineKind {
    var i = start &+ 1
    while i < stop, base[i].isBlank { i &+= 1 }
    // A keyword at the end of the line is an ordinary comment.
    guard stop &- i > 4, base[i &+ 4].isBlank else { return .comment }
    let kind: LineKind
    if (base + i).spells("TYPE", 4) {
      kind = .type
    } else if (base + i).spells("HELP", 4) {
      kind = .help
    } else {
      return .comment
    }
    text = ByteRange(start: i &+ 4, end: stop)
    return kind
  }

  private mutating func openMetricsComment() -> LineKind {
    let length = stop &- start
    guard length >= 5, base[start &+ 1] == Byte.space else {
      fail(.comment, at: start)
      return .wrong
    }
    let keyword = base + (start &+ 2)
    if keyword.spells("EOF", 3) { return .eof }
    let kind: LineKind
    if length < 7 || base[start &+ 6] != Byte.space {
      fail(.comment, at: start)
      return .wrong
    } else if keyword.spells("TYPE", 4) {
      kind = .type
    } else if keyword.spells("HELP", 4) {
      kind = .help
    } else if keyword.spells("UNIT", 4) {
      kind = .unit
    } else {
      fail(.comment, at: start)
      return .wrong
    }
    text = ByteRange(start: start &+ 7, end: stop)
    return kind
  }

  // MARK: - Metadata

  /// Reads name and text of the current `.type`, `.help` or `.unit` line.
  ///
  /// Returns false with `flaw` set, or with `flaw == .none` for a line that says nothing and is no
  /// mistake either (`# HELP name` in the text format).
  mutating func readMetadata() -> Bool {
    flaw = .none
    var i = text.start
    if grammar.isText {
      while i < stop, base[i].isBlank { i &+= 1 }
      if i == stop, grammar.strict { return false }
    }
    nameEscaped = false
    if i < stop, base[i] == Byte.quote {
      guard let end = readQuoted(i) else { return false }
      nameEscaped = sawEscape
      name = ByteRange(start: i &+ 1, end: end &- 1)
      i = end
    } else {
      guard i < stop, base[i].startsMetricName else {
        fail(.metadataName, at: i)
        return false
      }
      let nameStart = i
      while i < stop, base[i].continuesMetricName { i &+= 1 }
      name = ByteRange(start: nameStart, end: i)
    }
    if grammar.isText {
      guard i == stop || base[i].isBlank else {
        fail(.metadataName, at: i)
        return false
      }
      let bare = i == stop
      while i < stop, base[i].isBlank { i &+= 1 }
      text = ByteRange(start: i, end: stop)
      return !(bare && grammar.strict)
    }
    guard i < stop, base[i] == Byte.space else {
      fail(.metadataText, at: i)
      return false
    }
    text = ByteRange(start: i &+ 1, end: stop)
    return true
  }
}
