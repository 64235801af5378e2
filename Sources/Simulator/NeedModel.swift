/// One dependency of a service: what it is, how patiently it is asked, what is done without it.
package struct NeedModel: Sendable, Hashable {
  /// What is asked: another service of the fleet, or a backend.
  package enum Target: Sendable, Hashable {
    case service(name: String, method: String, path: String)
    case backend(name: String)
  }

  /// The dependency's name, as checks and breakers tell it.
  package var name: String
  package var target: Target
  /// Whether a request fails without it.
  package var isRequired: Bool
  package var timeout: Double
  /// Attempts after the first.
  package var retries: Int
  /// Seconds before each further attempt.
  package var backoff: Double
  package var breaker: BreakerModel?
  package var fallback: FallbackModel?

  package init(
    name: String, target: Target, isRequired: Bool = true, timeout: Double = 1, retries: Int = 0,
    backoff: Double = 0.05, breaker: BreakerModel? = nil, fallback: FallbackModel? = nil
  ) {
    self.name = name
    self.target = target
    self.isRequired = isRequired
    self.timeout = timeout
    self.retries = retries
    self.backoff = backoff
    self.breaker = breaker
    self.fallback = fallback
  }
}

/// When a circuit breaker opens by itself and for how long.
package struct BreakerModel: Sendable, Hashable {
  /// Which failures it sees.
  package enum Counts: String, Sendable, Hashable, CaseIterable {
    case all
    /// Refusals, resets and 5xx only: blind to slowness.
    case hard
    /// Refusals and resets only: blind to slowness and to errors.
    case unreachable
  }
  package var counts: Counts
  /// Share of failures among the last `window` calls that opens it.
  package var threshold: Double
  package var window: Int
  /// Seconds until a probe is let through.
  package var openFor: Double
  /// Probes in a row that must succeed to close it.
  package var probes: Int

  package init(
    counts: Counts = .all, threshold: Double = 0.5, window: Int = 20, openFor: Double = 5,
    probes: Int = 3
  ) {
    self.counts = counts
    self.threshold = threshold
    self.window = window
    self.openFor = openFor
    self.probes = probes
  }
}

/// The degraded mode a service falls into without a dependency.
package struct FallbackModel: Sendable, Hashable {
  package var name: String
  /// `cache`, `static`, `reduced`, `queue` or `stale`.
  package var mode: String
  /// Seconds this may go on.
  package var tolerance: Double
  /// Share of requests it can serve; the others fail.
  package var hit: Double
  package var userMessage: String?

  package init(
    name: String, mode: String, tolerance: Double, hit: Double = 1, userMessage: String? = nil
  ) {
    self.name = name
    self.mode = mode
    self.tolerance = tolerance
    self.hit = hit
    self.userMessage = userMessage
  }
}
