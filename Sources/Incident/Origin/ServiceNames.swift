import Fleet

/// Finds the service that a check, a breaker or a fallback speaks of.
///
/// Health checks call what they need as their authors did: `Pricing`, `pricing-service`,
/// `http://pricing:8080/healthz`. Case, scheme, port and path do not tell services apart, nor does
/// a word that only says that it is one; anything else does.
///
/// Made of the fleet alone and kept for speed: it makes no two states differ and is not encoded.
struct ServiceNames: Sendable, Hashable {
  private var places: [String: Int32] = [:]

  init() {}

  init(_ services: [ServicePresent]) {
    places.reserveCapacity(services.count)
    // By index: a copy of a service retains all that it holds.
    for index in services.indices.reversed() {
      for alias in services[index].definition.aliases {
        places[ServiceNames.plain(alias)] = Int32(index)
      }
    }
    for index in services.indices.reversed() {
      places[ServiceNames.plain(services[index].definition.name)] = Int32(index)
    }
  }

  var isEmpty: Bool { places.isEmpty }

  static func == (_: ServiceNames, _: ServiceNames) -> Bool { true }
  func hash(into _: inout Hasher) {}

  /// The place of the service that `name` means; nil where it is none of the fleet's.
  subscript(name: String) -> Int32? {
    let plain = ServiceNames.plain(name)
    if let place = places[plain] { return place }
    for ending in ["-service", "-svc", "-api"] where plain.hasSuffix(ending) {
      return places[String(plain.dropLast(ending.count))]
    }
    return nil
  }

  /// A name as it is compared: small letters, hyphens, no scheme, port or path.
  static func plain(_ name: String) -> String {
    var bytes = Substring(name).utf8
    var slashes = 0
    if let colon = bytes.firstIndex(of: UInt8(ascii: ":")) {
      let after = bytes[bytes.index(after: colon)...]
      if after.starts(with: "//".utf8) { (bytes, slashes) = (after.dropFirst(2), 2) }
    }
    // Port and path belong to an address only; in a plain word they may be what tells it apart.
    if let colon = bytes.firstIndex(of: UInt8(ascii: ":")) {
      let after = bytes[bytes.index(after: colon)...]
      let isPort = after.first.map { (0x30...0x39).contains($0) } ?? false
      if isPort { bytes = bytes[..<colon] }
    }
    if slashes > 0, let slash = bytes.firstIndex(of: UInt8(ascii: "/")) {
      bytes = bytes[..<slash]
    }
    return String(
      decoding: bytes.map { byte in
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte | 0x20
        case UInt8(ascii: "_"), UInt8(ascii: " "): UInt8(ascii: "-")
        default: byte
        }
      }, as: UTF8.self)
  }

  /// Names of checks that look at the process itself, which nothing outside can have broken.
  static func isSelfTest(_ name: String) -> Bool { selfTests.contains(plain(name)) }

  private static let selfTests: Set<String> = [
    "", "self", "ping", "live", "livez", "liveness", "livenessstate", "ready", "readyz",
    "readiness", "readinessstate", "health", "healthz", "startup", "uptime", "process", "memory",
    "heap", "cpu", "disk", "diskspace", "disk-space", "goroutines", "threads", "workers", "config",
    "migrations", "shutdown", "poststarthook", "log", "informer-sync",
  ]
}
