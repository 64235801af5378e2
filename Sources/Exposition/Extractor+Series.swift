extension Extractor {
  // MARK: - Names

  mutating func declare(
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
    let bytes = UnsafeBufferPointer(
      start: reader.base + reader.name.start, count: reader.name.count)
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
  mutating func name(
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
  mutating func read(
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
  mutating func readOther(_ reader: inout LineReader, into extraction: inout Extraction) {
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
    let bytes = UnsafeBufferPointer(
      start: reader.base + reader.name.start, count: reader.name.count)
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
    let labels = reader.ownLabels.map { reader.label($0) }
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
      let family = names.entries[name].family
      extraction.defined.append(
        SeriesDefinition(
          number: number, name: names.names.string(name), family: family,
          type: names.entries[name].type, labels: labels,
          help: keepsHelp(family) ? help(of: family, reader.base) : nil))
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

  /// What the HELP line before this sample says, where it is its family's.
  private func help(of family: String, _ base: BytePointer) -> String? {
    var line = lastHelp
    while line.count > 0, base[line.start].isBlank { line.start &+= 1 }
    for byte in family.utf8 {
      guard line.count > 0, base[line.start] == byte else { return nil }
      line.start &+= 1
    }
    guard line.count > 0, base[line.start].isBlank else { return nil }
    line.end = min(line.end, line.start + Self.helpLimit)
    return Unescape.help(base, line, quotes: true)
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
