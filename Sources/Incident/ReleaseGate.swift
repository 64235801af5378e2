public import Fleet
import Telemetry

/// Whether a pipeline may release a service now: budgets, alerts, the schedule and its health.
///
/// What is not known holds a release: no data is never a yes.
public struct ReleaseGate: Sendable, Hashable {
  public var service: String
  /// Why it is held, gravest first; empty where it may go.
  public private(set) var holds: [String] = []
  /// What a yes rests on.
  public private(set) var grounds: [String] = []

  public var isOpen: Bool { holds.isEmpty }

  /// `go: checkout: availability 62 % left` or `hold: checkout: …`
  public var sentence: String {
    "\(isOpen ? "go" : "hold"): \(service): " + (isOpen ? grounds : holds).joined(separator: "; ")
  }

  public init(_ service: ServicePresent, at now: Instant) {
    self.service = service.definition.name
    let advice = service.releaseAdvice(budget: nil, at: now)
    for slo in service.slos { weigh(slo, gate: service.definition.release?.gate) }
    if advice.kind == .go { grounds += advice.because } else { holds += advice.because }
  }

  private mutating func weigh(_ slo: SLOPresent, gate: Double?) {
    guard let left = slo.remaining else {
      holds.append("nothing is known of the budget of \(slo.name)")
      return
    }
    let share = "\(slo.name) has \(ReleaseGate.percent(left)) of its budget left"
    if slo.standing == .frozen {
      let freeze = slo.definition.policy.freeze ?? 0
      holds.append("\(share), releases freeze at \(ReleaseGate.percent(freeze))")
    } else if let gate, left < gate {
      holds.append("\(share), gate at \(ReleaseGate.percent(gate))")
    } else {
      grounds.append(share)
    }
    if let alert = slo.alert, alert.severity == .page {
      holds.append("\(slo.name) pages: \(slo.because ?? "its budget burns too fast")")
    }
  }

  /// Whole percent, rounded away from what would flatter.
  private static func percent(_ share: Double) -> String {
    let percent = (max(-1e4, min(share, 1e4)) * 100).rounded(.down)
    return "\(Int(percent)) %"
  }
}
