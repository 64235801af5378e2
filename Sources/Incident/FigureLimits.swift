import Fleet
import Telemetry

/// What the figures of a service should not pass, from its objectives: read out of them once, for
/// figures are compared after every scrape.
struct FigureLimits: Sendable, Hashable, Codable {
  /// 0…1
  var errors = ServicePresent.errorsWithoutObjective
  var latencies: [Latency] = []

  /// A quantile over its limit tells that several times as many are slow as may be.
  struct Latency: Sendable, Hashable, Codable {
    var quantile: Quantile
    /// Seconds.
    var limit: Double
  }

  enum Quantile: String, Sendable, Hashable, Codable { case p50, p90, p95, p99 }

  init() {}

  init(_ slos: [SLO]) {
    for slo in slos {
      guard let threshold = slo.threshold else {
        errors = min(errors, slo.objective.budget * ServicePresent.fastBurn)
        continue
      }
      // The next lower quantile than the objective's own.
      let percent = slo.objective.percent
      let quantile: Quantile =
        percent >= 99.9 ? .p99 : percent >= 99 ? .p95 : percent >= 95 ? .p90 : .p50
      latencies.append(Latency(quantile: quantile, limit: threshold))
    }
  }
}

extension RequestSummary {
  func seconds(_ quantile: FigureLimits.Quantile) -> Double? {
    switch quantile {
    case .p50: p50.seconds
    case .p90: p90.seconds
    case .p95: p95.seconds
    case .p99: p99.seconds
    }
  }
}
