import Runbooks
import YAMLText
import Yams

/// As much of `actions:` as runbooks are held against: names, and whether each can be proved and taken back.
enum ActionOutlines {
  /// A mapping by name, or a list of mappings with `name:`.
  static func read(_ value: YAMLValue) -> [ActionOutline] {
    switch value.node {
    case .mapping:
      return value.section("actions", keys: nil)?.members.compactMap {
        outline(named: $0.key, $0.value)
      } ?? []
    case .sequence:
      return value.list().compactMap { item in
        guard let section = item.section("an action", keys: nil) else { return nil }
        guard let name = section["name"]?.text("the action's name") else {
          if section["name"] == nil {
            item.log.error("\(item.name): 'name' is missing", at: item.mark)
          }
          return nil
        }
        return outline(named: name, item)
      }
    case .scalar, .alias:
      value.expected("a list or a mapping of actions")
      return []
    }
  }

  private static func outline(named name: String, _ value: YAMLValue) -> ActionOutline? {
    guard case .mapping = value.node, let section = value.section("an action", keys: nil) else {
      value.expected("what the action does, as a mapping")
      return nil
    }
    return ActionOutline(
      name: name, kind: section["kind"]?.scalar, isVerified: section["verification"] != nil,
      isReversible: section["revert"] != nil)
  }
}
