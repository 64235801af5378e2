public import Fleet

/// What all instances of a service say of one fallback, put together.
public struct FallbackWord: Sendable, Hashable {
  public var name: String
  /// Instances that say they use it, and those that speak of it at all.
  public var active = 0
  public var known = 0
  /// Since the first of them that says so: seconds before now.
  public var age: Double?
  public var reason: String?
  public var mode: String?
  /// Seconds; of several the shortest.
  public var tolerance: Double?
  public var dependency: String?
  public var userMessage: String?
  /// Seconds, of the oldest data that any of them serves.
  public var dataAge: Double?

  public init(name: String) { self.name = name }

  /// Adds what one instance says.
  ///
  /// - Parameters:
  ///   - reported: seconds by which `now` lies after `fallback.since`, by the service's own clock.
  public mutating func add(
    _ fallback: HealthReport.Fallback, age: Double? = nil, dataAge: Double? = nil
  ) {
    known += 1
    guard fallback.active else { return }
    active += 1
    if let age { self.age = max(self.age ?? 0, age) }
    if let dataAge { self.dataAge = max(self.dataAge ?? 0, dataAge) }
    if let tolerance = fallback.tolerance {
      self.tolerance = min(self.tolerance ?? .infinity, tolerance)
    }
    reason = reason ?? fallback.reason
    mode = mode ?? fallback.mode
    dependency = dependency ?? fallback.dependency
    userMessage = userMessage ?? fallback.userMessage
  }
}
