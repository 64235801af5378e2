public import Canonical
public import Fleet

/// How patiently an instance's answers are judged. All in seconds.
public struct HealthPolicy: Sendable, Hashable {
  public var interval: Double
  public var livenessTimeout: Double
  public var readinessTimeout: Double
  /// How long readiness, or a required check, may fail before the instance is not ready.
  public var readinessGrace: Double
  /// Silence after which what was known is stale: two intervals, or one interval and the longest
  /// timeout where that is more, since an answer may take that long to fail to come.
  public var staleAfter: Double
  /// Soft timeouts of liveness in a row that count as unreachable.
  public var softTimeouts: Int
  /// How long a required check that says it is transient may fail: three grace periods.
  public var transientGrace: Double
  /// Seconds that a payload's time may be off beyond the round trip.
  public var clockTolerance: Double

  public init(_ polling: PollPolicy = PollPolicy()) {
    interval = polling.interval
    livenessTimeout = polling.livenessTimeout ?? polling.timeout
    readinessTimeout = polling.readinessTimeout ?? polling.timeout
    readinessGrace = polling.readinessGrace
    let timeout = max(livenessTimeout, readinessTimeout, polling.timeout)
    staleAfter = max(2 * interval, interval + timeout)
    softTimeouts = 3
    transientGrace = 3 * readinessGrace
    clockTolerance = 5
  }

  /// When to ask again, as a service wishes it: between a second and a minute (or the interval,
  /// where that lies outside), and slower than the interval only while all is well, since trouble
  /// is watched at the pace that the fleet file sets.
  public func pace(wished: Double?, isWell: Bool) -> Double {
    guard let wished, wished.isFinite else { return interval }
    let longest = isWell ? max(60, interval) : interval
    return min(max(wished, min(1, interval)), longest)
  }
}

extension HealthPolicy: FieldCoded {
  public static var blank: Self { Self() }

  public mutating func pass(_ fields: Fields) throws {
    try fields.pass(&interval, &livenessTimeout, &readinessTimeout, &readinessGrace)
    try fields.pass(&staleAfter, &softTimeouts, &transientGrace, &clockTolerance)
  }
}
