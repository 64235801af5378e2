import Fleet

/// Where each target stands among services and instances: hints that whoever takes one checks, so
/// that they are no part of what holds, are not encoded and make no two states differ.
struct PlaceHints: Sendable, Hashable {
  private var places: [Target: (service: Int, instance: Int)] = [:]
  private var rows: [String: Int] = [:]

  init() {}

  init(_ services: [ServicePresent]) {
    for (row, service) in services.enumerated() {
      rows[service.definition.name] = row
      for (column, instance) in service.instances.enumerated() {
        places[Target(service: service.definition.name, instance: instance.id)] = (row, column)
      }
    }
  }

  subscript(target: Target) -> (service: Int, instance: Int)? { places[target] }

  /// Where a service stands.
  subscript(service: String) -> Int? { rows[service] }

  static func == (_: PlaceHints, _: PlaceHints) -> Bool { true }
  func hash(into _: inout Hasher) {}
}
