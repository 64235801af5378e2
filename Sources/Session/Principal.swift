package import Fleet

/// Who asks, known by the operating system: never by what somebody says of themselves.
package struct Principal: Sendable, Hashable {
  /// As the user database has it for `uid`.
  package var name: String
  /// The kernel's number of the user.
  package var uid: UInt32
  /// The names of the groups that the user is in.
  package var groups: [String]
  /// What they may where the fleet file does not say who may what.
  package var role: Role
  /// Why the screen that they ask from may only look, whoever is before it, whatever the fleet file says: `from another
  /// host`; nil where it may do what they may.
  package var onlyLooks: String?

  /// - Parameters:
  ///   - uid: nobody's where it is left out, who never counts as an approver.
  ///   - role: a responder's where it is left out, as of who runs Damcon on their own.
  package init(
    name: String, uid: UInt32 = Access.nobody, groups: [String] = [], role: Role = .responder
  ) {
    self.name = name
    self.uid = uid
    self.groups = groups
    self.role = role
  }

  /// What they may in a fleet as it is now; its file may say otherwise the next time that it is read.
  package func role(in fleet: Fleet) -> Role {
    guard onlyLooks == nil else { return .viewer }
    return fleet.access?.role(of: name, groups: groups, uid: uid) ?? role
  }

  func isAmong(_ people: People, in fleet: Fleet) -> Bool {
    onlyLooks == nil && people.contains(name, groups: groups, role: role(in: fleet))
  }
}
