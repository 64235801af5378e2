import Fleet
import Health
import Incident

/// What the targets of a fleet tell of, by service, for indicators to be held against.
enum ExportedNames {
  /// Services of which nobody has answered lately are left out: of them nothing is known.
  static func of(_ present: Present) -> [String: Set<String>] {
    var found: [String: Set<String>] = [:]
    for service in present.services
    where service.instances.contains(where: {
      $0.scraping.fault == nil && $0.scraping.successes > 1
    }) {
      var names = Set(service.signals(at: present.now).map(\.name))
      names.formUnion(service.breakers.map { "breaker(\($0.name))" })
      names.formUnion(service.fallbacks.map { "fallback(\($0.name))" })
      names.formUnion(service.flags.map { "flag(\($0.name))" })
      names.formUnion(service.saturations.map { "saturation(\($0.name))" })
      names.formUnion(
        service.instances.flatMap { $0.health.report?.checks ?? [] }.map { "check(\($0.name))" })
      found[service.definition.name] = names
    }
    return found
  }
}
