package import Fleet

/// Who looks, as the operating system knows them.
package struct Person: Sendable, Hashable {
  package var name: String
  package var groups: [String]
  /// The kernel's number of the user.
  package var uid: UInt32
  /// What they may where the fleet file does not say who may what.
  package var role: Role

  package init(name: String, groups: [String] = [], uid: UInt32, role: Role = .responder) {
    self.name = name
    self.groups = groups
    self.uid = uid
    self.role = role
  }

  func role(in fleet: Fleet) -> Role {
    fleet.access?.role(of: name, groups: groups, uid: uid) ?? role
  }

  func isAmong(_ people: People, in fleet: Fleet) -> Bool {
    people.contains(name, groups: groups, role: role(in: fleet))
  }
}
