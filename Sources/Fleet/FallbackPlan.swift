public import Conditions
public import Telemetry

/// A fallback as the fleet file plans it: what it gives users, how long that is tolerable, and how
/// one knows that it is over.
///
/// What a service says of the same fallback fills what the plan leaves open; where both speak, the
/// plan's words and limits count, since the owner of the fleet wrote them.
public struct FallbackPlan: Sendable, Hashable, Codable {
  public var name: String
  /// `cache`, `static`, `reduced`, `queue`, `stale`.
  public var mode: FallbackMode?
  /// Seconds it may go on.
  public var tolerance: Double?
  /// Seconds: how old the data may be that it serves.
  public var maxAge: Double?
  /// The service whose failing causes it.
  public var dependency: String?
  /// What users get while it is in use.
  public var usersGet: String?
  /// It is in use while this holds, for services that do not say so themselves.
  public var enterWhen: Condition?
  /// The degraded path is good enough while this holds.
  public var acceptableWhile: Condition?
  /// It can only be over while this holds.
  public var exitWhen: Condition?
  /// Seconds that it must be over for before it counts as recovered.
  public var recoveredAfter: Double?
  /// Where metrics tell it.
  public var metrics: [FallbackConvention]

  /// Seconds taken for `recoveredAfter` where nobody says.
  public static let usualRecovery = 30.0

  public init(name: String, metrics: [FallbackConvention] = []) {
    self.name = name
    self.metrics = metrics
  }
}

/// What stands in for the real thing.
public enum FallbackMode: String, Sendable, Hashable, Codable, CaseIterable {
  case cache, `static`, reduced, queue, stale
}
