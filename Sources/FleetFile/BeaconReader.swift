import Fleet
import YAMLText
import Yams

/// Reads `beacon:` of a service: how it tells of itself instead of being asked.
struct BeaconReader {
  /// What the path of the token's file is relative to.
  let folder: String
  let log: ProblemLog
  /// For how long the service's instances may be not ready before that counts.
  let grace: Double

  func beacon(_ value: YAMLValue) -> Beacon? {
    guard let section = value.section("a beacon", keys: Keys.beacon) else { return nil }
    guard let place = section["token"] else {
      log.error(
        "\(value.name): 'token' is missing: beats are taken from nobody without one; "
          + "{env: NAME} or {file: PATH}", at: section.mark)
      return nil
    }
    guard let token = token(place) else { return nil }
    var beacon = Beacon(token: token, grace: grace)
    if let value = section["every"] {
      beacon.every = value.duration(1...3600, such: "10s") ?? beacon.every
    }
    beacon.schedule = schedule(section)
    if let value = section["instances"] { beacon.instances = names(value) }
    if let value = section["most"] {
      beacon.most = value.integer(1...1000) ?? beacon.most
      if section["instances"] != nil {
        log.warn(
          "\(value.name): says nothing here, for no instances but the named ones are taken",
          at: value.mark)
      }
    }
    if let value = section["forget"] {
      beacon.forget = value.duration(10...(30 * 86_400), such: "1h") ?? beacon.forget
      if beacon.forget < 4 * beacon.every {
        log.warn(
          "\(value.name): what is silent is forgotten before it is unreachable, "
            + "after four beats of \(Quantity.text(beacon.every))", at: value.mark)
      }
    }
    return beacon
  }

  /// When a job comes again, as the file says it; nil where it runs all the time.
  private func schedule(_ section: YAMLSection) -> Beacon.Schedule? {
    guard let period = section["period"] else {
      if let grace = section["grace"] {
        log.warn("\(grace.name): says nothing here without 'period'", at: grace.mark)
      }
      return nil
    }
    let seconds = period.duration(Beacon.Schedule.periods, such: "1d")
    let grace = section["grace"].flatMap { $0.duration(1...(31 * 86_400), such: "1h") }
    return seconds.map {
      Beacon.Schedule(period: $0, grace: grace, beatsMeanwhile: section["every"] != nil)
    }
  }

  /// Never says what it was.
  private func token(_ value: YAMLValue) -> Credentials.Secret? {
    guard let token = value.secret(prefix: "", folder: folder) else { return nil }
    guard case .literal(let text) = token else { return token }
    let isPlain = text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    // What stands in a kept text lets nobody in, for it is too short where beats are taken.
    let isLongEnough = text.utf8.count >= Beacon.shortestToken || text == FleetFile.mask
    guard isPlain, isLongEnough else {
      log.error(
        "\(value.name): expected at least \(Beacon.shortestToken) characters without spaces, "
          + "{env: NAME} or {file: PATH}", at: value.mark)
      return nil
    }
    log.warn(
      "\(value.name): a token is written in the file; {env: NAME} or {file: PATH} keeps it out",
      at: value.mark)
    return token
  }

  private func names(_ value: YAMLValue) -> [String] {
    var names: [String] = []
    let items = value.list("the names of its instances", orOne: true)
    if items.isEmpty, case .sequence = value.node {
      log.error(
        "\(value.name): the list is empty; leave it out where instances make themselves known",
        at: value.mark)
    }
    for item in items {
      guard let name = item.text("an instance's name") else { continue }
      if !Beacon.isName(name) {
        log.error(
          "\(item.name): an instance's name is up to \(Beacon.longestName) letters, digits, "
            + "'.', '_', ':' and '-'", at: item.mark)
      } else if names.contains(name) {
        log.error("\(item.name): the instance '\(name)' is named twice", at: item.mark)
      } else {
        names.append(name)
      }
    }
    return names
  }
}
