import Fleet

extension Action.Policy {
  /// What two actions ask for that are asked for as one: the most approvals, and of people who may give them for
  /// both.
  ///
  /// - Throws: where each is for other people, since nobody can tell here who is both.
  public func joined(with other: Action.Policy) throws(ArgumentError) -> Action.Policy {
    var policy = self
    policy.approvals = max(approvals, other.approvals)
    policy.patience = min(patience, other.patience)
    policy.requesters = try Action.Policy.joined(requesters, other.requesters)
    policy.approvers = try Action.Policy.joined(approvers, other.approvers)
    policy.revertsOnRegression = revertsOnRegression || other.revertsOnRegression
    return policy
  }

  private static func joined(_ a: People, _ b: People) throws(ArgumentError) -> People {
    guard !a.isEmpty, !b.isEmpty, a != b else { return a.isEmpty ? b : a }
    throw ArgumentError(
      reason: "it is for \(b.words), and another part for \(a.words): one plan cannot be for both")
  }
}

extension Action.Risk {
  /// That of several asked for as one: the highest; high where there is none, for nobody knows what that would be.
  public static func joined(_ risks: [Action.Risk]) -> Action.Risk {
    allCases.last { risks.contains($0) } ?? .high
  }
}
