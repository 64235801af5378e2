public import Fleet

/// What both routes of an instance say, put together.
extension InstanceHealth {
  /// When anything was last heard of it.
  public var lastAnswer: Instant? {
    [liveness.lastAnswer, readiness.lastAnswer, metrics.lastAnswer]
      .compactMap { $0 }.max { $0.offset < $1.offset }
  }

  /// The last readable reports as one: readiness first, liveness for what readiness leaves out.
  public var report: HealthReport? {
    guard let ready = readiness.report else { return liveness.report }
    guard let live = liveness.report else { return ready }
    return ready.merged(under: live)
  }

  /// `report?.flags`, without putting the rest together.
  public var flags: [HealthReport.Flag] {
    let ready = readiness.report?.flags ?? []
    let live = liveness.report?.flags ?? []
    return HealthReport.union(ready, live, \.name)
  }

  /// `report?.hint`, without putting the rest together.
  public var hint: String? { readiness.report?.hint ?? liveness.report?.hint }

  /// `report?.rollout`, without putting the rest together.
  public var rollout: HealthReport.Rollout? {
    readiness.report?.rollout ?? liveness.report?.rollout
  }

  /// `report?.saturation`, without putting the rest together.
  public var saturation: [HealthReport.Saturation] {
    let ready = readiness.report?.saturation ?? []
    let live = liveness.report?.saturation ?? []
    return HealthReport.union(ready, live, \.name)
  }

  /// Anything that could be read was said by either route.
  public var hasReport: Bool { readiness.hasReport || liveness.hasReport }

  /// Whether any limited thing that its reports tell of is at least so full.
  public func mayBeFull(from ratio: Double) -> Bool {
    readiness.mayBeFull(from: ratio) || liveness.mayBeFull(from: ratio)
  }

  /// What its reports say of limited things; those of readiness first.
  public var saturations: [HealthReport.Saturation] {
    readiness.saturations + liveness.saturations
  }

  /// The last version it said to be.
  public var version: String? { versions.last?.version }

  /// What its reports call its build; readiness first.
  public var build: String? { readiness.report?.build ?? liveness.report?.build }

  /// Seconds from one health poll to the next, as the service wishes it within the policy's limits.
  public var nextCheckHint: Double {
    policy.pace(wished: wishedPace, isWell: state == .healthy)
  }

  var wishedPace: Double? { readiness.wishedPace ?? liveness.wishedPace }

  /// Seconds of silence after which a route is stale: two of the intervals it was asked at; at rest, the rest.
  func patience(for route: borrowing Route) -> Double {
    route.isAtRest
      ? route.pace ?? policy.staleAfter : max(policy.staleAfter, 2 * (route.pace ?? 0))
  }

  /// What sends beats has ended and comes again: its silence says nothing until then.
  public var isAtRest: Bool { readiness.isAtRest && liveness.isAtRest }
}
