extension LineReader {
  /// The text of a label.
  func label(_ span: LabelSpan) -> Label {
    Label(
      Unescape.quoted(base, span.name, escaped: span.nameEscaped),
      Unescape.quoted(base, span.value, escaped: span.valueEscaped))
  }

  /// The current line's metric name.
  var nameText: String { Unescape.quoted(base, name, escaped: nameEscaped) }

  /// The current line's own labels.
  var ownLabels: ArraySlice<LabelSpan> {
    spans[..<(hasExemplar ? exemplarLabels : labelCount)]
  }

  /// The labels of its exemplar, if it has one.
  var exemplarSpans: ArraySlice<LabelSpan> {
    hasExemplar ? spans[exemplarLabels..<labelCount] : []
  }

  var exemplar: Exemplar {
    Exemplar(
      labels: exemplarSpans.map { label($0) }, value: exemplarValue,
      timestamp: exemplarHasTimestamp ? exemplarTimestamp : nil)
  }

  /// Where name and labels end if the line is well-formed: just past the brace that closes them.
  ///
  /// A guess to look a known series up with; a line that is not known is read properly.
  @inline(__always)
  func likelySeriesEnd(from nameEnd: Int) -> Int {
    var i = nameEnd
    while i < stop, base[i].isBlank { i &+= 1 }
    guard i < stop, base[i] == Byte.braceOpen else { return nameEnd }
    i &+= 1
    while i < stop {
      let byte = base[i]
      if byte == Byte.braceClose { return i &+ 1 }
      i &+= 1
      guard byte == Byte.quote else { continue }
      while i < stop, base[i] != Byte.quote {
        i &+= base[i] == Byte.backslash ? 2 : 1
      }
      i &+= 1
    }
    return stop
  }
}

extension LineReader {
  /// Whether two of the sample's own labels have the same name, byte for byte.
  ///
  /// Lines that follow each other have the same names nearly always, and are compared once.
  mutating func hasRepeatedLabel() -> Bool {
    let count = hasExemplar ? exemplarLabels : labelCount
    guard count > distinctNames, count > 1 else { return false }
    for i in 1..<count {
      let a = spans[i].name
      for j in 0..<i {
        let b = spans[j].name
        if a.count == b.count, a.count == 0 || sameBytes(base + a.start, base + b.start, a.count) {
          return true
        }
      }
    }
    distinctNames = count
    return false
  }
}
