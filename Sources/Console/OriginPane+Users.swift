import Canvas
import Fleet
import Health
import Incident

extension OriginPane {
  /// What users get because of it: the capabilities that it takes something from, then the journeys
  /// that fail in them.
  func users(of candidate: Origins.Candidate) -> [[Run]] {
    let services = Set(candidate.services + [candidate.name])
    let hurt = present.capabilities.filter { capability in
      capability.causes.contains { services.contains($0.service) }
    }.sorted { a, b in
      (b.state.severity, a.definition.tier) < (a.state.severity, b.definition.tier)
    }
    var lines = hurt.prefix(4).map { capability in
      OriginWords.capability(capability, indent: "  users: ")
    }
    if hurt.count > 4 {
      lines.append([Run("  users: and \(hurt.count - 4) more capabilities", Style.dim)])
    }
    let names = Set(hurt.map(\.definition.name))
    for journey in present.journeys
    where journey.isPassing == false
      && (journey.definition.capability.map(names.contains) ?? candidate.isOrigin)
    {
      lines.append([
        Run("  journey ", Style.dim), Run(journey.definition.name, .strong),
        Run("  \(journey.why ?? "")", .reason),
      ])
    }
    return lines
  }
}

extension OriginWords {
  /// `users: Buy degraded: prices up to 15 min old`
  static func capability(_ capability: CapabilityPresent, indent: String) -> [Run] {
    [
      Run(indent, Style.dim), Run(capability.definition.name, .strong),
      Run(" \(capability.state.rawValue)", capability.state == .lost ? .bad : .warning),
      Run(": \(capability.status)", Style.text),
    ]
  }
}
