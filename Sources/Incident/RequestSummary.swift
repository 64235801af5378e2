public import Canonical
public import Telemetry

/// Requests over one window as the fleet table shows them: read once a scrape, drawn many times.
public struct RequestSummary: Sendable, Hashable {
  public var window: Window
  /// Seconds of the window that were really watched.
  public var covered: Double
  /// Requests a second; nil when not known, 0 when there was no traffic.
  public var rate: Double?
  /// 0…1; nil when there was no traffic or nothing tells errors apart.
  public var errorRatio: Double?
  public var p50: LatencyQuantile
  public var p90: LatencyQuantile
  public var p95: LatencyQuantile
  public var p99: LatencyQuantile
  public var p999: LatencyQuantile

  public init(window: Window) {
    self.window = window
    covered = 0
    p50 = .none
    p90 = .none
    p95 = .none
    p99 = .none
    p999 = .none
  }

  public init(_ statistics: RequestStatistics, window: Window) {
    self.window = window
    covered = statistics.covered
    rate = statistics.rate
    errorRatio = statistics.errorRatio
    p50 = statistics.latency(0.5)
    p90 = statistics.latency(0.9)
    p95 = statistics.latency(0.95)
    p99 = statistics.latency(0.99)
    p999 = statistics.latency(0.999)
  }
}

/// One number of a summary, as conditions name it.
enum RequestFigure: String, Sendable {
  case rate
  case errorRatio = "error_ratio"
  case p50 = "p50_ms"
  case p90 = "p90_ms"
  case p95 = "p95_ms"
  case p99 = "p99_ms"
  case p999 = "p99.9_ms"
}

extension RequestSummary {
  /// In the unit that its name tells; nil where it is not known.
  func value(of figure: RequestFigure) -> Double? {
    switch figure {
    case .rate: rate
    case .errorRatio: errorRatio
    case .p50, .p90, .p95, .p99, .p999: latency(figure)?.seconds.map { $0 * 1000 }
    }
  }

  /// nil for what is no latency.
  func latency(_ figure: RequestFigure) -> LatencyQuantile? {
    switch figure {
    case .rate, .errorRatio: nil
    case .p50: p50
    case .p90: p90
    case .p95: p95
    case .p99: p99
    case .p999: p999
    }
  }
}

extension RequestSummary: FieldCoded {
  public static var blank: Self { Self(window: .minute) }

  public mutating func pass(_ fields: Fields) throws {
    try fields.pass(&window, &covered, &rate, &errorRatio)
    try fields.pass(&p50, &p90, &p95, &p99)
    try fields.pass(&p999)
  }
}
