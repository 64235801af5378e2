import Fleet

/// What a simulated instance says about its health, in its service's dialect.
@Simulation
enum HealthBody {
  /// Whether readiness answers 200 now.
  static func isReady(_ instance: SimulatedInstance) -> Bool { trouble(of: instance) == nil }

  /// Why the instance is not ready, in a person's words.
  static func trouble(of instance: SimulatedInstance) -> String? {
    switch instance.phase {
    case .down: return "down"
    case .warming: return "warming up"
    case .draining: return "draining"
    case .serving: break
    }
    if instance.pool.isSaturated { return "pool saturated" }
    let now = instance.clock.now
    for dependency in instance.dependencies where dependency.model.isRequired {
      let check = dependency.check(now: now)
      if !check.passes, !dependency.isFallbackActive(now: now) {
        return check.message ?? "\(dependency.model.name) failing"
      }
    }
    return nil
  }

  static func response(of instance: SimulatedInstance, isReadiness: Bool) -> SimulatedResponse {
    let trouble = isReadiness ? self.trouble(of: instance) : nil
    let status = trouble == nil ? 200 : 503
    switch instance.model.health.dialect {
    case .damcon:
      let fields = isReadiness ? readiness(of: instance, trouble: trouble) : liveness(of: instance)
      return SimulatedResponse(status: status, text: JSONText.object(fields))
    case .plain:
      return SimulatedResponse(
        status: status, contentType: "text/plain; charset=utf-8", text: trouble ?? "ok")
    case .kubernetes:
      return SimulatedResponse(
        status: status, contentType: "text/plain; charset=utf-8",
        text: kubernetes(of: instance, isReadiness: isReadiness, trouble: trouble))
    case .ietf:
      return SimulatedResponse(
        status: status, contentType: "application/health+json",
        text: JSONText.object(ietf(of: instance, isReadiness: isReadiness, trouble: trouble)))
    }
  }

  static func stamp(_ instance: SimulatedInstance) -> JSONText {
    let skew = Int64(instance.effect.clockSkew * 1e9)
    return .string(WallTime.text(WallTime.now() + skew))
  }

  private static func time(_ wall: Int64?) -> JSONText {
    wall.map { .string(WallTime.text($0)) } ?? .null
  }

  private static func liveness(of instance: SimulatedInstance) -> [(String, JSONText)] {
    [("status", .string("pass")), ("timestamp", stamp(instance))] + identity(of: instance)
  }

  private static func identity(of instance: SimulatedInstance) -> [(String, JSONText)] {
    [
      ("service", .string(instance.model.name)), ("version", .string(instance.version.name)),
      ("build", .string(instance.version.build)),
      ("language", .string(instance.model.language.rawValue)),
      ("api_versions", .list([.string("v1")])),
    ]
  }

  private static func readiness(
    of instance: SimulatedInstance, trouble: String?
  ) -> [(String, JSONText)] {
    let now = instance.clock.now
    let checks = instance.dependencies.map { ($0, $0.check(now: now)) }
    let active = instance.dependencies.filter { $0.isFallbackActive(now: now) }
    let isDegraded = !active.isEmpty || checks.contains { !$0.1.passes }
    let status = trouble != nil ? "fail" : isDegraded ? "warn" : "pass"
    var fields: [(String, JSONText)] = [
      ("status", .string(status)), ("timestamp", stamp(instance)),
    ]
    if let message = trouble ?? active.first.map(fallbackMessage) ?? failing(checks) {
      fields.append(("message", .string(message)))
    }
    if instance.phase == .warming { fields.append(("next_check_seconds", .number(2))) }
    fields.append(
      ("phase", .string(instance.phase == .down ? "draining" : instance.phase.rawValue)))
    fields += identity(of: instance)
    fields.append(("checks", .list(checks.map { check($0.0, $0.1, now: now) })))
    fields.append(("fallbacks", .list(instance.dependencies.compactMap { fallback($0, now: now) })))
    fields.append(("breakers", .list(instance.dependencies.compactMap { breaker($0) })))
    fields.append(("flags", .list(instance.flags.map(flag))))
    var rollout: [(String, JSONText)] = [
      ("track", .string(instance.track)), ("weight", .number(instance.share)),
    ]
    if let previous = instance.previousVersion ?? instance.model.previous(of: instance.version) {
      rollout.append(("previous_version", .string(previous)))
    }
    fields.append(("rollout", .fields(rollout)))
    fields.append(
      (
        "saturation",
        .list(
          instance.saturation.map { part in
            .fields([
              ("name", .string(part.name)), ("used", .number(part.used)),
              ("limit", .number(part.limit)),
            ])
          })
      ))
    return fields
  }

