public import Canonical

/// The baselines of one service as they are kept: what all of them took in a minute side by side, for
/// that stays as it is.
public struct BaselineTable: Sendable {
  public var baselines: [SignalBaseline]

  /// `ChunkKey.kind` of what lies apart of them: what is usual cannot be told without it.
  public static let chunkKind = RowBlocks.Kind.baselines.rawValue

  public init(_ baselines: [SignalBaseline]) { self.baselines = baselines }

  /// A baseline without its minutes.
  fileprivate struct Rest {
    var name: String
    var hours: [Double] = []
    var medians: [Double] = []
    var spreads: [Double] = []
    var counts: [Double] = []
    var heldOut = 0
    /// Of the last minutes, those that are the last ones that were usual as well, as nearly always.
    var usual = 0
    /// Where they are others.
    var recent: [Double] = []
  }
}

extension BaselineTable: FieldCoded {
  public static var blank: Self { Self([]) }

  public mutating func pass(_ fields: Fields) throws {
    var rests = baselines.map(Rest.init)
    try fields.pass(&rests)
    var minutes = minutes
    try fields.pass(&minutes)
    guard fields.isReading else { return }
    try fields.require(take(rests, minutes), "baselines have parts of different lengths")
  }

  /// Of each minute, whose values there are, where not everyone's, and the values.
  private var minutes: RowBlocks {
    var next = baselines.map { $0.minutes.startIndex }
    var table = RowBlocks(.baselines, columnCount: 2)
    var (whose, values): ([Double], [Double]) = ([], [])
    while true {
      var minute = Int64.max
      for (place, baseline) in baselines.enumerated() where next[place] < baseline.minutes.count {
        minute = min(minute, baseline.minutes[next[place]])
      }
      guard minute < .max else { return table }
      whose.removeAll(keepingCapacity: true)
      values.removeAll(keepingCapacity: true)
      for (place, baseline) in baselines.enumerated()
      where next[place] < baseline.minutes.count && baseline.minutes[next[place]] == minute {
        whose.append(Double(place))
        values.append(baseline.values[next[place]])
        next[place] += 1
      }
      table.begin(minute)
      table.append(whose.count == baselines.count ? [] : whose)
      table.append(values)
    }
  }

  /// - Returns: false where they do not fit each other.
  private mutating func take(_ rests: [Rest], _ minutes: RowBlocks) -> Bool {
    let known = rests.compactMap(\.baseline)
    guard known.count == rests.count, minutes.kind == .baselines, minutes.columnCount == 2,
      minutes.lastAbsent == nil
    else { return false }
    baselines = known
    let room = min(minutes.numbers.count, SignalBaseline.minuteLimit)
    for place in baselines.indices {
      baselines[place].minutes.reserveCapacity(room)
      baselines[place].values.reserveCapacity(room)
    }
    for block in minutes.numbers.indices {
      guard take(block, of: minutes) else { return false }
    }
    for (place, rest) in rests.enumerated() {
      let count = baselines[place].values.count
      guard count <= SignalBaseline.minuteLimit, (0...count).contains(rest.usual),
        rest.usual == 0 || rest.recent.isEmpty
      else { return false }
      if rest.usual > 0 { baselines[place].recent = baselines[place].values.suffix(rest.usual) }
    }
    return true
  }

  private mutating func take(_ block: Int, of table: RowBlocks) -> Bool {
    let minute = table.numbers[block]
    let (whose, values) = (table.place(0, of: block), table.place(1, of: block))
    guard values.count == (whose.isEmpty ? baselines.count : whose.count) else { return false }
    for index in 0..<values.count {
      let told = whose.isEmpty ? index : Int(exactly: table.values[whose.lowerBound + index])
      guard let place = told, baselines.indices.contains(place),
        baselines[place].append(table.values[values.lowerBound + index], minute)
      else { return false }
    }
    return true
  }
}

extension SignalBaseline {
  /// - Returns: false where the minute does not follow on those that are there.
  fileprivate mutating func append(_ value: Double, _ minute: Int64) -> Bool {
    guard minute > minutes.last ?? -1 else { return false }
    minutes.append(minute)
    values.append(value)
    return true
  }
}

extension BaselineTable.Rest {
  fileprivate init(_ baseline: SignalBaseline) {
    name = baseline.name
    hours = baseline.hours.map(Double.init)
    medians = baseline.medians
    spreads = baseline.spreads
    counts = baseline.counts
    heldOut = baseline.heldOut
    let last = baseline.values.suffix(baseline.recent.count)
    let isUsual = baseline.recent.elementsEqual(last) { $0.bitPattern == $1.bitPattern }
    usual = isUsual ? baseline.recent.count : 0
    recent = isUsual ? [] : baseline.recent
  }

  /// Still without its minutes; nil where its parts do not fit each other.
  fileprivate var baseline: SignalBaseline? {
    guard hours.count <= SignalBaseline.hourLimit,
      [medians, spreads, counts].allSatisfy({ $0.count == hours.count }),
      recent.count <= SignalBaseline.recentLimit, usual <= SignalBaseline.recentLimit,
      counts.allSatisfy({ (0...60).contains($0) })
    else { return nil }
    var baseline = SignalBaseline(name: name)
    baseline.hours = hours.map { Int64(exactly: $0) ?? 0 }
    baseline.medians = medians
    baseline.spreads = spreads
    baseline.counts = counts
    baseline.heldOut = heldOut
    baseline.recent = recent
    return baseline
  }
}

extension BaselineTable.Rest: FieldCoded {
  static var blank: Self { Self(name: "") }

  mutating func pass(_ fields: Fields) throws {
    try fields.pass(&name)
    try fields.pass(numbers: &hours)
    try fields.pass(numbers: &medians)
    try fields.pass(numbers: &spreads)
    try fields.pass(numbers: &counts)
    try fields.pass(&heldOut, &usual)
    try fields.pass(numbers: &recent)
  }
}
