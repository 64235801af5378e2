import Fleet
import Incident
import Telemetry

/// What is at stake, as the JSON of `damcon snapshot` tells it: objectives, alerts, capabilities.
enum StakesJSON {
  static func slo(_ slo: SLOPresent) -> JSONText {
    .object([
      ("name", .string(slo.name)),
      ("objective", .number(slo.definition.objective.percent)),
      ("window_seconds", .number(slo.definition.window)),
      ("covered_seconds", .number(slo.reading.covered)),
      ("budget_remaining", .number(slo.remaining)),
      ("burn", .object(slo.reading.burns.map { ($0.name, .number($0.rate)) })),
      ("alerting", .string(slo.alert?.severity.rawValue)),
      ("exhausts_in_seconds", .number(slo.reading.exhaustsIn)),
      ("policy", .string(slo.standing.rawValue)),
      ("incident_spend", .number(slo.incidentSpend)),
    ])
  }

  /// Everything that fires, pages first.
  static func alerts(of present: Present) -> [JSONText] {
    let slos = present.services.flatMap(\.slos) + present.capabilitySLOs
    let firing = slos.compactMap { slo in slo.alert.map { (slo, $0) } }
    return firing.enumerated().sorted {
      ($0.element.1.severity.rank, $0.offset) < ($1.element.1.severity.rank, $1.offset)
    }.map(\.element).map { slo, alert in
      .object([
        (slo.owner.kind, .string(slo.owner.name)),
        ("slo", .string(slo.name)),
        ("severity", .string(alert.severity.rawValue)),
        ("because", .string(slo.because)),
        ("since", SnapshotJSON.time(alert.since)),
      ])
    }
  }

  static func capability(_ capability: CapabilityPresent) -> JSONText {
    .object(members(of: capability))
  }

  static func members(of capability: CapabilityPresent) -> [(String, JSONText)] {
    var because = capability.causes.map(\.words)
    if because.isEmpty, capability.state != .whole { because = [capability.status] }
    return [
      ("name", .string(capability.definition.name)),
      ("tier", .string(capability.definition.tier.rawValue)),
      ("state", capability.state == .unknown ? .null : .string(capability.state.rawValue)),
      ("because", .strings(because)),
      ("status", .string(capability.status)),
    ]
  }
}
