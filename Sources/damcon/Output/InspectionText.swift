import Canvas
import Exposition
import Health
import Telemetry

/// `damcon inspect` for people: what was recognised first, then what was found, then what is wrong.
enum InspectionText {
  static func page(of inspection: Inspection) -> String {
    var lines: [String] = []
    if inspection.isURL {
      lines.append("health")
      lines += probe("liveness", inspection.liveness)
      lines += probe("readiness", inspection.readiness)
      lines.append("")
    }
    lines += exposition(inspection)
    return lines.map { DisplayText.sanitised($0) }.joined(separator: "\n") + "\n"
  }

  private static func probe(_ name: String, _ probe: Probe?) -> [String] {
    guard let probe else { return ["  \(name): no such route was found"] }
    switch probe.answer {
    case .fault(let fault):
      return ["  \(name): \(probe.path)  \(fault.kind.rawValue): \(fault.detail)"]
    case .response(let status, let report):
      var lines = [
        "  \(name): \(probe.path)  \(status)  "
          + "\(report.status?.rawValue ?? "says nothing") (\(report.dialect.rawValue))  "
          + Quantity.time(seconds: probe.duration)
      ]
      if let message = report.message { lines.append("    \(message)") }
      lines += report.checks.map { check in
        let need = check.required ? "required" : "optional"
        return "    check \(check.name): \(check.status.rawValue), \(need)"
          + (check.message.map { ", \($0)" } ?? "")
      }
      lines += report.fallbacks.map {
        "    fallback \($0.name): \($0.active ? "active" : "idle")"
      }
      lines += report.breakers.map { "    breaker \($0.name): \($0.state.rawValue)" }
      lines += report.defects.map { "    defect: \($0)" }
      return lines
    }
  }

  private static func exposition(_ inspection: Inspection) -> [String] {
    guard let exposition = inspection.exposition else {
      let fault = inspection.fault.map { "\($0.kind.rawValue): \($0.detail)" }
      return ["metrics: none" + (fault.map { " (\($0))" } ?? "")]
    }
    var lines = ["roles"] + roles(inspection.roles)
    lines += [
      "",
      "metrics: \(exposition.format.rawValue), \(exposition.families.count) families, "
        + "\(exposition.samples.count) samples, \(exposition.violationCount) violations",
    ]
    var table = TextTable([
      ("  FAMILY", .left), ("TYPE", .left), ("SERIES", .right), ("HELP", .left),
    ])
    var series = [Int](repeating: 0, count: exposition.families.count)
    for sample in exposition.samples { series[sample.family] += 1 }
    for (index, family) in exposition.families.enumerated() {
      table.add([
        "  " + family.name, family.type.rawValue, "\(series[index])", family.help ?? "",
      ])
    }
    lines += table.lines
    if inspection.showsSamples { lines += [""] + exposition.samples.map(sample) }
    if !exposition.violations.isEmpty {
      lines += ["", "violations"]
      lines += exposition.violations.map { "  \($0.line):\($0.column): \($0.reason)" }
      let more = exposition.violationCount - exposition.violations.count
      if more > 0 { lines.append("  and \(more) more") }
    }
    return lines
  }

  private static func roles(_ roles: Roles?) -> [String] {
    let unknown = "not recognised"
    var lines = [
      "  language  \(roles?.language?.rawValue ?? unknown)",
      "  version   \(roles?.version ?? unknown)",
    ]
    if let requests = roles?.requests {
      lines.append(
        "  requests  \(requests.family), by \(requests.endpointLabel ?? "no label"), "
          + "errors by \(requests.error ?? "nothing"), as \(requests.convention)")
    } else {
      lines.append("  requests  \(unknown)")
    }
    if let latency = roles?.latency {
      lines.append("  latency   \(latency.family), a \(latency.kind.rawValue)")
    } else {
      lines.append("  latency   \(unknown)")
    }
    for (title, names) in [
      ("runtime  ", roles?.runtime ?? []), ("fallbacks", roles?.fallbacks ?? []),
      ("breakers ", roles?.breakers ?? []),
    ] where !names.isEmpty {
      lines.append("  \(title) \(names.joined(separator: ", "))")
    }
    return lines
  }

  private static func sample(_ sample: ParsedExposition.Sample) -> String {
    let labels = sample.labels.map { "\($0.name)=\"\($0.value)\"" }.joined(separator: ",")
    return "  \(sample.name){\(labels)} \(InspectionJSON.value(sample.value))"
  }
}
