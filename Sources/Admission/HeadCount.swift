import Synchronization

/// How many are in a place at once, in all and of each guest.
package final class HeadCount<Guest: Hashable & Sendable>: Sendable {
  /// Why somebody is not let in.
  package enum Refusal: Sendable, Hashable {
    /// So many are in already.
    case full(Int)
    /// The guest is in so many times already.
    case tooManyOfOne(Int)
  }

  private struct Guests {
    var count = 0
    var byGuest: [Guest: Int] = [:]
  }

  private let guests = Mutex(Guests())
  private let most: Int
  private let mostOfOne: Int

  package init(most: Int, mostOfOne: Int) {
    self.most = most
    self.mostOfOne = mostOfOne
  }

  /// Lets somebody in.
  ///
  /// - Returns: why not; nil where they are in, and `leave` is to be called once.
  package func enter(_ guest: Guest) -> Refusal? {
    guests.withLock { guests in
      guard guests.count < most else { return .full(most) }
      let own = guests.byGuest[guest, default: 0]
      guard own < mostOfOne else { return .tooManyOfOne(own) }
      guests.count += 1
      guests.byGuest[guest] = own + 1
      return nil
    }
  }

  package func leave(_ guest: Guest) {
    guests.withLock { guests in
      guests.count -= 1
      let left = guests.byGuest[guest, default: 1] - 1
      guests.byGuest[guest] = left > 0 ? left : nil
    }
  }
}
