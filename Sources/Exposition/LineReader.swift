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
  private(set) var line = 0
  /// Where the current line starts …
  private(set) var lineStart = 0
  /// … where its content starts (after blanks) …
  private(set) var start = 0
  /// … and where it ends, without the newline.
  private(set) var stop = 0
  private(set) var terminated = true
  private(set) var sawCarriageReturn = false
  private var cursor = 0
  private var sawEscape = false
  /// The last name that stood before its braces.
  private var lastName = ByteRange()

  /// What was wrong where a reading function returned a failure.
  private(set) var flaw = Flaw.none
  private(set) var flawOffset = 0

  // Filled by `readMetadata`.
  /// The name in a metadata line or of a sample, without quotes.
  private(set) var name = ByteRange()
  private(set) var nameEscaped = false
  /// The text of a metadata line after the name.
  private(set) var text = ByteRange()

  // Filled by `readSeries` and `readTail`.
  private(set) var labels: ContiguousArray<LabelSpan>
  private(set) var value = 0.0
  /// Milliseconds in the text format, seconds in OpenMetrics.
  private(set) var timestamp = 0.0
  private(set) var hasTimestamp = false
  /// The timestamp as written, for those who need all its digits.
  private(set) var timestampText = ByteRange()
  private(set) var hasExemplar = false
  /// Exemplar labels follow the sample's own in `labels`, from here.
  private(set) var exemplarLabels = 0
  private(set) var exemplarValue = 0.0
  private(set) var exemplarTimestamp = 0.0
  private(set) var exemplarHasTimestamp = false

  /// `labels` is scratch: pass what `labels` was at the end of the last reading to save its growth.
  init(
    _ bytes: UnsafeRawBufferPointer, grammar: Grammar, scratch: consuming ContiguousArray<LabelSpan>
  ) {
    if let address = bytes.baseAddress, bytes.count > 0 {
      base = address.assumingMemoryBound(to: UInt8.self)
      count = bytes.count
    } else {
      base = LineReader.nothing
      count = 0
    }
    self.grammar = grammar
    labels = scratch
  }

  /// An address for empty input; never read, because the count is 0.
  private static var nothing: BytePointer { StaticString(" ").utf8Start }

  mutating func takeScratch() -> ContiguousArray<LabelSpan> {
    var taken = ContiguousArray<LabelSpan>()
    swap(&taken, &labels)
    taken.removeAll(keepingCapacity: true)
    return taken
  }

  /// 1-based column of an offset in the current line, in bytes.
  func column(_ offset: Int) -> Int { max(0, offset - lineStart) + 1 }
  var flawColumn: Int { column(flawOffset) }

  @inline(__always)
  mutating func fail(_ flaw: Flaw, at offset: Int) {
    self.flaw = flaw
    flawOffset = offset
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

  /// The end of the quoted string that opens at `open`, just past its closing quote.
  ///
  /// Sets `sawEscape` by whether it holds a backslash; checks UTF-8 only where a high bit was seen.
  @inline(__always)
  private mutating func readQuoted(_ open: Int) -> Int? {
    var i = open &+ 1
    var escaped = false
    var seen: UInt64 = 0
    scan: while i < stop {
      // Eight bytes at a time up to a quote or a backslash; a line's end is looked at afterwards.
      while i &+ 8 <= count {
        let word = UnsafeRawPointer(base + i).loadUnaligned(as: UInt64.self).littleEndian
        let found = Self.zeroBytes(word ^ 0x2222_2222_2222_2222) | Self.zeroBytes(word ^ 0x5C5C_5C5C_5C5C_5C5C)
        if found == 0 {
          seen |= word
          i &+= 8
          if i >= stop { break scan }
          continue
        }
        let bits = found.trailingZeroBitCount &- 7
        if bits > 0 { seen |= word &<< UInt64(truncatingIfNeeded: 64 &- bits) }
        i &+= bits >> 3
        break
      }
      while i < stop, base[i] != Byte.quote, base[i] != Byte.backslash {
        seen |= UInt64(base[i])
        i &+= 1
      }
      guard i < stop else { break }
      if base[i] == Byte.quote {
        if seen & 0x8080_8080_8080_8080 != 0, !isUTF8(base, ByteRange(start: open &+ 1, end: i)) {
          fail(.encoding, at: open &+ 1)
          return nil
        }
        sawEscape = escaped
        return i &+ 1
      }
      escaped = true
      i &+= 1
      guard i < stop else { break }
      if grammar.strict, grammar.isText, base[i] != Byte.backslash, base[i] != Byte.quote,
        base[i] != 0x6E
      {
        fail(.escape, at: i &- 1)
        return nil
      }
      seen |= UInt64(base[i])
      i &+= 1
    }
    fail(.openQuote, at: open)
    return nil
  }

  /// The high bit of each byte that is zero; above the lowest of them it may err.
  @inline(__always)
  private static func zeroBytes(_ word: UInt64) -> UInt64 {
    (word &- 0x0101_0101_0101_0101) & ~word & 0x8080_8080_8080_8080
  }

  // MARK: - Samples

  /// Reads name and labels of the current line; the offset just after them, or nil with `flaw` set.
  @inline(__always)
  mutating func readSeries() -> Int? {
    labels.removeAll(keepingCapacity: true)
    nameEscaped = false
    var i = start
    let first = base[i]
    if first == Byte.braceOpen {
      name = ByteRange(start: -1, end: -1)
      return readBraces(i, named: false)
    }
    let repeated = lastName.count
    if repeated > 0, stop &- start > repeated, !base[start &+ repeated].continuesMetricName,
      sameBytes(base + start, base + lastName.start, repeated)
    {
      // Lines of one name stand together nearly always.
      i &+= repeated
      name = ByteRange(start: start, end: i)
    } else if first.startsMetricName {
      i &+= 1
      while i < stop, base[i].continuesMetricName { i &+= 1 }
      name = ByteRange(start: start, end: i)
      lastName = name
    } else if first == Byte.quote, grammar.isText, grammar.strict {
      guard let end = readQuoted(i) else { return nil }
      nameEscaped = sawEscape
      name = ByteRange(start: i &+ 1, end: end &- 1)
      i = end
    } else {
      fail(grammar.isText ? .metricName : .startOfLine, at: i)
      return nil
    }
    if i < stop, base[i] == Byte.braceOpen { return readBraces(i, named: true) }
    if grammar.isText {
      var next = i
      while next < stop, base[next].isBlank { next &+= 1 }
      if next < stop, base[next] == Byte.braceOpen { return readBraces(next, named: true) }
    }
    return i
  }

  /// Reads `{…}` from its opening brace into `labels`; the offset just after the closing brace.
  private mutating func readBraces(_ open: Int, named: Bool, exemplar: Bool = false) -> Int? {
    let isText = grammar.isText
    var named = named
    var i = open &+ 1
    while true {
      if isText { while i < stop, base[i].isBlank { i &+= 1 } }
      guard i < stop else {
        fail(.openBraces, at: open)
        return nil
      }
      if base[i] == Byte.braceClose {
        i &+= 1
        break
      }
      var label = LabelSpan(name: ByteRange(), value: ByteRange())
      let isQuoted = base[i] == Byte.quote
      if isQuoted {
        guard let end = readQuoted(i) else { return nil }
        label.nameEscaped = sawEscape
        label.name = ByteRange(start: i &+ 1, end: end &- 1)
        i = end
      } else {
        let nameStart = i
        guard base[i].startsLabelName else {
          fail(.labelName, at: i)
          return nil
        }
        i &+= 1
        while i < stop, base[i].continuesLabelName { i &+= 1 }
        label.name = ByteRange(start: nameStart, end: i)
      }
      if isText { while i < stop, base[i].isBlank { i &+= 1 } }
      guard i < stop else {
        fail(.equals, at: i)
        return nil
      }
      guard base[i] == Byte.equals else {
        // A string with no value is the metric's name. expfmt takes a bare word for one too.
        let mayName = (isQuoted || grammar.strict && isText) && !exemplar
        guard mayName, base[i] == Byte.comma || base[i] == Byte.braceClose else {
          fail(.equals, at: i)
          return nil
        }
        guard !named else {
          fail(.metricNameTwice, at: label.name.start)
          return nil
        }
        named = true
        name = label.name
        nameEscaped = label.nameEscaped
        i &+= 1
        if base[i &- 1] == Byte.braceClose { break }
        if !allowsEnd(after: i) { return nil }
        continue
      }
      i &+= 1
      if isText { while i < stop, base[i].isBlank { i &+= 1 } }
      guard i < stop, base[i] == Byte.quote else {
        fail(.quote, at: i)
        return nil
      }
      guard let end = readQuoted(i) else { return nil }
      label.valueEscaped = sawEscape
      label.value = ByteRange(start: i &+ 1, end: end &- 1)
      labels.append(label)
      i = end
      if isText { while i < stop, base[i].isBlank { i &+= 1 } }
      guard i < stop else {
        fail(.openBraces, at: open)
        return nil
      }
      if base[i] == Byte.comma {
        i &+= 1
        if !allowsEnd(after: i) { return nil }
      } else if base[i] != Byte.braceClose, grammar.strict || !isText {
        // Prometheus' text parser takes labels with no comma between them.
        fail(.comma, at: i)
        return nil
      }
    }
    guard named else {
      fail(.noMetricName, at: open)
      return nil
    }
    return i
  }

  /// Strict OpenMetrics wants a label after a comma; everyone else lets the list end there.
  @inline(__always)
  private mutating func allowsEnd(after i: Int) -> Bool {
    if grammar.strict, !grammar.isText, i < stop, base[i] == Byte.braceClose {
      fail(.trailingComma, at: i &- 1)
      return false
    }
    return true
  }

  /// Reads value, timestamp and exemplar from `from`, where the series ended.
  @inline(__always)
  mutating func readTail(from: Int) -> Bool {
    hasTimestamp = false
    hasExemplar = false
    return grammar.isText ? readTextTail(from) : readOpenMetricsTail(from)
  }

  private mutating func readTextTail(_ from: Int) -> Bool {
    var i = from
    while i < stop, base[i].isBlank { i &+= 1 }
    var token = i
    while i < stop, !base[i].isBlank { i &+= 1 }
    guard i > token else {
      fail(.noValue, at: i)
      return false
    }
    guard Number.read(base + token, i &- token, into: &value) else {
      fail(.value, at: token)
      return false
    }
    if i == stop { return true }
    while i < stop, base[i].isBlank { i &+= 1 }
    if i == stop {
      if grammar.strict { fail(.trailing, at: i) }
      return !grammar.strict
    }
    if base[i] != Byte.hash || grammar.strict {
      token = i
      while i < stop, !base[i].isBlank { i &+= 1 }
      guard let milliseconds = Number.readInteger(base + token, i &- token) else {
        fail(.timestamp, at: token)
        return false
      }
      timestamp = Double(milliseconds)
      hasTimestamp = true
      if i == stop { return true }
      let end = i
      while i < stop, base[i].isBlank { i &+= 1 }
      if grammar.strict {
        fail(.trailing, at: end)
        return false
      }
      if i == stop { return true }
    }
    // Some exporters send OpenMetrics lines as text/plain: what they mean is plain enough to read.
    guard base[i] == Byte.hash, i &+ 2 < stop, base[i &+ 1] == Byte.space,
      base[i &+ 2] == Byte.braceOpen
    else {
      fail(.trailing, at: i)
      return false
    }
    return readExemplar(i &+ 2)
  }

  private mutating func readOpenMetricsTail(_ from: Int) -> Bool {
    var i = from
    guard i < stop, base[i] == Byte.space else {
      fail(.noValue, at: i)
      return false
    }
    i &+= 1
    var token = i
    while i < stop, base[i] != Byte.space { i &+= 1 }
    guard i > token else {
      fail(.noValue, at: i)
      return false
    }
    guard Number.read(base + token, i &- token, into: &value) else {
      fail(.value, at: token)
      return false
    }
    if i == stop { return true }
    if !startsExemplar(i) {
      i &+= 1
      token = i
      while i < stop, base[i] != Byte.space { i &+= 1 }
      guard i > token else {
        fail(.trailing, at: i)
        return false
      }
      guard Number.read(base + token, i &- token, into: &timestamp), timestamp.isFinite else {
        fail(.timestamp, at: token)
        return false
      }
      hasTimestamp = true
      timestampText = ByteRange(start: token, end: i)
      if i == stop { return true }
      guard startsExemplar(i) else {
        fail(.trailing, at: i)
        return false
      }
    }
    return readExemplar(i &+ 3)
  }

  private func startsExemplar(_ i: Int) -> Bool {
    stop &- i > 3 && base[i] == Byte.space && base[i &+ 1] == Byte.hash
      && base[i &+ 2] == Byte.space && base[i &+ 3] == Byte.braceOpen
  }

  /// Reads `{…} value [timestamp]` from the opening brace.
  private mutating func readExemplar(_ open: Int) -> Bool {
    exemplarLabels = labels.count
    guard var i = readBraces(open, named: true, exemplar: true) else { return false }
    guard i < stop, base[i] == Byte.space else {
      fail(.exemplarValue, at: i)
      return false
    }
    i &+= 1
    var token = i
    while i < stop, base[i] != Byte.space { i &+= 1 }
    guard Number.read(base + token, i &- token, into: &exemplarValue) else {
      fail(.exemplarValue, at: token)
      return false
    }
    hasExemplar = true
    exemplarHasTimestamp = false
    if i == stop { return true }
    i &+= 1
    token = i
    while i < stop, base[i] != Byte.space { i &+= 1 }
    guard i == stop, Number.read(base + token, i &- token, into: &exemplarTimestamp),
      exemplarTimestamp.isFinite
    else {
      fail(.exemplarTimestamp, at: token)
      return false
    }
    exemplarHasTimestamp = true
    return true
  }
}
