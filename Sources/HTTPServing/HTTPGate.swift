import Synchronization

/// Who may come in, and how often they may ask, by the address that they come from.
final class HTTPGate: Sendable {
  private struct Guests {
    var count = 0
    var byPlace: [String: Int] = [:]
    var allowances: [String: Allowance] = [:]
  }

  /// Requests that a place may send now; grows as time passes.
  private struct Allowance {
    var left: Double
    var at: ContinuousClock.Instant
  }

  private let guests = Mutex(Guests())
  private let limits: HTTPLimits

  /// Places whose allowance is remembered; those that are full again are forgotten first.
  private static let remembered = 1024

  init(_ limits: HTTPLimits) { self.limits = limits }

  /// Lets somebody in.
  ///
  /// - Returns: why not; nil where they are in, and `leave` is to be called once.
  func enter(_ place: String) -> String? {
    guests.withLock { guests in
      guard guests.count < limits.connections else {
        return "too many talk to it at once (\(limits.connections)): try again in a moment"
      }
      let own = guests.byPlace[place, default: 0]
      guard own < limits.connectionsOfOne else {
        return "there are \(own) connections from your address already: close one"
      }
      guests.count += 1
      guests.byPlace[place] = own + 1
      return nil
    }
  }

  func leave(_ place: String) {
    guests.withLock { guests in
      guests.count -= 1
      let left = guests.byPlace[place, default: 1] - 1
      guests.byPlace[place] = left > 0 ? left : nil
    }
  }

  /// Takes one request off what a place may send; false where nothing is left of it.
  func allows(_ place: String, at now: ContinuousClock.Instant = .now) -> Bool {
    let most = max(1, limits.requestsPerSecond)
    return guests.withLock { guests in
      var allowance = guests.allowances[place] ?? Allowance(left: most, at: now)
      let passed = allowance.at.duration(to: now) / .seconds(1)
      allowance.left = min(most, allowance.left + max(0, passed) * most)
      allowance.at = now
      let isAllowed = allowance.left >= 1
      if isAllowed { allowance.left -= 1 }
      guests.allowances[place] = allowance
      if guests.allowances.count > HTTPGate.remembered {
        // After a second each is full again, and to forget it changes nothing.
        guests.allowances = guests.allowances.filter { $0.value.at.duration(to: now) < .seconds(1) }
      }
      return isAllowed
    }
  }

  /// What counts as one place: an address of IPv4; of IPv6 the network, for its addresses are free.
  static func place(of address: String) -> String {
    let bare = address.prefix { $0 != "%" }
    guard bare.contains(":") else { return String(bare) }
    // Of IPv4 within IPv6.
    if bare.hasPrefix("::ffff:"), bare.contains(".") { return String(bare.dropFirst(7)) }
    let halves = bare.split(separator: ":", omittingEmptySubsequences: false)
    var groups: [Substring] = []
    for group in halves {
      guard !group.isEmpty else { break }
      groups.append(group)
    }
    while groups.count < 4 { groups.append("0") }
    return groups.prefix(4).joined(separator: ":") + "::/64"
  }
}
