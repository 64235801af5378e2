/// Stretches of time that are over, side by side: of each what a chart needs, in a few arrays for all
/// rather than some for each. A fleet of a thousand services keeps half a million of them.
///
/// Sums are kept as they are; buckets in 32 bits, which is exact up to 16 million requests.
struct StretchTable: Sendable, Hashable {
  /// Stretches that are told. Up to `slack` older ones may still lie before them: dropping one at a
  /// time would move all the others each time.
  let limit: Int
  private var rows: [Row] = []
  /// `figuresEach` a row: watched seconds, requests, judged, errors, rate; below zero where unknown.
  private var figures: [Double] = []
  /// The counts of all rows' buckets one after the other.
  private var counts: [Float] = []
  /// Bucket bounds in use.
  private var schemas: [[Double]] = []
  /// Quantiles that instances computed themselves; rows without any have no place here.
  private var worst: [Worst] = []

  private struct Row: Sendable, Hashable {
    var number: Int64
    /// Its place in `schemas`; below zero where nothing was measured.
    var schema: Int16
    var hasCommonBounds: Bool
  }

  private struct Worst: Sendable, Hashable, Codable {
    var number: Int64
    var quantiles: [RequestStatistics.SummaryQuantile]
  }

  private static let slack = 16
  private static let figuresEach = 5
  private static let unknown = -1.0
  /// Sets of bounds from which on those that no row needs are looked for.
  private static let schemasAtOnce = 8

  init(limit: Int) { self.limit = limit }

  /// The rows that are told.
  var shown: Range<Int> { max(0, rows.count - limit)..<rows.count }

  mutating func append(_ sums: RequestHistory.Sums) {
    let most = limit + Self.slack
    if rows.count == most { dropOldest() }
    let schema = sums.buckets.bounds.isEmpty ? -1 : self.schema(sums.buckets.bounds)
    rows.makeRoom(for: 1, atMost: most)
    rows.append(
      Row(
        number: sums.number, schema: Int16(schema), hasCommonBounds: sums.buckets.commonBounds))
    figures.makeRoom(for: Self.figuresEach, atMost: most * Self.figuresEach)
    figures.append(sums.covered)
    figures.append(sums.requests)
    figures.append(sums.judged)
    figures.append(sums.errors ?? Self.unknown)
    figures.append(sums.rate ?? Self.unknown)
    let length = sums.buckets.counts.count
    counts.makeRoom(for: length, atMost: most * length)
    for count in sums.buckets.counts { counts.append(Float(count)) }
    if let quantiles = sums.worst {
      worst.append(Worst(number: sums.number, quantiles: quantiles))
    }
  }

  private mutating func dropOldest() {
    let gone = rows[..<Self.slack]
    counts.removeFirst(gone.reduce(0) { $0 + length($1) })
    if let last = gone.last { worst.removeAll { $0.number <= last.number } }
    figures.removeFirst(Self.slack * Self.figuresEach)
    rows.removeFirst(Self.slack)
  }

  private func length(_ row: Row) -> Int { row.schema < 0 ? 0 : schemas[Int(row.schema)].count }

  /// The place of these bounds. Histograms of ever new bounds leave no more of them than there are
  /// rows.
  private mutating func schema(_ bounds: [Double]) -> Int {
    if let known = schemas.lastIndex(of: bounds) { return known }
    if schemas.count >= Self.schemasAtOnce { dropUnused() }
    schemas.append(bounds)
    return schemas.count - 1
  }

  private mutating func dropUnused() {
    var places = [Int](repeating: -1, count: schemas.count)
    var used: [[Double]] = []
    for index in rows.indices where rows[index].schema >= 0 {
      let schema = Int(rows[index].schema)
      if places[schema] < 0 {
        places[schema] = used.count
        used.append(schemas[schema])
      }
      rows[index].schema = Int16(places[schema])
    }
    schemas = used
  }

  // MARK: Reading

  func number(_ index: Int) -> Int64 { rows[index].number }
  func covered(_ index: Int) -> Double { figures[index * Self.figuresEach] }
  func rate(_ index: Int) -> Double? { known(index, 4) }

