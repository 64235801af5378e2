/// Some people, as a fleet file names them: by their names, by their groups, by what they may do.
///
/// Names and groups are those of the operating system.
public struct People: Sendable, Hashable, Codable {
  public var users: [String]
  public var groups: [String]
  /// Everybody with this role, or with more; nil: nobody by a role.
  public var role: Role?

  public init(users: [String] = [], groups: [String] = [], role: Role? = nil) {
    self.users = users
    self.groups = groups
    self.role = role
  }

  /// Nobody is named.
  public var isEmpty: Bool { users.isEmpty && groups.isEmpty && role == nil }

  public func contains(_ user: String, groups own: [String], role held: Role) -> Bool {
    users.contains(user) || own.contains { groups.contains($0) }
      || role.map { held >= $0 } ?? false
  }

  /// As a file writes them: `commander, ines, @dba`.
  public var words: String {
    ((role.map { [$0.rawValue] } ?? []) + users + groups.map { "@\($0)" }).joined(separator: ", ")
  }
}
