package import Fleet

/// The instances that made themselves known by their beats, in the order of their names.
package struct BeaconRoster: Sendable, Hashable {
  /// By service.
  private var names: [String: [String]] = [:]

  package init() {}

  package func names(of service: String) -> [String] { names[service] ?? [] }

  mutating func add(_ name: String, to service: String) {
    var known = names[service] ?? []
    let place = known.firstIndex { $0 >= name } ?? known.endIndex
    if place < known.endIndex, known[place] == name { return }
    known.insert(name, at: place)
    names[service] = known
  }

  mutating func remove(_ name: String, from service: String) {
    names[service]?.removeAll { $0 == name }
    if names[service]?.isEmpty == true { names[service] = nil }
  }

  /// Without those whom the fleet does not let in.
  func kept(in fleet: Fleet) -> BeaconRoster {
    let open = fleet.services.filter { $0.beacon?.instances.isEmpty == true }.map(\.name)
    var kept = self
    kept.names = names.filter { open.contains($0.key) }
    return kept
  }

  /// The fleet of a file with them in it, after the instances that the file names.
  package func merged(into fleet: Fleet) -> Fleet {
    var merged = fleet
    for index in merged.services.indices {
      let service = merged.services[index]
      guard let beacon = service.beacon else { continue }
      let known = Set(service.instances.map(\.url))
      merged.services[index].instances += names(of: service.name)
        .map { beacon.instance($0, of: service.name) }
        .filter { !known.contains($0.url) }
    }
    return merged
  }
}
