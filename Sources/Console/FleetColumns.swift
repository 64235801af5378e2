import Canvas
import Fleet
import Health
import Incident

/// The columns of the fleet table; they drop by weight as the room gets short.
struct FleetColumns {
  let columns: [Column]

  private enum Place: Int {
    case mark, service, version, rate, spark, errors, p50, p95, p99, saturation, age, why
  }

  /// Five-second steps that a sparkline looks back on: five minutes.
  static let lookback = 60

  init(services names: [String], width: Int) {
    let longest = names.map { DisplayText.width(of: $0) }.max() ?? 8
    let isNarrow = width < 90
    columns = [
      // State and tier stand together: two signs that say how much to care.
      Column(" T", minimum: 2, weight: 100),
      Column(
        "SERVICE", minimum: max(8, min(12, longest)), ideal: max(9, min(28, longest)), weight: 99),
      Column("VERSION", minimum: 9, ideal: 12, weight: 56),
      Column("RATE/s", .decimal, minimum: 6, weight: 80),
      Column(isNarrow ? "5m" : "LAST 5m", minimum: 4, ideal: 12, weight: 40),
      Column("ERR%", .decimal, minimum: 5, weight: 90),
      Column("p50ms", .decimal, minimum: 5, ideal: 6, weight: 50),
      Column("p95ms", .decimal, minimum: 5, ideal: 6, weight: 60),
      Column("p99ms", .decimal, minimum: 5, ideal: 6, weight: 85),
      Column("SAT%", .right, minimum: 4, weight: 58),
      Column("AGE", .right, minimum: 3, ideal: 4, weight: 25),
      Column("WHY", minimum: 16, ideal: 22, weight: 95, grows: 1),
    ]
  }

  /// How many steps the sparkline has room for; 0 where its column is left out.
  func sparkSteps(width: Int, gap: Int) -> Int {
    Column.place(columns, width: width, gap: gap)
      .first { $0.index == Place.spark.rawValue }?.width ?? 0
  }

  func cells(ofServiceAt index: Int, _ state: State, sparkSteps: Int) -> [[Run]] {
    let now = state.present.now
    let service = state.present.services[index]
    let definition = service.definition
    let verdict = service.verdict.state
    let figures = Figures(service, at: now)
    let requests = service.requests
    let threshold = definition.threshold
    return [
      [
        Run(verdict.mark, verdict.role),
        Run(definition.tier.mark, verdict.isQuiet ? .dim : definition.tier.role),
      ],
      [Run(definition.name, verdict.isQuiet ? .dim : .strong)],
      FleetColumns.version(service, figures.plain),
      figures.rate(requests.rate),
      spark(index, state, steps: sparkSteps, figures),
      figures.errors(requests.errorRatio, rate: requests.rate),
      figures.latency(requests.p50, rate: requests.rate, threshold: threshold),
      figures.latency(requests.p95, rate: requests.rate, threshold: threshold),
      figures.latency(requests.p99, rate: requests.rate, threshold: threshold),
      figures.saturation(service.saturation),
      age(service, at: now),
      FleetPane.why(service, state.present),
    ]
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

  private func spark(
    _ index: Int, _ state: State, steps: Int, _ figures: Figures
  ) -> [Run] {
    guard steps > 0 else { return [] }
    let rates = Lookback.rates(of: index, count: FleetColumns.lookback, state)
    guard rates.contains(where: { $0 != nil }) else { return [Run(Quantity.unknown, Style.dim)] }
    // Room above the highest bar: rows of steady traffic must not grow together to a wall.
    let top = max(1e-9, rates.compactMap { $0 }.max() ?? 0) * 1.3
    let text = Sparkline(Lookback.resampled(rates, to: steps), scale: 0...top).text(width: steps)
    return [Run(text, figures.plain == .dim ? .axis : .sparkline)]
  }

  private func age(_ service: ServicePresent, at now: Instant) -> [Run] {
    let polling = service.definition.instances.first?.polling ?? PollPolicy()
    return Figures.age(
      service.age(at: now), interval: polling.interval, timeout: polling.timeout)
  }
}
