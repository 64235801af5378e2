import Containment
import Fleet
import YAMLText

/// Reads `automation:`: what is triggered without a person, when, and how often.
struct AutomationReader {
  let scope: ActionScope
  private var log: ProblemLog { scope.log }

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
    rule.arguments = scope.arguments(section["arguments"], of: action, in: value)
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
    guard let action = scope.action(value) else { return nil }
    guard let objection = Rule.objection(to: action, hasRollbacks: hasRollbacks) else {
      return action
    }
    log.error("\(value.name): \(objection)", at: value.mark)
    return nil
  }

  private func names(_ value: YAMLValue, _ action: Action?) -> [String] {
    var names: [String] = []
    for item in value.list("a service or a list of them", orOne: true) {
      guard let name = scope.service(item), !names.contains(name) else { continue }
      if let action, !action.applies(to: name) {
        log.error("\(item.name): \(action.name) is not for \(name)", at: item.mark)
      } else {
        names.append(name)
      }
    }
    return names
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
