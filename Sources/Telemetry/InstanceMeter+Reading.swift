import Exposition

/// What a meter answers.
extension InstanceMeter {
  /// Requests over a window that ends at `seconds`, of one endpoint or of all together.
  ///
  /// When nothing was scraped for longer than the window, nothing is known: the rate is nil then,
  /// not 0. Cost is in proportion to the columns read.
  public func statistics(
    window: Window, at seconds: Double, endpoint: String? = nil
  ) -> RequestStatistics {
    read(window, in: span(of: window, at: seconds), endpoint: endpoint)
  }

  /// Slots of a window that lie in it at a time.
  private func span(of window: Window, at seconds: Double) -> SlotSpan {
    let newest = slots[window.index]
    let now = max(newest, InstanceMeter.slot(of: seconds, in: window))
    let oldest = max(now, Int64(Window.slots)) - Int64(Window.slots)
    return SlotSpan(window, from: oldest, to: newest)
  }

  /// One full slot by its number on the clock, for histories; nil where it is no longer held.
  func statistics(window: Window, slot: Int64) -> RequestStatistics? {
    let newest = slots[window.index]
    guard slot >= 0, slot <= newest, slot > newest - Int64(Window.held) else { return nil }
    return read(window, in: SlotSpan(window, from: slot, to: slot), endpoint: nil)
  }

  private func read(_ window: Window, in span: SlotSpan, endpoint: String?) -> RequestStatistics {
    var statistics = RequestStatistics(window: window)
    statistics.covered = sum(column: 0, span)
    guard !surfaces.isEmpty, statistics.covered > 0 else { return statistics }
    if let endpoint {
      guard endpointList.contains(where: { $0.name == endpoint }) else { return statistics }
    }
    var errors = 0.0
    // The bounds that the buckets put together so far have, while they are one schema's.
    var schema: Int?
    var sums = ColumnSums(count: columns)
    if endpoint == nil { sums.add(0..<columns, of: cells, stride, span) }
    for position in blocks.indices where blocks[position].content.isOfRequests {
      guard let start = blocks[position].start, !blocks[position].isRedirected else { continue }
      let columns = start..<start + width(of: blocks[position])
      if let endpoint {
        guard endpointList[blocks[position].owner].name == endpoint else { continue }
        sums.add(columns, of: cells, stride, span)
      }
      if blocks[position].content == .counts {
        let counted = sums[start]
        statistics.requests += counted
        if tellsErrors(blocks[position].surface, ofEndpoint: endpoint != nil) {
          statistics.judged += counted
          errors += sums[start + 1]
        }
        continue
      }
      // An idle histogram must not pull busy ones down to the bounds they share.
      guard sums[columns.upperBound - 1] > 0 else { continue }
      if schema == blocks[position].schema {
        statistics.buckets.add(sums[columns])
        continue
      }
      schema = statistics.buckets.bounds.isEmpty ? blocks[position].schema : nil
      statistics.buckets.merge(
        HistogramBuckets(rising: schemas[blocks[position].schema], counts: Array(sums[columns])))
    }
    for surface in surfaces.indices where tellsErrors(surface, ofEndpoint: endpoint != nil) {
      statistics.errors = errors
    }
    statistics.rate = statistics.requests / statistics.covered
    if !summaryCells.isEmpty { statistics.summaries = summaries(endpoint: endpoint) }
    return statistics
  }

  private func tellsErrors(_ surface: Int, ofEndpoint: Bool) -> Bool {
    ofEndpoint ? surfaces[surface].errorsKnownByEndpoint : surfaces[surface].errorsKnown
  }

  private func mergeBuckets(
    from start: Int, _ schema: Int, _ span: SlotSpan, into buckets: inout HistogramBuckets
  ) {
    let bounds = schemas[schema]
    guard sum(column: start + bounds.count - 1, span) > 0 else { return }
    buckets.merge(
      HistogramBuckets(rising: bounds, counts: sums(from: start, count: bounds.count, span)))
  }

  private func sum(column: Int, _ span: SlotSpan) -> Double {
    var sum = 0.0
    for row in span { sum += cells[row * stride + column] }
    return sum
  }

