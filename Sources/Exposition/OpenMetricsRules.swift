/// The strict OpenMetrics 1.0: what its conformance suite demands beyond the form of single lines.
///
/// Families stand together, metadata before samples, groups together and in order of time; names do
/// not clash; units end the name; each type has its own samples, labels and values. Reading goes on
/// after a rule is broken.
struct OpenMetricsRules {
  private(set) var parsed = ParsedExposition(format: .openMetrics)

  /// All names that samples of finished families may have.
  private var takenNames: Set<String> = []
  private var current: OpenFamily?

  /// The family whose lines are being read.
  private struct OpenFamily {
    var index: Int
    var name: String
    var type: FamilyType?
    var line: Int
    /// Sample names that belong to it.
    var allowed: [String]
    var samples: [Int] = []
    var groups = OpenMetricsGroups()
  }

  mutating func read(_ reader: inout LineReader) {
    lines: while true {
      let kind = reader.nextLine()
      switch kind {
      case .end:
        reader.fail(.noEnd, at: reader.stop)
        parsed.note(reader)
        break lines
      case .eof:
        if reader.failsAfterEnd() { parsed.note(reader) }
        break lines
      case .blank:
        reader.fail(.blankLine, at: reader.lineStart)
        parsed.note(reader)
      case .comment, .wrong: parsed.note(reader)
      case .type, .help, .unit:
        if reader.readMetadata() {
          takeMetadata(kind, &reader)
        } else {
          parsed.note(reader)
        }
      case .sample: takeSample(&reader)
      }
    }
    close()
  }

  // MARK: - Metadata

  private mutating func takeMetadata(_ kind: LineKind, _ reader: inout LineReader) {
    let name = reader.nameText
    guard !name.isEmpty, isUTF8(reader.base, reader.text) else {
      reader.fail(name.isEmpty ? .metadataName : .encoding, at: reader.start)
      parsed.note(reader)
      return
    }
    if current?.name == name {
      if current?.samples.isEmpty == false { note(reader, "metadata after the family's samples") }
    } else {
      open(name, type: nil, line: reader.line)
    }
    guard var family = current else { return }
    let text = Unescape.quoted(reader.base, reader.text, escaped: false)
    switch kind {
    case .help:
      if parsed.families[family.index].help != nil {
        reader.fail(.repeatedHelp, at: reader.start)
        parsed.note(reader)
      } else {
        parsed.families[family.index].help = Unescape.help(reader.base, reader.text, quotes: true)
      }
    case .unit:
      if parsed.families[family.index].unit != nil {
        note(reader, "a second UNIT line for this family")
      } else if !text.isEmpty, !name.hasSuffix("_" + text) {
        reader.fail(.unit, at: reader.text.start)
        parsed.note(reader)
      } else {
        parsed.families[family.index].unit = text
      }
    default:
      let word = UnsafeBufferPointer(
        start: reader.base + reader.text.start, count: reader.text.count)
      if family.type != nil {
        note(reader, "a second TYPE line for this family")
      } else if let read = FamilyType.read(word, format: .openMetrics), read.isExact {
        family.type = read.type
        parsed.families[family.index].type = read.type
        family.allowed = Self.sampleNames(name, read.type)
        current = family
      } else {
        reader.fail(.type, at: reader.text.start)
        parsed.note(reader)
      }
    }
  }

  /// The names that samples of a family have, by the standard.
  private static func sampleNames(_ name: String, _ type: FamilyType?) -> [String] {
    let suffixes: [String] =
      switch type {
      case .counter: ["_total", "_created"]
      case .summary: ["", "_count", "_sum", "_created"]
      case .histogram: ["_count", "_sum", "_bucket", "_created"]
      case .gaugeHistogram: ["_gcount", "_gsum", "_bucket"]
      case .info: ["_info"]
      case .gauge, .stateset, .untyped, nil: [""]
      }
    return suffixes.map { name + $0 }
  }

  private mutating func open(_ name: String, type: FamilyType?, line: Int) {
    close()
    parsed.families.append(ParsedExposition.Family(name: name, type: type ?? .untyped))
    current = OpenFamily(
      index: parsed.families.count - 1, name: name, type: type, line: line, allowed: [name])
  }

  /// Checks what can be said of a family only when all its lines are there.
  private mutating func close() {
    guard let family = current else { return }
    current = nil
    let type = family.type ?? .untyped
    func complain(_ reason: String) {
      parsed.note(line: family.line, column: 1, reason: reason)
    }
    for name in Set(Self.sampleNames(family.name, type) + [family.name]).sorted()
    where !takenNames.insert(name).inserted {
      complain("the name \(name) is taken by another family")
    }
    if parsed.families[family.index].unit?.isEmpty == false, type == .info || type == .stateset {
      complain("families of type \(type.rawValue) have no unit")
    }
    if type == .histogram || type == .gaugeHistogram {
      var rules = HistogramRules(family: family.name)
      for index in family.samples {
        rules.take(parsed.samples[index], at: family.groups.times[index])
      }
      rules.finish()
      for (line, reason) in rules.complaints {
        parsed.note(line: line, column: 1, reason: reason)
      }
    }
  }

  // MARK: - Samples

  private mutating func takeSample(_ reader: inout LineReader) {
    guard let end = reader.readSeries(), reader.readTail(from: end) else {
      parsed.note(reader)
      return
    }
    for (spans, isExemplar) in [
      (reader.ownLabels, false),
      (reader.exemplarSpans, true),
    ] where !checkLabels(spans, isExemplar: isExemplar, reader) { return }
    var sample = ParsedExposition.sample(reader, family: 0)
    if current?.allowed.contains(sample.name) != true {
      open(sample.name, type: .untyped, line: reader.line)
    }
    guard var family = current else { return }
    sample.family = family.index
    let type = family.type ?? .untyped
    for reason in SampleRules.complaints(of: sample, family: family.name, type: type) {
      note(reader, reason)
    }
    let time = reader.hasTimestamp ? Nanoseconds(reader.base, reader.timestampText) : nil
    let group = SampleRules.group(of: sample, family: family.name, type: type)
    let verdict = family.groups.take(
      sample, group: group, at: time, isInfo: type == .info, index: parsed.samples.count)
    if let complaint = verdict.complaint { note(reader, complaint) }
    if !verdict.isDuplicate {
      family.samples.append(parsed.samples.count)
      parsed.samples.append(sample)
    }
    current = family
  }

  private mutating func checkLabels(
    _ spans: ArraySlice<LabelSpan>, isExemplar: Bool, _ reader: LineReader
  ) -> Bool {
    var seen: Set<[UInt8]> = []
    var length = 0
    for span in spans {
      let label = reader.label(span)
      length += label.name.unicodeScalars.count + label.value.unicodeScalars.count
      if label.name.isEmpty || label.name.hasPrefix("__") {
        var reader = reader
        reader.fail(label.name.isEmpty ? .labelName : .reservedLabel, at: span.name.start)
        parsed.note(reader)
        return false
      }
      if !seen.insert(Array(label.name.utf8)).inserted {
        var reader = reader
        reader.fail(.repeatedLabel, at: span.name.start)
        parsed.note(reader)
        return false
      }
    }
    if isExemplar, length > 128 {
      note(reader, "the exemplar's labels have \(length) characters; 128 are allowed")
    }
    return true
  }

  private mutating func note(_ reader: LineReader, _ reason: String) {
    parsed.note(line: reader.line, column: 1, reason: reason)
  }
}
