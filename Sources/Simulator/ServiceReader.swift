import Conditions
import Fleet
import Yams

/// Reads one service of a scenario file.
enum ServiceReader {
  static let keys = [
    "name", "tier", "language", "owner", "metrics", "health", "slos", "instances", "version",
    "workers", "max_concurrency", "deadline", "warmup", "versions", "endpoints", "needs", "flags",
    "release",
  ]
  static let needKeys = [
    "name", "backend", "service", "method", "path", "required", "timeout", "retries", "backoff",
    "breaker", "fallback",
  ]

  static func service(_ item: ScenarioNode) throws(ScenarioError) -> ServiceModel {
    let fields = try item.fields(keys)
    let language = try fields.required("language").choice(Language.self)
    let versions = try versions(fields)
    let needs = try list(fields, "needs", need)
    let endpoints = try list(fields, "endpoints", endpoint)
    guard !endpoints.isEmpty else { throw item.error("\(item.path) needs at least one endpoint") }
    for (place, endpoint) in zip(try fields.items("endpoints"), endpoints) {
      for call in endpoint.calls where !needs.contains(where: { $0.name == call }) {
        throw place.unknown(call, among: needs.map(\.name))
      }
    }
    let known = versions.map(\.name)
    return ServiceModel(
      name: try fields.required("name").text(),
      tier: try fields["tier"]?.choice(Tier.self) ?? .important, language: language,
      owner: try owner(fields["owner"]),
      exposition: try fields["metrics"]?.choice(ExpositionStyle.self)
        ?? (language == .rust ? .axum : .promhttp),
      health: try health(fields["health"]), slos: try list(fields, "slos", slo),
      release: try release(fields["release"]), instances: try instances(fields, versions: known),
      workers: try fields["workers"]?.whole(in: 1...10_000),
      maxConcurrency: try fields["max_concurrency"]?.whole(in: 1...100_000) ?? 256,
      deadline: try fields.duration("deadline") ?? 5, warmup: try fields.duration("warmup") ?? 5,
      versions: versions, endpoints: endpoints, needs: needs,
      flags: try list(fields, "flags", flag))
  }

  private static func list<T>(
    _ fields: ScenarioFields, _ name: String,
    _ read: (ScenarioNode) throws(ScenarioError) -> T
  ) throws(ScenarioError) -> [T] {
    var values: [T] = []
    for item in try fields.items(name) { values.append(try read(item)) }
    return values
  }

  private static func owner(_ item: ScenarioNode?) throws(ScenarioError) -> Owner? {
    guard let item else { return nil }
    let fields = try item.fields(["team", "primary", "secondary", "channel"])
    return Owner(
      team: try fields.text("team"), primary: try fields.text("primary"),
      secondary: try fields.text("secondary"), channel: try fields.text("channel"))
  }

  private static func release(_ item: ScenarioNode?) throws(ScenarioError) -> Release? {
    guard let item else { return nil }
    let fields = try item.fields(["owner", "gate", "rollback"])
    var release = Release(owner: try fields.text("owner"), gate: try fields.share("gate"))
    for item in try fields.items("rollback") {
      let text = try item.text()
      do throws(ConditionError) {
        release.rollback.append(try Condition(text))
      } catch {
        throw item.error("\(item.path): \(error)")
      }
    }
    return release
  }

  private static func health(_ item: ScenarioNode?) throws(ScenarioError) -> HealthModel {
    guard let item else { return HealthModel() }
    let fields = try item.fields(["liveness", "readiness", "dialect"])
    var model = HealthModel()
    if let path = fields["liveness"] { model.liveness = try route(path) }
    if let path = fields["readiness"] { model.readiness = try route(path) }
    if let dialect = fields["dialect"] {
      model.dialect = try dialect.choice(HealthModel.Dialect.self)
    }
    return model
  }

  private static func route(_ item: ScenarioNode) throws(ScenarioError) -> String {
    let path = try item.text()
    guard path.hasPrefix("/"), !path.contains("?"),
      path.unicodeScalars.allSatisfy({ $0.isASCII && $0.value > 0x20 && $0.value < 0x7f })
    else {
      throw item.error("\(item.path) must be a path that begins with /")
    }
    return path
  }

  private static func slo(_ item: ScenarioNode) throws(ScenarioError) -> SLO {
    let fields = try item.fields(["name", "objective", "threshold", "window"])
    let percent = try fields.required("objective")
    guard
      let slo = SLO(
        name: try fields.required("name").text(), percent: try percent.number(in: 0...100),
        threshold: try fields.duration("threshold"),
        window: try fields.duration("window") ?? 30 * 86_400)
    else { throw percent.error("\(percent.path) must lie above 0 and below 100") }
    return slo
  }

