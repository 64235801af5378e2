/// Who may do what, as a fleet file says it: by the names that the operating system knows people by.
public struct Access: Sendable, Hashable, Codable {
  /// Of everybody who is not named.
  public var usual: Role
  public var grants: [Grant]

  /// Who has a role.
  public struct Grant: Sendable, Hashable, Codable {
    public var role: Role
    public var users: [String]
    public var groups: [String]
    public init(_ role: Role, users: [String] = [], groups: [String] = []) {
      self.role = role
      self.users = users
      self.groups = groups
    }
  }

  public init(usual: Role = .viewer, grants: [Grant] = []) {
    self.usual = usual
    self.grants = grants
  }

  /// The highest of the roles that somebody is given by name or by group, and no less than everybody has.
  ///
  /// - Parameter uid: the kernel's number of the user; nobody has no more than everybody has.
  public func role(of user: String, groups: [String], uid: UInt32) -> Role {
    var role = usual
    guard uid != Access.nobody else { return role }
    for grant in grants
    where grant.users.contains(user) || groups.contains(where: grant.groups.contains) {
      role = max(role, grant.role)
    }
    return role
  }

  /// Whether a user is a person who can agree to something: behind root and nobody may be anybody.
  public static func countsAsApprover(uid: UInt32) -> Bool { uid != 0 && uid != nobody }

  /// The kernel's overflow number, which it gives users that it cannot name.
  public static let nobody: UInt32 = 65_534
}
