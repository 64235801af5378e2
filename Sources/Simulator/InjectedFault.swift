/// Something that goes wrong at a second of the story, and may end at another.
package struct InjectedFault: Sendable, Hashable {
  package var at: Double
  /// Seconds it lasts; nil for as long as the story goes, or for what happens once.
  package var duration: Double?
  package var target: Target
  package var kind: Kind

  package enum Target: Sendable, Hashable {
    case backend(String)
    /// One instance by its number from 0, or all of those of a version, or all.
    case service(String, instance: Int?, version: String?)
  }

  package enum Kind: Sendable, Hashable {
    /// What the target does takes `factor` times as long, and `extra` seconds more.
    case latency(factor: Double, extra: Double)
    /// This share of requests is answered with the status.
    case errors(share: Double, status: Int)
    /// This share of requests ends in a panic: the connection is closed, the counter rises.
    case panic(share: Double)
    /// This share of requests, and all health checks, are never answered.
    case hang(share: Double)
    /// Only so many workers are left.
    case workers(Int)
    /// The process dies, refuses connections for `down` seconds, and warms up again.
    case restart(down: Double)
    /// The process goes through its warm-up again without losing connections.
    case warmup(Double)
    /// The clock by which it stamps its answers is off by so many seconds.
    case clockSkew(Double)
    /// A new version is rolled out; `track` and `weight` replace the present ones where given.
    case deploy(version: String, track: String?, weight: Double?)
    /// A feature flag is turned.
    case flag(name: String, on: Bool, exposure: Double?)
  }

  package init(at: Double, duration: Double? = nil, target: Target, kind: Kind) {
    self.at = at
    self.duration = duration
    self.target = target
    self.kind = kind
  }
}
