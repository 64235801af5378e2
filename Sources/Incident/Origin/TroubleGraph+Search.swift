import Fleet

extension TroubleGraph {
  /// Where the trouble may have begun, the likeliest first.
  ///
  /// Those in trouble are joined where one needs the other; each part that hangs together is one
  /// trouble. In it, those whose needs are all healthy are candidates, and so is one that turned
  /// well before everything it needs unless it blames one of them itself. Circles count as one.
  /// What is not in trouble itself (or not watched) is a candidate when two or more blame it.
  /// Linear in nodes and edges, but for what hangs together through nodes that nothing is known of.
  package func candidates() -> [Candidate] {
    var search = OriginSearch(self)
    return search.run()
  }
}

/// The working of one search: plain arrays by the place of a node.
private struct OriginSearch {
  private let nodes: [TroubleGraph.Node]
  /// When each turned; of what is only blamed, when the first that blames it turned. Nil: no part.
  private var turned: [Int64?]
  /// Edges among those in trouble.
  private var needs: [[Int]]
  private var neededBy: [[Int]]
  /// The group of each node: those that need each other in a circle are one. Groups are numbered
  /// so that what a group needs has a lower number.
  private var group: [Int] = []
  private var members: [[Int]] = []
  /// Whether a node is a candidate, or hangs under one already.
  private var isPlaced: [Bool]

  init(_ graph: TroubleGraph) {
    nodes = graph.nodes
    turned = graph.nodes.map(\.turned)
    needs = Array(repeating: [], count: nodes.count)
    neededBy = needs
    isPlaced = Array(repeating: false, count: nodes.count)
  }

  mutating func run() -> [TroubleGraph.Candidate] {
    takeInTheBlamed()
    join()
    findGroups()
    let troubles = separateTroubles()
    return troubles.flatMap { $0 }
  }

  /// What looks well, or is not watched, is in it when at least two blame it.
  private mutating func takeInTheBlamed() {
    var blamers: [Int: (count: Int, first: Int64)] = [:]
    for place in nodes.indices {
      guard let at = nodes[place].turned, !nodes[place].blames.isEmpty else { continue }
      for blamed in nodes[place].blames where nodes[blamed].turned == nil {
        let known = blamers[blamed]
        blamers[blamed] = ((known?.count ?? 0) + 1, min(known?.first ?? at, at))
      }
    }
    for (blamed, by) in blamers where by.count > 1 { turned[blamed] = by.first }
  }

  private mutating func join() {
    // By whom each node was seen last: one array for all walks.
    var seenBy = Array(repeating: -1, count: nodes.count)
    var next: [Int] = []
    // What is blamed only, but looks well, needs nothing that could have hurt it.
    for place in nodes.indices where nodes[place].turned != nil {
      seenBy[place] = place
      next.append(contentsOf: nodes[place].needs)
      while let needed = next.popLast() {
        guard seenBy[needed] != place else { continue }
        seenBy[needed] = place
        if turned[needed] != nil {
          needs[place].append(needed)
        } else if nodes[needed].isUnknown {
          next += nodes[needed].needs
        }
      }
      if needs[place].count > 1 { needs[place].sort() }
      for needed in needs[place] { neededBy[needed].append(place) }
    }
  }

  /// Tarjan's strongly connected components, without recursion.
  private mutating func findGroups() {
    let count = nodes.count
    var number = Array(repeating: -1, count: count)
    var low = Array(repeating: 0, count: count)
    var isOnStack = Array(repeating: false, count: count)
    var stack: [Int] = []
    var path: [(node: Int, edge: Int)] = []
    var next = 0
    group = Array(repeating: -1, count: count)
    for start in nodes.indices where turned[start] != nil && number[start] < 0 {
      path.append((start, 0))
      while let (node, edge) = path.last {
        if edge == 0 {
          number[node] = next
          low[node] = next
          next += 1
          stack.append(node)
          isOnStack[node] = true
        }
        if edge < needs[node].count {
          path[path.count - 1].edge += 1
          let needed = needs[node][edge]
          if number[needed] < 0 {
            path.append((needed, 0))
          } else if isOnStack[needed] {
            low[node] = min(low[node], number[needed])
          }
          continue
        }
        path.removeLast()
        if let above = path.last?.node { low[above] = min(low[above], low[node]) }
        guard low[node] == number[node] else { continue }
        var circle: [Int] = []
        while let top = stack.popLast() {
          isOnStack[top] = false
          group[top] = members.count
          circle.append(top)
          if top == node { break }
        }
        if circle.count > 1 { circle.sort { precedes($0, $1) } }
        members.append(circle)
      }
    }
  }

  private func precedes(_ a: Int, _ b: Int) -> Bool {
    let (left, right) = (turned[a] ?? .max, turned[b] ?? .max)
    return left != right ? left < right : a < b
  }

  private func turnedAt(_ group: Int) -> Int64 { turned[members[group][0]] ?? .max }

  private func slack(_ group: Int) -> Int64 { members[group].map { nodes[$0].slack }.max() ?? 0 }

