/// Who may come in, and how often they may ask: no caller costs the others their turn.
///
/// A guest is whom the count is for: a user, an address.
package final class Gate<Guest: Hashable & Sendable>: Sendable {
  /// What guests may cost.
  package struct Limits: Sendable, Hashable {
    /// Connections that are open at once.
    package var connections: Int
    /// Of these, as many as one guest may have.
    package var connectionsOfOne: Int
    /// Requests of one guest in a second; as many may come at once.
    package var requestsPerSecond: Double
    /// Guests whose allowance is remembered; those that are full again are forgotten first.
    package var remembered: Int

    package init(
      connections: Int, connectionsOfOne: Int, requestsPerSecond: Double, remembered: Int
    ) {
      self.connections = connections
      self.connectionsOfOne = connectionsOfOne
      self.requestsPerSecond = requestsPerSecond
      self.remembered = remembered
    }
  }

  private let count: HeadCount<Guest>
  private let allowance: Allowance<Guest>

  package init(_ limits: Limits) {
    count = HeadCount(most: limits.connections, mostOfOne: limits.connectionsOfOne)
    allowance = Allowance(
      perSecond: limits.requestsPerSecond, remembered: limits.remembered)
  }

  /// Lets somebody in.
  ///
  /// - Returns: why not; nil where they are in, and `leave` is to be called once.
  package func enter(_ guest: Guest) -> HeadCount<Guest>.Refusal? { count.enter(guest) }

  package func leave(_ guest: Guest) { count.leave(guest) }

  /// Takes one request off what a guest may send; false where nothing is left of it.
  package func allows(_ guest: Guest, at now: ContinuousClock.Instant = .now) -> Bool {
    allowance.allows(guest, at: now)
  }
}
