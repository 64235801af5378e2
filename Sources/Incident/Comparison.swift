public import Fleet

/// What is another at one instant than at an earlier one: made of the two presents and of nothing
/// between them.
///
/// A figure that moved no more than it does in an ordinary minute is the same. What differs comes
/// with what matters most first.
public struct Comparison: Sendable, Hashable {
  public private(set) var earlier: Instant
  public private(set) var later: Instant
  /// Those that differ.
  public private(set) var services: [ServiceDifference] = []
  public private(set) var capabilities: [CapabilityDifference] = []
  /// How many are the same, so that nobody takes silence for absence.
  public private(set) var sameServices = 0
  public private(set) var sameCapabilities = 0
  /// Incidents that are open at one of the instants and not at the other, or another one.
  public private(set) var incident: Pair<String>?
  /// What changed beside health after the earlier instant and up to the later, oldest first, as far
  /// as the log of the later one goes back.
  public private(set) var changes: [FleetChange] = []

  /// A value at both instants; nil where there is none, or none is known.
  public struct Pair<Value: Sendable & Hashable>: Sendable, Hashable {
    public var then: Value?
    public var later: Value?
    public init(_ then: Value?, _ later: Value?) {
      self.then = then
      self.later = later
    }
  }

  public struct CapabilityDifference: Sendable, Hashable {
    public var name: String
    public var tier: Tier
    public var state: Pair<CapabilityPresent.State>
    /// What users get at the later instant.
    public var status: String
  }

  /// The order of the arguments does not matter: the one of the smaller offset is the earlier.
  public init(_ one: Present, _ other: Present) {
    let isInOrder = one.now.offset <= other.now.offset
    let (then, later) = isInOrder ? (one, other) : (other, one)
    earlier = then.now
    self.later = later.now
    compareServices(then, later)
    compareCapabilities(then, later)
    let (was, now) = (then.openIncident?.because, later.openIncident?.because)
    if was != now { incident = Pair(was, now) }
    changes = later.changeLog.entries.filter {
      guard !$0.isBefore, $0.at.offset <= later.now.offset else { return false }
      // At the very instant of the earlier one its own log tells which came after; another run
      // numbers its changes anew.
      return $0.at.offset > then.now.offset
        || $0.at.offset == then.now.offset && $0.id > then.changeLog.lastID
    }
  }

  public var isEmpty: Bool {
    services.isEmpty && capabilities.isEmpty && incident == nil && changes.isEmpty
  }

  private mutating func compareServices(_ then: Present, _ later: Present) {
    let known = Dictionary(
      then.services.indices.map { (then.services[$0].definition.name, $0) }
    ) { first, _ in first }
    var found: [(difference: ServiceDifference, place: Int)] = []
    for index in later.services.indices {
      let name = later.services[index].definition.name
      let before = known[name].map { then.services[$0] }
      let difference = ServiceDifference(
        before, at: then.now, later.services[index], at: later.now)
      if let difference { found.append((difference, index)) } else { sameServices += 1 }
    }
    let names = Set(later.services.map(\.definition.name))
    for index in then.services.indices where !names.contains(then.services[index].definition.name) {
      let gone = ServiceDifference(then.services[index], at: then.now, nil, at: later.now)
      if let gone { found.append((gone, later.services.count + index)) }
    }
    services = found.sorted { a, b in
      let (x, y) = (a.difference.urgency, b.difference.urgency)
      return x == y ? a.place < b.place : x < y
    }.map(\.difference)
  }

  private mutating func compareCapabilities(_ then: Present, _ later: Present) {
    var found: [(difference: CapabilityDifference, place: Int)] = []
    for (place, now) in later.capabilities.enumerated() where !now.isService {
      let before = then.capabilities.first { $0.id == now.id }
      if before?.state == now.state {
        sameCapabilities += 1
      } else {
        found.append(
          (
            CapabilityDifference(
              name: now.id, tier: now.definition.tier, state: Pair(before?.state, now.state),
              status: now.status), place
          ))
      }
    }
    for (place, before) in then.capabilities.enumerated() where !before.isService {
      guard !later.capabilities.contains(where: { $0.id == before.id }) else { continue }
      found.append(
        (
          CapabilityDifference(
            name: before.id, tier: before.definition.tier, state: Pair(before.state, nil),
            status: "not in the fleet file any more"), later.capabilities.count + place
        ))
    }
    capabilities = found.sorted {
      ($1.difference.severity, $0.difference.tier.rank, $0.place)
        < ($0.difference.severity, $1.difference.tier.rank, $1.place)
    }.map(\.difference)
  }
}

extension Comparison.CapabilityDifference {
  fileprivate var severity: Int { state.later?.severity ?? 0 }
}
