import Fleet
public import Health

/// The trouble that began after something changed, told beside it.
public struct TroubleAfter: Sendable, Hashable {
  /// That came to be in trouble: the one that changed, or one that depends on it.
  public var service: String
  public var state: HealthState
  /// From the change to the trouble.
  public var seconds: Double
  /// The service is still not well.
  public var lasts: Bool
  /// It is the service that changed itself.
  public var isOwn: Bool

  /// Larger is more suspicious: its own trouble before that of others, what lasts before what is
  /// over.
  public var suspicion: Int { (isOwn ? 2 : 1) + (lasts ? 2 : 0) }

  /// Seconds in which trouble counts as after a change.
  public static let reach = 900.0
}

extension Present {
  /// The first trouble after a change of the service that changed or of one that depends on it.
  public func trouble(after change: FleetChange) -> TroubleAfter? {
    guard let name = change.service, change.kind.canCause else { return nil }
    var found: TroubleAfter?
    for state in changes where state.to.isTrouble && !state.from.isTrouble {
      let seconds = state.at.seconds(since: change.at)
      let limit = change.isBefore ? 3600 : TroubleAfter.reach
      // A service can be seen to fail a moment before its new version is.
      guard seconds >= -15, seconds <= limit else { continue }
      let isOwn = state.service == name
      guard let place = index(of: state.service),
        isOwn || services[place].definition.dependsOn.contains(name)
      else { continue }
      let trouble = TroubleAfter(
        service: state.service, state: state.to, seconds: max(0, seconds),
        lasts: services[place].verdict.state.isTrouble, isOwn: isOwn)
      if trouble.suspicion > found?.suspicion ?? 0 { found = trouble }
    }
    return found
  }
}
