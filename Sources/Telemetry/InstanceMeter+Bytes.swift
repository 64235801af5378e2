public import Canonical

extension InstanceMeter: FieldCoded {
  public static var blank: Self { Self() }

  public mutating func pass(_ fields: Fields) throws {
    try fields.pass(&instance, &epoch)
    try fields.pass(shared: &keys)
    try fields.pass(numbers: &last)
    try passRoles(fields)
    try fields.pass(&slots)
    try passCells(fields)
    try passBlocks(fields)
    try fields.pass(&endpointList)
    try fields.pass(lists: &schemas)
    try fields.pass(&surfaces, &signalCells, &saturationCells, &summaryCells)
    try fields.pass(&fallbackCells, &breakerCells, &limitCells, &traces)
    try fields.pass(&versionTexts, &version, &languageHint)
    try fields.pass(&startSeries, &startTime, &pastStarts, &lastScrape)
    try fields.pass(&scrapes, &restarts, &settingCells, &build)
    try fields.pass(&exports, &readingCount, &eventCells)
    try fields.pass(numbers: &eventSums)
    try fields.pass(numbers: &eventWeights)
    try fields.pass(&countedFrom)
    try fields.require(
      isConsistent, "the meter of \(instance) refers to parts it does not have")
    if fields.isReading { orderSignals() }
  }

  private mutating func passRoles(_ fields: Fields) throws {
    var starts = fields.isReading ? [] : roleStart.map(UInt64.init)
    try fields.pass(shared: &starts)
    if fields.isReading { roleStart = starts.map { UInt32(clamping: $0) } }
    try fields.pass(shared: &roles)
  }

  private mutating func passBlocks(_ fields: Fields) throws {
    var words = fields.isReading ? [] : blocks.map(\.word)
    try fields.pass(shared: &words)
    guard fields.isReading else { return }
    blocks = words.compactMap(MeterBlock.init)
    starts = blocks.map { $0.start.map { Int32(clamping: $0) } ?? -1 }
  }

  /// Of rows only the columns in use. What lies beyond them is room for more: only how much of it there
  /// is is told.
  private mutating func passCells(_ fields: Fields) throws {
    try fields.pass(&columns, &stride)
    var used = fields.isReading ? [] : inUse
    try fields.pass(numbers: &used)
    guard fields.isReading else { return }
    try fields.require(
      columns > 0 && columns <= stride && stride - columns <= columns / 4
        && columns <= used.count && used.count % columns == 0,
      "\(used.count) cells in rows of \(columns), with room for \(stride)")
    cells = stride > columns ? widened(used) : used
  }

  private var inUse: [Double] {
    guard stride > columns else { return cells }
    var used: [Double] = []
    used.reserveCapacity(cells.count / stride * columns)
    for row in Swift.stride(from: 0, to: cells.count, by: stride) {
      used += cells[row..<row + columns]
    }
    return used
  }

  private func widened(_ used: [Double]) -> [Double] {
    var cells: [Double] = []
    cells.reserveCapacity(used.count / columns * stride)
    for row in Swift.stride(from: 0, to: used.count, by: columns) {
      cells += used[row..<row + columns]
      cells.append(contentsOf: repeatElement(0, count: stride - columns))
    }
    return cells
  }

  /// Every position in it is one of something that is there: a recording can come from anywhere.
  var isConsistent: Bool {
    guard slots.count == 3, slots.allSatisfy({ (0..<1 << 53).contains($0) }),
      last.count == keys.count,
      roleStart.count == keys.count + 1, roleStart.first == 0,
      zip(roleStart, roleStart.dropFirst()).allSatisfy({ $0 <= $1 }),
      Int(roleStart.last ?? 0) == roles.count,
      cells.count == stride * InstanceMeter.rows, (1...max(1, stride)).contains(columns),
      blocks.first?.content == .covered,
      !schemas.contains(where: \.isEmpty), surfaces.count <= 64,
      languageHint.map({ RuntimeSignals.languages.indices.contains($0) }) ?? true,
      eventSums.count == eventCells.count * InstanceMeter.eventParts
    else { return false }
    for block in blocks {
      switch block.content {
      case .covered: guard block.start == 0 else { return false }
      case .spread:
        guard block.owner < signalCells.count, block.schema < schemas.count else { return false }
      case .signal: guard block.owner < signalCells.count else { return false }
      case .counts, .buckets:
        guard block.owner < endpointList.count, block.surface < surfaces.count else {
          return false
        }
        if block.content == .buckets, block.schema >= schemas.count { return false }
      }
      if let start = block.start, start + width(of: block) > columns { return false }
    }
    for cell in signalCells {
      let isKnown =
        cell.own.map { $0.name == cell.name }
        ?? (RuntimeSignals.signals.indices.contains(cell.rule)
          && RuntimeSignals.signals[cell.rule].name == cell.name)
      guard isKnown, cell.block.map(blocks.indices.contains) ?? true
      else { return false }
    }
    guard summaryCells.allSatisfy({ endpointList.indices.contains($0.endpoint) }) else {
      return false
    }
    return roles.allSatisfy { isConsistent(SeriesRole(word: $0)) }
  }

  private func isConsistent(_ role: SeriesRole) -> Bool {
    switch role.kind {
    case .ignored, .startTime: return true
    case .request, .latencyCount, .failure, .bucket, .counter:
      guard role.target < blocks.count, role.kind == .counter || role.surface < surfaces.count
      else { return false }
      return role.offset < width(of: blocks[role.target])
    case .quantile: return role.target < summaryCells.count && role.surface < surfaces.count
    case .gauge: return role.target < signalCells.count
    case .version: return role.target < versionTexts.count
    case .used, .limit: return role.target < saturationCells.count
    case .fallback: return role.target < fallbackCells.count
    case .breaker: return role.target < breakerCells.count
    case .reached: return role.target < limitCells.count
    case .tally:
      guard let tally = BreakerCell.Tally(rawValue: role.offset) else { return false }
      return role.target < (tally == .fallback ? fallbackCells.count : breakerCells.count)
    case .build: return role.target < versionTexts.count
    case .setting:
      return role.target < settingCells.count && role.offset <= versionTexts.count
    case .eventRequest, .eventLatencyCount, .eventFailure, .eventObserved:
      return role.target < eventCells.count && role.surface < surfaces.count
    case .eventFast:
      return role.target < eventCells.count && role.surface < surfaces.count
        && role.offset < eventWeights.count
    case .pickedTotal, .pickedGood, .pickedBad: return role.target < eventCells.count
    }
  }
}
