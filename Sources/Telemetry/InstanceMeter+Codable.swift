/// Numbers are encoded packed: a meter of a busy service is then some kilobytes, and its bytes are
/// the same on every machine.
extension InstanceMeter: Codable {
  private enum CodingKeys: String, CodingKey {
    case instance, epoch, keys, last, roleStart, roles, slots, cells, blocks, endpoints,
      schemas
    case surfaces, signals, saturation, summaries, fallbacks, breakers, limits, traces
    case versionTexts
    case version, languageHint, startSeries, startTime, pastStarts, lastScrape, scrapes, restarts
    case settings, build, exports, readingCount
    case eventCells, eventSums, eventWeights, countedFrom
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(instance, forKey: .instance)
    try container.encodeIfPresent(epoch, forKey: .epoch)
    try container.encode(SharedWords(keys), forKey: .keys)
    try container.encode(PackedDoubles(last), forKey: .last)
    try container.encode(SharedWords(roleStart.map(UInt64.init)), forKey: .roleStart)
    try container.encode(SharedWords(roles), forKey: .roles)
    try container.encode(slots, forKey: .slots)
    try container.encode(
      PackedCells(cells, columns: columns, stride: stride), forKey: .cells)
    try container.encode(SharedWords(blocks.map(\.word)), forKey: .blocks)
    try container.encode(endpointList, forKey: .endpoints)
    try container.encode(schemas.map(PackedDoubles.init), forKey: .schemas)
    try container.encode(surfaces, forKey: .surfaces)
    try container.encode(signalCells, forKey: .signals)
    try container.encode(saturationCells, forKey: .saturation)
    try container.encode(summaryCells, forKey: .summaries)
    try container.encode(fallbackCells, forKey: .fallbacks)
    try container.encode(breakerCells, forKey: .breakers)
    try container.encode(limitCells, forKey: .limits)
    try container.encode(traces, forKey: .traces)
    try container.encode(versionTexts, forKey: .versionTexts)
    try container.encodeIfPresent(version, forKey: .version)
    try container.encodeIfPresent(languageHint, forKey: .languageHint)
    try container.encodeIfPresent(startSeries, forKey: .startSeries)
    try container.encodeIfPresent(startTime, forKey: .startTime)
    try container.encode(pastStarts, forKey: .pastStarts)
    try container.encodeIfPresent(lastScrape, forKey: .lastScrape)
    try container.encode(scrapes, forKey: .scrapes)
    try container.encode(restarts, forKey: .restarts)
    try container.encode(settingCells, forKey: .settings)
    try container.encodeIfPresent(build, forKey: .build)
    try container.encode(exports, forKey: .exports)
    try container.encode(readingCount, forKey: .readingCount)
    try container.encode(eventCells, forKey: .eventCells)
    try container.encode(PackedDoubles(eventSums), forKey: .eventSums)
    try container.encode(PackedDoubles(eventWeights), forKey: .eventWeights)
    try container.encodeIfPresent(countedFrom, forKey: .countedFrom)
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self.init(instance: try container.decode(String.self, forKey: .instance))
    epoch = try container.decodeIfPresent(UInt32.self, forKey: .epoch)
    keys = try container.decode(SharedWords.self, forKey: .keys).values
    last = try container.decode(PackedDoubles.self, forKey: .last).values
    roleStart = try container.decode(SharedWords.self, forKey: .roleStart).values
      .map { UInt32(clamping: $0) }
    roles = try container.decode(SharedWords.self, forKey: .roles).values
    slots = try container.decode([Int64].self, forKey: .slots)
    let packed = try container.decode(PackedCells.self, forKey: .cells)
    (cells, columns, stride) = (packed.cells, packed.columns, packed.stride)
    blocks = try container.decode(SharedWords.self, forKey: .blocks).values
      .compactMap(MeterBlock.init)
    starts = blocks.map { $0.start.map { Int32(clamping: $0) } ?? -1 }
    endpointList = try container.decode([MeteredEndpoint].self, forKey: .endpoints)
    schemas = try container.decode([PackedDoubles].self, forKey: .schemas).map(\.values)
    surfaces = try container.decode([MeteredSurface].self, forKey: .surfaces)
    signalCells = try container.decode([SignalCell].self, forKey: .signals)
    orderSignals()
    saturationCells = try container.decode([SaturationCell].self, forKey: .saturation)
    summaryCells = try container.decode([SummaryCell].self, forKey: .summaries)
    fallbackCells = try container.decode([FallbackCell].self, forKey: .fallbacks)
    breakerCells = try container.decode([BreakerCell].self, forKey: .breakers)
    limitCells = try container.decode([LimitCell].self, forKey: .limits)
    traces = try container.decode([TracedRequest].self, forKey: .traces)
    versionTexts = try container.decode([String].self, forKey: .versionTexts)
    version = try container.decodeIfPresent(String.self, forKey: .version)
    languageHint = try container.decodeIfPresent(Int.self, forKey: .languageHint)
    startSeries = try container.decodeIfPresent(UInt32.self, forKey: .startSeries)
    startTime = try container.decodeIfPresent(Double.self, forKey: .startTime)
    pastStarts = try container.decode([Double].self, forKey: .pastStarts)
    lastScrape = try container.decodeIfPresent(Double.self, forKey: .lastScrape)
    scrapes = try container.decode(Int.self, forKey: .scrapes)
    restarts = try container.decode(Int.self, forKey: .restarts)
    settingCells = try container.decode([SettingCell].self, forKey: .settings)
    build = try container.decodeIfPresent(String.self, forKey: .build)
    exports = try container.decode(Exports.self, forKey: .exports)
    readingCount = try container.decode(Int.self, forKey: .readingCount)
    eventCells = try container.decode([EventCell].self, forKey: .eventCells)
    eventSums = try container.decode(PackedDoubles.self, forKey: .eventSums).values
    eventWeights = try container.decode(PackedDoubles.self, forKey: .eventWeights).values
    countedFrom = try container.decodeIfPresent(Double.self, forKey: .countedFrom)
    guard isConsistent else {
      throw DecodingError.dataCorruptedError(
        forKey: .roles, in: container,
        debugDescription: "the meter of \(instance) refers to parts it does not have")
    }
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
