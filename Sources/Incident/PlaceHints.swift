import Fleet

/// Where each target stands among services and instances: hints that whoever takes one checks, so
/// that they are no part of what holds, are not encoded and make no two states differ.
struct PlaceHints: Sendable, Hashable {
  private var places: [Target: (service: Int, instance: Int)] = [:]
  private var services: [String: Int] = [:]

  init() {}

  init(_ services: [ServicePresent]) {
    for (row, service) in services.enumerated() {
      self.services[service.definition.name] = row
      for (column, instance) in service.instances.enumerated() {
        places[Target(service: service.definition.name, instance: instance.id)] = (row, column)
      }
    }
  }

  /// Where the service of that name stands in `services`, whether the hint is right or not.
  func index(of name: String, in services: [ServicePresent]) -> Int? {
    if let hint = self.services[name], services.indices.contains(hint),
      services[hint].definition.name == name
    {
      return hint
    }
    return services.indices.first { services[$0].definition.name == name }
  }

  subscript(target: Target) -> (service: Int, instance: Int)? { places[target] }

  static func == (_: PlaceHints, _: PlaceHints) -> Bool { true }
  func hash(into _: inout Hasher) {}
}
