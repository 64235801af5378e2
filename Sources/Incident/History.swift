public import Fleet

/// What charts look back on, by service, in the order of the fleet file.
public struct History: Sendable, Hashable, Codable {
  init() {}
  mutating func keep(only names: [String]) {}
  mutating func record(_ service: ServicePresent, at now: Instant) {}
}
