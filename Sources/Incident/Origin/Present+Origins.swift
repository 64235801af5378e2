import Fleet
import Health

extension Present {
  /// Finds the origins anew where a symptom came or went, at most once a second.
  mutating func findOrigins() {
    guard origins.isDue, now.offset.less(origins.foundAt) >= Origins.pace else { return }
    origins.isDue = false
    origins.foundAt = now.offset
    let isEmpty = !services.indices.contains { services[$0].trouble != nil }
    if isEmpty {
      origins.candidates = []
      origins.more = 0
      return
    }
    var search = OriginReading(self)
    (origins.candidates, origins.more) = search.candidates()
  }

  /// All services that need `name`, over any number of steps, nearest first.
  public func dependents(of name: String) -> [String] { reach(from: name, along: \.neededBy) }

  /// All services that `name` needs, over any number of steps, nearest first.
  public func needs(of name: String) -> [String] { reach(from: name, along: \.needs) }

  /// The services that need `name` and those it needs, over one step, in the order of the fleet.
  public func neighbours(of name: String) -> (needs: [String], neededBy: [String]) {
    guard let index = index(of: name),
      dependencies.needs.indices.contains(index)
    else { return ([], []) }
    func names(_ places: [Int32]) -> [String] {
      places.compactMap { place in
        services.indices.contains(Int(place)) ? services[Int(place)].definition.name : nil
      }
    }
    return (names(dependencies.needs[index]), names(dependencies.neededBy[index]))
  }

  private func reach(
    from name: String, along edges: KeyPath<Dependencies, [[Int32]]>
  ) -> [String] {
    guard let index = index(of: name) else { return [] }
    return dependencies.reach(from: [index], along: edges).compactMap { place in
      services.indices.contains(place) ? services[place].definition.name : nil
    }
  }

  /// A service rested for long enough: its trouble is over, unless others still suffer from it.
  mutating func endTrouble(ofServiceAt index: Int) {
    guard let resting = services[index].trouble?.restingSince else { return }
    let rested = now.seconds(since: resting)
    guard rested >= Trouble.rest else { return }
    if rested < Trouble.longestRest, isBlamed(services[index].definition.name) { return }
    services[index].trouble = nil
    origins.isDue = true
  }

  private func isBlamed(_ name: String) -> Bool {
    for candidate in origins.candidates
    where candidate.name == name || candidate.circle.contains(name) {
      return candidate.hurt.contains { hurt in
        index(of: hurt.service).map { services[$0].trouble?.isResting == false } ?? false
      }
    }
    return false
  }
}

/// Turns what holds into a graph to search, and what was found into words' stuff.
private struct OriginReading {
  private let present: Present
  private var graph = TroubleGraph([])
  /// Names of nodes that are no services, in the order of their nodes after those of the services.
  private var strangers: [String] = []
  /// By stranger: the services that blame it.
  private var blamedBy: [[String]] = []
  /// The same of services that are in trouble themselves, by their nodes.
  private var blamersOf: [Int: [Int]] = [:]

  init(_ present: Present) {
    self.present = present
    let services = present.services
    let names = present.names.isEmpty ? ServiceNames(services) : present.names
    let dependencies = present.dependencies
    graph.nodes.reserveCapacity(services.count)
    // Names as services say them, each looked up once; below zero: nothing that can be blamed.
    var places: [String: Int] = [:]
    var strangersByPlainName: [String: Int] = [:]
    func place(of name: String) -> Int {
      if let known = places[name] { return known }
      var found = -1
      if let place = names[name] {
        found = Int(place)
      } else if !ServiceNames.isSelfTest(name) {
        let plain = ServiceNames.plain(name)
        found = strangersByPlainName[plain] ?? services.count + strangers.count
        if strangersByPlainName[plain] == nil {
          strangersByPlainName[plain] = found
          strangers.append(name)
          blamedBy.append([])
        }
      }
      places[name] = found
      return found
    }
    // By index: a copy of a service retains all that it holds.
    for index in services.indices {
      var node = TroubleGraph.Node(
        turned: services[index].trouble?.began.offset,
        isUnknown: services[index].verdict.state == .unknown,
        needs: dependencies.needs.indices.contains(index)
          ? dependencies.needs[index].map(Int.init) : [],
        slack: services[index].slack, rank: services[index].definition.tier.rank)
      let blames = services[index].trouble?.blames == true
      for symptom in blames ? services[index].trouble?.symptoms ?? [] : [] where symptom.isPresent {
        guard let name = symptom.dependency else { continue }
        let place = place(of: name)
        guard place >= 0, place != index, !node.blames.contains(place) else { continue }
        node.blames.append(place)
        guard place >= services.count else {
          blamersOf[place, default: []].append(index)
          continue
        }
        node.needs.append(place)
        blamedBy[place - services.count].append(services[index].definition.name)
      }
      graph.nodes.append(node)
    }
    for _ in strangers { graph.nodes.append(TroubleGraph.Node()) }
  }

