/// Reads the wanted series out of one target's scrapes, at the speed of finding lines.
///
/// One extractor belongs to one target and lives as long as it is polled. It is tolerant: a line
/// that cannot be read costs that line and is reported in `Extraction.violations`; lines of series
/// that are not wanted are not looked at beyond their name, so what is wrong in them is not reported.
///
/// A series is known by its bytes and never by its position, and keeps its number when a service
/// changes the order of its lines or of its labels. Numbers start anew, with a higher
/// `Extraction.epoch`, only when the limit of series is reached and at least an eighth of them have
/// gone. In steady state `extract` allocates the array of readings and nothing else (exemplars,
/// which are text, excepted).
///
///     var extractor = Extractor { name, family, type in family == "http_requests" }
///     let first = extractor.extract(body, format: .openMetrics)
///     for series in first.defined { … }     // number, name, family, type, labels
///     for reading in first.readings { … }   // number, value
///
/// `_created` samples are series like others (`wants` may refuse them); the value of a series that a
/// scrape repeats is the last one.
public struct Extractor: Sendable {
  /// The most exemplars that one extraction keeps.
  public static let exemplarLimit = 64
  /// The most violations that one extraction keeps; all are counted.
  public static let violationLimit = 32
  /// The longest name and labels, as written, that are kept for a series, in bytes.
  public static let keyLimit = 16 << 10

  /// The most series, and the most sample names, that are kept.
  public let seriesLimit: Int
  private let wants: @Sendable (String, String, FamilyType) -> Bool

  private var names = NameTable()
  private var series = SeriesTable()
  private var epoch: UInt32 = 0
  private var scrape: UInt32 = 0
  private var readingCount = 0
  private var scratch = ContiguousArray<LabelSpan>()

  /// - Parameters:
  ///   - seriesLimit: series beyond it are left out and counted in `Extraction.dropped`.
  ///   - wants: asked once for each distinct sample name, and again when its family or type changes;
  ///     the sample's name, its family by the TYPE lines (the sample's own name where there is
  ///     none), and the family's type.
  public init(
    seriesLimit: Int = 20_000,
    wants: @escaping @Sendable (_ sampleName: String, _ family: String, _ type: FamilyType) -> Bool
  ) {
    self.seriesLimit = max(1, min(seriesLimit, 1 << 24))
    self.wants = wants
  }

  /// Reads one scrape.
  ///
  /// The bytes are not kept. Time is linear in their number, whatever they hold.
  public mutating func extract(
    _ bytes: UnsafeRawBufferPointer, format: ExpositionFormat
  ) -> Extraction {
    var extraction = pass(bytes, format: format)
    if extraction.dropped > 0, shouldRenumber {
      names = NameTable()
      series = SeriesTable()
      epoch &+= 1
      extraction = pass(bytes, format: format)
    }
    readingCount = extraction.readings.count
    return extraction
  }

  /// Reads one scrape from an array of bytes.
  public mutating func extract(_ bytes: [UInt8], format: ExpositionFormat) -> Extraction {
    bytes.withUnsafeBytes { extract($0, format: format) }
  }

  /// Reads one scrape from a span of bytes.
  public mutating func extract(_ bytes: Span<UInt8>, format: ExpositionFormat) -> Extraction {
    bytes.withUnsafeBytes { extract($0, format: format) }
  }

  /// Whether so much of what is kept has gone that dropping newcomers for it would be wrong.
  private var shouldRenumber: Bool {
    let enough = max(1, seriesLimit / 8)
    return series.goneCount(scrape: scrape) >= enough || names.goneCount(scrape: scrape) >= enough
  }