  /// The sums of columns that stand together, row by row.
  private func sums(from start: Int, count: Int, _ span: SlotSpan) -> [Double] {
    var sums = Array(repeating: 0.0, count: count)
    let stride = stride
    cells.withUnsafeBufferPointer { cells in
      for row in span {
        let first = row * stride + start
        for column in 0..<count { sums[column] += cells[first + column] }
      }
    }
    return sums
  }

  /// The worst of each quantile over the label sets.
  private func summaries(endpoint: String?) -> [RequestStatistics.SummaryQuantile] {
    var worst: [RequestStatistics.SummaryQuantile] = []
    for cell in summaryCells {
      guard let value = cell.value, value.isFinite else { continue }
      if let endpoint, endpointList[cell.endpoint].name != endpoint { continue }
      if let known = worst.firstIndex(where: { $0.quantile == cell.quantile }) {
        worst[known].value = max(worst[known].value, value)
      } else {
        worst.append(.init(quantile: cell.quantile, value: value, instance: instance))
      }
    }
    return worst.sorted { $0.quantile < $1.quantile }
  }

  /// Endpoints that have had traffic, by name.
  public var endpoints: [String] {
    endpointList.filter { $0.isUsed && !$0.name.isEmpty }.map(\.name).sorted()
  }

  // MARK: The process

  /// The language its metrics give away; nil while nothing does.
  public var language: RuntimeLanguage? {
    languageHint.map { RuntimeSignals.languages[$0].language }
  }

  /// The names of the conventions in use, one for each surface where requests enter.
  public var conventions: [String] { surfaces.map(\.convention) }

  /// Runtime signals in the order of their table; those never seen are not there.
  public func signals(at seconds: Double) -> [Signal] {
    var signals: [Signal] = []
    signals.reserveCapacity(signalOrder.count + 1)
    for place in signalOrder {
      guard let signal = signal(place.cell, at: seconds) else { continue }
      // Two families can tell the same: the first of the table speaks.
      if place.hasNamesake, signals.contains(where: { $0.name == signal.name }) { continue }
      signals.append(signal)
    }
    if hasWorkers, let busy = busyRatio(signals) { signals.append(busy) }
    return signals
  }

  /// One signal alone, without reading the others.
  public func signal(named name: String, at seconds: Double) -> Signal? {
    for index in signalCells.indices where signalCells[index].name == name {
      if let signal = signal(index, at: seconds) { return signal }
    }
    return derivedSignal(named: name, at: seconds)
  }

  /// The value of one signal alone, without saying in words what it is.
  public func value(ofSignal name: String, at seconds: Double) -> Double? {
    for index in signalCells.indices where signalCells[index].name == name {
      if let value = value(ofSignal: index, at: seconds) { return value }
    }
    return derivedSignal(named: name, at: seconds)?.value
  }

  /// What has a name of its own only once it is read.
  private func derivedSignal(named name: String, at seconds: Double) -> Signal? {
    if name == Self.busyRatio {
      guard hasWorkers else { return nil }
      return busyRatio(Self.busyParts.compactMap { signal(named: $0, at: seconds) })
    }
    guard name.hasSuffix(Self.panicsEnding) else { return nil }
    for place in signalOrder where signalCells[place.cell].name == RuntimeSignals.panics {
      if let signal = signal(place.cell, at: seconds), signal.name == name { return signal }
    }
    return nil
  }

  private static let panicsEnding = "_" + RuntimeSignals.panics
  private static let busyRatio = "tokio_busy_ratio"
  private static let busyParts = ["tokio_busy_cores", "tokio_workers"]

  /// Where only the workers' busy time is told: their share of it.
  private func busyRatio(_ signals: [Signal]) -> Signal? {
    guard !signals.contains(where: { $0.name == Self.busyRatio }),
      let busy = signals.first(where: { $0.name == Self.busyParts[0] }),
      let workers = signals.first(where: { $0.name == Self.busyParts[1] }), workers.value > 0
    else { return nil }
    return Signal(
      name: Self.busyRatio, value: busy.value / workers.value, unit: "ratio", age: busy.age)
  }

