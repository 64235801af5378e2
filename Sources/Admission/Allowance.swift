import Synchronization

/// How often each guest may ask: so many a second, and as many at once.
package final class Allowance<Guest: Hashable & Sendable>: Sendable {
  /// What a guest may ask now; grows as time passes.
  private struct Left {
    var units: Double
    var at: ContinuousClock.Instant
  }

  private let all = Mutex<[Guest: Left]>([:])
  private let perSecond: Double
  private let remembered: Int

  /// - Parameters:
  ///   - perSecond: what one guest may ask in a second; as much may come at once.
  ///   - remembered: guests beyond whom those are forgotten that are full again.
  package init(perSecond: Double, remembered: Int) {
    self.perSecond = perSecond
    self.remembered = remembered
  }

  /// Takes something off what a guest may ask; false where not as much is left of it, and nothing is taken.
  ///
  /// - Parameter cost: what is more than all that a guest may have costs all of it.
  package func allows(
    _ guest: Guest, cost: Double = 1, at now: ContinuousClock.Instant = .now
  ) -> Bool {
    let cost = min(cost, perSecond)
    return all.withLock { all in
      var left = all[guest] ?? Left(units: perSecond, at: now)
      let passed = left.at.duration(to: now) / .seconds(1)
      left.units = min(perSecond, left.units + max(0, passed) * perSecond)
      left.at = max(left.at, now)
      let isAllowed = left.units >= cost
      if isAllowed { left.units -= cost }
      all[guest] = left
      if all.count > remembered {
        // After a second each is full again, and to forget it changes nothing.
        all = all.filter { $0.value.at.duration(to: now) < .seconds(1) }
      }
      return isAllowed
    }
  }
}
