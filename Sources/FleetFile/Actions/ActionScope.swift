import Containment
import YAMLText

/// What the rest of a fleet file can name of services and actions, and what an action named there is told.
struct ActionScope {
  /// Of the fleet, by name.
  let services: [String]
  /// The fleet file's own: those of a runbook are for whoever follows it.
  let actions: [Action]
  /// The names of actions that are wrong, which is said already: what names them is no mistake of its own.
  let unread: [String]
  let log: ProblemLog

  /// A service that is there.
  func service(_ value: YAMLValue) -> String? {
    guard let name = value.text("a service's name") else { return nil }
    if services.contains(name) { return name }
    log.error(
      "\(value.name): unknown service '\(name.prefix(60))'"
        + NearestWord.advice(name, among: services), at: value.mark)
    return nil
  }

  /// An action that is there and can be read.
  func action(_ value: YAMLValue) -> Action? {
    guard let name = value.text("an action's name") else { return nil }
    if let action = actions.first(where: { $0.name == name }) { return action }
    guard !unread.contains(name) else { return nil }
    let near = NearestWord.to(name, among: actions.map(\.name))
    log.error(
      "\(value.name): unknown action '\(name.prefix(60))'"
        + (near.map { "; did you mean '\($0)'?" } ?? "; declare it under actions:"),
      at: value.mark)
    return nil
  }

  /// What an action is told there: nobody is asked again.
  ///
  /// - Parameters:
  ///   - value: of `arguments:`; nil where that is not there.
  ///   - whole: what names the action.
  func arguments(
    _ value: YAMLValue?, of action: Action, in whole: YAMLValue
  ) -> [ActionPlan.Given] {
    var given: [ActionPlan.Given] = []
    var said: Set<String> = []
    for member in value?.section(keys: action.parameters.map(\.name))?.members ?? [] {
      said.insert(member.key)
      guard let parameter = action.parameters.first(where: { $0.name == member.key }),
        let text = member.value.text("what is said for \(member.key)")
      else { continue }
      do throws(ArgumentError) {
        given.append(.init(name: parameter.name, value: try parameter.argument(text)))
      } catch {
        log.error("\(member.value.name): \(error.reason)", at: member.value.mark)
      }
    }
    for parameter in action.parameters
    where parameter.usual == nil && !said.contains(parameter.name) {
      log.error(
        "\(whole.name): \(action.name) needs \(parameter.name), and nothing is usual: say it under "
          + "arguments:", at: whole.mark)
    }
    return given
  }
}
