public import Canonical

/// Routes that count as one endpoint, under the name people use for what is behind them.
///
/// A fleet file names them (`endpoints:` of a service); routes that none of them takes keep the
/// names that the metrics give.
public struct NamedEndpoint: Sendable, Hashable {
  public var name: String
  /// Endpoints as the metrics name them, `*` standing for anything at either end. A route without
  /// a method (`/cart/*`) takes every method's.
  public var routes: [String]

  public init(name: String, routes: [String]) {
    self.name = name
    self.routes = routes
  }

  /// Whether an endpoint of the metrics (`POST /cart/42`, `shop.Cart/Add`) is part of this one.
  func takes(_ endpoint: String) -> Bool {
    let path = endpoint.firstIndex(of: " ").map { endpoint[endpoint.index(after: $0)...] }
    return routes.contains { route in
      let pattern = Pattern(route)
      if pattern.matches(endpoint) { return true }
      guard let path, !route.contains(" ") else { return false }
      return pattern.matches(String(path))
    }
  }
}

extension NamedEndpoint: FieldCoded {
  public static var blank: Self { Self(name: "", routes: []) }
  public mutating func pass(_ fields: Fields) throws { try fields.pass(&name, &routes) }
}
