import Fleet
import YAMLText
import Yams

/// Reads `journeys:`: what is tried as a user would try it.
struct JourneyReader {
  /// The services that steps may ask, by name.
  let services: [String]
  /// What relative paths of the file are relative to.
  let folder: String
  let log: ProblemLog

  static let methods = ["get", "post", "put", "patch", "delete", "head"]
  private static let longest = 20

  func journeys(_ value: YAMLValue) -> [Journey] {
    var journeys: [Journey] = []
    for item in value.list("a list of journeys, each with name and steps") {
      guard let section = item.section("a journey", keys: Keys.journey) else { continue }
      for key in ["name", "steps"] where section[key] == nil {
        log.error("\(item.name): '\(key)' is missing", at: item.mark)
      }
      guard let name = section["name"]?.text("the journey's name"), let steps = section["steps"]
      else { continue }
      if journeys.contains(where: { $0.name == name }) {
        log.error("the journey '\(name)' is named twice", at: section["name"]?.mark)
        continue
      }
      if let journey = journey(name, section, steps) { journeys.append(journey) }
    }
    return journeys
  }

  private func journey(_ name: String, _ section: YAMLSection, _ steps: YAMLValue) -> Journey? {
    var journey = Journey(name: name, steps: [])
    if let value = section["tier"] { journey.tier = value.word("tier", Tier.self) ?? journey.tier }
    journey.capability = section["capability"]?.text("a capability's name")
    if let value = section["every"] {
      journey.every = value.duration(1...86_400, such: "30s") ?? journey.every
    }
    if let value = section["timeout"] {
      journey.timeout = value.duration(0.05...300, such: "10s") ?? journey.timeout
    }
    if journey.timeout > journey.every {
      log.warn(
        "\(section.name): a timeout of \(Quantity.text(journey.timeout)) is longer than every "
          + "\(Quantity.text(journey.every)); a slow run delays the next", at: section.mark)
    }
    // What a step asks a service for is let in as polls of that service are.
    var asking = Asking()
    asking.take(section, folder: folder)
    journey.credentials = asking.credentials
    if let value = section["slo"] { journey.objective = objective(value) }
    let service = section["service"].flatMap(known)
    let items = steps.list("a list of steps, such as - get: /cart")
    if items.isEmpty, case .sequence = steps.node {
      log.error("\(steps.name): a journey needs at least one step", at: steps.mark)
    }
    if items.count > JourneyReader.longest {
      log.error(
        "\(steps.name): a journey has at most \(JourneyReader.longest) steps", at: steps.mark)
    }
    journey.steps = items.prefix(JourneyReader.longest).compactMap { step($0, service) }
    return journey.steps.isEmpty ? nil : journey
  }

  private func known(_ value: YAMLValue) -> String? {
    guard let name = value.text("a service's name") else { return nil }
    if services.contains(name) { return name }
    let near = NearestWord.to(name, among: services).map { "; did you mean '\($0)'?" } ?? ""
    log.error("\(value.name): unknown service '\(name)'\(near)", at: value.mark)
    return nil
  }

  private func objective(_ value: YAMLValue) -> Journey.Objective? {
    guard let section = value.section("a journey's slo", keys: Keys.journeySLO) else { return nil }
    guard let share = section["objective"] else {
      log.error("\(value.name): 'objective' is missing", at: section.mark)
      return nil
    }
    guard let objective = share.scalar.flatMap(Quantity.percent), objective > 0, objective < 100
    else {
      share.expected("a percentage above 0 and below 100, such as 99")
      return nil
    }
    var result = Journey.Objective(objective: objective, window: 7 * 86_400)
    if let value = section["threshold"] {
      result.threshold = value.duration(0.001...300, such: "2s")
    }
    if let value = section["window"] {
      result.window = value.duration(60...(31 * 86_400), such: "7d") ?? result.window
    }
    return result
  }

  // MARK: Steps

  private func step(_ item: YAMLValue, _ standard: String?) -> Journey.Step? {
    guard let section = item.section("a step", keys: Keys.journeyStep) else { return nil }
    let before = log.problems.count
    let written = JourneyReader.methods.filter { section[$0] != nil }
    var method = "GET"
    var place: YAMLValue?
    switch (written.count, section["path"]) {
    case (1, nil):
      method = written[0].uppercased()
      place = section[written[0]]
    case (0, let path?): place = path
    default:
      log.error(
        "\(item.name): expected one of \(NearestWord.listed(JourneyReader.methods)) with what it "
          + "asks for, such as get: /cart", at: item.mark)
      return nil
    }
    let service = section["service"].map(known) ?? standard
    guard let place, let asked = self.place(place, service) else { return nil }
    var step = Journey.Step(
      name: section["name"]?.text("the step's name"), method: method, place: asked)
    var asking = Asking()
    asking.take(section, folder: folder)
    step.credentials.headers = asking.credentials.headers
    if let value = section["body"] {
      if method == "GET" || method == "HEAD" {
        log.error("\(value.name): a \(method) sends no body", at: value.mark)
      }
      step.body = value.secret(prefix: "", folder: folder).map { Journey.Body($0) }
    }
    if let value = section["expect"] { step.expect = expect(value) ?? step.expect }
    return log.problems.count == before ? step : nil
  }

  /// A whole URL, or a path of a service.
  private func place(_ value: YAMLValue, _ service: String?) -> Journey.Place? {
    guard let text = value.scalar?.trimmed, !text.isEmpty else {
      value.expected("a URL, or a path such as /cart with service:")
      return nil
    }
    if text.unicodeScalars.contains(where: { $0.value <= 0x20 || $0.value >= 0x7F }) {
      log.error("\(value.name): a URL holds no spaces; write %20", at: value.mark)
      return nil
    }
    if text.hasPrefix("/") {
      guard let service else {
        log.error(
          "\(value.name): whose path is '\(text)'? name the service with service:", at: value.mark)
        return nil
      }
      return .service(service, path: text)
    }
    do {
      _ = try Address(String(text.prefix { $0 != "?" && $0 != "#" }))
    } catch {
      log.error("\(value.name): \(error.text)", at: value.mark)
      return nil
    }
    guard !text.hasPrefix("unix:") else {
      log.error("\(value.name): a socket is asked through its service", at: value.mark)
      return nil
    }
    return .url(text)
  }

  private func expect(_ value: YAMLValue) -> Journey.Expect? {
    guard let section = value.section("expect", keys: Keys.journeyExpect) else { return nil }
    var expect = Journey.Expect()
    if let value = section["status"] {
      let found = value.list("a status such as 200, 2xx, or a list of them", orOne: true)
        .compactMap(status)
      if !found.isEmpty { expect.statuses = found }
    }
    if let value = section["body"] {
      if case .mapping = value.node {
        if let section = value.section("a body", keys: Keys.journeyBody) {
          expect.contains = section["contains"]?.texts("a text") ?? []
          expect.lacks = section["lacks"]?.texts("a text") ?? []
        }
      } else {
        expect.contains = value.texts("a text that the body holds")
      }
    }
    if let value = section["time"] { expect.within = value.duration(0.001...300, such: "500ms") }
    return expect
  }

  private func status(_ value: YAMLValue) -> ClosedRange<Int>? {
    let text = value.scalar ?? ""
    if let code = Int(text), (100...599).contains(code) { return code...code }
    if text.utf8.count == 3, text.lowercased().hasSuffix("xx"), let digit = Int(text.prefix(1)),
      (1...5).contains(digit)
    {
      return digit * 100...digit * 100 + 99
    }
    value.expected("a status such as 200 or 2xx")
    return nil
  }
}
