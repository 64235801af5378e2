import Canvas
import Fleet
import Health
import Incident

/// What changed last in the fleet or in one service, newest first.
struct LatelyList {
  /// A line of it.
  struct Line {
    var at: Instant
    var runs: [Run]
  }

  private let present: Present

  init(_ present: Present) { self.present = present }

  func draw(on canvas: Canvas) {
    canvas.rule(y: 0, title: "LATELY, UTC")
    let changes = present.changes.reversed().filter {
      // That a service came to be watched is no news of the service.
      !($0.from == .unknown && $0.to == .healthy)
    }.prefix(
      max(0, canvas.height - 1))
    if changes.isEmpty {
      canvas.put(LatelyList.nothing(present), at: Point(0, 1), Style.dim)
    }
    for (row, change) in changes.enumerated() {
      canvas.put(
        [Run(Clock.time(change.at) + "  ", Style.dim), Run(change.service + " ", .strong)]
          + LatelyList.arrow(change.from, change.to) + [
            Run("  " + FleetPane.short(change.cause), Style.dim)
          ],
        at: Point(0, 1 + row))
    }
  }

  /// Why there is nothing to list yet.
  static func nothing(_ present: Present) -> String {
    var targets = 0
    var patience = 0.0
    // By index: a copy of a service retains all that it holds.
    for service in present.services.indices {
      for instance in present.services[service].instances.indices {
        if present.services[service].instances[instance].lastHeard != nil {
          return "nothing changed since \(Clock.time(present.began)), when watching began"
        }
        targets += 1
        patience = max(
          patience, present.services[service].instances[instance].definition.polling.timeout)
      }
    }
    if targets > 0 { return "\(asking(targets, patience)); nothing was heard yet" }
    return "nothing changed since \(Clock.time(present.began)), when watching began"
  }

  /// `asking 3 targets, 2s each at most`
  static func asking(_ instances: [InstancePresent]) -> String {
    asking(instances.count, instances.map(\.definition.polling.timeout).max() ?? 0)
  }

  private static func asking(_ count: Int, _ patience: Double) -> String {
    let targets = count == 1 ? "1 target" : "\(count) targets"
    return "asking \(targets), \(Quantity.duration(patience)) each at most"
  }

  /// `● → ✖ unhealthy`
  static func arrow(_ from: HealthState, _ to: HealthState) -> [Run] {
    [
      Run(from.mark, from.role), Run(" → ", .rule), Run(to.mark, to.role), Run(" "),
      Run(to.rawValue),
    ]
  }
}
