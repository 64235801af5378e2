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
    ArraySlice(hasExemplar ? labels[..<exemplarLabels] : labels[...])
  }

  var exemplar: Exemplar {
    Exemplar(
      labels: labels[exemplarLabels...].map { label($0) }, value: exemplarValue,
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
  var hasRepeatedLabel: Bool {
    let count = hasExemplar ? exemplarLabels : labels.count
    guard count > 1 else { return false }
    return labels.withUnsafeBufferPointer { labels in
      for i in 1..<count {
        let a = labels[i].name
        for j in 0..<i {
          let b = labels[j].name
          if a.count == b.count, base[a.start] == base[b.start],
            sameBytes(base + a.start, base + b.start, a.count)
          {
            return true
          }
        }
      }
      return false
    }
  }
}
