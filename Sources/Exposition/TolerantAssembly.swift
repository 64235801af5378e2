/// Puts lines together in the tolerant manner: the first TYPE of a family holds, and nothing is asked
/// of the order of lines.
struct TolerantAssembly {
  private(set) var parsed: ParsedExposition
  private var index: [String: Int] = [:]
  private var isTyped: [Bool] = []
  /// All families of a name that was given several types.
  private var clashing: [String: [Int]] = [:]

  init(format: ExpositionFormat) { parsed = ParsedExposition(format: format) }

  mutating func read(_ reader: inout LineReader) {
    let isOpenMetrics = parsed.format == .openMetrics
    lines: while true {
      let kind = reader.nextLine()
      switch kind {
      case .end:
        if isOpenMetrics {
          reader.fail(.noEnd, at: reader.stop)
          parsed.note(reader)
        }
        break lines
      case .eof:
        if reader.failsAfterEnd() { parsed.note(reader) }
        break lines
      case .blank:
        if isOpenMetrics {
          reader.fail(.blankLine, at: reader.lineStart)
          parsed.note(reader)
        }
      case .wrong: parsed.note(reader)
      case .comment: break
      case .type, .help, .unit:
        if reader.readMetadata() {
          take(kind, &reader)
        } else {
          parsed.note(reader)
        }
      case .sample: takeSample(&reader)
      }
    }
    if reader.sawCarriageReturn {
      reader.fail(.carriageReturn, at: reader.lineStart)
      parsed.note(reader)
    }
  }

  private mutating func take(_ kind: LineKind, _ reader: inout LineReader) {
    switch kind {
    case .type:
      var text = reader.text
      while text.end > text.start, reader.base[text.end - 1].isBlank { text.end -= 1 }
      let word = UnsafeBufferPointer(start: reader.base + text.start, count: text.count)
      guard let read = FamilyType.read(word, format: parsed.format) else {
        reader.fail(.type, at: text.start)
        parsed.note(reader)
        return
      }
      if !read.isExact || text.end != reader.text.end {
        reader.fail(.type, at: text.start)
        parsed.note(reader)
      }
      if !declare(reader.nameText, as: read.type) {
        reader.fail(.repeatedType, at: reader.start)
        parsed.note(reader)
      }
    case .help:
      guard isUTF8(reader.base, reader.text) else {
        reader.fail(.helpEncoding, at: reader.text.start)
        parsed.note(reader)
        return
      }
      let family = family(reader.nameText)
      if parsed.families[family].help == nil {
        parsed.families[family].help = Unescape.help(reader.base, reader.text, quotes: true)
      }
    case .unit:
      let name = reader.nameText
      let unit = Unescape.quoted(reader.base, reader.text, escaped: false)
      guard unit.isEmpty || name.hasSuffix("_" + unit) else {
        reader.fail(.unit, at: reader.text.start)
        parsed.note(reader)
        return
      }
      parsed.families[family(name)].unit = unit
    default: break
    }
  }

  private mutating func takeSample(_ reader: inout LineReader) {
    guard let end = reader.readSeries(), reader.readTail(from: end) else {
      parsed.note(reader)
      return
    }
    if parsed.format == .openMetrics, !reader.terminated {
      reader.fail(.unterminated, at: reader.stop)
      parsed.note(reader)
      return
    }
    let sample = ParsedExposition.sample(reader, family: 0)
    if CanonicalLabels(sample.labels).hasRepeatedName {
      reader.fail(.repeatedLabel, at: reader.start)
      parsed.note(reader)
    }
    if parsed.format == .text, reader.hasExemplar {
      reader.fail(.exemplarInText, at: reader.start)
      parsed.note(reader)
    }
    parsed.samples.append(sample)
    parsed.samples[parsed.samples.count - 1].family = owner(of: sample.name)
  }

  // MARK: - Families

  /// False where the family's first type was another; then a second family of the name is made.
  private mutating func declare(_ name: String, as type: FamilyType) -> Bool {
    let family = family(name)
    guard isTyped[family] else {
      parsed.families[family].type = type
      isTyped[family] = true
      return true
    }
    if parsed.families[family].type == type { return true }
    if clashing[name]?.contains(where: { parsed.families[$0].type == type }) != true {
      parsed.families.append(ParsedExposition.Family(name: name, type: type))
      isTyped.append(true)
      clashing[name, default: [family]].append(parsed.families.count - 1)
    }
    return false
  }

  /// The first family of this name, made where there is none yet.
  private mutating func family(_ name: String) -> Int {
    if let known = index[name] { return known }
    parsed.families.append(ParsedExposition.Family(name: name))
    isTyped.append(false)
    index[name] = parsed.families.count - 1
    return parsed.families.count - 1
  }

  private func families(_ name: String) -> [Int] {
    clashing[name] ?? index[name].map { [$0] } ?? []
  }

  /// The family that a sample of this name belongs to.
  private mutating func owner(of name: String) -> Int {
    let format = parsed.format
    let exact = families(name)
    if let first = exact.first {
      return exact.first { parsed.families[$0].type.allowsBareName(in: format) } ?? first
    }
    var name = name
    let owner: Int? = name.withUTF8 { bytes in
      guard let stem = familyStem(bytes) else { return nil }
      let suffix = UnsafeBufferPointer(rebasing: bytes[stem.suffix.start..<stem.suffix.end])
      let family = String(
        decoding: UnsafeBufferPointer(rebasing: bytes[..<stem.length]), as: UTF8.self)
      return families(family).first { parsed.families[$0].type.allows(suffix: suffix) }
    }
    return owner ?? family(name)
  }
}
