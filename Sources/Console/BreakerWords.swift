import Canvas
import Incident
import Telemetry

/// How a breaker's state is said wherever it is said.
extension BreakerStatus {
  /// `open`, `ejecting 2 endpoints`, `open on 2 of 3 instances`.
  var stateWords: String {
    var words = state.rawValue
    if let ejected {
      words += ejected == 1 ? " 1 endpoint" : " \(ejected) endpoints"
    }
    return of > 1 && count < of ? words + " on \(count) of \(of) instances" : words
  }

  /// `opened 3 times in 10m, counted`; nil where it did not.
  var oftenWords: String? {
    guard openedLately > 0 else { return nil }
    let times = openedLately == 1 ? "once" : "\(openedLately) times"
    return "opened \(times) in 10m, " + (isCounted ? "counted" : "as seen by polls")
  }

  var mark: Run {
    switch state {
    case .open, .forcedOpen: Run("✖", .unhealthy)
    case .halfOpen, .ejecting: Run("◐", .degraded)
    case .unknown: Run("?", .unknown)
    case .closed, .disabled, .metricsOnly: Run("●", .healthy)
    }
  }
}

extension BreakerState {
  /// What it does to calls.
  var effect: String {
    switch self {
    case .closed: "calls go through"
    case .halfOpen: "few calls are tried"
    case .open: "calls are not tried"
    case .forcedOpen: "held open by hand, calls are not tried"
    case .disabled: "every call goes through, and nothing would stop it"
    case .metricsOnly: "every call goes through, it only counts"
    case .ejecting: "they get no calls"
    case .unknown: "its number means nothing by itself"
    }
  }
}
