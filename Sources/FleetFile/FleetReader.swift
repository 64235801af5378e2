import Containment
import Fleet
import Telemetry
import YAMLText
import Yams

/// Turns the values of one file into a fleet.
struct FleetReader {
  /// What relative paths of the file are relative to.
  let folder: String
  let log: ProblemLog
  /// A fleet that is there already, of which the file says more: its services keep what they have.
  var base: Fleet?
  /// What the file says may be triggered, once it is read.
  private(set) var actions: [Action] = []
  /// Where other logins talk to who watches it, once it is read; nil where nothing is said of it.
  private(set) var socket: String?
  /// Plans of several actions, once they are read.
  private(set) var maneuvers: [Maneuver] = []
  /// What may be triggered without a person, once it is read.
  private(set) var rules: [Rule] = []

  init(folder: String, log: ProblemLog) {
    self.folder = folder
    self.log = log
  }

  mutating func fleet(_ root: YAMLValue) -> Fleet? {
    guard case .mapping(let mapping) = root.node else {
      log.error(
        "expected the keys of a fleet file, such as services:, found \(root.found)", at: root.mark)
      return nil
    }
    let file = YAMLSection(mapping, title: "the fleet file", name: "", keys: Keys.file, log: log)
    var fleet = base ?? Fleet(name: "fleet")
    if base == nil { checkVersion(file) }
    if let value = file["fleet"] { fleet.name = value.text("the fleet's name") ?? fleet.name }
    if let value = file["environment"] { fleet.environment = environment(value) }

    var asking = Asking()
    asking.take(file, folder: folder)
    var template = Service(name: "")
    if let defaults = file["defaults"]?.section(keys: Keys.defaults) {
      take(defaults, into: &template)
      asking.take(defaults, folder: folder)
    }
    if let value = file["conventions"] {
      for item in value.list("a list of conventions") {
        if let convention = RequestsReader.convention(item) { fleet.conventions.append(convention) }
      }
    }
    fleet.services = services(file, template, asking)
    if let value = file["breakers"] { fleet.modes.breakers = ModesReader.breakers(value) }
    if let value = file["fallbacks"] {
      fleet.modes.fallbacks = ModesReader.fallbackMetrics(value)
    }
    if let value = file["capabilities"] {
      fleet.capabilities = CapabilityReader(services: fleet.services.map(\.name), log: log)
        .capabilities(value)
      fleet.capabilitySLOs = SLOReader(log: log).capabilitySLOs(value, services: fleet.services)
    }
    if let value = file["journeys"] {
      fleet.journeys = JourneyReader(
        services: fleet.services.map(\.name), capabilities: fleet.capabilities.map(\.name),
        folder: folder, log: log
      ).journeys(value)
    }
    if let value = file["signals"] { fleet.signals = SignalReader.signals(value) }
    var unread: [String] = []
    var parts: [(section: YAMLSection, log: ProblemLog)] = []
    if let value = file["actions"] {
      let services = fleet.services.map(\.name)
      var reader = ActionReader(services: services, folder: folder, log: log)
      reader.mayNameFiles = true
      actions = reader.actions(value)
      var files = ActionFiles(services: services, folder: folder, log: log)
      actions += files.actions(value, besides: actions)
      unread = reader.unread + files.unread
      parts = files.parts
    }
    if let value = file["plans"] {
      let scope = ActionScope(
        services: fleet.services.map(\.name), actions: actions, unread: unread, log: log)
      maneuvers = ManeuverReader(scope: scope).maneuvers(value)
    }
    takePolicy(file, into: &fleet, unread: unread)
    if let value = file["runbooks"] { _ = value.texts("a folder") }
    ConditionChecker(fleet: fleet, log: log).check(file)
    for part in parts {
      ConditionChecker(fleet: fleet, log: part.log).check(part.section)
      log.take(part.log)
    }
    return fleet
  }

  private func checkVersion(_ file: YAMLSection) {
    guard let value = file["version"] else {
      log.warn("no version is given; version: 1 is taken", at: file.mark)
      return
    }
    guard value.scalar == "1" else {
      value.expected("1, the only version there is")
      return
    }
  }

  private func environment(_ value: YAMLValue) -> Environment? {
    if value.scalar != nil {
      return value.text("the environment's name").map { Environment(name: $0) }
    }
    guard let section = value.section(keys: Keys.environment) else { return nil }
    guard let name = section["name"]?.text("the environment's name") else {
      if section["name"] == nil { log.error("environment: 'name' is missing", at: section.mark) }
      return nil
    }
    var environment = Environment(name: name)
    if let value = section["color"], let color = value.text("a colour") {
      let colors = ["red", "yellow", "green", "blue", "magenta", "cyan", "white", "gray"]
      if colors.contains(color) {
        environment.color = color
      } else {
        log.error(
          "unknown color '\(color)'\(NearestWord.advice(color, among: colors))", at: value.mark)
      }
    }
    return environment
  }

  /// Who may do what, when, and what is done without anybody.
  ///
  /// - Parameter unread: the names of actions that are wrong.
  private mutating func takePolicy(_ file: YAMLSection, into fleet: inout Fleet, unread: [String]) {
    let services = fleet.services.map(\.name)
    if let value = file["access"] { fleet.access = AccessReader.access(value) }
    if let value = file["socket"] { socket = SocketReader.path(value) }
    if let value = file["policy"] {
      fleet.policy = PolicyReader(services: services, actions: actions.map(\.name), log: log)
        .policy(value)
    }
    if let value = file["automation"] {
      let scope = ActionScope(services: services, actions: actions, unread: unread, log: log)
      (rules, fleet.policy.hasRollbacksByRule) = AutomationReader(scope: scope).automation(value)
    }
  }