  private func known(_ index: Int, _ part: Int) -> Double? {
    let value = figures[index * Self.figuresEach + part]
    return value < 0 ? nil : value
  }

  /// The rows from the first whose number is at least `number`, oldest first.
  func sums(since number: Int64) -> [RequestHistory.Sums] {
    guard let first = shown.first(where: { rows[$0].number >= number }) else { return [] }
    var start = rows[..<first].reduce(0) { $0 + length($1) }
    var nextWorst = worst.firstIndex { $0.number >= rows[first].number } ?? worst.endIndex
    return (first..<rows.count).map { index in
      var sums = RequestHistory.Sums(number: rows[index].number)
      sums.covered = covered(index)
      sums.requests = figures[index * Self.figuresEach + 1]
      sums.judged = figures[index * Self.figuresEach + 2]
      sums.errors = known(index, 3)
      sums.rate = known(index, 4)
      let end = start + length(rows[index])
      if end > start {
        sums.buckets = HistogramBuckets(
          rising: schemas[Int(rows[index].schema)], counts: counts[start..<end].map(Double.init),
          commonBounds: rows[index].hasCommonBounds)
      }
      start = end
      if nextWorst < worst.endIndex, worst[nextWorst].number == sums.number {
        sums.worst = worst[nextWorst].quantiles
        nextWorst += 1
      }
      return sums
    }
  }
}

/// Packed, as there are many.
extension StretchTable: Codable {
  private enum CodingKeys: String, CodingKey {
    case limit, numbers, schemaOf, commonBounds, figures, counts, schemas, worst
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(limit, forKey: .limit)
    try container.encode(PackedDoubles(rows.map { Double($0.number) }), forKey: .numbers)
    try container.encode(PackedDoubles(rows.map { Double($0.schema) }), forKey: .schemaOf)
    try container.encode(
      PackedDoubles(rows.map { $0.hasCommonBounds ? 1 : 0 }), forKey: .commonBounds)
    try container.encode(PackedDoubles(figures), forKey: .figures)
    try container.encode(PackedDoubles(counts.map(Double.init)), forKey: .counts)
    try container.encode(schemas.map { PackedDoubles($0) }, forKey: .schemas)
    try container.encode(worst, forKey: .worst)
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    func values(_ key: CodingKeys) throws -> [Double] {
      try container.decode(PackedDoubles.self, forKey: key).values
    }
    limit = try container.decode(Int.self, forKey: .limit)
    let numbers = try values(.numbers)
    let schemaOf = try values(.schemaOf)
    let common = try values(.commonBounds)
    figures = try values(.figures)
    counts = try values(.counts).map { Float($0) }
    schemas = try container.decode([PackedDoubles].self, forKey: .schemas).map(\.values)
    worst = try container.decode([Worst].self, forKey: .worst)
    let known = -1..<schemas.count
    guard (0...1 << 16).contains(limit), numbers.count <= limit + Self.slack,
      schemaOf.count == numbers.count, common.count == numbers.count,
      figures.count == numbers.count * Self.figuresEach, schemas.count <= Int(Int16.max),
      schemas.allSatisfy({ zip($0, $0.dropFirst()).allSatisfy { $0 < $1 } }),
      schemaOf.allSatisfy({ Int(exactly: $0).map(known.contains) == true })
    else { throw Self.broken(container) }
    for index in numbers.indices {
      guard let number = Int64(exactly: numbers[index]) else { throw Self.broken(container) }
      rows.append(
        Row(number: number, schema: Int16(schemaOf[index]), hasCommonBounds: common[index] == 1))
    }
    guard rows.reduce(0, { $0 + length($1) }) == counts.count else { throw Self.broken(container) }
  }

  private static func broken(_ container: KeyedDecodingContainer<CodingKeys>) -> DecodingError {
    DecodingError.dataCorruptedError(
      forKey: .figures, in: container,
      debugDescription: "the history of requests has parts that do not fit each other")
  }
}
