/// The baselines of one service as they are kept: what all of them took in a minute side by side, for
/// that stays as it is.
public struct BaselineTable: Sendable {
  public var baselines: [SignalBaseline]

  public init(_ baselines: [SignalBaseline]) { self.baselines = baselines }

  /// A baseline without its minutes.
  fileprivate struct Rest: Codable {
    var name: String
    var hours: PackedDoubles
    var medians: PackedDoubles
    var spreads: PackedDoubles
    var counts: PackedDoubles
    var heldOut: Int
    /// Of the last minutes, those that are the last ones that were usual as well, as nearly always.
    var usual: Int
    /// Where they are others.
    var recent: PackedDoubles
  }
}

extension BaselineTable: Codable {
  private enum CodingKeys: String, CodingKey { case rests, minutes }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(baselines.map(Rest.init), forKey: .rests)
    try container.encode(
      RowBlocks(.baselines, columnCount: 2, blocks: blocks), forKey: .minutes)
  }

  /// Of each minute, whose values there are, where not everyone's, and the values.
  private var blocks: [RowBlocks.Block] {
    var next = baselines.map { $0.minutes.startIndex }
    var blocks: [RowBlocks.Block] = []
    while true {
      var minute = Int64.max
      for (place, baseline) in baselines.enumerated() where next[place] < baseline.minutes.count {
        minute = min(minute, baseline.minutes[next[place]])
      }
      guard minute < .max else { return blocks }
      var whose: [Double] = []
      var values: [Double] = []
      for (place, baseline) in baselines.enumerated()
      where next[place] < baseline.minutes.count && baseline.minutes[next[place]] == minute {
        whose.append(Double(place))
        values.append(baseline.values[next[place]])
        next[place] += 1
      }
      if whose.count == baselines.count { whose = [] }
      blocks.append(RowBlocks.Block(number: minute, columns: [whose, values]))
    }
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let broken = DecodingError.dataCorruptedError(
      forKey: .minutes, in: container,
      debugDescription: "baselines have parts of different lengths")
    let rests = try container.decode([Rest].self, forKey: .rests)
    baselines = try rests.map { rest in
      guard let baseline = rest.baseline else { throw broken }
      return baseline
    }
    let table = try container.decode(RowBlocks.self, forKey: .minutes)
    guard table.kind == .baselines, table.columnCount == 2 else { throw broken }
    for block in table.blocks {
      guard take(block) else { throw broken }
    }
    for (place, rest) in rests.enumerated() {
      let count = baselines[place].values.count
      guard count <= SignalBaseline.minuteLimit, (0...count).contains(rest.usual),
        rest.usual == 0 || rest.recent.values.isEmpty
      else { throw broken }
      if rest.usual > 0 { baselines[place].recent = baselines[place].values.suffix(rest.usual) }
    }
  }

  private mutating func take(_ block: RowBlocks.Block) -> Bool {
    let (whose, values) = (block.columns[0], block.columns[1])
    guard values.count == (whose.isEmpty ? baselines.count : whose.count) else { return false }
    for index in values.indices {
      guard let place = whose.isEmpty ? index : Int(exactly: whose[index]),
        baselines.indices.contains(place), block.number > baselines[place].minutes.last ?? -1
      else { return false }
      baselines[place].minutes.append(block.number)
      baselines[place].values.append(values[index])
    }
    return true
  }
}

extension BaselineTable.Rest {
  fileprivate init(_ baseline: SignalBaseline) {
    name = baseline.name
    hours = PackedDoubles(baseline.hours.map(Double.init))
    medians = PackedDoubles(baseline.medians)
    spreads = PackedDoubles(baseline.spreads)
    counts = PackedDoubles(baseline.counts)
    heldOut = baseline.heldOut
    let last = baseline.values.suffix(baseline.recent.count)
    let isUsual = baseline.recent.elementsEqual(last) { $0.bitPattern == $1.bitPattern }
    usual = isUsual ? baseline.recent.count : 0
    recent = PackedDoubles(isUsual ? [] : baseline.recent)
  }

  /// Still without its minutes; nil where its parts do not fit each other.
  fileprivate var baseline: SignalBaseline? {
    guard hours.values.count <= SignalBaseline.hourLimit,
      [medians, spreads, counts].allSatisfy({ $0.values.count == hours.values.count }),
      recent.values.count <= SignalBaseline.recentLimit, usual <= SignalBaseline.recentLimit,
      counts.values.allSatisfy({ (0...60).contains($0) })
    else { return nil }
    var baseline = SignalBaseline(name: name)
    baseline.hours = hours.values.map { Int64(exactly: $0) ?? 0 }
    baseline.medians = medians.values
    baseline.spreads = spreads.values
    baseline.counts = counts.values
    baseline.heldOut = heldOut
    baseline.recent = recent.values
    return baseline
  }
}