  /// The candidates of each trouble: what hangs together is one.
  private mutating func separateTroubles() -> [[TroubleGraph.Candidate]] {
    // Per group, in the order of what it needs: the earliest below it, and whether it is raised.
    var below = Array(repeating: Int64.max, count: members.count)
    var isSink = Array(repeating: true, count: members.count)
    var isRaised = Array(repeating: false, count: members.count)
    for group in members.indices {
      var blames = false
      for node in members[group] {
        for needed in needs[node] where self.group[needed] != group {
          let other = self.group[needed]
          isSink[group] = false
          below[group] = min(below[group], turnedAt(other), below[other])
          if nodes[node].blames.contains(needed) { blames = true }
        }
      }
      isRaised[group] =
        !isSink[group] && !blames && turnedAt(group).plus(slack(group)) < below[group]
    }
    var trouble = Array(repeating: -1, count: members.count)
    var parts: [[Int]] = []
    for start in members.indices where trouble[start] < 0 {
      trouble[start] = parts.count
      var part = [start]
      var at = 0
      while at < part.count {
        func take(_ neighbour: Int) {
          guard trouble[group[neighbour]] < 0 else { return }
          trouble[group[neighbour]] = parts.count
          part.append(group[neighbour])
        }
        for node in members[part[at]] {
          for neighbour in needs[node] { take(neighbour) }
          for neighbour in neededBy[node] { take(neighbour) }
        }
        at += 1
      }
      parts.append(part)
    }
    var found: [(candidates: [TroubleGraph.Candidate], weight: Weight)] = []
    found.reserveCapacity(parts.count)
    for part in parts {
      if part.count == 1 {
        // Where everything fails by itself there are as many troubles as services.
        found.append(([alone(part[0])], weight(part)))
        continue
      }
      let groups = part.filter { isSink[$0] || isRaised[$0] }
      found.append((candidates(groups, isRaised, of: part), weight(part)))
    }
    return found.sorted { $0.weight < $1.weight }.map(\.candidates)
  }

  /// What matters more comes first: the tier, then how many are hurt, then what began first.
  private typealias Weight = (tier: Int, size: Int, turned: Int64, place: Int)

  private func weight(_ part: [Int]) -> Weight {
    var weight = (tier: Int.max, size: 0, turned: Int64.max, place: Int.max)
    for group in part {
      weight.turned = min(weight.turned, turnedAt(group))
      weight.size -= members[group].count
      for node in members[group] {
        weight.tier = min(weight.tier, nodes[node].rank)
        weight.place = min(weight.place, node)
      }
    }
    return weight
  }

  /// The only group of its trouble: all that it needs is well, and nobody is hurt beside it.
  private func alone(_ group: Int) -> TroubleGraph.Candidate {
    TroubleGraph.Candidate(
      members: members[group], turned: turnedAt(group), rule: .needsAreWell, next: nil)
  }

  private mutating func candidates(
    _ groups: [Int], _ isRaised: [Bool], of part: [Int]
  ) -> [TroubleGraph.Candidate] {
    let ordered = groups.sorted { precedes(members[$0][0], members[$1][0]) }
    guard let first = ordered.first else { return [] }
    let hasRaised = ordered.contains { isRaised[$0] }
    var found: [TroubleGraph.Candidate] = ordered.map { group in
      let other = group == first ? ordered[ordered.count > 1 ? 1 : 0] : first
      let isClear =
        abs(turnedAt(group) - turnedAt(other)) > max(slack(group), slack(other))
      let rule: Origins.Rule =
        if isRaised[group] {
          .beforeItsNeeds
        } else if ordered.count == 1 {
          .needsAreWell
        } else if hasRaised || !isClear {
          // The two rules may point at two places: then neither has decided.
          .undecided
        } else {
          group == first ? .turnedFirst : .later
        }
      return TroubleGraph.Candidate(
        members: members[group], turned: turnedAt(group), rule: rule,
        next: next(to: group, of: part))
    }
    hang(under: &found)
    return found
  }

  /// Whoever else of the same trouble turned soonest.
  private func next(to group: Int, of part: [Int]) -> (node: Int, later: Int64)? {
    let others = part.filter { $0 != group }.map { members[$0][0] }
    guard let other = others.min(by: precedes), let at = turned[other] else { return nil }
    return (other, at - turnedAt(group))
  }

  /// Puts everything else in trouble below the likeliest candidate that it needs, by the shortest way.
  private mutating func hang(under candidates: inout [TroubleGraph.Candidate]) {
    for member in candidates.flatMap(\.members) { isPlaced[member] = true }
    for index in candidates.indices {
      var next = candidates[index].members.map {
        TroubleGraph.Hanging(node: $0, under: -1, depth: 0)
      }
      var at = 0
      while at < next.count {
        let above = next[at]
        for node in neededBy[above.node].sorted(by: precedes)
        where !isPlaced[node] {
          isPlaced[node] = true
          let hanging = TroubleGraph.Hanging(
            node: node, under: above.node, depth: above.depth + 1)
          candidates[index].hurt.append(hanging)
          next.append(hanging)
        }
        at += 1
      }
    }
  }
}
