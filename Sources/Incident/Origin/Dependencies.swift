import Fleet
import Health
import Telemetry

/// Who needs whom among the services of the fleet: by the fleet file, and by what services say
/// they check, break off from or fall back for.
///
/// Places are those of `Present.services`. Kept beside them and mended where names changed, since
/// only a few of a thousand services say something new.
public struct Dependencies: Sendable, Hashable, Codable {
  /// Whom each service needs, in the order of the fleet.
  private(set) var needs: [[Int32]] = []
  /// Who needs each service, in the order of the fleet.
  private(set) var neededBy: [[Int32]] = []
  /// What the names that each service told came to, when its needs were last looked up.
  private var marks: [UInt64] = []

  init() {}

  /// Looks up the needs of all, for a fleet that is new.
  init(_ services: [ServicePresent], _ names: ServiceNames) {
    needs = services.indices.map { Dependencies.needs(of: services[$0], at: $0, names) }
    marks = services.indices.map { services[$0].linkMark }
    neededBy = Array(repeating: [], count: needs.count)
    for index in needs.indices {
      for needed in needs[index] { neededBy[Int(needed)].append(Int32(index)) }
    }
  }

  /// Whether a service still names what it named when its needs were last looked up.
  func isCurrent(_ mark: UInt64, at index: Int) -> Bool {
    marks.indices.contains(index) && marks[index] == mark
  }

  /// Looks up the needs of one service anew; answers whether they are others.
  mutating func mend(_ service: ServicePresent, at index: Int, _ names: ServiceNames) -> Bool {
    guard marks.indices.contains(index) else { return false }
    marks[index] = service.linkMark
    let found = Dependencies.needs(of: service, at: index, names)
    guard found != needs[index] else { return false }
    for gone in needs[index] where !found.contains(gone) {
      neededBy[Int(gone)].removeAll { $0 == Int32(index) }
    }
    for new in found where !needs[index].contains(new) {
      let place = neededBy[Int(new)].firstIndex { $0 > Int32(index) } ?? neededBy[Int(new)].count
      neededBy[Int(new)].insert(Int32(index), at: place)
    }
    needs[index] = found
    return true
  }

  private static func needs(
    of service: ServicePresent, at index: Int, _ names: ServiceNames
  ) -> [Int32] {
    var found: Set<Int32> = []
    for name in service.definition.dependsOn {
      if let place = names[name] { found.insert(place) }
    }
    for instance in service.instances {
      for name in instance.linkedNames {
        if let place = names[name] { found.insert(place) }
      }
    }
    found.remove(Int32(index))
    return found.sorted()
  }

  /// All that `start` needs, or all that need it, over any number of steps, nearest first.
  func reach(from start: [Int], along edges: KeyPath<Dependencies, [[Int32]]>) -> [Int] {
    let edges = self[keyPath: edges]
    var isSeen = Array(repeating: false, count: edges.count)
    var found: [Int] = []
    for place in start where edges.indices.contains(place) { isSeen[place] = true }
    var next = start.filter(edges.indices.contains)
    var at = 0
    while at < next.count {
      for neighbour in edges[next[at]] where !isSeen[Int(neighbour)] {
        isSeen[Int(neighbour)] = true
        found.append(Int(neighbour))
        next.append(Int(neighbour))
      }
      at += 1
    }
    return found
  }
}

extension InstancePresent {
  /// What its last reports say it needs: by their checks, breakers and fallbacks.
  var linkedNames: [String] {
    var names: [String] = []
    for report in [health.readiness.report, health.liveness.report] {
      guard let report else { continue }
      names += report.checks.map(\.name)
      names += report.breakers.map(\.name)
      names += report.fallbacks.compactMap(\.dependency)
    }
    return names
  }

  /// Tells whether to look at `linkedNames` again.
  var freshLinkMark: UInt64 {
    var mark = Fingerprint()
    for report in [health.readiness.report, health.liveness.report] {
      guard let report else { continue }
      for check in report.checks { mark.add(check.name) }
      for breaker in report.breakers { mark.add(breaker.name) }
      for fallback in report.fallbacks { if let name = fallback.dependency { mark.add(name) } }
    }
    return mark.value
  }
}

extension ServicePresent {
  /// Differs when any instance names other things that it needs. It writes nothing; as it is, it is
  /// read in place.
  mutating func findLinkMark() -> UInt64 { linkMark }

  fileprivate var linkMark: UInt64 {
    var mark: UInt64 = 1
    for index in instances.indices { mark = mark &* 31 &+ instances[index].linkMark }
    return mark
  }
}
