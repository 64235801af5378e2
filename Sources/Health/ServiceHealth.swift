/// The health of a service, as those who call it have it, from the health of its instances.
public enum ServiceHealth {
  /// All alike: that. Some serve and some do not: degraded. None serves: the one cause they share,
  /// or unhealthy where there are several. Instances that warm or drain are out of the rotation on
  /// purpose and hurt nobody while at least half of the rest of the service serves.
  /// `reasons` is worst first, and empty where there is nothing to say.
  public static func combine(
    _ instances: [InstanceHealth]
  ) -> (state: HealthState, reasons: [String]) {
    combine(instances.map { Member(state: $0.state, reasons: $0.reasons, isCanary: $0.isCanary) })
  }

  /// What of an instance counts for its service.
  package struct Member {
    package var state: HealthState
    package var reasons: [String]
    package var isCanary: Bool
    package init(state: HealthState, reasons: [String] = [], isCanary: Bool = false) {
      self.state = state
      self.reasons = reasons
      self.isCanary = isCanary
    }
  }

  package static func combine(_ members: [Member]) -> (state: HealthState, reasons: [String]) {
    guard let first = members.first else {
      return (.unknown, ["no instances"])
    }
    if members.count == 1 { return (first.state, first.reasons) }
    return (state(of: members), reasons(of: members))
  }

  private static func state(of members: [Member]) -> HealthState {
    let first = members[0].state
    if members.allSatisfy({ $0.state == first }) { return first }
    let states = members.map(\.state)
    func count(_ wanted: HealthState...) -> Int { states.count { wanted.contains($0) } }
    let serving = count(.healthy, .degraded)
    let bad = count(.notReady, .unhealthy, .unreachable, .stale)
    let away = count(.warming, .draining)
    if serving > 0 {
      if bad > 0 || count(.degraded) > 0 { return .degraded }
      // What is left is away on purpose, or not heard yet.
      return away > serving ? .degraded : .healthy
    }
    // Nobody serves. Silence and phases do not name the cause where something else does.
    let causes = Set(states.filter { [.notReady, .unhealthy, .unreachable].contains($0) })
    switch causes.count {
    case 0:
      if count(.stale) > 0 { return .stale }
      return count(.warming) > 0 ? .warming : count(.draining) > 0 ? .draining : .unknown
    case 1:
      let cause = causes.first ?? .unhealthy
      // Some of them do answer, so the service is not out of reach.
      return cause == .unreachable && away > 0 ? .unhealthy : cause
    default: return .unhealthy
    }
  }

  /// `2 of 3 instances unhealthy: liveness 503`, worst state first, then the reasons of the worst.
  private static func reasons(of members: [Member]) -> [String] {
    var result: [String] = []
    let states = Set(members.map(\.state)).subtracting([.healthy]).sorted(by: >)
    for state in states {
      let group = members.filter { $0.state == state }
      let isAll = group.count == members.count
      let count = isAll ? "all \(group.count)" : "\(group.count) of \(members.count)"
      let canary = !isAll && group.allSatisfy(\.isCanary) ? " (canary)" : ""
      let why = group[0].reasons.first.map { ": \($0)" } ?? ""
      let text = "\(count) instances \(state.rawValue)\(canary)\(why)"
      result.append(Words.clipped(text, to: Judgement.longestReason))
    }
    for member in members.sorted(by: { $0.state > $1.state }) {
      for reason in member.reasons.dropFirst(member.state == .healthy ? 0 : 1)
      where result.count < Judgement.reasonsKept && !result.contains(reason) {
        result.append(reason)
      }
    }
    return result
  }
}

extension InstanceHealth {
  /// It says that it is on the canary track.
  public var isCanary: Bool {
    let rollout = readiness.report?.rollout ?? liveness.report?.rollout
    return rollout?.track?.lowercased() == "canary"
  }
}