  private static func fallbackMessage(_ dependency: Dependency) -> String {
    let name = dependency.model.fallback?.name.replacing("-", with: " ") ?? "fallback"
    return "serving \(name): \(dependency.fallbackReason)"
  }

  private static func failing(_ checks: [(Dependency, Dependency.Check)]) -> String? {
    checks.first { !$0.1.passes }?.1.message
  }

  private static func check(
    _ dependency: Dependency, _ check: Dependency.Check, now: Double
  ) -> JSONText {
    let covered = dependency.isFallbackActive(now: now)
    var fields: [(String, JSONText)] = [
      ("name", .string(dependency.model.name)),
      ("status", .string(check.passes ? "pass" : covered ? "warn" : "fail")),
      ("required", .bool(dependency.model.isRequired)),
    ]
    if let observed = check.observed {
      fields.append(("observed_ms", .number(NumberText.milliseconds(observed))))
    }
    if !check.passes {
      fields.append(("transient", .bool(true)))
      fields.append(("since", time(check.since)))
      if let message = check.message { fields.append(("message", .string(message))) }
    }
    return .fields(fields)
  }

  private static func fallback(_ dependency: Dependency, now: Double) -> JSONText? {
    guard let model = dependency.model.fallback else { return nil }
    let active = dependency.isFallbackActive(now: now)
    var fields: [(String, JSONText)] = [("name", .string(model.name)), ("active", .bool(active))]
    if active {
      fields.append(("since", time(dependency.fallbackSince)))
      fields.append(("reason", .string(dependency.fallbackReason)))
    }
    fields.append(("mode", .string(model.mode)))
    fields.append(("tolerance_seconds", .number(model.tolerance)))
    fields.append(("dependency", .string(dependency.model.name)))
    if let message = model.userMessage { fields.append(("user_message", .string(message))) }
    return .fields(fields)
  }

  private static func breaker(_ dependency: Dependency) -> JSONText? {
    guard let breaker = dependency.breaker else { return nil }
    return .fields([
      ("name", .string(breaker.name)), ("state", .string(breaker.state.rawValue)),
      ("since", time(breaker.since)),
    ])
  }

  private static func flag(_ flag: FlagModel) -> JSONText {
    var fields: [(String, JSONText)] = [
      ("name", .string(flag.name)), ("on", .bool(flag.on)), ("exposure", .number(flag.exposure)),
    ]
    if let owner = flag.owner { fields.append(("owner", .string(owner))) }
    return .fields(fields)
  }
}

extension ServiceModel {
  /// The version listed after `version`: versions stand newest first.
  func previous(of version: VersionModel) -> String? {
    guard let place = versions.firstIndex(where: { $0.name == version.name }),
      place + 1 < versions.count
    else { return nil }
    return versions[place + 1].name
  }
}

extension SimulatedInstance {
  /// Its part of the service's traffic, 0…1, to three digits.
  var share: Double {
    let total = roster.services[model.name]?.instances.reduce(0) { $0 + $1.weight } ?? 0
    return total > 0 ? (weight / total * 1000).rounded() / 1000 : 0
  }

  /// The limited things of this process and how full they are.
  var saturation: [(name: String, used: Double, limit: Double)] {
    var parts: [(name: String, used: Double, limit: Double)] = []
    if let workers = pool.workers {
      parts.append(("workers", Double(pool.running), Double(workers)))
    }
    parts.append(("requests", Double(pool.inside), Double(pool.limit)))
    return parts
  }
}