  // MARK: Services

  private func services(_ file: YAMLSection, _ template: Service, _ asking: Asking) -> [Service] {
    guard let value = file["services"] else {
      if let base { return base.services }
      log.error(
        "'services' is missing: name at least one service with its instances",
        at: file.mark(of: "services") ?? file.mark)
      return []
    }
    var services: [Service] = []
    var places: [String: Mark?] = [:]
    var dependencies: [(service: String, value: YAMLValue)] = []
    let items = value.list("a list of services, each with - name:")
    if items.isEmpty, case .sequence = value.node {
      log.error("services: the list is empty; name at least one service", at: value.mark)
    }
    for item in items {
      guard let section = item.section("a service", keys: Keys.service) else { continue }
      guard let name = section["name"]?.text("the service's name") else {
        if section["name"] == nil { log.error("\(item.name): 'name' is missing", at: item.mark) }
        continue
      }
      if let first = places[name] {
        let line = first.map { "; it is also on line \($0.line)" } ?? ""
        log.error("the service '\(name)' is named twice\(line)", at: section["name"]?.mark)
        continue
      }
      places[name] = section["name"]?.mark
      var template = template
      if let base {
        guard let known = base.services.first(where: { $0.name == name }) else {
          let near =
            NearestWord.to(name, among: base.services.map(\.name))
            .map { "; did you mean '\($0)'?" } ?? ""
          log.error("there is no service '\(name)'\(near)", at: section["name"]?.mark)
          continue
        }
        template = known
      }
      services.append(service(name, section, template, asking))
      for value in section["depends_on"]?.list("a service or a list of them", orOne: true) ?? [] {
        dependencies.append((name, value))
      }
    }
    if let base {
      services = base.services.map { known in
        services.first { $0.name == known.name } ?? known
      }
    }
    let known = services.map(\.name)
    for (service, value) in dependencies {
      guard let name = value.text("a service's name") else { continue }
      if name == service {
        log.error("'\(name)' depends on itself", at: value.mark)
      } else if !known.contains(name) {
        let near = NearestWord.to(name, among: known).map { "; did you mean '\($0)'?" } ?? ""
        log.error("'\(service)' depends on the unknown service '\(name)'\(near)", at: value.mark)
      } else if let index = services.firstIndex(where: { $0.name == service }),
        !services[index].dependsOn.contains(name)
      {
        services[index].dependsOn.append(name)
      }
    }
    return services
  }

  private func service(
    _ name: String, _ section: YAMLSection, _ template: Service, _ asking: Asking
  ) -> Service {
    var service = template
    service.name = name
    take(section, into: &service)
    var asking = asking
    asking.take(section, folder: folder)
    let problems = log.problems.count
    if let value = section["instances"] {
      service.instances = instances(value, asking, of: name)
    }
    if let value = section["beacon"] {
      service.beacon = BeaconReader(folder: folder, log: log, grace: asking.poll.readinessGrace)
        .beacon(value)
      service.instances.removeAll(where: \.isBeacon)
      service.instances += (service.beacon?.instances ?? []).compactMap {
        service.beacon?.instance($0, of: name)
      }
    }
    if service.instances.isEmpty, service.beacon == nil, log.problems.count == problems {
      log.warn(
        "the service '\(name)' names no instances: nothing of it is polled", at: section.mark)
    }
    if let value = section["aliases"] {
      service.aliases = value.texts("what health checks of others call it")
    }
    if let value = section["endpoints"] { service.endpoints = RequestsReader.endpoints(value) }
    if let value = section["fallbacks"] { service.fallbacks = ModesReader.plans(value) }
    if let value = section["breakers"] { service.breakers = ModesReader.breakers(value) }
    if let value = section["release"] { service.release = ReleaseReader.release(value) }
    if let value = section["signals"] { service.signals = SignalReader.signals(value) }
    if let value = section["slos"] { service.slos = SLOReader(log: log).slos(value) }
    return service
  }

  /// What a service and the defaults can both say.
  private func take(_ section: YAMLSection, into service: inout Service) {
    if let value = section["tier"] { service.tier = value.word("tier", Tier.self) ?? service.tier }
    if let value = section["language"] {
      service.language = value.word("language", Language.self) ?? service.language
    }
    if let value = section["owner"] {
      service.owner = OwnerReader.owner(value, over: service.owner ?? Owner())
    }
    if let value = section["requests"] {
      service.requests = RequestsReader.selector(value) ?? service.requests
    }
  }

  private func instances(_ value: YAMLValue, _ asking: Asking, of service: String) -> [Instance] {
    var instances: [Instance] = []
    for item in value.list("a list of addresses", orOne: true) {
      var own = asking
      var place = item
      if case .mapping = item.node {
        guard let section = item.section("an instance", keys: Keys.instance) else { continue }
        guard let url = section["url"] else {
          log.error("\(item.name): 'url' is missing", at: item.mark)
          continue
        }
        place = url
        own.take(section, folder: folder)
      }
      guard let text = place.text("an address such as http://10.0.0.1:8080") else { continue }
      do {
        let address = try Address(text)
        if instances.contains(where: { $0.url == address.url }) {
          log.error("'\(service)' names the instance '\(address.url)' twice", at: place.mark)
        } else {
          instances.append(own.instance(address.url))
        }
      } catch {
        log.error("\(place.name): \(error.text)", at: place.mark)
      }
    }
    return instances
  }
}
