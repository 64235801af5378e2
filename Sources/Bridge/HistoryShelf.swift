import Recording

/// Parts of the history by their names: each is fetched once, however many states name it.
struct HistoryShelf: Sendable {
  private var values: [ContentHash: [UInt8]] = [:]
  /// Bytes of all.
  private(set) var weight = 0

  subscript(hash: ContentHash) -> [UInt8]? { values[hash] }

  mutating func put(_ bytes: [UInt8], as hash: ContentHash) {
    guard values.updateValue(bytes, forKey: hash) == nil else { return }
    weight += bytes.count
  }

  /// Lets go of all others.
  mutating func keep(only names: Set<ContentHash>) {
    guard values.count > names.count || !values.keys.allSatisfy(names.contains) else { return }
    values = values.filter { names.contains($0.key) }
    weight = values.values.reduce(0) { $0 + $1.count }
  }
}
