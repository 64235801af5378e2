import Health
public import Telemetry

/// Which of the expected signals a service exports, and which it does not: Go and Rust alike.
public struct SignalParity: Sendable, Hashable {
  public var has: Exports
  public var lacks: Exports
  /// Lacking now, exported before, with the version since which.
  public var vanished: Exports
  public var vanishedIn: String?

  /// Nothing was scraped yet, or nothing is to be.
  public var isKnown: Bool
}

extension ServicePresent {
  /// What each of its instances exports, put together: lacking is what none has, vanished what one
  /// had and has no more.
  public var parity: SignalParity {
    var has: Exports = []
    var gone: Exports = []
    var version: String?
    var isKnown = false
    for instance in instances {
      guard instance.scraping.successes > 0 || instance.health.report != nil else { continue }
      isKnown = true
      has.formUnion(instance.exports)
      if !instance.known.gone.isEmpty {
        gone.formUnion(instance.known.gone)
        version = version ?? instance.version
      }
    }
    let all = Exports.named.reduce(into: Exports()) { $0.insert($1.signal) }
    return SignalParity(
      has: has, lacks: all.subtracting(has), vanished: gone,
      vanishedIn: gone.isEmpty ? nil : version, isKnown: isKnown)
  }
}
