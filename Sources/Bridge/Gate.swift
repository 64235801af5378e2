import Synchronization

/// Who may come in, and how often they may ask: no caller costs the others their turn.
final class Gate: Sendable {
  private struct Guests {
    var count = 0
    var byUser: [UInt32: Int] = [:]
    var allowances: [UInt32: Allowance] = [:]
  }

  /// Requests that a user may send now; grows as time passes.
  private struct Allowance {
    var left: Double
    var at: ContinuousClock.Instant
  }

  private let guests = Mutex(Guests())
  private let limits: BridgeLimits

  /// Users whose allowance is remembered.
  private static let remembered = 256

  init(_ limits: BridgeLimits) { self.limits = limits }

  /// Lets somebody in.
  ///
  /// - Returns: why not; nil where they are in, and `leave` is to be called once.
  func enter(_ user: UInt32) -> String? {
    guests.withLock { guests in
      guard guests.count < limits.connections else {
        return "too many talk to it at once (\(limits.connections)): try again in a moment"
      }
      let own = guests.byUser[user, default: 0]
      guard own < limits.connectionsOfOne else {
        return "you have \(own) connections to it already: close one, or try again in a moment"
      }
      guests.count += 1
      guests.byUser[user] = own + 1
      return nil
    }
  }

  func leave(_ user: UInt32) {
    guests.withLock { guests in
      guests.count -= 1
      let left = guests.byUser[user, default: 1] - 1
      guests.byUser[user] = left > 0 ? left : nil
    }
  }

  /// Takes one request off what a user may send; false where nothing is left of it.
  func allows(_ user: UInt32, at now: ContinuousClock.Instant = .now) -> Bool {
    let most = limits.requestsPerSecond
    return guests.withLock { guests in
      var allowance = guests.allowances[user] ?? Allowance(left: most, at: now)
      let passed = allowance.at.duration(to: now) / .seconds(1)
      allowance.left = min(most, allowance.left + max(0, passed) * most)
      allowance.at = now
      let isAllowed = allowance.left >= 1
      if isAllowed { allowance.left -= 1 }
      guests.allowances[user] = allowance
      if guests.allowances.count > Gate.remembered {
        guests.allowances = guests.allowances.filter { $0.value.at.duration(to: now) < .seconds(2) }
      }
      return isAllowed
    }
  }
}
