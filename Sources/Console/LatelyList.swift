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
    let changes = present.changes.reversed().prefix(
      max(0, canvas.height - 1))
    if changes.isEmpty {
      let since = Quantity.duration(present.now.seconds(since: present.began))
      canvas.put("nothing changed in \(since) of watching", at: Point(0, 1), Style.dim)
    }
    for (row, change) in changes.enumerated() {
      canvas.put(
        [Run(Clock.time(change.at) + "  ", Style.dim), Run(change.service + " ", .strong)]
          + LatelyList.arrow(change.from, change.to) + [Run("  " + change.cause, Style.dim)],
        at: Point(0, 1 + row))
    }
  }

  /// `● → ✖ unhealthy`
  static func arrow(_ from: HealthState, _ to: HealthState) -> [Run] {
    [
      Run(from.mark, from.role), Run(" → ", .rule), Run(to.mark + " ", to.role), Run(to.rawValue),
    ]
  }
}
