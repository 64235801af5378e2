public import Canonical

/// Whether a circuit breaker lets calls through.
public enum BreakerState: String, Sendable, Hashable, CanonicalCodable, CaseIterable {
  case closed
  case halfOpen = "half-open"
  case open
  /// Held open by hand, whatever the calls do (resilience4j).
  case forcedOpen = "forced-open"
  /// Lets every call through and counts nothing.
  case disabled
  /// Lets every call through and only counts.
  case metricsOnly = "metrics-only"
  /// Some of the endpoints behind one name are out of the rotation: Envoy's outlier ejections,
  /// linkerd's failure accrual, HAProxy's servers that are down.
  case ejecting
  /// It says a number, and nothing says what the numbers of this metric mean.
  case unknown = "unknown encoding"

  /// As libraries write it in a label, whatever the case and the separators.
  public init?(word: String) {
    switch word.lowercased().filter(\.isLetter) {
    case "closed", "close", "up", "healthy": self = .closed
    case "halfopen", "halfopened", "half": self = .halfOpen
    case "open", "opened", "tripped": self = .open
    case "forcedopen", "isolated": self = .forcedOpen
    case "disabled": self = .disabled
    case "metricsonly": self = .metricsOnly
    default: return nil
    }
  }

  /// It keeps calls, or some of them, from being tried.
  public var holdsBack: Bool {
    switch self {
    case .open, .forcedOpen, .halfOpen, .ejecting: true
    case .closed, .disabled, .metricsOnly, .unknown: false
    }
  }

  /// Higher is worse; of several instances the worst is shown.
  public var severity: Int {
    switch self {
    case .forcedOpen, .open: 5
    case .ejecting: 4
    case .halfOpen: 3
    case .unknown: 2
    case .disabled, .metricsOnly: 1
    case .closed: 0
    }
  }
}

/// Which numbers a gauge writes for the states of a breaker; nil for a state it never writes.
public struct BreakerNumbers: Sendable, Hashable {
  public var closed: Double?
  public var halfOpen: Double?
  public var open: Double?

  public init(closed: Double?, halfOpen: Double?, open: Double?) {
    self.closed = closed
    self.halfOpen = halfOpen
    self.open = open
  }

  /// The state of failsafe-go, of the Rust routers and of many hand-written gauges.
  public static let openIsOne = BreakerNumbers(closed: 0, halfOpen: 2, open: 1)
  /// The state of sony/gobreaker.
  public static let openIsTwo = BreakerNumbers(closed: 0, halfOpen: 1, open: 2)

  public func state(_ value: Double) -> BreakerState? {
    if value == closed { return .closed }
    if value == open { return .open }
    if value == halfOpen { return .halfOpen }
    return nil
  }
}

extension BreakerNumbers: FieldCoded {
  public static var blank: Self { Self(closed: nil, halfOpen: nil, open: nil) }
  public mutating func pass(_ fields: Fields) throws { try fields.pass(&closed, &halfOpen, &open) }
}
