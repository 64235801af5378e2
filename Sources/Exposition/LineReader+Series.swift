extension LineReader {
  /// Reads name and labels of the current line; the offset just after them, or nil with `flaw` set.
  @inline(__always)
  mutating func readSeries() -> Int? {
    labelCount = 0
    hasExemplar = false
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
  mutating func readBraces(_ open: Int, named: Bool, exemplar: Bool = false) -> Int? {
    let isText = grammar.isText
    let base = base
    let stop = stop
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
        if distinctNames > labelCount { distinctNames = labelCount }
        label.nameEscaped = sawEscape
        label.name = ByteRange(start: i &+ 1, end: end &- 1)
        i = end
      } else {
        let nameStart = i
        let length = lengthOfNameBefore(at: i)
        if length > 0 {
          i &+= length
        } else {
          if distinctNames > labelCount { distinctNames = labelCount }
          guard base[i].startsLabelName else {
            fail(.labelName, at: i)
            return nil
          }
          i &+= 1
          while i < stop, base[i].continuesLabelName { i &+= 1 }
        }
        label.name = ByteRange(start: nameStart, end: i)
        label.isBare = true
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
      if exemplar, firstOffset(of: 0, in: base, from: i &+ 1, to: end) < end {
        // Prometheus takes NUL in a series' label values, and not here.
        fail(.exemplarLabels, at: i &+ 1)
        return nil
      }
      if labelCount < spans.count { spans[labelCount] = label } else { spans.append(label) }
      labelCount &+= 1
      if labelCount > spansOfThisBody { spansOfThisBody = labelCount }
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

  /// The length of the bare label name at `i` where it is the one that the last line had in this
  /// place, as it is nearly always; else 0. What was read once need not be checked again.
  @inline(__always)
  private func lengthOfNameBefore(at i: Int) -> Int {
    guard labelCount < spansOfThisBody else { return 0 }
    let before = spans[labelCount]
    let length = before.name.count
    guard before.isBare, stop &- i > length, base[i &+ length] == Byte.equals else { return 0 }
    if length <= 8, i &+ 8 <= count, before.name.start &+ 8 <= count {
      let a = UnsafeRawPointer(base + i).loadUnaligned(as: UInt64.self).littleEndian
      let b = UnsafeRawPointer(base + before.name.start).loadUnaligned(as: UInt64.self).littleEndian
      return (a ^ b) &<< UInt64(truncatingIfNeeded: 64 &- 8 &* length) == 0 ? length : 0
    }
    return sameBytes(base + i, base + before.name.start, length) ? length : 0
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

  /// The end of the quoted string that opens at `open`, just past its closing quote.
  ///
  /// Sets `sawEscape` by whether it holds a backslash; checks UTF-8 only where a high bit was seen.
  @inline(__always)
  mutating func readQuoted(_ open: Int) -> Int? {
    var i = open &+ 1
    var escaped = false
    var seen: UInt64 = 0
    scan: while i < stop {
      // Eight bytes at a time up to a quote or a backslash; a line's end is looked at afterwards.
      while i &+ 8 <= count {
        let word = UnsafeRawPointer(base + i).loadUnaligned(as: UInt64.self).littleEndian
        let found =
          Self.zeroBytes(word ^ 0x2222_2222_2222_2222)
          | Self.zeroBytes(word ^ 0x5C5C_5C5C_5C5C_5C5C)
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
}
