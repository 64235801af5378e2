import Containment
import Fleet
import YAMLText
import Yams

/// Reads `policy:`: when nothing is triggered, and from how much budget on something is exposed.
struct PolicyReader {
  /// Of the fleet.
  let services: [String]
  /// Of the fleet file; runbooks may have others.
  let actions: [String]
  let log: ProblemLog

  private static let most = 64
  /// What a gate is for that names nothing.
  private static let exposing: [Action.Kind] = [.shiftTraffic, .toggleFlag]

  func policy(_ value: YAMLValue) -> ContainmentPolicy {
    var policy = ContainmentPolicy()
    guard let section = value.section("policy", keys: Keys.containmentPolicy) else { return policy }
    if let value = section["freezes"] {
      policy.freezes = few(value, "freezes", "a list of freezes, each with from: and until:")
        .compactMap(freeze)
    }
    if let value = section["gates"] {
      policy.gates = few(value, "gates", "a list of gates, each with budget:").compactMap(gate)
    }
    return policy
  }

  private func few(_ value: YAMLValue, _ noun: String, _ what: String) -> [YAMLValue] {
    let items = value.list(what)
    if items.count > PolicyReader.most {
      log.error(
        "\(value.name): at most \(PolicyReader.most) \(noun), found \(items.count)",
        at: value.mark)
    }
    return Array(items.prefix(PolicyReader.most))
  }

  private func freeze(_ item: YAMLValue) -> ActionFreeze? {
    guard let section = item.section("a freeze", keys: Keys.actionFreeze),
      let window = ReleaseReader.freeze(section, of: item)
    else { return nil }
    var freeze = ActionFreeze(window)
    if let value = section["services"] { freeze.services = names(value) }
    if let value = section["kinds"] { freeze.kinds = kinds(value) }
    if let value = section["break"] {
      freeze.breakers = PeopleReader.people(value, hasRoles: true)
    }
    return freeze
  }

  private func gate(_ item: YAMLValue) -> BudgetGate? {
    guard let section = item.section("a gate", keys: Keys.budgetGate) else { return nil }
    guard let value = section["budget"] else {
      log.error("\(item.name): 'budget' is missing", at: item.mark)
      return nil
    }
    guard let percent = value.scalar.flatMap(Quantity.percent), percent > 0, percent <= 100 else {
      value.expected("a percentage above 0 and up to 100, such as 25%")
      return nil
    }
    var gate = BudgetGate(kinds: [], share: percent / 100)
    if let value = section["kinds"] { gate.kinds = kinds(value) }
    if let value = section["actions"] {
      for item in value.list("an action or a list of them", orOne: true) {
        guard let name = item.text("an action's name") else { continue }
        gate.actions.append(name)
        guard !actions.contains(name) else { continue }
        let near = NearestWord.to(name, among: actions).map { "; did you mean '\($0)'?" } ?? ""
        log.warn(
          "\(item.name): no action of this file is '\(name.prefix(60))'\(near)", at: item.mark)
      }
    }
    if section["kinds"] == nil, section["actions"] == nil {
      gate.kinds = PolicyReader.exposing.map(\.rawValue)
    }
    return gate
  }

  private func kinds(_ value: YAMLValue) -> [String] {
    let items = value.list("a kind of action or a list of them", orOne: true)
    if items.isEmpty, case .sequence = value.node {
      log.error("\(value.name): name at least one kind, or leave it out", at: value.mark)
    }
    return items.compactMap { $0.word("kind", Action.Kind.self)?.rawValue }
  }

  private func names(_ value: YAMLValue) -> [String] {
    value.list("a service or a list of them", orOne: true).compactMap { item in
      guard let name = item.text("a service's name") else { return nil }
      if services.contains(name) { return name }
      let near = NearestWord.to(name, among: services).map { "; did you mean '\($0)'?" } ?? ""
      log.error("\(item.name): unknown service '\(name.prefix(60))'\(near)", at: item.mark)
      return nil
    }
  }
}