  private func name(_ node: Int) -> String {
    node < present.services.count
      ? present.services[node].definition.name : strangers[node - present.services.count]
  }

  mutating func candidates() -> (kept: [Origins.Candidate], more: Int) {
    let found = graph.candidates()
    let kept = found.prefix(Origins.candidateLimit).map(candidate)
    return (Array(kept), found.count - kept.count)
  }

  private func candidate(_ found: TroubleGraph.Candidate) -> Origins.Candidate {
    let first = found.members[0]
    let isWatched = first < present.services.count
    let trouble = isWatched ? present.services[first].trouble : nil
    var candidate = Origins.Candidate(
      name: name(first), isWatched: isWatched,
      began: trouble?.began ?? instant(found.turned), rule: found.rule)
    candidate.circle = found.members.dropFirst().map(name)
    candidate.looksWell = isWatched && trouble == nil
    candidate.restingSince = trouble?.restingSince
    candidate.next = found.next.map {
      Origins.Next(name: name($0.node), seconds: Double($0.later) / 1e9)
    }
    for needed in graph.nodes[first].needs where needed < present.services.count {
      let state = present.services[needed].verdict.state
      if graph.nodes[needed].turned == nil, state != .unknown {
        candidate.wellNeeds.append(name(needed))
      }
    }
    candidate.blames = graph.nodes[first].blames.filter { $0 >= present.services.count }.map(name)
    candidate.blamedBy = blamers(of: first)
    candidate.hurt = tree(found)
    let hurt = Set(candidate.services)
    let all = dependents(of: found.members)
    candidate.dependents = all.count
    candidate.spared = Array(
      all.lazy.filter { graph.nodes[$0].turned == nil }.map(name)
        .filter { !hurt.contains($0) }.prefix(Origins.sparedLimit))
    return candidate
  }

  private func blamers(of node: Int) -> [String] {
    if node >= present.services.count { return blamedBy[node - present.services.count] }
    guard graph.nodes[node].turned == nil else { return [] }
    return (blamersOf[node] ?? []).map(name)
  }

  private func dependents(of members: [Int]) -> [Int] {
    guard let first = members.first, first >= present.services.count else {
      return present.dependencies.reach(from: members, along: \.neededBy)
    }
    let direct = present.services.indices.filter { graph.nodes[$0].needs.contains(first) }
    return direct + present.dependencies.reach(from: direct, along: \.neededBy)
  }

  /// In the order in which a tree is read: each with all that hangs below it before the next.
  private func tree(_ found: TroubleGraph.Candidate) -> [Origins.Hurt] {
    var below: [Int: [TroubleGraph.Hanging]] = [:]
    for hanging in found.hurt { below[hanging.under, default: []].append(hanging) }
    var result: [Origins.Hurt] = []
    var next: [TroubleGraph.Hanging] = []
    func push(_ node: Int) { next += (below[node] ?? []).reversed() }
    for member in found.members.reversed() { push(member) }
    while let hanging = next.popLast() {
      push(hanging.node)
      guard hanging.node < present.services.count,
        let began = present.services[hanging.node].trouble?.began
      else { continue }
      result.append(
        Origins.Hurt(
          service: name(hanging.node), under: name(hanging.under), depth: hanging.depth,
          began: began, later: Double(began.offset.less(found.turned)) / 1e9))
    }
    return result
  }

  /// The instant with this offset, by the clocks as they stand now.
  private func instant(_ offset: Int64) -> Instant {
    Instant(wall: present.now.wall.less(present.now.offset.less(offset)), offset: offset)
  }
}

extension Origins {
  /// Seconds within which two services turned together, as far as polls can tell.
  static let leastSlack = 15.0
}

extension Present {
  /// The service that a check, a breaker or a fallback of this name speaks of; nil where it is none.
  public func service(called name: String) -> String? {
    let known = names.isEmpty ? ServiceNames(services) : names
    guard let place = known[name], services.indices.contains(Int(place)) else { return nil }
    return services[Int(place)].definition.name
  }

  /// Whether two names mean the same thing, as far as names can tell.
  public func isSame(_ a: String, _ b: String) -> Bool {
    ServiceNames.plain(a) == ServiceNames.plain(b)
  }

  /// Whether a check of this name looks at the process itself.
  public static func isSelfTest(_ name: String) -> Bool { ServiceNames.isSelfTest(name) }
}
