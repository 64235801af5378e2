import Fleet

/// The same health in other people's words.
extension HealthBody {
  /// As the API server's `?verbose` tells it.
  static func kubernetes(
    of instance: SimulatedInstance, isReadiness: Bool, trouble: String?
  ) -> String {
    let now = instance.clock.now
    var text = "[+]ping ok\n[+]log ok\n"
    if isReadiness {
      for dependency in instance.dependencies {
        let passes = dependency.check(now: now).passes
        text +=
          passes
          ? "[+]\(dependency.model.name) ok\n"
          : "[-]\(dependency.model.name) failed: reason withheld\n"
      }
      if instance.phase == .draining { text += "[-]shutdown failed: reason withheld\n" }
      if instance.phase == .warming { text += "[-]poststarthook/warmup failed: not finished\n" }
    }
    let name = isReadiness ? "readyz" : "livez"
    return text + (trouble == nil ? "\(name) check passed\n" : "\(name) check failed\n")
  }

  /// As draft-inadarei-api-health-check tells it.
  static func ietf(
    of instance: SimulatedInstance, isReadiness: Bool, trouble: String?
  ) -> [(String, JSONText)] {
    var fields: [(String, JSONText)] = [
      ("status", .string(trouble == nil ? "pass" : "fail")), ("version", .string("1")),
      ("releaseId", .string(instance.version.name)), ("serviceId", .string(instance.model.name)),
    ]
    if let trouble { fields.append(("output", .string(trouble))) }
    guard isReadiness else { return fields }
    let now = instance.clock.now
    let checks: [(String, JSONText)] = instance.dependencies.map { dependency in
      let check = dependency.check(now: now)
      var entry: [(String, JSONText)] = [
        ("componentType", .string("datastore")),
        ("status", .string(check.passes ? "pass" : "fail")), ("time", stamp(instance)),
      ]
      if let observed = check.observed {
        entry.append(("observedValue", .number(NumberText.milliseconds(observed))))
        entry.append(("observedUnit", .string("ms")))
      }
      if let message = check.message { entry.append(("output", .string(message))) }
      return ("\(dependency.model.name):responseTime", .list([.fields(entry)]))
    }
    fields.append(("checks", .fields(checks)))
    return fields
  }
}
