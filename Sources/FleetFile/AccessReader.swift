import Fleet
import YAMLText
import Yams

/// Reads `access:`: who may do what.
enum AccessReader {
  static func access(_ value: YAMLValue) -> Access? {
    guard let section = value.section("access", keys: Keys.access) else { return nil }
    var access = Access()
    if let value = section["default"], let role = value.word("role", Role.self) {
      if role > .responder {
        value.log.error(
          "\(value.name): everybody is a viewer or a responder; approvers and commanders are named",
          at: value.mark)
      } else {
        access.usual = role
      }
    }
    for role in Role.allCases where role > .viewer {
      guard let value = section[role.rawValue] else { continue }
      access.grants.append(grant(role, value))
    }
    return access
  }

  /// A mapping with users and groups, or names with `@` before those of groups.
  private static func grant(_ role: Role, _ value: YAMLValue) -> Access.Grant {
    guard case .mapping = value.node else {
      let people = PeopleReader.people(value, hasRoles: false)
      return check(Access.Grant(role, users: people.users, groups: people.groups), value)
    }
    var grant = Access.Grant(role)
    guard let section = value.section(role.rawValue, keys: Keys.people) else { return grant }
    grant.users = names(section["users"], "a user")
    grant.groups = names(section["groups"], "a group")
    return check(grant, value)
  }

  private static func names(_ value: YAMLValue?, _ what: String) -> [String] {
    guard let value else { return [] }
    let items = value.list("\(what) or a list of them", orOne: true)
    if items.count > PeopleReader.most {
      value.log.error(
        "\(value.name): at most \(PeopleReader.most) names, found \(items.count)", at: value.mark)
    }
    return items.prefix(PeopleReader.most).compactMap { item in
      item.text(what).flatMap { PeopleReader.name($0, item) }
    }
  }

  /// Those who never count are told of where they are named.
  private static func check(_ grant: Access.Grant, _ value: YAMLValue) -> Access.Grant {
    guard grant.role >= .approver else { return grant }
    for name in ["root", "nobody"] where grant.users.contains(name) {
      value.log.warn(
        "\(value.name): \(name) never counts as an approver: anybody may be behind that name",
        at: value.mark)
    }
    return grant
  }
}
