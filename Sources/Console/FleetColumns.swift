import Canvas
import Fleet
import Health
import Incident
import Telemetry

/// The columns of the fleet table as a screen has room for them; they drop by weight.
struct FleetColumns {
  let columns: [Column]
  let gap: Int
  /// What each of `columns` but the first shows: the mark of the state.
  private let shown: [FleetColumn]
  /// Which of `columns` have room.
  private let isPlaced: [Bool]
  /// Columns of the sparkline.
  private let trendWidth: Int
  private let glyphs: GlyphSet
  private let awaitsHistory: Bool

  /// Five-second steps that a sparkline looks back on: five minutes.
  static let lookback = 60

  init(services names: [String], width: Int, _ console: ConsoleState) {
    glyphs = console.glyphs
    awaitsHistory = console.awaitsHistory
    gap = width < 112 ? 1 : 2
    var wanted = console.columns ?? FleetColumn.standard
    if !wanted.contains(.name) { wanted.insert(.name, at: 0) }
    let longest = names.map { DisplayText.width(of: $0) }.max() ?? 8
    // State and tier stand together: two signs that say how much to care.
    var columns =
      [Column(" T", minimum: 2, weight: 100)]
      + wanted.map { FleetColumns.column($0, longestName: longest) }
    shown = wanted
    var isPlaced = [Bool](repeating: false, count: columns.count)
    var trendWidth = 0
    for place in Column.place(columns, width: width, gap: gap) {
      isPlaced[place.index] = true
      guard place.index > 0, wanted[place.index - 1] == .trend else { continue }
      trendWidth = place.width
      if place.width >= 9 { columns[place.index].title = "5m 0..MAX" }
    }
    self.columns = columns
    self.isPlaced = isPlaced
    self.trendWidth = trendWidth
  }

  private static func column(_ column: FleetColumn, longestName: Int) -> Column {
    switch column {
    case .name:
      Column(
        "SERVICE", minimum: max(8, min(12, longestName)), ideal: max(9, min(28, longestName)),
        weight: 99)
    case .version: Column("VERSION", minimum: 9, ideal: 12, weight: 56)
    case .rate: Column("RATE/s", .decimal, minimum: 6, weight: 80)
    // Beside the rate, whose course it is: `RATE/s 5m`.
    case .trend: Column("5m", minimum: 4, ideal: 12, weight: 40)
    case .errors: Column("ERR%", .decimal, minimum: 5, weight: 90)
    case .p50: Column("p50ms", .decimal, minimum: 5, ideal: 6, weight: 50)
    case .p95: Column("p95ms", .decimal, minimum: 5, ideal: 6, weight: 60)
    case .p99: Column("p99ms", .decimal, minimum: 5, ideal: 6, weight: 85)
    case .saturation: Column("SAT%", .right, minimum: 4, weight: 58)
    case .age: Column("AGE", .right, minimum: 3, ideal: 4, weight: 25)
    case .why: Column("WHY", minimum: 16, ideal: 22, weight: 95, grows: 3)
    case .instances: Column("UP", .right, minimum: 3, ideal: 5, weight: 45)
    case .since: Column("FOR", .right, minimum: 5, weight: 48)
    case .owner: Column("OWNER", minimum: 8, ideal: 14, weight: 30, grows: 1)
    }
  }

  /// The runs of each column of one row; none where it has no room.
  func cells(ofServiceAt index: Int, _ state: State) -> [[Run]] {
    let row = Row(
      index: index, state: state, service: state.present.services[index], glyphs: glyphs,
      trendWidth: trendWidth, awaitsHistory: awaitsHistory)
    var cells = [row.mark]
    cells.reserveCapacity(columns.count)
    for (place, column) in shown.enumerated() {
      cells.append(isPlaced[place + 1] ? row.cell(column) : [])
    }
    return cells
  }

  /// One service, as its row tells of it.
  private struct Row {
    let index: Int
    let state: State
    let service: ServicePresent
    let glyphs: GlyphSet
    let trendWidth: Int
    let awaitsHistory: Bool
    let figures: Figures

