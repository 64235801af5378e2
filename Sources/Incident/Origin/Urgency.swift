public import Fleet
import Health
import Telemetry

/// How soon a service should be looked at: what is in trouble before what is not, then by tier,
/// then by severity, then by what it costs its budgets, then what has lasted longest.
public struct Urgency: Sendable, Hashable, Comparable {
  /// 0 well, 1 not known, or out of the rotation on purpose, 2 in trouble.
  public var trouble: Int
  public var tier: Tier
  /// Of the state; what is well by its own word but shows symptoms counts as degraded.
  public var severity: Int
  /// How fast its worst budget goes, in the steps that alerts have: figures that differ by less
  /// are alike, or rows would never stand still.
  public var cost: Int
  /// The offset of its first symptom.
  public var began: Int64

  /// Less urgent comes first, as numbers do.
  public static func < (a: Urgency, b: Urgency) -> Bool {
    if a.trouble != b.trouble { return a.trouble < b.trouble }
    // Among the well, the fleet file's order is the quiet one.
    if a.trouble == 0 { return false }
    if a.tier != b.tier { return a.tier > b.tier }
    if a.severity != b.severity { return a.severity < b.severity }
    if a.cost != b.cost { return a.cost < b.cost }
    return a.began > b.began
  }
}

extension Present {
  /// Reads summaries only: a thousand services are put in order by it at each frame.
  public func urgency(ofServiceAt index: Int) -> Urgency {
    let state = services[index].verdict.state
    let hasSymptoms = services[index].trouble.map { !$0.isResting } ?? false
    let isAlerting = services[index].slos.contains { $0.alert != nil }
    let trouble =
      state.isTrouble || hasSymptoms || isAlerting ? 2 : state == .healthy ? 0 : 1
    return Urgency(
      trouble: trouble, tier: services[index].definition.tier,
      severity: hasSymptoms ? max(state.severity, HealthState.degraded.severity) : state.severity,
      cost: [1, 3, 6, 14.4].count { $0 <= budgetCost(ofServiceAt: index)?.burn ?? 0 },
      began: services[index].trouble?.began.offset ?? services[index].verdict.since.offset)
  }

  /// Why a service stands where it does, in words: `critical; burning 22x; checkout depends on it`.
  /// Nil for what is well.
  public func urgencyWords(ofServiceAt index: Int) -> String? {
    guard urgency(ofServiceAt: index).trouble > 0 else { return nil }
    let service = services[index].definition
    var words = [service.tier.rawValue]
    if let cost = budgetCost(ofServiceAt: index), cost.burn >= 1 { words.append(cost.words) }
    if dependencies.neededBy.indices.contains(index) {
      let needing = dependencies.neededBy[index].map { services[Int($0)].definition }
      switch needing.count {
      case 0: break
      case 1: words.append("\(needing[0].name) depends on it")
      default:
        let critical = needing.count { $0.tier == .critical }
        words.append(
          "\(needing.count) depend on it" + (critical > 0 ? ", \(critical) of them critical" : ""))
      }
    }
    return words.joined(separator: "; ")
  }
}

/// What trouble costs a service's budgets.
public struct BudgetCost: Sendable, Hashable {
  /// How many times too fast the fastest of them goes; 1 spends it in exactly its window.
  public var burn: Double
  /// 0…1, of the one that has least left; nil where not known.
  public var spent: Double?

  /// `burning 22x`, `burning 1.4x, 88 % spent`
  public var words: String {
    let times = burn >= 10 ? "\(Int(nearest: burn))" : Words.number((burn * 10).rounded() / 10)
    guard let spent, spent >= 0.5 else { return "burning \(times)x" }
    return "burning \(times)x, \(Words.percent(spent)) spent"
  }
}

extension Present {
  /// What the trouble of a service costs its budgets: how fast the fastest of them goes over the
  /// shortest window in force, and how much the emptiest has spent. Before any of them counted
  /// anything, the share of failed requests of the last minute tells the pace.
  func budgetCost(ofServiceAt index: Int) -> BudgetCost? {
    var burn: Double?
    var least: Double?
    for place in services[index].slos.indices {
      if let rate = services[index].slos[place].reading.burns.first?.rate {
        burn = max(burn ?? 0, rate)
      }
      if let remaining = services[index].slos[place].reading.remaining {
        least = min(least ?? 1, remaining)
      }
    }
    if let burn { return BudgetCost(burn: burn, spent: least.map { 1 - $0 }) }
    guard let ratio = services[index].requests.errorRatio else { return nil }
    var allowed: Double?
    for slo in services[index].definition.slos where slo.threshold == nil {
      allowed = min(allowed ?? 1, slo.objective.budget)
    }
    return allowed.map { BudgetCost(burn: ratio / $0) }
  }
}
