package import NIOCore
import Synchronization

/// The connections that are open at a door.
package final class OpenChannels: Sendable {
  private struct All {
    var channels: [ObjectIdentifier: any Channel] = [:]
    var isOver = false
  }

  private let all = Mutex(All())

  package init() {}

  /// Keeps one until it closes; one that comes after the end is closed at once.
  package func add(_ channel: any Channel) {
    let id = ObjectIdentifier(channel)
    let isLate = all.withLock { all in
      if !all.isOver { all.channels[id] = channel }
      return all.isOver
    }
    guard !isLate else { return channel.close(promise: nil) }
    channel.closeFuture.whenComplete { [self] _ in
      all.withLock { $0.channels[id] = nil }
    }
  }

  /// Has each of them part, which is to close it, and returns once all have closed.
  package func leave(_ part: (any Channel) -> Void) async {
    let open = all.withLock { all in
      all.isOver = true
      return Array(all.channels.values)
    }
    for channel in open { part(channel) }
    for channel in open { try? await channel.closeFuture.get() }
  }
}
