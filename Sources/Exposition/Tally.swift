/// What an exposition holds, counted: a full tolerant parse that makes no text.
///
/// Every line is tokenised, every value, timestamp and exemplar read, every series told from the
/// others by its bytes, every violation found; no `String` is made of any of it, and what is
/// allocated is the table of series. It is the measure of the parser itself, and the cheapest way to
/// ask how large a target is.
public struct Tally: Sendable, Hashable, Codable {
  public var lines = 0
  public var samples = 0
  /// Distinct series, by their bytes.
  public var series = 0
  /// Distinct families that a TYPE line names.
  public var families = 0
  public var exemplars = 0
  public var timestamps = 0
  /// Lines that break the format.
  public var violations = 0
  /// The sum of all values that are finite, so that a measurement cannot be optimised away.
  public var sum = 0.0

  public init() {}
}

extension Parser {
  /// Counts what an exposition holds, in the tolerant manner whatever `manner` is.
  public func tally(_ bytes: UnsafeRawBufferPointer) -> Tally {
    var tally = Tally()
    var reader = LineReader(bytes, grammar: Grammar(format: format, strict: false))
    // Lines of samples have about 80 bytes; a table that is too small grows.
    var series = KeySet(reader.base, capacity: bytes.count / 80)
    var families = KeySet(reader.base, capacity: bytes.count / 4096)
    let isOpenMetrics = format == .openMetrics
    while true {
      let kind = reader.nextLine()
      if kind == .end {
        if isOpenMetrics { tally.violations += 1 }
        break
      }
      if kind == .eof {
        if reader.stop - reader.start > 5 || reader.hasMore { tally.violations += 1 }
        break
      }
      switch kind {
      case .sample:
        guard let end = reader.readSeries(), reader.readTail(from: end),
          !isOpenMetrics || reader.terminated
        else {
          tally.violations &+= 1
          continue
        }
        tally.samples &+= 1
        if reader.hasTimestamp { tally.timestamps &+= 1 }
        if reader.hasExemplar { tally.exemplars &+= 1 }
        if reader.hasRepeatedLabel() { tally.violations &+= 1 }
        if reader.value.isFinite { tally.sum += reader.value }
        series.insert(reader.start, end &- reader.start)
      case .type, .help, .unit:
        guard reader.readMetadata() else {
          tally.violations &+= 1
          continue
        }
        if kind == .type {
          let word = UnsafeBufferPointer(
            start: reader.base + reader.text.start, count: reader.text.count)
          if FamilyType.read(word, format: format)?.isExact != true { tally.violations &+= 1 }
          families.insert(reader.name.start, reader.name.count)
        } else if !isUTF8(reader.base, reader.text) {
          tally.violations &+= 1
        }
      case .blank: if isOpenMetrics { tally.violations &+= 1 }
      case .wrong: tally.violations &+= 1
      default: break
      }
    }
    tally.lines = reader.line
    tally.series = series.count
    tally.families = families.count
    if reader.sawCarriageReturn { tally.violations += 1 }
    return tally
  }

  /// Counts what an exposition in an array holds.
  public func tally(_ bytes: [UInt8]) -> Tally {
    bytes.withUnsafeBytes { tally($0) }
  }
}

/// A set of byte ranges of one body, compared by their bytes and not copied.
private struct KeySet {
  private struct Entry {
    var offset: UInt32
    var length: UInt32
    var hash: UInt64
  }

  private let base: BytePointer
  /// Index of an entry, plus one; small, so that most of it stays in the cache.
  private var slots: [UInt32]
  private var entries: ContiguousArray<Entry> = []

  init(_ base: BytePointer, capacity: Int) {
    self.base = base
    var size = 64
    while size < capacity * 2 { size *= 2 }
    slots = [UInt32](repeating: 0, count: size)
    entries.reserveCapacity(capacity)
  }

  var count: Int { entries.count }

  @inline(__always)
  mutating func insert(_ offset: Int, _ length: Int) {
    let key = base + offset
    let hash = hashBytes(key, length)
    let mask = slots.count &- 1
    var at = Int(truncatingIfNeeded: hash) & mask
    while slots[at] != 0 {
      let entry = entries[Int(slots[at] &- 1)]
      if entry.hash == hash, Int(entry.length) == length,
        sameBytes(base + Int(entry.offset), key, length)
      {
        return
      }
      at = (at &+ 1) & mask
    }
    entries.append(
      Entry(
        offset: UInt32(truncatingIfNeeded: offset), length: UInt32(truncatingIfNeeded: length),
        hash: hash))
    slots[at] = UInt32(truncatingIfNeeded: entries.count)
    if entries.count * 4 > slots.count * 3 { grow() }
  }

  private mutating func grow() {
    slots = [UInt32](repeating: 0, count: slots.count * 2)
    let mask = slots.count - 1
    for (index, entry) in entries.enumerated() {
      var at = Int(truncatingIfNeeded: entry.hash) & mask
      while slots[at] != 0 { at = (at + 1) & mask }
      slots[at] = UInt32(index + 1)
    }
  }
}
