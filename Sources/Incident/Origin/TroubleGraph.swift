/// Who is in trouble since when, and who needs whom: all that an origin is searched in.
package struct TroubleGraph: Sendable {
  /// A service, or something that no one watches but services speak of.
  package struct Node: Sendable {
    /// Nanoseconds at which its first symptom was seen; nil where it looks well.
    package var turned: Int64?
    /// Nothing is known of it: what is wrong below it may pass through unseen.
    package var isUnknown = false
    /// Nodes that it needs.
    package var needs: [Int] = []
    /// Those of them that it says itself are failing it.
    package var blames: [Int] = []
    /// Nanoseconds by which its first symptom may be seen late.
    package var slack: Int64 = 0
    /// The lower, the more it matters: a tier's rank.
    package var rank = 0

    package init(
      turned: Int64? = nil, isUnknown: Bool = false, needs: [Int] = [], blames: [Int] = [],
      slack: Int64 = 0, rank: Int = 0
    ) {
      self.turned = turned
      self.isUnknown = isUnknown
      self.needs = needs
      self.blames = blames
      self.slack = slack
      self.rank = rank
    }
  }

  package var nodes: [Node]
  package init(_ nodes: [Node]) { self.nodes = nodes }

  /// One place where a trouble may have begun.
  package struct Candidate: Sendable, Hashable {
    /// One node; several that need each other in a circle, the first to turn first.
    package var members: [Int]
    /// Nanoseconds at which the first of them turned.
    package var turned: Int64
    package var rule: Origins.Rule
    /// The next to turn in the same trouble, and by how many nanoseconds it was later.
    package var next: (node: Int, later: Int64)?
    /// Those in trouble that hang under it, each below one that is before it or below a member.
    package var hurt: [Hanging] = []

    package static func == (a: Candidate, b: Candidate) -> Bool {
      a.members == b.members && a.turned == b.turned && a.rule == b.rule && a.hurt == b.hurt
        && a.next?.node == b.next?.node && a.next?.later == b.next?.later
    }
    package func hash(into hasher: inout Hasher) {
      hasher.combine(members)
      hasher.combine(rule)
    }
  }

  /// A node in trouble below the one that it needs.
  package struct Hanging: Sendable, Hashable {
    package var node: Int
    package var under: Int
    /// 1 below the candidate itself.
    package var depth: Int
  }
}
