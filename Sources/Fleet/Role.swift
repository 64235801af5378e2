/// What somebody may do: each may all that the ones before it may.
public enum Role: String, Sendable, Hashable, Codable, CaseIterable, Comparable {
  /// Looks, and may stop a countdown of automation.
  case viewer
  /// Acts.
  case responder
  /// Agrees to what others ask for.
  case approver
  /// Leads: may break what the policy lets commanders break, and lift an emergency stop.
  case commander

  public static func < (a: Role, b: Role) -> Bool { a.rank < b.rank }

  private var rank: Int { Role.allCases.firstIndex(of: self) ?? 0 }
}
