import Incident
import Testing

/// Where a trouble began, in graphs small enough to draw. Seconds; the slack is 15 of them.
@Suite("Where a trouble began")
struct TroubleGraphTests {
  /// `needs` and `blames` by place; `turned` in seconds, nil where a node looks well.
  private func node(
    _ turned: Double? = nil, needs: [Int] = [], blames: [Int] = [], unknown: Bool = false,
    rank: Int = 0
  ) -> TroubleGraph.Node {
    TroubleGraph.Node(
      turned: turned.map { Int64($0 * 1e9) }, isUnknown: unknown, needs: needs, blames: blames,
      slack: 15_000_000_000, rank: rank)
  }

  private func search(_ nodes: TroubleGraph.Node...) -> [TroubleGraph.Candidate] {
    TroubleGraph(nodes).candidates()
  }

  @Test("nothing wrong has no beginning")
  func calm() { #expect(search(node(needs: [1]), node()).isEmpty) }

  @Test("in a chain it is the end of it that is in trouble, whoever was seen first")
  func chain() {
    let found = search(node(2, needs: [1]), node(6, needs: [2]), node(4, needs: [3]), node())
    #expect(found.map(\.members) == [[2]])
    #expect(found[0].rule == .needsAreWell)
    #expect(found[0].hurt.map(\.node) == [1, 0] && found[0].hurt.map(\.depth) == [1, 2])
    #expect(found[0].next?.node == 0 && found[0].next?.later == -2_000_000_000)
  }

  @Test("in a diamond the bottom is the origin, and the top hangs under it once")
  func diamond() {
    let found = search(
      node(9, needs: [1, 2]), node(5, needs: [3]), node(6, needs: [3]), node(0))
    #expect(found.map(\.members) == [[3]])
    #expect(found[0].hurt.map(\.node) == [1, 2, 0])
  }

  @Test("a circle is one candidate, the first to turn in it first")
  func circle() {
    let found = search(
      node(5, needs: [1]), node(3, needs: [2]), node(4, needs: [0]), node(9, needs: [0]))
    #expect(found.map(\.members) == [[1, 2, 0]])
    #expect(found[0].hurt.map(\.node) == [3])
  }

  @Test("a circle that needs something in trouble is its victim")
  func circleBelow() {
    let found = search(node(5, needs: [1]), node(3, needs: [0, 2]), node(4))
    #expect(found.map(\.members) == [[2]])
    #expect(Set(found[0].hurt.map(\.node)) == [0, 1])
  }

  @Test("two with healthy needs: the first to turn is the origin where the gap is clear")
  func first() {
    let found = search(node(60, needs: [1, 2]), node(0), node(40))
    #expect(found.map(\.members) == [[1], [2]])
    #expect(found.map(\.rule) == [.turnedFirst, .later])
    #expect(found[0].hurt.map(\.node) == [0] && found[1].hurt.isEmpty)
  }

  @Test("two that turned too close to tell are both shown, and neither is decided")
  func undecided() {
    let found = search(node(20, needs: [1, 2]), node(0), node(10))
    #expect(found.map(\.rule) == [.undecided, .undecided])
  }

  @Test("one that turned long before all it needs is a candidate beside them")
  func before() {
    let found = search(node(0, needs: [1]), node(60))
    #expect(found.map(\.members) == [[0], [1]])
    #expect(found.map(\.rule) == [.beforeItsNeeds, .undecided])
  }

  @Test("a verdict that comes late does not clear a dependency that is blamed by name")
  func late() {
    let found = search(node(0, needs: [1], blames: [1]), node(60))
    #expect(found.map(\.members) == [[1]])
    #expect(found[0].hurt.map(\.node) == [0])
  }

  @Test("what no one watches is a candidate when two blame it, and not when one does")
  func unwatched() {
    let two = search(
      node(3, needs: [2], blames: [2]), node(1, needs: [2], blames: [2]), node())
    #expect(two.map(\.members) == [[2]])
    #expect(two[0].turned == 1_000_000_000)
    #expect(two[0].hurt.map(\.node) == [1, 0])
    let one = search(node(3, needs: [1], blames: [1]), node())
    #expect(one.map(\.members) == [[0]])
  }

  @Test("trouble passes through what nothing is known of, and not through what is well")
  func unknown() {
    let hidden = search(node(5, needs: [1]), node(needs: [2], unknown: true), node(3))
    #expect(hidden.map(\.members) == [[2]])
    let well = search(node(5, needs: [1]), node(needs: [2]), node(3))
    #expect(Set(well.map(\.members)) == [[0], [2]])
    #expect(well.allSatisfy { $0.rule == .needsAreWell })
  }

  @Test("of two troubles the one that hurts the more valuable comes first")
  func order() {
    let found = search(
      node(0, rank: 2), node(30, rank: 0), node(40, needs: [3], rank: 1), node(35, rank: 1))
    #expect(found.map(\.members) == [[1], [3], [0]])
  }

  // MARK: Against brute force

  /// The rules as they are written down, over the closure of "needs": cubic, and plain to read.
  private struct Plain {
    let nodes: [TroubleGraph.Node]
    private(set) var turned: [Int64?]
    private(set) var reaches: [[Bool]]

    init(_ nodes: [TroubleGraph.Node]) {
      self.nodes = nodes
      turned = nodes.map(\.turned)
      for place in nodes.indices where nodes[place].turned == nil {
        let blaming = nodes.filter { $0.turned != nil && $0.blames.contains(place) }
        if blaming.count > 1 { turned[place] = blaming.compactMap(\.turned).min() }
      }
      let count = nodes.count
      // Edges through unknown ones first: from, over unknown ones, to.
      var over = nodes.map { node in (0..<count).map { node.needs.contains($0) } }
      for middle in 0..<count where nodes[middle].isUnknown && turned[middle] == nil {
        for a in 0..<count where over[a][middle] {
          for b in 0..<count where over[middle][b] { over[a][b] = true }
        }
      }
      reaches = Array(repeating: Array(repeating: false, count: count), count: count)
      for a in 0..<count where nodes[a].turned != nil {
        for b in 0..<count where turned[b] != nil && a != b { reaches[a][b] = over[a][b] }
      }
      edges = reaches
      for middle in 0..<count {
        for a in 0..<count where reaches[a][middle] {
          for b in 0..<count where reaches[middle][b] { reaches[a][b] = true }
        }
      }
    }

    let edges: [[Bool]]

    func isSame(_ a: Int, _ b: Int) -> Bool { a == b || reaches[a][b] && reaches[b][a] }

    /// Every candidate as the set of its members.
    var candidates: Set<Set<Int>> {
      var found: Set<Set<Int>> = []
      for place in nodes.indices where turned[place] != nil {
        let circle = nodes.indices.filter { turned[$0] != nil && isSame(place, $0) }
        let below = nodes.indices.filter { other in
          turned[other] != nil && !circle.contains(other) && circle.contains { reaches[$0][other] }
        }
        let first = circle.compactMap { turned[$0] }.min() ?? 0
        let slack = circle.map { nodes[$0].slack }.max() ?? 0
        let isBlaming = circle.contains { member in
          nodes[member].blames.contains { edges[member][$0] && !circle.contains($0) }
        }
        let isRaised =
          !isBlaming && below.allSatisfy { first + slack < turned[$0] ?? 0 }
        if below.isEmpty || isRaised { found.insert(Set(circle)) }
      }
      return found
    }

    /// Everything that hangs together with `place`.
    func trouble(of place: Int) -> Set<Int> {
      var part: Set<Int> = [place]
      while true {
        let more = nodes.indices.filter { other in
          turned[other] != nil && !part.contains(other)
            && part.contains { edges[$0][other] || edges[other][$0] }
        }
        if more.isEmpty { return part }
        part.formUnion(more)
      }
    }
  }

  @Test("random graphs come out as the rules say, written down plainly", arguments: 0..<40)
  func bruteForce(_ seed: Int) {
    var dice = Dice(state: UInt64(seed) &* 977 &+ 13)
    for _ in 0..<50 {
      let count = 1 + Int(dice.next() % 9)
      let nodes = (0..<count).map { place -> TroubleGraph.Node in
        let needs = (0..<count).filter { $0 != place && dice.next() % 4 == 0 }
        let isWell = dice.next() % 3 == 0
        return node(
          isWell ? nil : Double(dice.next() % 60), needs: needs,
          blames: needs.filter { _ in dice.next() % 4 == 0 },
          unknown: isWell && dice.next() % 2 == 0, rank: Int(dice.next() % 3))
      }
      let found = TroubleGraph(nodes).candidates()
      let plain = Plain(nodes)
      #expect(Set(found.map { Set($0.members) }) == plain.candidates)
      // Nothing is hidden: everyone in trouble is a candidate or hangs under one, once.
      let shown = found.flatMap { $0.members + $0.hurt.map(\.node) }
      #expect(shown.count == Set(shown).count)
      #expect(Set(shown) == Set(nodes.indices.filter { plain.turned[$0] != nil }))
      for candidate in found {
        // Of one circle the first to turn leads.
        let times = candidate.members.map { plain.turned[$0] ?? 0 }
        #expect(times.first == times.min() && candidate.turned == times.min())
        for hanging in candidate.hurt {
          #expect(plain.edges[hanging.node][hanging.under])
          #expect(candidate.members.contains { plain.reaches[hanging.node][$0] })
        }
      }
      // Those of one trouble stand together, and one that is decided is the only origin of it.
      for candidate in found where candidate.rule == .needsAreWell || candidate.rule == .turnedFirst
      {
        let part = plain.trouble(of: candidate.members[0])
        let others = found.filter { $0 != candidate && part.contains($0.members[0]) }
        #expect(others.allSatisfy { $0.rule == .later })
      }
    }
  }

  private struct Dice {
    var state: UInt64
    mutating func next() -> UInt64 {
      state &+= 0x9e37_79b9_7f4a_7c15
      var z = state
      z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
      z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
      return (z ^ (z >> 31)) >> 8
    }
  }
}
