/// The strict text format: the rules by which Prometheus' `expfmt` library takes or refuses an
/// exposition, except that reading goes on after a refusal.
struct TextRules {
  private(set) var parsed = ParsedExposition(format: .text)
  private var index: [String: Int] = [:]
  /// Whether a family's type is settled, by its TYPE line or by its first sample.
  private var isTyped: [Bool] = []

  mutating func read(_ reader: inout LineReader) {
    while true {
      let kind = reader.nextLine()
      if kind == .end { break }
      if kind != .blank, !reader.terminated {
        reader.fail(.unterminated, at: reader.stop)
        parsed.note(reader)
      }
      switch kind {
      case .help, .type:
        guard reader.readMetadata() else {
          if reader.flaw != .none { parsed.note(reader) }
          continue
        }
        // A name with nothing after it says nothing, and is no mistake.
        guard reader.name.count > 0 else {
          reader.fail(.metadataName, at: reader.name.start)
          parsed.note(reader)
          continue
        }
        let family = family(of: reader.nameText).index
        guard reader.text.count > 0 else { continue }
        kind == .help ? takeHelp(family, &reader) : takeType(family, &reader)
      case .sample: takeSample(&reader)
      default: break
      }
    }
  }

  private mutating func takeHelp(_ family: Int, _ reader: inout LineReader) {
    guard parsed.families[family].help == nil else {
      reader.fail(.repeatedHelp, at: reader.start)
      parsed.note(reader)
      return
    }
    var i = reader.text.start
    while i < reader.text.end {
      if reader.base[i] == Byte.backslash {
        i += 1
        guard i < reader.text.end, [Byte.backslash, Byte.quote, 0x6E].contains(reader.base[i])
        else {
          reader.fail(.helpEscape, at: i - 1)
          parsed.note(reader)
          return
        }
      }
      i += 1
    }
    parsed.families[family].help = Unescape.help(reader.base, reader.text, quotes: true)
  }

  private mutating func takeType(_ family: Int, _ reader: inout LineReader) {
    guard !isTyped[family] else {
      reader.fail(.repeatedType, at: reader.start)
      parsed.note(reader)
      return
    }
    let word = UnsafeBufferPointer(start: reader.base + reader.text.start, count: reader.text.count)
    // expfmt compares with the names of its protobuf enum, in any case.
    guard let read = FamilyType.read(word, format: .text),
      ![FamilyType.info, .stateset].contains(read.type),
      String(decoding: word, as: UTF8.self).lowercased() != "unknown"
    else {
      reader.fail(.type, at: reader.text.start)
      parsed.note(reader)
      return
    }
    parsed.families[family].type = read.type
    isTyped[family] = true
  }

  private mutating func takeSample(_ reader: inout LineReader) {
    guard let end = reader.readSeries() else {
      parsed.note(reader)
      return
    }
    guard reader.name.count > 0 else {
      reader.fail(.metricName, at: reader.start)
      parsed.note(reader)
      return
    }
    let (family, part) = family(of: reader.nameText)
    isTyped[family] = true
    let type = parsed.families[family].type
    let special =
      switch type {
      case .summary: "quantile"
      case .histogram, .gaugeHistogram: "le"
      default: ""
      }
    var bound: Double?
    var seen: Set<[UInt8]> = []
    for span in reader.ownLabels {
      let label = reader.label(span)
      guard !label.name.isEmpty else {
        reader.fail(.labelName, at: span.name.start)
        parsed.note(reader)
        return
      }
      if label.name == "__name__" {
        reader.fail(.reservedLabel, at: span.name.start)
        parsed.note(reader)
        return
      }
      if label.name == special {
        var value = 0.0
        guard Number.read(reader.base + span.value.start, span.value.count, into: &value) else {
          reader.fail(.value, at: span.value.start)
          parsed.note(reader)
          return
        }
        bound = value
      } else if !seen.insert(Array(label.name.utf8)).inserted {
        reader.fail(.repeatedLabel, at: span.name.start)
        parsed.note(reader)
        return
      }
    }
    guard reader.readTail(from: end) else {
      parsed.note(reader)
      return
    }
    if type == .histogram || type == .gaugeHistogram, reader.value < 0 {
      let isBucket = part == .other && bound.map { !$0.isNaN } == true
      if part == .count || isBucket {
        parsed.note(
          line: reader.line, column: reader.column(end) + 1,
          reason: "a histogram's \(isBucket ? "bucket" : "count") cannot be negative")
        return
      }
    }
    parsed.samples.append(ParsedExposition.sample(reader, family: family))
  }

  // MARK: - Families

  private enum Part { case count, sum, other }

  /// The family of a name, and which part of it the name's suffix says; made where there is none.
  private mutating func family(of name: String) -> (index: Int, part: Part) {
    if let known = index[name] { return (known, .other) }
    for (suffix, part) in [("_count", Part.count), ("_sum", .sum), ("_bucket", .other)]
    where name.utf8.count > suffix.utf8.count && name.hasSuffix(suffix) {
      if let known = index[String(name.dropLast(suffix.utf8.count))] {
        let type = parsed.families[known].type
        if type == .histogram || type == .gaugeHistogram { return (known, part) }
        if type == .summary, suffix != "_bucket" { return (known, part) }
      }
    }
    parsed.families.append(ParsedExposition.Family(name: name))
    isTyped.append(false)
    index[name] = parsed.families.count - 1
    return (parsed.families.count - 1, .other)
  }
}
