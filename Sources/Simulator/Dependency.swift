/// One dependency of one instance: its breaker, its fallback and how it has lately answered.
@Simulation
final class Dependency {
  let model: NeedModel
  let breaker: Breaker?
  private(set) var fallbackSince: Int64?
  private(set) var fallbackReason = ""
  private(set) var retries = 0
  private var fallbackUsedAt = 0.0
  private var recent: [Outcome] = []
  private let wall: @Sendable () -> Int64
  private var failingSince: Int64?

  /// How a call went, as the caller's health check remembers it.
  struct Outcome {
    var at: Double
    /// With the wait for a connection.
    var duration: Double
    var trouble: String?
  }

  struct Check {
    var passes: Bool
    var observed: Double?
    var message: String?
    var since: Int64?
  }

  init(model: NeedModel, wall: @escaping @Sendable () -> Int64) {
    self.model = model
    self.wall = wall
    breaker = model.breaker.map { Breaker(name: model.name, model: $0, wall: wall) }
  }

  func record(duration: Double, trouble: String?, now: Double) {
    recent.append(Outcome(at: now, duration: duration, trouble: trouble))
    if recent.count > 10 { recent.removeFirst() }
  }

  func countRetry() { retries += 1 }

  func useFallback(reason: String, now: Double) {
    fallbackUsedAt = now
    fallbackReason = reason
    if fallbackSince == nil { fallbackSince = wall() }
  }

  /// Whether the fallback is in use; it ends when the dependency answers and the breaker is closed.
  func isFallbackActive(now: Double) -> Bool {
    guard fallbackSince != nil else { return false }
    if breaker?.state ?? .closed == .closed, now - fallbackUsedAt > 3 {
      fallbackSince = nil
      return false
    }
    return true
  }

  /// Failing when most of the last calls failed, or the breaker lets none through. With no calls
  /// for ten seconds the check asks by itself, and a dependency left alone answers.
  func check(now: Double) -> Check {
    if let breaker, breaker.state == .open {
      return Check(
        passes: false, observed: nil, message: "breaker \(model.name) is open",
        since: breaker.since)
    }
    let calls = recent.filter { now - $0.at < 10 }
    guard let last = calls.last else {
      failingSince = nil
      return Check(passes: true)
    }
    let failures = calls.filter { $0.trouble != nil }
    guard failures.count * 2 > calls.count, let worst = failures.last else {
      failingSince = nil
      return Check(passes: true, observed: last.duration)
    }
    if failingSince == nil { failingSince = wall() }
    return Check(
      passes: false, observed: worst.duration, message: worst.trouble, since: failingSince)
  }
}
