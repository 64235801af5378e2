package import Fleet
package import Incident
import Synchronization

/// Where the edges leave what they saw, from any thread, without ever waiting for the owner.
///
/// Each event is stamped as it arrives, so the order here is the order of the entries.
package final class Inbox: Sendable {
  package struct Item: Sendable {
    package var instant: Instant
    package var event: Event
    package var enclosure: Enclosure?
  }

  private struct Pending {
    var items: [Item] = []
    var closed = false
  }

  private let pending = Mutex(Pending())
  private let clock: any SessionClock
  private let bell: AsyncStream<Void>.Continuation
  /// Rings when there is something to take; many rings may be heard as one.
  package let rings: AsyncStream<Void>

  package init(clock: any SessionClock) {
    self.clock = clock
    (rings, bell) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
  }

  package func put(_ event: Event, with enclosure: Enclosure? = nil) {
    let first = pending.withLock { pending in
      guard !pending.closed else { return false }
      // Stamped under the lock: two edges can then never be entered in the wrong order.
      pending.items.append(Item(instant: clock.now(), event: event, enclosure: enclosure))
      return pending.items.count == 1
    }
    if first { bell.yield() }
  }

  /// Wakes the owner though nothing happened, so that it looks at the clock.
  package func nudge() { bell.yield() }

  /// Everything that waits, oldest first.
  package func take() -> [Item] {
    pending.withLock { pending in
      var taken: [Item] = []
      swap(&taken, &pending.items)
      pending.items.reserveCapacity(taken.count)
      return taken
    }
  }

  /// Events that were taken and are to be taken again, before all that came since.
  func putBack(_ items: some Collection<Item>) {
    pending.withLock { $0.items.insert(contentsOf: items, at: 0) }
    bell.yield()
  }

  /// Ends `rings`; what is put from now on is dropped.
  package func close() {
    pending.withLock { $0.closed = true }
    bell.finish()
  }
}
