public import Fleet
public import Health
public import Telemetry

/// A breaker of a service as it stands: its worst state over the instances, and how it got there.
public struct BreakerStatus: Sendable, Hashable, Codable, Identifiable {
  public var name: String
  public var state: BreakerState
  /// Instances in this state, of those that have the breaker.
  public var count = 1
  public var of = 1
  /// When calls began to be held back, or went through again; nil where nobody says.
  public var since: Instant?
  /// The service says since when; else it was seen, or had begun before it was first seen.
  public var isSinceTold = false
  public var beganUnseen = false
  /// Times that it opened in the last ten minutes, over all instances.
  public var openedLately = 0
  /// A counter of the library tells them, short ones too; else they are what polls saw.
  public var isCounted = false
  /// Endpoints out of the rotation, while `ejecting`.
  public var ejected: Int?
  /// The metric that tells it; nil where the health report does.
  public var metric: String?
  /// What the metric says, where nobody says what that means.
  public var number: Double?

  public var id: String { name }

  init(_ reported: HealthReport.Breaker, _ health: InstanceHealth, at now: Instant) {
    name = reported.name
    state =
      switch reported.state {
      case .closed: .closed
      case .halfOpen: .halfOpen
      case .open: .open
      }
    let changes = health.changes.filter { $0.subject == .breaker(reported.name) }
    if let told = reported.since {
      since = now.advanced(by: -max(0, now.unixSeconds - told))
      isSinceTold = true
    } else {
      since = changes.last?.at
    }
    openedLately = changes.count {
      $0.to == HealthReport.Breaker.State.open.rawValue && now.seconds(since: $0.at) <= 600
    }
  }

  init(_ measured: BreakerReading, at now: Instant) {
    name = measured.name
    state = measured.state
    since = measured.since.map { now.advanced(by: $0 - now.seconds) }
    beganUnseen = measured.beganUnseen
    openedLately = measured.openedLately
    isCounted = measured.isCounted
    ejected = measured.ejected
    metric = measured.metric
    number = measured.number
  }

  /// Puts another instance's breaker of the same name beside it; the worse state counts.
  mutating func add(_ other: BreakerStatus) {
    var merged = other.state.severity > state.severity ? other : self
    let least = other.state.severity > state.severity ? self : other
    merged.of = of + other.of
    if state == other.state {
      merged.count = count + other.count
      if let mine = since, let its = other.since {
        merged.since = mine.offset <= its.offset ? mine : its
      }
      if let ejected, let more = other.ejected { merged.ejected = ejected + more }
    }
    merged.openedLately = openedLately + other.openedLately
    merged.isCounted = merged.isCounted && least.isCounted
    self = merged
  }

  /// What to write in the fleet file so that its state can be known; nil where it is.
  public var question: String? {
    guard state == .unknown, let metric else { return nil }
    return
      "\(metric) says \(number.map(Words.number) ?? "a number") and not what that means: write "
      + "breakers: [{metric: \(metric), encoding: {closed: 0, half-open: 1, open: 2}}] with its "
      + "own numbers in the fleet file"
  }
}
