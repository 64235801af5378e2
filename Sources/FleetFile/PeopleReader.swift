import Fleet
import YAMLText
import Yams

/// Reads who is meant: names of users, `@` before names of groups, and roles.
enum PeopleReader {
  static let most = 200
  private static let longest = 64

  /// One name or a list of them.
  ///
  /// - Parameter hasRoles: a word that is a role means everybody who has it, or more.
  static func people(_ value: YAMLValue, hasRoles: Bool) -> People {
    var people = People()
    var items = [value]
    if case .sequence = value.node { items = value.list() }
    if items.isEmpty { value.log.error("\(value.name): name somebody", at: value.mark) }
    if items.count > most {
      value.log.error(
        "\(value.name): at most \(most) names, found \(items.count); name a group",
        at: value.mark)
    }
    let what = hasRoles ? "a user, @group or a role" : "a user or @group"
    for item in items.prefix(most) {
      guard let text = item.text(what) else { continue }
      if hasRoles, let role = Role(rawValue: text) {
        people.role = min(role, people.role ?? role)
      } else if text.hasPrefix("@") {
        if let name = name(String(text.dropFirst()), item) { people.groups.append(name) }
      } else if let name = name(text, item) {
        people.users.append(name)
      }
    }
    return people
  }

  /// As the operating system could have it.
  static func name(_ text: String, _ value: YAMLValue) -> String? {
    let isRight =
      (1...longest).contains(text.utf8.count)
      && text.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7f && !":,/@".utf8.contains($0) }
    if isRight { return text }
    value.log.error(
      "\(value.name): expected a name of the operating system, found '\(text.prefix(60))'",
      at: value.mark)
    return nil
  }
}
