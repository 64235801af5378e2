public import Conditions

/// A figure that a runbook expects to be out of bounds, and where else it can be seen.
public struct Indicator: Sendable, Hashable, Codable {
  /// What people call it; the condition's own words where the author gives none.
  public var name: String
  /// Holds while the figure is out of bounds: `p99_ms > 800`.
  public var condition: Condition
  /// Where it is drawn.
  public var dashboard: String?
  /// What the dashboard asks for.
  public var query: String?

  public init(
    name: String, condition: Condition, dashboard: String? = nil, query: String? = nil
  ) {
    self.name = name
    self.condition = condition
    self.dashboard = dashboard
    self.query = query
  }
}
