import Fleet
import Incident
import Session

/// How long a single look at a fleet lasts: as long as was asked for, else until nothing more is to
/// be learnt from waiting.
struct Patience: Sendable {
  private let seconds: Double?
  private let longest: Double

  init(_ fleet: Fleet, seconds: Double?) {
    self.seconds = seconds
    longest =
      fleet.services.flatMap(\.instances).filter { !$0.isBeacon }
      .map { $0.polling.interval + $0.polling.timeout }.max() ?? 0
  }

  func wait(for live: LiveFleet) async {
    if let seconds {
      try? await Task.sleep(for: .seconds(seconds))
      return
    }
    let deadline = ContinuousClock.now + .seconds(longest + 2)
    while ContinuousClock.now < deadline {
      if await live.session.read({ Patience.isSettled($0.present) }) { return }
      try? await Task.sleep(for: .milliseconds(100))
    }
  }

  /// Whether every target has answered twice where metrics tell a rate, or failed. Beats are not waited for:
  /// nobody takes them for a single look.
  private static func isSettled(_ present: Present) -> Bool {
    present.services.allSatisfy { service in
      service.instances.allSatisfy { instance in
        if instance.definition.isBeacon { return true }
        if instance.lastAnswered == nil { return instance.fault != nil }
        guard let routes = instance.routes, routes.metrics != nil else {
          return instance.routes != nil
        }
        return instance.scraping.fault != nil || instance.scraping.successes >= 2
      }
    }
  }
}
