public import Canonical

/// Stretches of time that are over, side by side: of each what a chart needs, in a few arrays for all
/// rather than some for each. A fleet of a thousand services keeps half a million of them.
///
/// Sums are kept as they are; buckets in 32 bits, which is exact up to 16 million requests.
struct StretchTable: Sendable, Hashable {
  private(set) var span: Span
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

  fileprivate struct Worst: Sendable, Hashable {
    var number: Int64
    var quantiles: [RequestStatistics.SummaryQuantile]
  }

  /// What its stretches are.
  enum Span: UInt8, Sendable, Hashable, CanonicalCodable {
    /// Five seconds, for minutes.
    case fine
    /// A minute, for hours.
    case coarse

    /// Stretches that are told. Up to `together` older ones may still lie before them.
    var limit: Int { self == .fine ? RequestHistory.fineLimit : RequestHistory.coarseLimit - 1 }
    /// Stretches that are kept and dropped together: one at a time would move all the others each
    /// time.
    var together: Int64 { self == .fine ? 12 : 10 }
    var kind: RowBlocks.Kind { self == .fine ? .fineRequests : .coarseRequests }
  }

  private static let figuresEach = 5
  private static let unknown = -1.0
  /// Sets of bounds from which on those that no row needs are looked for.
  private static let schemasAtOnce = 8

  init(_ span: Span) { self.span = span }

  private var most: Int { span.limit + Int(span.together) }

  /// The rows that are told.
  var shown: Range<Int> { max(0, rows.count - span.limit)..<rows.count }

  mutating func append(_ sums: RequestHistory.Sums) {
    let most = most
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

  private func period(_ row: Row) -> Int64 { row.number / span.together }

  private mutating func dropOldest() {
    guard let oldest = rows.first.map(period) else { return }
    let gone = rows.prefix { period($0) == oldest }
    counts.removeFirst(gone.reduce(0) { $0 + length($1) })
    if let last = gone.last { worst.removeAll { $0.number <= last.number } }
    figures.removeFirst(gone.count * Self.figuresEach)
    rows.removeFirst(gone.count)
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

/// By columns, as there are many.
extension StretchTable: FieldCoded {
  static var blank: Self { Self(.fine) }

  /// The number, the schema and whether its bounds are common, the figures, the counts.
  private static let columnCount = 3 + figuresEach + 1

  mutating func pass(_ fields: Fields) throws {
    try fields.pass(&span)
    var table = table
    try fields.pass(&table)
    try fields.pass(lists: &schemas)
    try fields.pass(&worst)
    guard fields.isReading else { return }
    try fields.require(
      take(table), "the history of requests has parts that do not fit each other")
  }

  private mutating func take(_ table: RowBlocks) -> Bool {
    guard table.kind == span.kind, table.columnCount == Self.columnCount,
      schemas.count <= Int(Int16.max),
      schemas.allSatisfy({ zip($0, $0.dropFirst()).allSatisfy { $0 < $1 } })
    else { return false }
    makeRoom(for: table)
    for block in table.numbers.indices {
      guard take(block, of: table) else { return false }
    }
    return rows.count <= most
  }

  private var table: RowBlocks {
    var table = RowBlocks(span.kind, columnCount: Self.columnCount)
    var (first, start) = (0, 0)
    while first < rows.count {
      let number = period(rows[first])
      var (last, end) = (first, start)
      while last < rows.count, period(rows[last]) == number {
        end += length(rows[last])
        last += 1
      }
      let part = rows[first..<last]
      table.begin(number)
      table.append(part.lazy.map { Double($0.number) })
      table.append(part.lazy.map { Double($0.schema) })
      table.append(part.lazy.map { $0.hasCommonBounds ? 1 : 0 })
      for figure in 0..<Self.figuresEach {
        table.append((first..<last).lazy.map { figures[$0 * Self.figuresEach + figure] })
      }
      table.append(counts[start..<end].lazy.map(Double.init))
      (first, start) = (last, end)
    }
    return table
  }

  /// - Returns: false where its columns do not fit each other or what came before.
  private mutating func take(_ block: Int, of table: RowBlocks) -> Bool {
    // Columns of one length lie one behind the other.
    let (first, height) = (table.place(0, of: block).lowerBound, table.place(0, of: block).count)
    guard rows.count + height <= most else { return false }
    for column in 0..<Self.columnCount - 1 where table.place(column, of: block).count != height {
      return false
    }
    func value(_ column: Int, _ row: Int) -> Double { table.values[first + column * height + row] }
    var length = 0
    for row in 0..<height {
      guard let number = Int64(exactly: value(0, row)), number > rows.last?.number ?? -1,
        number / span.together == table.numbers[block],
        let schema = Int(exactly: value(1, row)), (-1..<schemas.count).contains(schema)
      else { return false }
      rows.append(
        Row(number: number, schema: Int16(schema), hasCommonBounds: value(2, row) == 1))
      for figure in 0..<Self.figuresEach { figures.append(value(3 + figure, row)) }
      if schema >= 0 { length += schemas[schema].count }
    }
    let last = table.place(Self.columnCount - 1, of: block)
    guard last.count == length else { return false }
    for place in last { counts.append(Float(table.values[place])) }
    return true
  }

  /// Room for what it brings, once for all of its blocks.
  private mutating func makeRoom(for table: RowBlocks) {
    var (height, length) = (0, 0)
    for block in table.numbers.indices {
      height += table.place(0, of: block).count
      length += table.place(Self.columnCount - 1, of: block).count
    }
    guard height <= most else { return }
    rows.reserveCapacity(height)
    figures.reserveCapacity(height * Self.figuresEach)
    counts.reserveCapacity(length)
  }
}

extension StretchTable.Worst: FieldCoded {
  static var blank: Self { Self(number: 0, quantiles: []) }
  mutating func pass(_ fields: Fields) throws { try fields.pass(&number, &quantiles) }
}