  private func signal(_ index: Int, at seconds: Double) -> Signal? {
    let rule = signalCells[index].meaning
    guard let (value, taken) = value(ofSignal: index, rule, at: seconds) else { return nil }
    var name = rule.name
    if name == RuntimeSignals.panics, let language, language != .other {
      name = "\(language.rawValue)_\(name)"
    }
    return Signal(
      name: name, value: value * rule.scale, unit: rule.unit, age: max(0, seconds - taken))
  }

  func value(ofSignal index: Int, at seconds: Double) -> Double? {
    let rule = signalCells[index].meaning
    return value(ofSignal: index, rule, at: seconds).map { $0.value * rule.scale }
  }

  /// The value before it is scaled, and when it was scraped.
  private func value(
    ofSignal index: Int, _ rule: RuntimeSignal, at seconds: Double
  ) -> (value: Double, taken: Double)? {
    switch rule.reading {
    case .sum, .max:
      return signalCells[index].at.map { (signalCells[index].value, $0) }
    case .quantile:
      guard let lastScrape else { return nil }
      return spread(index, rule.quantile, at: seconds).map { ($0, lastScrape) }
    case .rate, .increase:
      guard let block = signalCells[index].block, let lastScrape else { return nil }
      let span = span(of: rule.reading == .rate ? .minute : .fiveMinutes, at: seconds)
      let covered = sum(column: 0, span)
      guard covered > 0 else { return nil }
      let increase = blocks[block].start.map { sum(column: $0, span) } ?? 0
      return (rule.reading == .rate ? increase / covered : increase, lastScrape)
    }
  }

  /// A quantile of what a signal's histogram took in the last minute.
  private func spread(_ index: Int, _ quantile: Double, at seconds: Double) -> Double? {
    var buckets = HistogramBuckets()
    let span = span(of: .minute, at: seconds)
    for position in blocks.indices
    where blocks[position].content == .spread && blocks[position].owner == index {
      guard let start = blocks[position].start else { continue }
      mergeBuckets(from: start, blocks[position].schema, span, into: &buckets)
    }
    return buckets.latency(quantile).seconds
  }

  /// What tells one state of the configuration from another, by the metrics' names.
  public var settings: [SettingReading] {
    settingCells.compactMap { cell in
      let value = cell.text ?? cell.value.map { "\($0)" }
      return value.map { SettingReading(name: cell.name, value: $0) }
    }.sorted { $0.name < $1.name }
  }

  /// Tells whether to look at `settings` again; 0 where there are none.
  public var settingMark: UInt64 {
    guard !settingCells.isEmpty else { return 0 }
    var mark = Fingerprint()
    for index in settingCells.indices {
      mark.add(settingCells[index].value?.bitPattern ?? .max)
      if let text = settingCells[index].text { mark.add(text) }
    }
    return mark.value
  }

  /// The expected signals that the series of a scrape stand for.
  func exports(of readings: [Reading]) -> Exports {
    var found: Exports = []
    var used = false
    var limited = false
    var cores = false
    var coresLimited = false
    for reading in readings {
      let number = Int(reading.series)
      guard number + 1 < roleStart.count else { continue }
      for i in Int(roleStart[number])..<Int(roleStart[number + 1]) {
        let role = SeriesRole(word: roles[i])
        switch role.kind {
        case .request:
          found.insert(.rate)
          if surfaces[role.surface].requestsTell { found.insert(.errors) }
        case .latencyCount:
          found.formUnion([.rate, .latency])
          if surfaces[role.surface].latencyTells { found.insert(.errors) }
        case .failure: found.insert(.errors)
        case .bucket, .quantile: found.insert(.latency)
        case .used: used = true
        case .limit: limited = true
        case .gauge:
          let name = signalCells[role.target].name
          if RuntimeSignals.queues.contains(name) { found.insert(.queueDepth) }
          if name == "go_maxprocs" || name == "cpu_limit_cores" { coresLimited = true }
        case .counter:
          let block = blocks[role.target]
          if block.content == .signal, signalCells[block.owner].name == "cpu_cores" { cores = true }
        case .version: found.insert(.version)
        default: break
        }
      }
    }
    if used && limited || cores && coresLimited { found.insert(.saturation) }
    return found
  }

  /// The slowest recent requests that a trace can be opened for, slowest first.
  public func exemplars(at seconds: Double) -> [TracedRequest] {
    traces.filter { seconds - $0.seen <= InstanceMeter.traceAge }
  }

