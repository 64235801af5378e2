import Conditions
import YAMLText
import Yams

/// Reads conditions: as one text, or as mappings of texts under `all`, `any` and `not`.
enum ConditionReader {
  static func condition(_ value: YAMLValue) -> Condition? { condition(value, depth: 0) }

  private static func condition(_ value: YAMLValue, depth: Int) -> Condition? {
    guard case .mapping = value.node else {
      guard let text = value.text("a condition such as p99_ms > 800 for 5m") else { return nil }
      do {
        return try Condition(text)
      } catch {
        complain(error.reason, column: error.column, in: value)
        return nil
      }
    }
    guard depth < Condition.depthLimit else {
      value.log.error(
        "\(value.name): conditions stand at most \(Condition.depthLimit) deep in each other",
        at: value.mark)
      return nil
    }
    guard let section = value.section("a condition", keys: Keys.condition) else { return nil }
    guard section.members.count == 1, let member = section.members.first else {
      value.expected("one of all, any and not")
      return nil
    }
    let inner: [YAMLValue] =
      member.key == "not" ? [member.value] : member.value.list("a list of conditions", orOne: true)
    let parts = inner.compactMap { condition($0, depth: depth + 1) }
    guard parts.count == inner.count else { return nil }
    do {
      switch member.key {
      case "not": return try Condition(not: parts[0])
      case "all": if let all = try Condition(all: parts) { return all }
      default: if let any = try Condition(any: parts) { return any }
      }
      value.log.error("\(member.value.name): name at least one condition", at: member.value.mark)
    } catch {
      value.log.error("\(value.name): \(error.reason)", at: value.mark)
    }
    return nil
  }

  /// Says what is wrong at its own line and column where the text stands in one line of the file.
  static func complain(_ reason: String, column: Int, in value: YAMLValue) {
    guard case .scalar(let scalar) = value.node else {
      value.log.error("\(value.name): \(reason)", at: value.mark)
      return
    }
    switch scalar.style {
    case .literal, .folded:
      value.log.error("\(value.name): column \(column) of the condition: \(reason)", at: value.mark)
    case .singleQuoted, .doubleQuoted:
      value.log.error("\(value.name): \(reason)", at: value.mark, offset: column)
    case .any, .plain:
      value.log.error("\(value.name): \(reason)", at: value.mark, offset: column - 1)
    }
  }
}
