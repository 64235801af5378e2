import Canonical

/// The rows of a table by the stretch of time that they belong to, each stretch by columns: what is over
/// can lie apart from a state, for it stays as it is.
struct RowBlocks: Sendable {
  private(set) var kind: Kind
  /// In each block.
  private(set) var columnCount: Int
  /// Of the stretches, oldest first.
  private(set) var numbers: [Int64] = []
  /// Column by column, block by block, and where each column ends.
  private(set) var values: [Double] = []
  private var ends: [Int] = []
  /// Of the stretches that lie apart and were not read, the last; nil where none was left out.
  private(set) var lastAbsent: Int64?

  enum Kind: UInt8, Sendable, CanonicalCodable {
    case fineRequests = 1
    case coarseRequests = 2
    case signals = 3
    case baselines = 4

    /// Of a stretch.
    var seconds: Int64 { self == .coarseRequests ? 600 : 60 }
  }

  init(_ kind: Kind, columnCount: Int) {
    self.kind = kind
    self.columnCount = columnCount
  }

  /// Begins the block of a stretch; its columns follow.
  mutating func begin(_ number: Int64) { numbers.append(number) }

  mutating func append(_ column: some Sequence<Double>) {
    values.append(contentsOf: column)
    ends.append(values.count)
  }

  func column(_ column: Int, of block: Int) -> ArraySlice<Double> {
    values[place(column, of: block)]
  }

  /// Where in `values` a column is.
  func place(_ column: Int, of block: Int) -> Range<Int> {
    let place = block * columnCount + column
    return (place == 0 ? 0 : ends[place - 1])..<ends[place]
  }

  private func key(_ number: Int64) -> ChunkKey {
    ChunkKey(kind: kind.rawValue, seconds: kind.seconds, number: number)
  }

  /// More than any table has.
  private static let columnLimit = 16
}

extension RowBlocks: FieldCoded {
  static var blank: Self { Self(.signals, columnCount: 0) }

  mutating func pass(_ fields: Fields) throws {
    try fields.pass(&kind, &columnCount)
    var stretches = numbers.map(Double.init)
    try fields.pass(numbers: &stretches)
    switch fields {
    case .writing(let encoder):
      for block in numbers.indices {
        encoder.put(of: key(numbers[block])) { writer in
          for number in 0..<columnCount { writer.put(steps: column(number, of: block)) }
        }
      }
    case .reading(let decoder):
      numbers = stretches.compactMap { Int64(exactly: $0) }
      try fields.require(
        zip(numbers, numbers.dropFirst()).allSatisfy { $0 < $1 }
          && (0...Self.columnLimit).contains(columnCount),
        "its stretches do not follow each other")
      let told = numbers
      numbers = told.filter { !decoder.lacks(key($0)) }
      if numbers.count < told.count { lastAbsent = told.last { decoder.lacks(key($0)) } }
      for number in numbers {
        try decoder.columns(columnCount, of: key(number), into: &values, ends: &ends)
      }
    }
  }
}
