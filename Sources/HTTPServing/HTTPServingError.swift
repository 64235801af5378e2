/// Why nobody can be answered at an address.
package struct HTTPServingError: Error, Sendable, Hashable, CustomStringConvertible {
  package var address: HTTPAddress
  package var reason: String

  package var description: String { "nobody can be answered at \(address): \(reason)" }
}