  private mutating func pass(
    _ bytes: UnsafeRawBufferPointer, format: ExpositionFormat
  ) -> Extraction {
    scrape &+= 1
    names.format = format
    var scratchLabels = ContiguousArray<LabelSpan>()
    swap(&scratchLabels, &scratch)
    var reader = LineReader(
      bytes, grammar: Grammar(format: format, strict: false), scratch: scratchLabels)
    var extraction = Extraction(epoch: epoch)
    extraction.readings.reserveCapacity(readingCount)

    // Lines of one name stand together nearly always: this remembers the last one's answer.
    var lastName = ByteRange()
    var lastIndex = -1
    var lastVersion = names.version
    var lastIsWanted = false

    lines: while true {
      switch reader.nextLine() {
      case .end:
        if format == .openMetrics {
          reader.fail(.noEnd, at: reader.stop)
          extraction.note(reader)
        }
        break lines
      case .eof:
        if reader.stop - reader.start > 5 || reader.hasMore {
          reader.fail(.afterEnd, at: reader.start + 5)
          extraction.note(reader)
        }
        break lines
      case .blank:
        if format == .openMetrics {
          reader.fail(.blankLine, at: reader.lineStart)
          extraction.note(reader)
        }
      case .wrong: extraction.note(reader)
      case .comment, .help, .unit: break
      case .type: declare(&reader, format: format, into: &extraction)
      case .sample:
        extraction.sampleCount &+= 1
        let base = reader.base
        let start = reader.start
        let length = lastName.count
        if lastVersion == names.version, length > 0, reader.stop &- start > length,
          !base[start &+ length].continuesMetricName,
          sameBytes(base + start, base + lastName.start, length)
        {
          // Same name as the line before.
        } else if base[start].startsMetricName {
          var end = start &+ 1
          while end < reader.stop, base[end].continuesMetricName { end &+= 1 }
          guard let index = name(base + start, end &- start, into: &extraction) else { continue }
          lastName = ByteRange(start: start, end: end)
          lastIndex = index
          lastVersion = names.version
          lastIsWanted = names.entries[index].isWanted
        } else {
          lastName = ByteRange()
          readOther(&reader, into: &extraction)
          continue
        }
        if lastIsWanted {
          read(&reader, name: lastIndex, nameEnd: start &+ lastName.count, into: &extraction)
        }
      }
    }
    if reader.sawCarriageReturn {
      reader.fail(.carriageReturn, at: reader.lineStart)
      extraction.note(reader)
    }
    scratch = reader.takeScratch()
    return extraction
  }

  // MARK: - Names

  private mutating func declare(
    _ reader: inout LineReader, format: ExpositionFormat, into extraction: inout Extraction
  ) {
    guard reader.readMetadata() else {
      extraction.note(reader)
      return
    }
    var text = reader.text
    while text.end > text.start, reader.base[text.end - 1].isBlank { text.end -= 1 }
    let word = UnsafeBufferPointer(start: reader.base + text.start, count: text.count)
    guard let read = FamilyType.read(word, format: format) else {
      reader.fail(.type, at: text.start)
      extraction.note(reader)
      return
    }
    if !read.isExact || text.end != reader.text.end {
      reader.fail(.type, at: text.start)
      extraction.note(reader)
    }
    let bytes = UnsafeBufferPointer(start: reader.base + reader.name.start, count: reader.name.count)
    let accepted: Bool
    if reader.nameEscaped {
      accepted = Unescape.plain(bytes, quotes: true).withUnsafeBufferPointer {
        names.declare($0, as: read.type, scrape: scrape, limit: seriesLimit)
      }
    } else {
      accepted = names.declare(bytes, as: read.type, scrape: scrape, limit: seriesLimit)
    }
    if !accepted {
      reader.fail(.repeatedType, at: reader.start)
      extraction.note(reader)
    }
  }

  /// The index of a name, which is added where it is new; nil where there is no room for it.
  @inline(__always)
  private mutating func name(
    _ pointer: BytePointer, _ length: Int, into extraction: inout Extraction
  ) -> Int? {
    let hash = hashBytes(pointer, length)
    if let index = names.find(pointer, length, hash: hash) {
      names.touch(index, scrape: scrape, wants: wants)
      return index
    }
    guard names.count < seriesLimit, length <= Self.keyLimit else {
      extraction.dropped += 1
      return nil
    }
    return names.add(
      UnsafeBufferPointer(start: pointer, count: length), hash: hash, scrape: scrape, wants: wants)
  }

  // MARK: - Series

  /// Reads a line whose name is wanted and stands before the braces.
  @inline(__always)
  private mutating func read(
    _ reader: inout LineReader, name: Int, nameEnd: Int, into extraction: inout Extraction
  ) {
    let end = reader.likelySeriesEnd(from: nameEnd)
    let length = end &- reader.start
    let hash = hashBytes(reader.base + reader.start, length)
    if let index = series.find(reader.base + reader.start, length, hash: hash),
      series[key: index].generation == names.entries[name].generation
    {
      finish(&reader, from: end, key: series[key: index], into: &extraction)
    } else {
      define(&reader, name: name, into: &extraction)
    }
  }

