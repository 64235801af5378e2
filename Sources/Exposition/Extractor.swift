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
  /// The most of a help text that is kept, in bytes.
  static let helpLimit = 512

  /// The most series, and the most sample names, that are kept.
  public let seriesLimit: Int
  let wants: @Sendable (String, String, FamilyType) -> Bool
  let keepsHelp: @Sendable (String) -> Bool

  var names = NameTable()
  var series = SeriesTable()
  var epoch: UInt32 = 0
  var scrape: UInt32 = 0
  var readingCount = 0
  var scratch = ContiguousArray<LabelSpan>()
  /// The last HELP line of this scrape from its name on; read only for a series that is new.
  var lastHelp = ByteRange()

  /// - Parameters:
  ///   - seriesLimit: series beyond it are left out and counted in `Extraction.dropped`.
  ///   - wants: asked once for each distinct sample name, and again when its family or type changes;
  ///     the sample's name, its family by the TYPE lines (the sample's own name where there is
  ///     none), and the family's type.
  ///   - keepsHelp: families whose help text is worth keeping with their series.
  public init(
    seriesLimit: Int = 20_000,
    keepsHelp: @escaping @Sendable (_ family: String) -> Bool = { _ in false },
    wants: @escaping @Sendable (_ sampleName: String, _ family: String, _ type: FamilyType) -> Bool
  ) {
    self.seriesLimit = max(1, min(seriesLimit, 1 << 24))
    self.keepsHelp = keepsHelp
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
    var reader = LineReader(bytes, grammar: Grammar(format: format, strict: false))
    // Handed over and back rather than copied, so that the labels of a line find room made before.
    swap(&reader.spans, &scratch)
    lastHelp = ByteRange()
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
        if reader.failsAfterEnd() { extraction.note(reader) }
        break lines
      case .blank:
        if format == .openMetrics {
          reader.fail(.blankLine, at: reader.lineStart)
          extraction.note(reader)
        }
      case .wrong: extraction.note(reader)
      case .comment, .unit: break
      case .help: lastHelp = ByteRange(start: reader.text.start, end: reader.stop)
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
    swap(&reader.spans, &scratch)
    return extraction
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
