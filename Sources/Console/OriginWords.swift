import Canvas
import Fleet
import Health
import Incident

/// The place of a service in the troubles of now, in the few words that a row or a footer has room
/// for.
enum OriginWords {
  /// `origin: `, `origin? `, `needs pricing: `; nothing for what is well.
  static func place(of service: ServicePresent, _ present: Present) -> [Run] {
    guard service.trouble != nil else { return [] }
    switch present.origins.place(of: service.definition.name) {
    case .origin(let candidate) where candidate.isOrigin:
      let isAlone = candidate.hurt.isEmpty && candidate.dependents == 0
      if candidate.isDecided, isAlone { return [] }
      return [Run(candidate.isDecided ? "origin: " : "origin? ", .strong)]
    case .hurt(let hurt, _):
      return [Run("needs \(hurt.under): ", Style.text)]
    case .origin, nil: return []
    }
  }

  /// What a symptom says better than the verdict does; nil where the verdict is the best there is.
  ///
  /// A service that calls itself healthy while its figures are not is never shown as merely so.
  static func reason(of service: ServicePresent, _ present: Present) -> String? {
    guard let trouble = service.trouble, !trouble.isResting else { return nil }
    let now = trouble.symptoms.filter { $0.isPresent && $0.kind != .verdict }
    if case .origin = present.origins.place(of: service.definition.name),
      let full = now.first(where: { $0.kind == .saturation })
    {
      return "\(full.subject) saturated"
    }
    guard service.verdict.reasons.isEmpty || service.verdict.state.isQuiet else { return nil }
    return now.first?.words
  }

  /// `hurts checkout ▲  cart ◐  -> "Buy" degraded: prices up to 15 min old`, or what hurts it.
  static func consequences(of service: ServicePresent, _ present: Present) -> [Run] {
    guard service.trouble != nil else { return [] }
    switch present.origins.place(of: service.definition.name) {
    case .origin(let candidate) where !candidate.hurt.isEmpty:
      let names = candidate.hurt.map(\.service)
      var runs = [Run("hurts", Style.dim)] + Neighbours.runs(Array(names.prefix(6)), present)
      if names.count > 6 { runs.append(Run(" and \(names.count - 6) more", Style.dim)) }
      return runs
    case .hurt(let hurt, let candidate):
      var runs = [Run("needs", Style.dim)] + Neighbours.runs([hurt.under], present)
      if hurt.under != candidate.name {
        runs.append(Run("   began at", Style.dim))
        runs += candidate.isWatched
          ? Neighbours.runs([candidate.name], present)
          : [Run(" \(candidate.name)"), Run(", not watched", Style.dim)]
      }
      let below = present.dependents(of: service.definition.name)
      if !below.isEmpty {
        runs.append(Run("   needed by", Style.dim))
        runs += Neighbours.runs(Array(below.prefix(4)), present)
      }
      return runs
    case .origin, nil: return []
    }
  }

  /// Whether a check speaks of something that no service of the fleet is.
  static func isStranger(
    _ check: String, to service: ServicePresent, _ present: Present
  ) -> Bool {
    present.service(called: check) == nil && !Present.isSelfTest(check)
  }

  /// Clauses put into lines of at most `width`, each line beginning after `indent` columns.
  static func wrapped(_ clauses: [String], width: Int, indent: Int) -> [String] {
    let space = String(repeating: " ", count: indent)
    let text = clauses.joined(separator: "; ")
    return DisplayCut.wrap(text, to: max(16, width - indent)).map { space + $0 }
  }
}
