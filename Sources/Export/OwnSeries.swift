import Exposition
import Fleet
import Health
import Incident
import Telemetry

/// Damcon's own verdicts as series, a value of each at each step.
///
/// What is not known has no value. Where it was known before, NaN says that it no longer is: a
/// Prometheus would show the last value for minutes.
struct OwnSeries {
  /// When each of its series was last written, by number; those that are NaN since are not in it.
  private var alive: [Int: Int64] = [:]

  private enum Name: String, CaseIterable {
    case health = "damcon_service_health"
    case age = "damcon_service_age_seconds"
    case rate = "damcon_requests_per_second"
    case errors = "damcon_error_ratio"
    case latency = "damcon_latency_seconds"
    case saturation = "damcon_saturation_ratio"
    case budget = "damcon_slo_budget_remaining"
    case burn = "damcon_slo_burn_rate"
    case alert = "damcon_slo_alert"
    case fallback = "damcon_fallback_active"
    case capability = "damcon_capability_state"
    case journey = "damcon_journey_ok"
    case up

    var unit: String? {
      switch self {
      case .age, .latency: "seconds"
      case .errors, .saturation: "ratio"
      default: nil
      }
    }

    var help: String {
      switch self {
      case .health: "1 for the state that a service is in, 0 for the others."
      case .age: "Since the instance that was silent for longest was last heard."
      case .rate: "Requests over the last minute."
      case .errors: "Share of the requests of the last minute that failed."
      case .latency:
        "Quantiles over the last minute; one past the last bucket reads as that bucket's bound."
      case .saturation: "How full the fullest limited thing of an instance that is heard is."
      case .budget: "Share of an objective's error budget that is left, below 0 where overspent."
      case .burn: "How many times too fast a budget goes, over a window."
      case .alert: "1 while an objective fires with that severity."
      case .fallback: "1 while a fallback is in use or recovering."
      case .capability: "1 for the state that a capability is in, 0 for the others."
      case .journey: "Whether the last run of a journey passed."
      case .up: "Whether the metrics of an instance could be read."
      }
    }
  }

  static let names = Set(Name.allCases.map(\.rawValue))

  static func declare(in catalog: inout SeriesCatalog) {
    for name in Name.allCases { catalog.addOwn(name.rawValue, unit: name.unit, help: name.help) }
  }

  /// What a scrape says of its target.
  static func up(_ target: Target) -> MetricIdentity {
    MetricIdentity(
      family: Name.up.rawValue, type: .gauge,
      labels: [Label("service", target.service), Label("instance", target.instance)])
  }

  /// Writes a value of everything that is known now.
  mutating func take(_ present: Present, at time: Int64, _ book: inout SeriesBook) throws {
    // By index: a copy of a service retains all that it holds.
    for index in present.services.indices {
      try write(present.services[index], at: present.now, time, &book)
    }
    for slo in present.capabilitySLOs { try write(slo, time, &book) }
    for capability in present.capabilities {
      for state in [CapabilityPresent.State.whole, .degraded, .lost] {
        try write(
          .capability, [("capability", capability.definition.name), ("state", state.rawValue)],
          capability.state == .unknown ? nil : capability.state == state ? 1 : 0, time, &book)
      }
    }
    for journey in present.journeys {
      try write(
        .journey, [("journey", journey.definition.name)], journey.isPassing.map { $0 ? 1 : 0 },
        time, &book)
    }
    for number in alive.keys.sorted() where alive[number] != time {
      try book.write(.nan, at: time, to: number)
      alive[number] = nil
    }
  }

  private mutating func write(
    _ service: ServicePresent, at now: Instant, _ time: Int64, _ book: inout SeriesBook
  ) throws {
    let figures = Figures(service, at: now)
    let own = ("service", figures.service)
    for state in HealthState.allCases {
      let value = state == figures.health ? 1.0 : 0
      try write(.health, [own, ("state", state.rawValue)], value, time, &book)
    }
    try write(.age, [own], figures.age, time, &book)
    try write(.rate, [own], figures.requests.rate, time, &book)
    try write(.errors, [own], figures.requests.errorRatio, time, &book)
    for quantile in Figures.quantiles {
      try write(
        .latency, [own, ("quantile", "\(quantile)")],
        figures.requests.latency(quantile).seconds, time, &book)
    }
    try write(.saturation, [own], figures.saturation, time, &book)
    for slo in figures.slos { try write(slo, time, &book) }
    for track in service.fallbackTracks {
      try write(
        .fallback, [own, ("fallback", track.name)], track.isInUse ? 1 : 0, time, &book)
    }
  }

  private mutating func write(
    _ slo: SLOPresent, _ time: Int64, _ book: inout SeriesBook
  ) throws {
    let own = [(slo.owner.kind, slo.owner.name), ("slo", slo.name)]
    try write(.budget, own, slo.remaining, time, &book)
    for burn in slo.reading.burns {
      try write(.burn, own + [("window", burn.name)], burn.rate, time, &book)
    }
    for severity in BurnSeverity.allCases {
      let value = slo.alert?.severity == severity ? 1.0 : 0
      try write(.alert, own + [("severity", severity.rawValue)], value, time, &book)
    }
  }

  private mutating func write(
    _ name: Name, _ labels: [(String, String)], _ value: Double?, _ time: Int64,
    _ book: inout SeriesBook
  ) throws {
    guard let value else { return }
    let identity = MetricIdentity(
      family: name.rawValue, type: .gauge, labels: labels.map { Label($0, $1) })
    guard let number = book.number(identity) else { return }
    try book.write(value, at: time, to: number)
    alive[number] = time
  }
}
