/// A label set in which order does not count.
///
/// Labels are compared by their bytes: `String`'s own equality would join composed and decomposed
/// characters, which are different labels to everyone else.
struct CanonicalLabels: Equatable {
  private let sorted: [Label]
  /// Some hash of the set; equal sets have equal ones.
  let hash: UInt64
  let hasRepeatedName: Bool

  init(_ labels: [Label]) {
    sorted = labels.sorted {
      $0.name.utf8.elementsEqual($1.name.utf8)
        ? $0.value.utf8.lexicographicallyPrecedes($1.value.utf8)
        : $0.name.utf8.lexicographicallyPrecedes($1.name.utf8)
    }
    hasRepeatedName = zip(sorted, sorted.dropFirst()).contains {
      $0.name.utf8.elementsEqual($1.name.utf8)
    }
    var sum: UInt64 = UInt64(labels.count)
    for label in labels {
      var name = label.name
      var value = label.value
      let a = name.withUTF8 { $0.baseAddress.map { [n = $0.count] in hashBytes($0, n) } ?? 1 }
      let b = value.withUTF8 { $0.baseAddress.map { [n = $0.count] in hashBytes($0, n) } ?? 2 }
      sum &+= foldedMultiply(a, b ^ 0x589_9665_CC37_4CC3)
    }
    hash = sum
  }

  static func == (a: CanonicalLabels, b: CanonicalLabels) -> Bool {
    a.hash == b.hash
      && a.sorted.elementsEqual(b.sorted) {
        $0.name.utf8.elementsEqual($1.name.utf8) && $0.value.utf8.elementsEqual($1.value.utf8)
      }
  }

  /// The labels of a key that was read before.
  init(ofKey key: UnsafeBufferPointer<UInt8>, format: ExpositionFormat) {
    var reader = LineReader(
      UnsafeRawBufferPointer(key), grammar: Grammar(format: format, strict: false))
    var labels: [Label] = []
    if case .sample = reader.nextLine(), reader.readSeries() != nil {
      labels = reader.ownLabels.map { reader.label($0) }
    }
    self.init(labels)
  }
}