    init(
      index: Int, state: State, service: ServicePresent, glyphs: GlyphSet, trendWidth: Int,
      awaitsHistory: Bool
    ) {
      self.index = index
      self.state = state
      self.service = service
      self.glyphs = glyphs
      self.trendWidth = trendWidth
      self.awaitsHistory = awaitsHistory
      figures = Figures(service, at: state.present.now)
    }

    private var verdict: HealthState { service.verdict.state }
    private var isQuiet: Bool { verdict.isQuiet }

    var mark: [Run] {
      // The letter tells the tier; in the name's own style it costs a slow link no change of colour.
      let tier = service.definition.tier
      let style: Style = isQuiet || tier == .optional ? .dim : Style(.strong)
      return [Run(verdict.mark, verdict.role), Run(tier.mark, style)]
    }

    func cell(_ column: FleetColumn) -> [Run] {
      let requests = service.requests
      let now = state.present.now
      switch column {
      case .name: return [Run(service.definition.name, isQuiet ? .dim : .strong)]
      case .version: return FleetColumns.version(service, figures.plain)
      case .rate: return figures.rate(requests.rate)
      case .trend: return trend
      case .errors: return figures.errors(requests.errorRatio, rate: requests.rate)
      case .p50: return latency(\.p50)
      case .p95: return latency(\.p95)
      case .p99: return latency(\.p99)
      case .saturation: return figures.saturation(service.saturation)
      case .age:
        let polling = service.definition.instances.first?.polling ?? PollPolicy()
        return Figures.age(
          service.age(at: now), interval: polling.interval, timeout: polling.timeout)
      case .why: return FleetPane.why(index, state.present)
      case .instances:
        let serving = service.instances.count { $0.state.serves }
        return [Run("\(serving)/\(service.instances.count)", figures.plain)]
      case .since:
        guard verdict != .unknown else { return [Run(Quantity.unknown, Style.dim)] }
        return [
          Run(Quantity.duration(now.seconds(since: service.verdict.since)), figures.plain)
        ]
      case .owner:
        return [Run(service.definition.owner?.team ?? Quantity.unknown, Style.dim)]
      }
    }

    private func latency(_ path: KeyPath<RequestSummary, LatencyQuantile>) -> [Run] {
      figures.latency(
        service.requests[keyPath: path], rate: service.requests.rate,
        threshold: service.definition.threshold)
    }

    private var trend: [Run] {
      if awaitsHistory { return [Run(trendWidth < 10 ? "…" : "on its way", Style.dim)] }
      let rates = Lookback.rates(of: index, count: FleetColumns.lookback, state)
      guard let most = rates.lazy.compactMap({ $0 }).max() else {
        return [Run(Quantity.unknown, Style.dim)]
      }
      // Room above the highest bar: rows of steady traffic must not grow together to a wall.
      let steps = Sparkline.values(in: trendWidth, glyphs: glyphs)
      let line = Sparkline(
        Lookback.resampled(rates, to: steps), scale: 0...max(1e-9, most) * 1.3)
      return [
        Run(
          line.text(width: trendWidth, glyphs: glyphs),
          figures.plain == .dim ? .axis : .sparkline)
      ]
    }
  }

  /// `G 1.42.0`; a second version running beside it shows as `+1`.
  static func version(_ service: ServicePresent, _ style: Style) -> [Run] {
    let mark = service.language?.mark ?? Quantity.unknown
    let versions = service.versions
    guard let first = versions.first else { return [Run("\(mark) ?", Style.dim)] }
    var runs = [Run("\(mark) ", Style.dim)]
    runs.append(Run(first, style))
    if versions.count > 1 { runs.append(Run("+\(versions.count - 1)", .warning)) }
    return runs
  }
}

extension HealthState {
  /// Whether an instance in this state answers those who call it.
  fileprivate var serves: Bool { self == .healthy || self == .degraded }
}
