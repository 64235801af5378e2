import Fleet
import YAMLText

/// Reads what a file says users can do, and what that needs.
struct CapabilityReader {
  /// The services that there are.
  let services: [String]
  let log: ProblemLog

  func capabilities(_ value: YAMLValue) -> [Capability] {
    var capabilities: [Capability] = []
    for item in value.list("a list of capabilities, each with - name:") {
      guard let section = item.section("a capability", keys: Keys.capability) else { continue }
      guard let name = section["name"]?.text("the capability's name") else {
        if section["name"] == nil { log.error("\(item.name): 'name' is missing", at: item.mark) }
        continue
      }
      if capabilities.contains(where: { $0.name == name }) {
        log.error("the capability '\(name)' is named twice", at: section["name"]?.mark)
        continue
      }
      capabilities.append(capability(name, section))
    }
    return capabilities
  }

  private func capability(_ name: String, _ section: YAMLSection) -> Capability {
    var capability = Capability(name: name)
    if let value = section["tier"] {
      capability.tier = value.word("tier", Tier.self) ?? capability.tier
    }
    if let value = section["needs"] {
      capability.needs = needs(value, of: name)
    } else {
      log.error(
        "\(section.name): 'needs' is missing: which services does '\(name)' need?",
        at: section.mark)
    }
    if let value = section["tolerates"] { takeTolerance(value, into: &capability) }
    if let value = section["users_get"] {
      if value.scalar != nil {
        capability.usersGet.degraded = value.text("what users get while it is degraded")
      } else if let section = value.section("users_get", keys: Keys.usersGet) {
        capability.usersGet = Capability.UsersGet(
          degraded: section["degraded"]?.text("what users get while it is degraded"),
          lost: section["lost"]?.text("what users get while it is lost"))
      }
    }
    capability.instead = section["instead"]?.text("what users can do meanwhile")
    capability.expectedRecovery = section["expected_recovery"]?
      .duration(1...(30 * 86_400), such: "30m")
    return capability
  }

  private func needs(_ value: YAMLValue, of name: String) -> [Capability.Need] {
    var needs: [Capability.Need] = []
    for item in value.list("a service or a list of them", orOne: true) {
      var need: Capability.Need?
      var place = item
      if item.scalar != nil {
        need = item.text("a service's name").map { Capability.Need(service: $0) }
      } else if let section = item.section("a need", keys: Keys.need) {
        guard let service = section["service"] else {
          log.error("\(item.name): 'service' is missing", at: item.mark)
          continue
        }
        place = service
        need = service.text("a service's name").map {
          Capability.Need(
            service: $0, endpoint: section["endpoint"]?.text("an endpoint's name"),
            isOptional: section["optional"].flatMap(flag) ?? false)
        }
      }
      guard let need else { continue }
      guard services.contains(need.service) else {
        let near =
          NearestWord.to(need.service, among: services).map { "; did you mean '\($0)'?" } ?? ""
        log.error(
          "'\(name)' needs the unknown service '\(need.service)'\(near)", at: place.mark)
        continue
      }
      if !needs.contains(need) { needs.append(need) }
    }
    return needs
  }

  private func flag(_ value: YAMLValue) -> Bool? {
    switch value.scalar {
    case "true": return true
    case "false": return false
    default:
      value.expected("true or false")
      return nil
    }
  }

  private func takeTolerance(_ value: YAMLValue, into capability: inout Capability) {
    if let word = value.scalar {
      if word == "degraded" {
        capability.toleratesDegraded = true
      } else {
        value.expected("degraded, or a mapping such as {errors: 2%}")
      }
      return
    }
    guard let section = value.section("tolerates", keys: Keys.tolerates) else { return }
    if let value = section["errors"] {
      guard let share = value.scalar.flatMap(Quantity.percent), share >= 0, share < 100 else {
        value.expected("a percentage from 0 to below 100, such as 2%")
        return
      }
      capability.toleratedErrors = share / 100
    }
    capability.toleratesDegraded = section["degraded"].flatMap(flag) ?? false
  }
}