  /// Reads a line that starts with a brace, or one that is no sample at all.
  private mutating func readOther(_ reader: inout LineReader, into extraction: inout Extraction) {
    let end = reader.likelySeriesEnd(from: reader.start)
    let length = end - reader.start
    let hash = hashBytes(reader.base + reader.start, length)
    if let index = series.find(reader.base + reader.start, length, hash: hash) {
      let key = series[key: index]
      names.touch(Int(key.name), scrape: scrape, wants: wants)
      let entry = names.entries[Int(key.name)]
      if entry.generation == key.generation, entry.isWanted {
        finish(&reader, from: end, key: key, into: &extraction)
        return
      }
    }
    guard reader.readSeries() != nil else {
      extraction.note(reader)
      return
    }
    let bytes = UnsafeBufferPointer(start: reader.base + reader.name.start, count: reader.name.count)
    let index: Int?
    if reader.nameEscaped {
      index = Unescape.plain(bytes, quotes: true).withUnsafeBufferPointer { plain in
        plain.baseAddress.flatMap { name($0, plain.count, into: &extraction) }
      }
    } else {
      index = name(reader.base + reader.name.start, reader.name.count, into: &extraction)
    }
    if let index, names.entries[index].isWanted {
      define(&reader, name: index, into: &extraction)
    }
  }

  /// Reads a line whose key is not known yet: a new series, or a known one written differently.
  private mutating func define(
    _ reader: inout LineReader, name: Int, into extraction: inout Extraction
  ) {
    guard let end = reader.readSeries() else {
      extraction.note(reader)
      return
    }
    let length = end - reader.start
    guard length <= Self.keyLimit else {
      reader.fail(.keyTooLong, at: reader.start)
      extraction.note(reader)
      return
    }
    let labels = reader.labels.map { reader.label($0) }
    let canonical = CanonicalLabels(labels)
    let generation = names.entries[name].generation
    let start = reader.start
    let labelHash = canonical.hash ^ UInt64(name) &* 0x9E37_79B9_7F4A_7C15
    let known = series.series(
      labelHash: labelHash, name: UInt32(name), generation: generation
    ) { key in
      CanonicalLabels(ofKey: key, format: reader.grammar.format) == canonical
    }
    let number: UInt32
    if let known {
      number = known
    } else {
      guard series.count < seriesLimit, series.byteCount + length <= byteLimit else {
        extraction.dropped += 1
        return
      }
      number = series.addSeries()
      extraction.defined.append(
        SeriesDefinition(
          number: number, name: names.names.string(name), family: names.entries[name].family,
          type: names.entries[name].type, labels: labels))
    }
    let key = SeriesTable.Key(
      series: number, name: UInt32(name), generation: generation, next: 0,
      hasRepeatedLabel: canonical.hasRepeatedName)
    // Another way to write a known series is remembered while there is room; without it the line
    // is merely slower to read.
    if known == nil || series.keyCount < 2 * seriesLimit && series.byteCount + length <= byteLimit {
      series.addKey(
        reader.base + start, length, hash: hashBytes(reader.base + start, length),
        labelHash: labelHash, series: number, name: UInt32(name), generation: generation,
        hasRepeatedLabel: canonical.hasRepeatedName)
    }
    finish(&reader, from: end, key: key, into: &extraction)
  }

  /// Room for the bytes of all keys: generous for labels as they are, bounded for hostile ones.
  private var byteLimit: Int { max(1 << 20, seriesLimit * 1024) }

  /// Reads what stands after a series' labels and keeps it.
  @inline(__always)
  private mutating func finish(
    _ reader: inout LineReader, from end: Int, key: SeriesTable.Key,
    into extraction: inout Extraction
  ) {
    if key.hasRepeatedLabel {
      reader.fail(.repeatedLabel, at: reader.start)
      extraction.note(reader)
    }
    guard reader.readTail(from: end) else {
      extraction.note(reader)
      return
    }
    if reader.grammar.format == .openMetrics, !reader.terminated {
      reader.fail(.unterminated, at: reader.stop)
      extraction.note(reader)
      return
    }
    let number = Int(key.series)
    if series.seenAt[number] == scrape {
      extraction.readings[Int(series.readingAt[number])].value = reader.value
    } else {
      series.see(key.series, scrape: scrape, reading: extraction.readings.count)
      extraction.readings.append(Reading(series: key.series, value: reader.value))
    }
    if reader.hasExemplar { keepExemplar(&reader, series: key.series, into: &extraction) }
  }

  private func keepExemplar(
    _ reader: inout LineReader, series: UInt32, into extraction: inout Extraction
  ) {
    if reader.grammar.isText {
      reader.fail(.exemplarInText, at: reader.start)
      extraction.note(reader)
    }
    guard extraction.exemplars.count < Self.exemplarLimit else { return }
    extraction.exemplars.append(ExemplarReading(series: series, exemplar: reader.exemplar))
  }
}

extension Extraction {
  /// Counts the reader's flaw and keeps it while there is room.
  @inline(never)
  mutating func note(_ reader: LineReader) {
    violationCount += 1
    guard violations.count < Extractor.violationLimit else { return }
    violations.append(
      Violation(line: reader.line, column: reader.flawColumn, reason: reader.flaw.reason))
  }
}