  /// What was recognised, for `inspect`. A surface of HTTP is shown before others.
  public var recognised: Roles {
    let ordered = surfaces.enumerated().sorted {
      ($0.element.surface == .http ? 0 : 1, $0.offset)
        < ($1.element.surface == .http ? 0 : 1, $1.offset)
    }.map(\.element)
    let signalNames = signalCells.sorted { $0.rule < $1.rule }.map { cell in
      cell.name == RuntimeSignals.panics && (language ?? .other) != .other
        ? "\(language?.rawValue ?? "")_\(cell.name)" : cell.name
    }
    var roles = Roles(
      language: language, version: version, conventions: ordered.map(\.convention),
      runtime: signalNames, fallbacks: fallbackCells.map(\.name).sorted(),
      breakers: breakers.map(\.name))
    if let counted = ordered.first(where: { $0.requests ?? $0.latency != nil }),
      let family = counted.countsFromLatency ? counted.latency : counted.requests
    {
      roles.requests = Roles.Requests(
        family: family.name, endpointLabel: counted.endpointLabel, error: counted.errorRule,
        convention: counted.convention)
    }
    if let timed = ordered.first(where: { $0.latency != nil }), let latency = timed.latency {
      roles.latency = Roles.Latency(
        family: latency.name, kind: timed.isSummary ? .summary : .histogram)
    }
    return roles
  }

  mutating func trace(_ readings: [ExemplarReading], at seconds: Double) {
    for reading in readings {
      let number = Int(reading.series)
      guard number < keys.count, let traceID = reading.exemplar.traceID, !traceID.isEmpty,
        reading.exemplar.value.isFinite
      else { continue }
      let range = Int(roleStart[number])..<Int(roleStart[number + 1])
      for i in range {
        let role = SeriesRole(word: roles[i])
        guard role.kind == .bucket, role.surface < surfaces.count else { continue }
        if traces.contains(where: { $0.traceID == traceID }) { continue }
        traces.append(
          TracedRequest(
            traceID: traceID, duration: reading.exemplar.value * surfaces[role.surface].unit,
            endpoint: endpointList[blocks[role.target].owner].name, seen: seconds,
            timestamp: reading.exemplar.timestamp))
      }
    }
    traces.removeAll { seconds - $0.seen > InstanceMeter.traceAge }
    traces.sort { ($1.duration, $0.traceID) < ($0.duration, $1.traceID) }
    if traces.count > InstanceMeter.traceLimit {
      traces.removeLast(traces.count - InstanceMeter.traceLimit)
    }
  }
}

extension MeteredSurface {
  /// What tells errors, in a few words.
  var errorRule: String? {
    if let errors { return errorLabel.map { "\(errors.name) by \($0)" } ?? errors.name }
    guard errorsKnown else { return nil }
    return errorLabel
  }
}

/// Slots of one window one after the other, as rows of cells.
private struct SlotSpan: Sequence, IteratorProtocol {
  private var slot: Int64
  private var left: Int
  private let window: Window

  init(_ window: Window, from oldest: Int64, to newest: Int64) {
    self.window = window
    slot = oldest
    left = Int(Swift.max(0, Swift.min(newest - oldest + 1, Int64(Window.held))))
  }

  mutating func next() -> Int? {
    guard left > 0 else { return nil }
    left -= 1
    defer { slot += 1 }
    return InstanceMeter.row(of: window, slot: slot)
  }
}

/// The sums of a meter's columns over some of its slots: row by row, for so they lie.
///
/// It is handed the cells, for a closure that asks the meter itself would be given a copy of it.
private struct ColumnSums {
  private var sums: [Double]

  init(count: Int) { sums = Array(repeating: 0, count: count) }

  /// Sums up columns that were not yet.
  mutating func add(_ columns: Range<Int>, of cells: [Double], _ stride: Int, _ span: SlotSpan) {
    cells.withUnsafeBufferPointer { cells in
      sums.withUnsafeMutableBufferPointer { sums in
        for row in span {
          let first = row * stride
          for column in columns { sums[column] += cells[first + column] }
        }
      }
    }
  }

  subscript(column: Int) -> Double { sums[column] }
  subscript(columns: Range<Int>) -> ArraySlice<Double> { sums[columns] }
}
