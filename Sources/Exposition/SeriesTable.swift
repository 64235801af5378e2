/// The series of a target by the bytes that write them.
///
/// A *key* is the bytes of name and labels as a line has them. A series may have several keys (its
/// labels in another order, other blanks); all lead to its one number.
struct SeriesTable: Sendable {
  private var keys = ByteTable()
  private var keyEntries: [Key] = []
  /// Keys by a hash of their label set in which order does not count, then a chain.
  private var firstByLabels: [UInt64: UInt32] = [:]

  /// For each series, the scrape in which it was last seen …
  private(set) var seenAt: [UInt32] = []
  /// … and where its reading of that scrape is.
  private(set) var readingAt: [UInt32] = []

  struct Key: Sendable {
    var series: UInt32
    var name: UInt32
    var generation: UInt32
    /// The next key with the same label hash, plus one.
    var next: UInt32
    var hasRepeatedLabel: Bool
  }

  var count: Int { seenAt.count }
  var keyCount: Int { keyEntries.count }
  var byteCount: Int { keys.byteCount }

  @inline(__always)
  func find(_ key: BytePointer, _ length: Int, hash: UInt64) -> Int? {
    keys.find(key, length, hash: hash)
  }

  @inline(__always)
  subscript(key index: Int) -> Key { keyEntries[index] }

  /// The series that already has these labels under this name and generation, in whatever order.
  func series(
    labelHash: UInt64, name: UInt32, generation: UInt32,
    isSame: (UnsafeBufferPointer<UInt8>) -> Bool
  ) -> UInt32? {
    var next = firstByLabels[labelHash].map { $0 + 1 } ?? 0
    while next != 0 {
      let index = Int(next - 1)
      let key = keyEntries[index]
      if key.name == name, key.generation == generation, keys.withBytes(of: index, isSame) {
        return key.series
      }
      next = key.next
    }
    return nil
  }

  mutating func addSeries() -> UInt32 {
    seenAt.append(0)
    readingAt.append(0)
    return UInt32(seenAt.count - 1)
  }

  mutating func addKey(
    _ key: BytePointer, _ length: Int, hash: UInt64, labelHash: UInt64, series: UInt32,
    name: UInt32, generation: UInt32, hasRepeatedLabel: Bool
  ) {
    let entry = Key(
      series: series, name: name, generation: generation,
      next: firstByLabels[labelHash].map { $0 + 1 } ?? 0, hasRepeatedLabel: hasRepeatedLabel)
    if let index = keys.find(key, length, hash: hash) {
      // The name's type has changed since: same bytes, another series. Its place in the chain of
      // its label hash stays.
      let next = keyEntries[index].next
      keyEntries[index] = entry
      keyEntries[index].next = next
      return
    }
    let index = keys.insert(key, length, hash: hash)
    keyEntries.append(entry)
    firstByLabels[labelHash] = UInt32(index)
  }

  @inline(__always)
  mutating func see(_ series: UInt32, scrape: UInt32, reading: Int) {
    seenAt[Int(series)] = scrape
    readingAt[Int(series)] = UInt32(truncatingIfNeeded: reading)
  }

  func goneCount(scrape: UInt32) -> Int { seenAt.count { $0 != scrape } }
}
