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

  /// Slots of a window that lie in it at a time, as positions in each column.
  private func span(of window: Window, at seconds: Double) -> [Int] {
    let newest = slots[window.index]
    let now = max(newest, InstanceMeter.slot(of: seconds, in: window))
    let oldest = max(now, Int64(Window.slots)) - Int64(Window.slots)
    guard oldest <= newest else { return [] }
    return (oldest...newest).map {
      window.index * Window.held + Int($0 % Int64(Window.held))
    }
  }

  /// One full slot by its number on the clock, for histories; nil where it is no longer held.
  func statistics(window: Window, slot: Int64) -> RequestStatistics? {
    let newest = slots[window.index]
    guard slot >= 0, slot <= newest, slot > newest - Int64(Window.held) else { return nil }
    return read(
      window, in: [window.index * Window.held + Int(slot % Int64(Window.held))], endpoint: nil)
  }

  private func read(_ window: Window, in span: [Int], endpoint: String?) -> RequestStatistics {
    var statistics = RequestStatistics(window: window)
    let covered = sum(column: 0, span)
    statistics.covered = covered
    guard !surfaces.isEmpty, covered > 0 else { return statistics }
    if let endpoint, !endpointList.contains(where: { $0.name == endpoint }) { return statistics }
    let telling = surfaces.map { endpoint == nil ? $0.errorsKnown : $0.errorsKnownByEndpoint }
    var requests = 0.0
    var judged = 0.0
    var errors = 0.0
    for block in blocks {
      guard let start = block.start, !block.isRedirected else { continue }
      guard block.content == .counts || block.content == .buckets else { continue }
      if let endpoint, endpointList[block.owner].name != endpoint { continue }
      if block.content == .counts {
        let counted = sum(column: start, span)
        requests += counted
        if telling[block.surface] {
          judged += counted
          errors += sum(column: start + 1, span)
        }
      } else {
        let bounds = schemas[block.schema]
        // An idle histogram must not pull busy ones down to the bounds they share.
        guard sum(column: start + bounds.count - 1, span) > 0 else { continue }
        statistics.buckets.merge(
          HistogramBuckets(
            rising: bounds, counts: bounds.indices.map { sum(column: start + $0, span) }))
      }
    }
    statistics.requests = requests
    statistics.judged = judged
    if telling.contains(true) { statistics.errors = errors }
    statistics.rate = requests / covered
    statistics.summaries = summaries(endpoint: endpoint)
    return statistics
  }

  private func sum(column: Int, _ span: [Int]) -> Double {
    let base = column * InstanceMeter.columnSize
    var sum = 0.0
    for position in span { sum += cells[base + position] }
    return sum
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
    var found: [(rule: Int, signal: Signal)] = []
    for (index, cell) in signalCells.enumerated() {
      guard let signal = signal(index, cell.meaning, at: seconds) else { continue }
      found.append((cell.rule, signal))
    }
    found.sort { $0.rule < $1.rule }
    var signals: [Signal] = []
    signals.reserveCapacity(found.count + 1)
    // Two families can tell the same: the first of the table speaks.
    for (_, signal) in found where !signals.contains(where: { $0.name == signal.name }) {
      signals.append(signal)
    }
    if let busy = busyRatio(signals) { signals.append(busy) }
    return signals
  }

  /// One signal alone, without reading the others.
  public func signal(named name: String, at seconds: Double) -> Signal? {
    for (index, cell) in signalCells.enumerated() where cell.name == name {
      if let signal = signal(index, cell.meaning, at: seconds) { return signal }
    }
    // What has a name of its own only once it is read.
    if name == Self.busyRatio || name.hasSuffix("_" + RuntimeSignals.panics) {
      return signals(at: seconds).first { $0.name == name }
    }
    return nil
  }

  private static let busyRatio = "tokio_busy_ratio"

  /// Where only the workers' busy time is told: their share of it.
  private func busyRatio(_ signals: [Signal]) -> Signal? {
    guard !signals.contains(where: { $0.name == Self.busyRatio }),
      let busy = signals.first(where: { $0.name == "tokio_busy_cores" }),
      let workers = signals.first(where: { $0.name == "tokio_workers" }), workers.value > 0
    else { return nil }
    return Signal(
      name: Self.busyRatio, value: busy.value / workers.value, unit: "ratio", age: busy.age)
  }

  private func signal(_ index: Int, _ rule: RuntimeSignal, at seconds: Double) -> Signal? {
    let cell = signalCells[index]
    if rule.reading == .quantile { return spread(index, rule, at: seconds) }
    var name = rule.name
    if name == RuntimeSignals.panics, let language, language != .other {
      name = "\(language.rawValue)_\(name)"
    }
    guard rule.reading == .rate || rule.reading == .increase else {
      guard let at = cell.at else { return nil }
      return Signal(
        name: name, value: cell.value * rule.scale, unit: rule.unit, age: max(0, seconds - at))
    }
    guard let block = cell.block, let lastScrape else { return nil }
    let window: Window = rule.reading == .rate ? .minute : .fiveMinutes
    let span = span(of: window, at: seconds)
    let covered = sum(column: 0, span)
    guard covered > 0 else { return nil }
    let increase = blocks[block].start.map { sum(column: $0, span) } ?? 0
    return Signal(
      name: name, value: (rule.reading == .rate ? increase / covered : increase) * rule.scale,
      unit: rule.unit, age: max(0, seconds - lastScrape))
  }

  /// A quantile of what a signal's histogram took in the last minute.
  private func spread(_ index: Int, _ rule: RuntimeSignal, at seconds: Double) -> Signal? {
    guard let lastScrape else { return nil }
    let span = span(of: .minute, at: seconds)
    var buckets = HistogramBuckets()
    for block in blocks where block.content == .spread && block.owner == index {
      guard let start = block.start else { continue }
      let bounds = schemas[block.schema]
      guard sum(column: start + bounds.count - 1, span) > 0 else { continue }
      buckets.merge(
        HistogramBuckets(
          rising: bounds, counts: bounds.indices.map { sum(column: start + $0, span) }))
    }
    guard let value = buckets.latency(rule.quantile).seconds else { return nil }
    return Signal(
      name: rule.name, value: value * rule.scale, unit: rule.unit,
      age: max(0, seconds - lastScrape))
  }

  /// What tells one state of the configuration from another, by the metrics' names.
  public var settings: [SettingReading] {
    settingCells.compactMap { cell in
      let value = cell.text ?? cell.value.map { "\($0)" }
      return value.map { SettingReading(name: cell.name, value: $0) }
    }.sorted { $0.name < $1.name }
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

  /// How full each limited thing is, by name. Things without a limit (0, or no number a machine
  /// could reach) are not there.
  public var saturation: [SaturationReading] {
    var found: [SaturationReading] = []
    for cell in saturationCells {
      guard let used = cell.used, let limit = cell.limit, limit > 0, limit < 9e15, used >= 0
      else { continue }
      if found.contains(where: { $0.name == cell.name }) { continue }
      found.append(SaturationReading(name: cell.name, ratio: used / limit))
    }
    if let ratio = cpuSaturation, !found.contains(where: { $0.name == "cpu" }) {
      found.append(SaturationReading(name: "cpu", ratio: ratio))
    }
    return (found + reachedLimits).sorted { $0.name < $1.name }
  }

  /// Processor time used of what the process may use: GOMAXPROCS or its control group's limit,
  /// the tighter one.
  private var cpuSaturation: Double? {
    guard let lastScrape, let cores = signal(named: "cpu_cores", at: lastScrape)?.value else {
      return nil
    }
    let limits = ["go_maxprocs", "cpu_limit_cores"].compactMap {
      signal(named: $0, at: lastScrape)?.value
    }.filter { $0 > 0 }
    return limits.min().map { cores / $0 }
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
