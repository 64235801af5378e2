import Fleet

/// Reads one fault of a scenario's timeline.
enum TimelineReader {
  private enum Word: String, CaseIterable {
    case latency, errors, panic, hang, workers, restart, warmup, deploy, flag
    case clockSkew = "clock-skew"

    /// What each kind says beside `at`, `for`, `fault` and its target.
    var keys: [String] {
      switch self {
      case .latency: ["factor", "extra"]
      case .errors: ["share", "status"]
      case .panic, .hang: ["share"]
      case .workers: ["count"]
      case .restart: ["down"]
      case .warmup: ["takes"]
      case .deploy: ["to", "track", "weight"]
      case .flag: ["flag", "on", "exposure"]
      case .clockSkew: ["seconds"]
      }
    }

    /// Whether it happens once, so that `for` would mean nothing.
    var isMoment: Bool { [.restart, .warmup, .deploy].contains(self) }
  }

  static func fault(
    _ item: ScenarioNode, services: [ServiceModel], backends: [BackendModel]
  ) throws(ScenarioError) -> InjectedFault {
    let entries = try item.entries()
    guard let written = entries.first(where: { $0.key.name == "fault" })?.value else {
      throw item.error("\(item.path) needs \"fault\"")
    }
    let word = try written.choice(Word.self)
    let where_ = ["at", "for", "fault", "service", "backend", "instance", "version"]
    let fields = try item.fields(where_ + word.keys)
    if word.isMoment, let duration = fields["for"] {
      throw duration.error("\(duration.path): a \(word.rawValue) happens once, without \"for\"")
    }
    let (target, service) = try target(fields, word, services, backends)
    return InjectedFault(
      at: try fields.required("at").duration(), duration: try fields.duration("for"),
      target: target, kind: try kind(word, fields, service))
  }

  private static func target(
    _ fields: ScenarioFields, _ word: Word, _ services: [ServiceModel],
    _ backends: [BackendModel]
  ) throws(ScenarioError) -> (InjectedFault.Target, ServiceModel?) {
    if let item = fields["backend"] {
      let name = try item.text()
      guard fields["service"] == nil, word == .latency else {
        throw item.error("\(item.path): a backend can only have a latency fault, and no service")
      }
      guard backends.contains(where: { $0.name == name }) else {
        throw item.unknown(name, among: backends.map(\.name))
      }
      return (.backend(name), nil)
    }
    guard let item = fields["service"] else {
      throw fields.place.error("\(fields.place.path) needs either \"service\" or \"backend\"")
    }
    let service = try ScenarioReader.find(item, among: services)
    let last = service.instances.count - 1
    let number = try fields["instance"]?.whole(in: 0...last)
    var version: String?
    if let item = fields["version"] { version = try known(item, of: service) }
    return (.service(service.name, instance: number, version: version), service)
  }

  private static func known(
    _ item: ScenarioNode, of service: ServiceModel
  ) throws(ScenarioError) -> String {
    let name = try item.text()
    guard service.version(name) != nil else {
      throw item.unknown(name, among: service.versions.map(\.name))
    }
    return name
  }

  private static func kind(
    _ word: Word, _ fields: ScenarioFields, _ service: ServiceModel?
  ) throws(ScenarioError) -> InjectedFault.Kind {
    switch word {
    case .latency:
      return .latency(
        factor: try fields["factor"]?.number(in: 0...10_000) ?? 1,
        extra: try fields.duration("extra") ?? 0)
    case .errors:
      return .errors(
        share: try fields.required("share").share(),
        status: try fields["status"]?.whole(in: 400...599) ?? 500)
    case .panic: return .panic(share: try fields.required("share").share())
    case .hang: return .hang(share: try fields.required("share").share())
    case .workers: return .workers(try fields.required("count").whole(in: 1...10_000))
    case .restart: return .restart(down: try fields.duration("down") ?? 0)
    case .warmup: return .warmup(try fields.required("takes").duration())
    case .clockSkew:
      return .clockSkew(try fields.required("seconds").number(in: -1e9...1e9))
    case .deploy:
      let item = try fields.required("to")
      guard let service else { throw item.error("\(item.path): only a service is deployed") }
      return .deploy(
        version: try known(item, of: service), track: try fields.text("track"),
        weight: try fields["weight"]?.number(in: 0...1000))
    case .flag:
      let item = try fields.required("flag")
      let name = try item.text()
      let flags = service?.flags.map(\.name) ?? []
      guard flags.contains(name) else { throw item.unknown(name, among: flags) }
      return .flag(
        name: name, on: try fields.required("on").flag(),
        exposure: try fields.share("exposure"))
    }
  }
}
