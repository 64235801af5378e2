import Fleet
import Yams

extension Scenario {
  /// Reads a scenario file's text. `file` is how errors name it.
  package init(yaml: String, file: String) throws(ScenarioError) {
    let node: Node?
    do {
      node = try Yams.compose(yaml: yaml)
    } catch let problem as YamlError {
      throw ScenarioError(problem, file: file)
    } catch {
      throw ScenarioError(file: file, text: "\(error)")
    }
    guard let node else { throw ScenarioError(file: file, line: 1, column: 1, text: "is empty") }
    self = try ScenarioReader.scenario(ScenarioNode(file: file, node: node, path: "the scenario"))
    source = Source(file: file, text: yaml)
  }
}

extension ScenarioError {
  fileprivate init(_ problem: YamlError, file: String) {
    switch problem {
    case .scanner(_, let text, let mark, _), .parser(_, let text, let mark, _),
      .composer(_, let text, let mark, _):
      self.init(file: file, line: mark.line, column: mark.column, text: text)
    case .duplicatedKeysInMapping(let keys, let context):
      let names = keys.joined(separator: ", ")
      self.init(
        file: file, line: context.mark.line, column: context.mark.column,
        text: "the same key twice: \(names)")
    default: self.init(file: file, text: "\(problem)")
    }
  }
}

/// Turns YAML into a `Scenario`: shape first, then whether the names in it exist.
enum ScenarioReader {
  static func scenario(_ root: ScenarioNode) throws(ScenarioError) -> Scenario {
    let fields = try root.fields([
      "name", "summary", "seed", "backends", "services", "clients", "timeline", "fleet",
    ])
    // Read by those who watch it: the fleet itself needs none of it.
    if let fleet = fields["fleet"] { _ = try fleet.entries() }
    var backends: [BackendModel] = []
    for item in try fields.items("backends") { backends.append(try backend(item)) }
    var services: [ServiceModel] = []
    let written = try fields.required("services").items()
    for item in written { services.append(try ServiceReader.service(item)) }
    guard !services.isEmpty else {
      throw try fields.required("services").error("services: a scenario needs at least one")
    }
    try checkNames(written, services, backends)
    var clients: [ClientModel] = []
    for item in try fields.items("clients") { clients.append(try client(item, services)) }
    var timeline: [InjectedFault] = []
    for item in try fields.items("timeline") {
      timeline.append(try TimelineReader.fault(item, services: services, backends: backends))
    }
    return Scenario(
      name: try fields.required("name").text(), summary: try fields.text("summary") ?? "",
      seed: UInt64(try fields["seed"]?.whole(in: 0...Int.max) ?? 1), services: services,
      backends: backends, clients: clients, timeline: timeline)
  }

  private static func backend(_ item: ScenarioNode) throws(ScenarioError) -> BackendModel {
    let fields = try item.fields(["name", "latency"])
    return BackendModel(
      name: try fields.required("name").text(),
      latency: try spread(try fields.required("latency")))
  }

  static func spread(_ item: ScenarioNode) throws(ScenarioError) -> Spread {
    let fields = try item.fields(["p50", "p99"])
    let p50 = try fields.required("p50").duration()
    let p99 = try fields.duration("p99") ?? p50 * 2
    guard p99 >= p50 else { throw item.error("\(item.path): p99 is below p50") }
    return Spread(p50: p50, p99: p99)
  }

  private static func client(
    _ item: ScenarioNode, _ services: [ServiceModel]
  ) throws(ScenarioError) -> ClientModel {
    let fields = try item.fields([
      "name", "service", "method", "path", "rate", "timeout", "retries",
    ])
    let service = try find(try fields.required("service"), among: services)
    let pathNode = try fields.required("path")
    let path = try pathNode.text()
    let method = try fields.text("method") ?? "GET"
    try checkRoute(method: method, path: path, of: service, at: pathNode)
    return ClientModel(
      name: try fields.required("name").text(), service: service.name, method: method, path: path,
      rate: try fields.required("rate").number(in: 0.01...1000),
      timeout: try fields.duration("timeout") ?? 5,
      retries: try fields["retries"]?.whole(in: 0...10) ?? 0)
  }

  static func find(
    _ item: ScenarioNode, among services: [ServiceModel]
  ) throws(ScenarioError) -> ServiceModel {
    let name = try item.text()
    guard let service = services.first(where: { $0.name == name }) else {
      throw item.unknown(name, among: services.map(\.name))
    }
    return service
  }

  static func checkRoute(
    method: String, path: String, of service: ServiceModel, at place: ScenarioNode
  ) throws(ScenarioError) {
    guard service.endpoints.contains(where: { $0.path == path && $0.method == method }) else {
      let known = service.endpoints.map { "\($0.method) \($0.path)" }.joined(separator: ", ")
      throw place.error(
        "\(place.path): \(service.name) has no \(method) \(path); it has \(known)")
    }
  }

  /// Names may be used before they are defined, so they are looked up when all are known.
  private static func checkNames(
    _ written: [ScenarioNode], _ services: [ServiceModel], _ backends: [BackendModel]
  ) throws(ScenarioError) {
    var seen: Set<String> = []
    for (place, service) in zip(written, services) {
      guard seen.insert(service.name).inserted else {
        throw place.error("\(place.path): there is already a service \"\(service.name)\"")
      }
      let needs = try place.fields(ServiceReader.keys).items("needs")
      for (place, need) in zip(needs, service.needs) {
        let fields = try place.fields(ServiceReader.needKeys)
        switch need.target {
        case .backend(let name):
          guard !backends.contains(where: { $0.name == name }) else { continue }
          let word = fields["backend"] ?? place
          throw word.unknown(name, among: backends.map(\.name))
        case .service(_, let method, let path):
          let target = try find(try fields.required("service"), among: services)
          try checkRoute(
            method: method, path: path, of: target, at: try fields.required("path"))
        }
      }
    }
  }
}
