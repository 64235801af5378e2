import Canonical

/// The rows of a table by the stretch of time that they belong to, each stretch by columns: what is over
/// can lie apart from a state, for it stays as it is.
struct RowBlocks: Codable, Sendable {
  struct Block: Sendable {
    /// Number of the stretch.
    var number: Int64
    var columns: [[Double]]
  }

  let kind: Kind
  /// In each block.
  let columnCount: Int
  /// Oldest first.
  var blocks: [Block]

  enum Kind: UInt8, Sendable, Codable {
    case fineRequests = 1
    case coarseRequests = 2
    case signals = 3
    case baselines = 4

    /// Of a stretch.
    var seconds: Int64 { self == .coarseRequests ? 600 : 60 }
  }

  init(_ kind: Kind, columnCount: Int, blocks: [Block]) {
    self.kind = kind
    self.columnCount = columnCount
    self.blocks = blocks
  }

  private enum CodingKeys: String, CodingKey { case kind, columnCount, numbers, columns }

  private func key(_ number: Int64) -> ChunkKey {
    ChunkKey(kind: kind.rawValue, seconds: kind.seconds, number: number)
  }

  /// More than any table has.
  private static let columnLimit = 16

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(kind, forKey: .kind)
    try container.encode(columnCount, forKey: .columnCount)
    try container.encode(PackedDoubles(blocks.map { Double($0.number) }), forKey: .numbers)
    if let canonical = encoder as? CanonicalEncoder {
      for block in blocks {
        canonical.put(block.columns, of: key(block.number))
      }
    } else {
      try container.encode(blocks.flatMap { $0.columns.map(PackedDoubles.init) }, forKey: .columns)
    }
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    kind = try container.decode(Kind.self, forKey: .kind)
    columnCount = try container.decode(Int.self, forKey: .columnCount)
    let numbers = try container.decode(PackedDoubles.self, forKey: .numbers).values
      .compactMap { Int64(exactly: $0) }
    let flaw = DecodingError.dataCorruptedError(
      forKey: .numbers, in: container, debugDescription: "its stretches do not follow each other")
    guard zip(numbers, numbers.dropFirst()).allSatisfy({ $0 < $1 }),
      (0...Self.columnLimit).contains(columnCount)
    else { throw flaw }
    blocks = []
    if let canonical = decoder as? CanonicalDecoder {
      blocks.reserveCapacity(numbers.count)
      for number in numbers {
        blocks.append(
          Block(number: number, columns: try canonical.columns(columnCount, of: key(number))))
      }
    } else {
      let columns = try container.decode([PackedDoubles].self, forKey: .columns).map(\.values)
      guard columns.count == numbers.count * columnCount else { throw flaw }
      let width = columnCount
      blocks = numbers.enumerated().map { place, number in
        Block(number: number, columns: Array(columns[place * width..<(place + 1) * width]))
      }
    }
  }
}
