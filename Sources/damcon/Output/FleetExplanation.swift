import Canvas
import Fleet
import Telemetry

/// The fleet as it was understood, with every default filled in; secrets are never shown.
enum FleetExplanation {
  static func page(of fleet: Fleet) -> String {
    var lines = ["", "fleet  \(fleet.name)"]
    if let environment = fleet.environment { lines.append("environment  \(environment.name)") }
    for service in fleet.services {
      lines += ["", "\(service.name)  \(service.tier.rawValue)"]
      lines.append("  language    \(service.language?.rawValue ?? "worked out from its metrics")")
      if let team = service.owner?.team { lines.append("  owner       \(team)") }
      if !service.dependsOn.isEmpty {
        lines.append("  depends on  \(service.dependsOn.joined(separator: ", "))")
      }
      lines.append("  requests    \(service.requests?.name ?? "by the built-in conventions")")
      if let beacon = service.beacon { lines += explain(beacon) }
      for instance in service.instances where !instance.isBeacon { lines += explain(instance) }
    }
    return lines.map { DisplayText.sanitised($0) }.joined(separator: "\n") + "\n"
  }

  private static func explain(_ beacon: Beacon) -> [String] {
    let named = beacon.instances.joined(separator: ", ")
    return [
      "  beats       every \(Quantity.time(seconds: beacon.every)), taken by `serve --beacon`",
      "    token     \(words(beacon.token))",
      named.isEmpty
        ? "    instances make themselves known, at most \(beacon.most), and are forgotten after "
          + "\(Quantity.duration(beacon.forget)) of silence" : "    instances \(named)",
    ]
  }

  private static func explain(_ instance: Instance) -> [String] {
    let polling = instance.polling
    let liveness = polling.livenessTimeout ?? polling.timeout
    let readiness = polling.readinessTimeout ?? polling.timeout
    var lines = [
      "  \(instance.url)",
      "    liveness  \(words(instance.liveness)), within \(Quantity.time(seconds: liveness))",
      "    readiness \(words(instance.readiness)), within \(Quantity.time(seconds: readiness)), "
        + "\(Quantity.time(seconds: polling.readinessGrace)) of grace",
      "    metrics   \(words(instance.metrics)), within \(Quantity.time(seconds: polling.timeout))",
      "    every \(Quantity.time(seconds: polling.interval)), bodies up to "
        + "\(instance.limits.bodyBytes) bytes, \(instance.limits.series) series, "
        + "\(instance.limits.redirects) redirects",
    ]
    for header in instance.credentials.headers {
      lines.append("    header    \(header.name): \(words(header.value))")
    }
    return lines
  }

  private static func words(_ endpoint: Instance.Endpoint) -> String {
    switch endpoint {
    case .discover: "found by asking"
    case .path(let path): path
    case .none: "not asked"
    }
  }

  private static func words(_ secret: Credentials.Secret) -> String {
    switch secret {
    case .literal: "as written (not shown)"
    case .file(let path, _): "from the file \(path)"
    case .environment(let name, _): "from the environment variable \(name)"
    }
  }
}