  /// A list of them, or `version:` alone for a service that has only one.
  private static func versions(_ fields: ScenarioFields) throws(ScenarioError) -> [VersionModel] {
    var versions: [VersionModel] = []
    for item in try fields.items("versions") {
      let inner = try item.fields(["name", "build", "work", "queries", "errors"])
      versions.append(
        VersionModel(
          name: try inner.required("name").text(), build: try inner.text("build") ?? "0000000",
          work: try inner["work"]?.number(in: 0.01...1000) ?? 1,
          queries: try inner.share("queries") ?? 1, errors: try inner.share("errors") ?? 0))
    }
    if versions.isEmpty {
      versions = [
        VersionModel(name: try fields.required("version").text(), build: "0000000")
      ]
    }
    return versions
  }

  /// A number of equal ones, or a list.
  private static func instances(
    _ fields: ScenarioFields, versions: [String]
  ) throws(ScenarioError) -> [InstanceModel] {
    let standard = try version(fields["version"], among: versions) ?? versions[0]
    guard let item = fields["instances"] else { return [InstanceModel(version: standard)] }
    if item.node.scalar != nil {
      let count = try item.whole(in: 1...100)
      return Array(repeating: InstanceModel(version: standard), count: count)
    }
    var instances: [InstanceModel] = []
    for item in try item.items() {
      let inner = try item.fields(["version", "track", "weight", "port"])
      instances.append(
        InstanceModel(
          version: try version(inner["version"], among: versions) ?? standard,
          track: try inner.text("track") ?? "stable",
          weight: try inner["weight"]?.number(in: 0...1000) ?? 1,
          port: try inner["port"]?.whole(in: 1...65_535)))
    }
    guard !instances.isEmpty else { throw item.error("\(item.path) needs at least one") }
    return instances
  }

  private static func version(
    _ item: ScenarioNode?, among versions: [String]
  ) throws(ScenarioError) -> String? {
    guard let item else { return nil }
    let name = try item.text()
    guard versions.contains(name) else { throw item.unknown(name, among: versions) }
    return name
  }

  private static func endpoint(_ item: ScenarioNode) throws(ScenarioError) -> EndpointModel {
    let fields = try item.fields(["path", "method", "latency", "errors", "calls"])
    return EndpointModel(
      path: try route(try fields.required("path")), method: try fields.text("method") ?? "GET",
      latency: try ScenarioReader.spread(try fields.required("latency")),
      errors: try fields.share("errors") ?? 0,
      calls: try list(fields, "calls") { (call) throws(ScenarioError) in try call.text() })
  }

  private static func flag(_ item: ScenarioNode) throws(ScenarioError) -> FlagModel {
    let fields = try item.fields(["name", "on", "exposure", "owner", "errors", "work"])
    return FlagModel(
      name: try fields.required("name").text(), on: try fields.required("on").flag(),
      exposure: try fields.share("exposure") ?? 1, owner: try fields.text("owner"),
      errors: try fields.share("errors") ?? 0,
      work: try fields["work"]?.number(in: 0.01...1000) ?? 1)
  }

  private static func need(_ item: ScenarioNode) throws(ScenarioError) -> NeedModel {
    let fields = try item.fields(needKeys)
    let target: NeedModel.Target
    let name: String
    switch (fields["backend"], fields["service"]) {
    case (let backend?, nil):
      name = try backend.text()
      target = .backend(name: name)
    case (nil, let service?):
      name = try service.text()
      target = .service(
        name: name, method: try fields.text("method") ?? "GET",
        path: try route(try fields.required("path")))
    default: throw item.error("\(item.path) needs either \"service\" or \"backend\"")
    }
    return NeedModel(
      name: try fields.text("name") ?? name, target: target,
      isRequired: try fields["required"]?.flag() ?? true,
      timeout: try fields.duration("timeout") ?? 1,
      retries: try fields["retries"]?.whole(in: 0...10) ?? 0,
      backoff: try fields.duration("backoff") ?? 0.05, breaker: try breaker(fields["breaker"]),
      fallback: try fallback(fields["fallback"]))
  }

  private static func breaker(_ item: ScenarioNode?) throws(ScenarioError) -> BreakerModel? {
    guard let item else { return nil }
    let fields = try item.fields(["counts", "threshold", "window", "open_for", "probes"])
    return BreakerModel(
      counts: try fields["counts"]?.choice(BreakerModel.Counts.self) ?? .all,
      threshold: try fields.share("threshold") ?? 0.5,
      window: try fields["window"]?.whole(in: 1...1000) ?? 20,
      openFor: try fields.duration("open_for") ?? 5,
      probes: try fields["probes"]?.whole(in: 1...100) ?? 3)
  }

  private static func fallback(_ item: ScenarioNode?) throws(ScenarioError) -> FallbackModel? {
    guard let item else { return nil }
    let fields = try item.fields(["name", "mode", "tolerance", "hit", "user_message"])
    return FallbackModel(
      name: try fields.required("name").text(), mode: try fields.text("mode") ?? "cache",
      tolerance: try fields.duration("tolerance") ?? 900, hit: try fields.share("hit") ?? 1,
      userMessage: try fields.text("user_message"))
  }
}
