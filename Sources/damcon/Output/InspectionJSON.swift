import Export
import Exposition
import Health
import Telemetry

/// The JSON of `damcon inspect`.
enum InspectionJSON {
  static func document(of inspection: Inspection) -> JSONText {
    let exposition = inspection.exposition
    var members: [(String, JSONText)] = [
      ("format", .string(exposition?.format.rawValue)),
      ("families", .array(exposition.map(families) ?? [])),
      ("errors", .array((exposition?.violations ?? []).map(violation))),
      ("roles", roles(inspection.roles)),
    ]
    if inspection.isURL {
      members.append(
        (
          "health",
          .object([
            ("liveness", probe(inspection.liveness)), ("readiness", probe(inspection.readiness)),
          ])
        ))
      members.append(("fault", fault(inspection.fault)))
    }
    if inspection.showsSamples {
      members.append(("samples", .array((exposition?.samples ?? []).map(sample))))
    }
    return .object(members)
  }

  private static func families(_ exposition: ParsedExposition) -> [JSONText] {
    var series = [Int](repeating: 0, count: exposition.families.count)
    for sample in exposition.samples { series[sample.family] += 1 }
    return exposition.families.enumerated().map { index, family in
      .object([
        ("name", .string(family.name)), ("type", .string(family.type.rawValue)),
        ("unit", .string(family.unit)), ("help", .string(family.help)),
        ("series", .number(series[index])),
      ])
    }
  }

  private static func violation(_ violation: Violation) -> JSONText {
    .object([
      ("line", .number(violation.line)), ("column", .number(violation.column)),
      ("reason", .string(violation.reason)),
    ])
  }

  private static func roles(_ roles: Roles?) -> JSONText {
    .object([
      ("language", .string(roles?.language?.rawValue)),
      ("version", .string(roles?.version)),
      (
        "requests",
        roles?.requests.map {
          .object([
            ("family", .string($0.family)), ("endpoint_label", .string($0.endpointLabel)),
            ("error", .string($0.error)), ("convention", .string($0.convention)),
          ])
        } ?? .null
      ),
      (
        "latency",
        roles?.latency.map {
          .object([("family", .string($0.family)), ("kind", .string($0.kind.rawValue))])
        } ?? .null
      ),
      ("runtime", .strings(roles?.runtime ?? [])),
      ("fallbacks", .strings(roles?.fallbacks ?? [])),
      ("breakers", .strings(roles?.breakers ?? [])),
    ])
  }

  private static func sample(_ sample: ParsedExposition.Sample) -> JSONText {
    .object([
      ("name", .string(sample.name)),
      ("labels", labels(sample.labels)),
      ("value", .string(value(sample.value))),
      ("timestamp", .number(sample.timestamp)),
      (
        "exemplar",
        sample.exemplar.map {
          .object([
            ("labels", labels($0.labels)), ("value", .string(value($0.value))),
            ("timestamp", .number($0.timestamp)),
          ])
        } ?? .null
      ),
    ])
  }

  private static func labels(_ labels: [Label]) -> JSONText {
    .object(labels.map { ($0.name, .string($0.value)) })
  }

  /// As expositions write it: the fewest digits that read back, `NaN`, `+Inf`, `-Inf`.
  static func value(_ value: Double) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
    let digits = String(value)
    return digits.hasSuffix(".0") ? String(digits.dropLast(2)) : digits
  }

  private static func fault(_ fault: Fault?) -> JSONText {
    fault.map { .object([("kind", .string($0.kind.rawValue)), ("detail", .string($0.detail))]) }
      ?? .null
  }

  private static func probe(_ probe: Probe?) -> JSONText {
    guard let probe else { return .null }
    switch probe.answer {
    case .fault(let fault):
      return .object([
        ("path", .string(probe.path)), ("duration_ms", .number(probe.duration * 1000)),
        ("http_status", .null), ("fault", self.fault(fault)),
      ])
    case .response(let status, let report):
      return .object(
        [
          ("path", .string(probe.path)), ("duration_ms", .number(probe.duration * 1000)),
          ("http_status", .number(status)), ("fault", .null),
        ] + HealthReportJSON.members(of: report))
    }
  }
}
