import Canvas
import Fleet
import Health
import Incident
import Telemetry

import enum Canvas.Role

/// Latency as a distribution over time, with the percentiles and the objective's threshold on it.
extension ServicePane {
  /// Points for charts: as much as was watched, in spans that a reader knows: one, two or five
  /// minutes, then the last hour.
  func points() -> (points: [RequestHistory.Point], span: String) {
    let name = service.definition.name
    if now.seconds(since: present.began) > 600 {
      return (Lookback.minutes(of: name, count: 60, state), "1h")
    }
    let points = Lookback.recent(of: name, count: 60, state)
    let unknown = points.prefix { $0.rate == nil }.count
    let (count, span) =
      switch points.count - unknown {
      case ...12: (12, "1m")
      case ...24: (24, "2m")
      default: (60, "5m")
      }
    // Before the first of them nothing was watched: a gap, so that the span is what it says.
    let shown = points.suffix(count)
    let first = shown.first?.start ?? 0
    let missing = (0..<count - shown.count).map { step in
      RequestHistory.Point(
        gapAt: first - Double(count - shown.count - step) * RequestHistory.fineSeconds,
        length: RequestHistory.fineSeconds)
    }
    return (missing + shown, span)
  }

  /// Rows of a chart; 0 where the screen is so small that numbers alone say more.
  private func chartRows(width: Int) -> Int {
    if width < 40 || console.size.height < 20 { return 0 }
    return console.size.height >= 36 ? 12 : 8
  }

  func latency(width: Int) -> Block {
    let (points, span) = points()
    let rows = chartRows(width: width)
    let title = title(isNarrow: width < 72)
    guard !console.awaitsHistory else { return Block(.latency, title: title, lines: [awaited]) }
    guard rows > 0, points.contains(where: { $0.p50 != .none || $0.p99 != .none }) else {
      return Block(.latency, title: title, lines: latencyWords(rows > 0))
    }
    guard let map = heatMap(points) else {
      let chart = quantileChart(points)
      return Block(.latency, title: title, height: rows + 1) { canvas in
        let plot = chart.draw(on: canvas.sub(canvas.bounds.splitTop(rows).top))
        TimeAxis("\(span) ago", marks: marks(points)).draw(on: canvas, under: plot)
      }
    }
    let height = map.rows(atMost: rows)
    return Block(.latency, title: title, height: height + 1) { canvas in
      let plot = map.draw(on: canvas.sub(canvas.bounds.splitTop(height).top))
      TimeAxis("\(span) ago", marks: marks(points)).draw(on: canvas, under: plot)
    }
  }

  /// What changed within the points, to be marked below them.
  func marks(_ points: [RequestHistory.Point]) -> [TimeAxis.Mark] {
    ChangeMarks.marks(
      of: service.definition.name, over: points.reduce(0) { $0 + $1.length }, present)
  }

  private func title(isNarrow: Bool) -> [Run] {
    let requests = service.requests
    let figures = Figures(service, at: now)
    let threshold = service.definition.threshold
    var title = [Run(isNarrow ? "1m  " : "last 1m  ", Style.dim)]
    for (name, quantile, role) in [
      ("p50", requests.p50, Role.series5), ("p95", requests.p95, .series2),
      ("p99", requests.p99, .series3),
    ] {
      title.append(Run(name + " ", role))
      let value = figures.latency(quantile, rate: requests.rate, threshold: threshold, unit: true)
      title += value + [Run("  ")]
    }
    if let threshold {
      title.append(Run("╌ \(Quantity.bound(seconds: threshold)) SLO  ", .threshold))
    }
    if case .summary(_, let instance) = requests.p99 {
      title.append(Run("w: worst instance, \(ServicePane.address(instance))  ", Style.dim))
    }
    return title + lateness
  }

  /// Why there is no chart; nothing where the numbers stand alone for want of room.
  private func latencyWords(_ hasRoom: Bool) -> [[Run]] {
    let requests = service.requests
    let text: String
    if !isScraped {
      text = "no scrape has come yet"
    } else if service.instances.allSatisfy({ $0.scraping.successes < 2 }) {
      text = "what happens between two scrapes is counted; the second is awaited"
    } else if requests.p99 == .none, requests.p50 == .none {
      text =
        requests.rate == nil || requests.rate != 0
        ? "no latency measured: no histogram or summary was recognised"
        : "no traffic in the last minute"
    } else if hasRoom {
      text = "the chart begins after half a minute"
    } else {
      return []
    }
    return [[Run(text, Style.dim)]]
  }

  // MARK: With buckets

  /// Nil where no point has buckets.
  private func heatMap(_ points: [RequestHistory.Point]) -> HeatMap? {
    guard let newest = points.last(where: { $0.buckets.bounds.count > 1 }) else { return nil }
    let bounds = newest.buckets.bounds
    func line(
      _ name: String, _ path: KeyPath<RequestHistory.Point, LatencyQuantile>, _ role: Role,
      _ sign: Unicode.Scalar, _ letter: Unicode.Scalar
    ) -> HeatMap.Line {
      let values = points.map { point -> Double? in
        if case .beyond = point[keyPath: path] { return .infinity }
        return point[keyPath: path].seconds
      }
      return HeatMap.Line(name, values, role, sign: sign, letter: letter)
    }
    return HeatMap(
      bounds: bounds, steps: points.map { ServicePane.shares(of: $0.buckets, on: bounds) },
      lines: [
        line("p50", \.p50, .series5, "─", "-"), line("p95", \.p95, .series2, "═", "="),
        line("p99", \.p99, .series3, "━", "*"),
      ], threshold: service.definition.threshold, label: { Quantity.bound(seconds: $0) })
  }

  /// The share of observations between one bound and the next; nil without observations.
  ///
  /// A process that began with other bounds is read between its own: exact where they agree.
  static func shares(of buckets: HistogramBuckets, on bounds: [Double]) -> [Double]? {
    guard let total = buckets.total, total > 0 else { return nil }
    var below = 0.0
    return bounds.indices.map { index in
      let share =
        buckets.bounds == bounds
        ? buckets.counts[index] / total
        : buckets.fraction(from: -.infinity, to: bounds[index])
      defer { below = max(below, share) }
      return share.isNaN ? 0 : max(0, share - below)
    }
  }

  // MARK: Without

  /// Of summaries no distribution is known: the worst instance's own figures, as lines.
  private func quantileChart(_ points: [RequestHistory.Point]) -> Chart {
    func series(
      _ name: String, _ path: KeyPath<RequestHistory.Point, LatencyQuantile>, _ role: Role,
      _ letter: Unicode.Scalar
    ) -> Chart.Series {
      Chart.Series(name, points.map { $0[keyPath: path].seconds }, role, letter: letter)
    }
    return Chart(
      [
        series("p50", \.p50, .series5, "-"), series("p95", \.p95, .series2, "="),
        series("p99", \.p99, .series3, "*"),
      ], scale: .logarithmic, threshold: service.definition.threshold,
      label: { Quantity.time(seconds: $0) })
  }
}
