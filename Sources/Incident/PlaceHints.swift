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

  func index(of service: String) -> Int? { services[service] }

  subscript(target: Target) -> (service: Int, instance: Int)? { places[target] }

  static func == (_: PlaceHints, _: PlaceHints) -> Bool { true }
  func hash(into _: inout Hasher) {}
}
