import Fleet
import Health
import Incident
import Telemetry

/// The numbers of one service at one moment, each nil where it is not known then.
struct Figures {
  var service: String
  var tier: Tier
  var health: HealthState
  /// The first reason for `health`.
  var reason: String?
  /// Seconds since the instance that was silent for longest was last heard.
  var age: Double?
  var instances: Int
  /// Of the last minute.
  var requests: RequestStatistics
  /// 0…1 of the fullest limited thing of any instance that is heard.
  var saturation: Double?
  var slos: [SLOPresent]
  /// Those in use.
  var fallbacks: [String]
  var versions: [String]

  static let quantiles = [0.5, 0.9, 0.95, 0.99, 0.999]

  init(_ service: ServicePresent, at now: Instant) {
    self.service = service.definition.name
    tier = service.definition.tier
    health = service.verdict.state
    reason = service.verdict.reasons.first
    age = service.age(at: now)
    instances = service.instances.count
    requests = service.statistics(.minute, at: now)
    // What was said before a silence says nothing about now.
    saturation = service.instances.filter(\.isHeard).flatMap(\.saturations).map(\.ratio)
      .filter(\.isFinite).max()
    slos = service.slos
    fallbacks = service.fallbacksInUse.map(\.name)
    versions = service.versions
  }

  /// The objective with the least left of its budget; the first where none has counted anything.
  var tightest: SLOPresent? {
    var least: SLOPresent?
    for slo in slos {
      guard let known = least else {
        least = slo
        continue
      }
      if slo.remaining ?? .infinity < known.remaining ?? .infinity { least = slo }
    }
    return least
  }

  /// The fastest burn over the last hour.
  var burn: Double? { slos.compactMap { $0.reading.burn(over: 60) }.max() }

  /// The most urgent that fires.
  var alert: BurnSeverity? { slos.compactMap { $0.alert?.severity }.max() }

  /// Seconds: the last finite bound, where any of the quantiles lies past it.
  var beyond: Double? {
    for quantile in Figures.quantiles.reversed() {
      if case .beyond(let bound) = requests.latency(quantile) { return bound }
    }
    return nil
  }
}

extension InstancePresent {
  fileprivate var isHeard: Bool {
    switch state {
    case .stale, .unreachable, .unknown: false
    default: true
    }
  }
}
