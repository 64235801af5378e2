import Containment
import Fleet
import YAMLText

/// Reads `automation:`: what is triggered without a person, when, and how often.
struct AutomationReader {
  /// Of the fleet.
  let services: [String]
  /// Of the fleet file. A rule triggers none of a runbook: that is read by somebody who follows it.
  let actions: [Action]
  /// Those that are wrong, which is said already.
  let unread: [String]
  let log: ProblemLog

  static let most = 50
  private static let longest = 86_400.0 * 7

  /// - Returns: the rules, and whether they may take a release back.
  func automation(_ value: YAMLValue) -> (rules: [Rule], hasRollbacks: Bool) {
    guard let section = value.section("automation", keys: Keys.automation) else {
      return ([], false)
    }
    let hasRollbacks = section["rollbacks"].map(isOn) ?? false
    let rules =
      section["rules"].map { NamedValue.all($0, "rule", most: AutomationReader.most) } ?? []
    return (rules.compactMap { rule($0, hasRollbacks) }, hasRollbacks)
  }

  private func isOn(_ value: YAMLValue) -> Bool {
    switch value.scalar {
    case "true", "on", "yes": return true
    case "false", "off", "no": return false
    default:
      value.expected("true or false")
      return false
    }
  }

  private func rule(_ entry: NamedValue, _ hasRollbacks: Bool) -> Rule? {
    let before = log.problems.count
    let value = entry.value
    let keys = entry.isListed ? Keys.rule : Keys.rule.filter { $0 != "name" }
    guard let section = value.section("a rule", keys: keys) else { return nil }
    for key in ["when", "action", "services"] where section[key] == nil {
      log.error("\(value.name): '\(key)' is missing", at: value.mark)
    }
    let condition = section["when"].flatMap(ConditionReader.condition)
    let action = section["action"].flatMap { self.action($0, hasRollbacks) }
    let names = section["services"].map { self.names($0, action) } ?? []
    guard let condition, let action, log.problems.count == before else { return nil }
    var rule = Rule(name: entry.name, action: action.id, services: names, when: condition)
    rule.arguments = arguments(section["arguments"], action, value)
    if let value = section["days"] { rule.schedule.days = ReleaseReader.days(of: value) }
    if let value = section["hours"], let text = value.text("hours such as 9:00-17:00") {
      rule.schedule.hours = ReleaseReader.hours(text, value)
    }
    if let value = section["at_most"] { takeLimit(value, into: &rule) }
    if let value = section["countdown"] {
      rule.countdown = value.duration(5...600, such: "30s") ?? rule.countdown
    }
    return log.problems.count == before ? rule : nil
  }

  private func action(_ value: YAMLValue, _ hasRollbacks: Bool) -> Action? {
    guard let name = value.text("an action's name") else { return nil }
    guard let action = actions.first(where: { $0.name == name }) else {
      guard !unread.contains(name) else { return nil }
      let near = NearestWord.to(name, among: actions.map(\.name))
      log.error(
        "\(value.name): unknown action '\(name.prefix(60))'"
          + (near.map { "; did you mean '\($0)'?" } ?? "; declare it under actions:"),
        at: value.mark)
      return nil
    }
    guard let objection = Rule.objection(to: action, hasRollbacks: hasRollbacks) else {
      return action
    }
    log.error("\(value.name): \(objection)", at: value.mark)
    return nil
  }

  private func names(_ value: YAMLValue, _ action: Action?) -> [String] {
    var names: [String] = []
    for item in value.list("a service or a list of them", orOne: true) {
      guard let name = item.text("a service's name"), !names.contains(name) else { continue }
      if !services.contains(name) {
        let near = NearestWord.to(name, among: services).map { "; did you mean '\($0)'?" } ?? ""
        log.error("\(item.name): unknown service '\(name.prefix(60))'\(near)", at: item.mark)
      } else if let action, !action.applies(to: name) {
        log.error("\(item.name): \(action.name) is not for \(name)", at: item.mark)
      } else {
        names.append(name)
      }
    }
    return names
  }

  private func arguments(
    _ value: YAMLValue?, _ action: Action, _ whole: YAMLValue
  ) -> [ActionPlan.Given] {
    var given: [ActionPlan.Given] = []
    for member in value?.section(keys: action.parameters.map(\.name))?.members ?? [] {
      guard let parameter = action.parameters.first(where: { $0.name == member.key }),
        let text = member.value.text("what is said for \(member.key)")
      else { continue }
      do throws(ArgumentError) {
        given.append(.init(name: parameter.name, value: try parameter.argument(text)))
      } catch {
        log.error("\(member.value.name): \(error.reason)", at: member.value.mark)
      }
    }
    let said = value.map { $0.section(keys: nil)?.members.map(\.key) ?? [] } ?? []
    for parameter in action.parameters
    where parameter.usual == nil && !said.contains(parameter.name) {
      log.error(
        "\(whole.name): \(action.name) needs \(parameter.name), and nothing is usual: say it under "
          + "arguments:", at: whole.mark)
    }
    return given
  }

  /// `2 per 1h`
  private func takeLimit(_ value: YAMLValue, into rule: inout Rule) {
    let words = (value.scalar ?? "").split(separator: " ").map(String.init)
    guard words.count == 3, words[1] == "per", let most = Int(words[0]), (1...20).contains(most),
      let span = Quantity.seconds(words[2]), (60...AutomationReader.longest).contains(span)
    else { return value.expected("how often, from 1 to 20 times in 1m to 7d, such as 2 per 1h") }
    (rule.most, rule.span) = (most, span)
  }
}
