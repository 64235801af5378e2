import NIOCore

/// The kept connections of one target: one to each origin it is asked at, which is nearly always one.
///
/// A poll takes the idle connection, or has a new one made when another poll stays busy on it for
/// long: a scrape that hangs does not hold up the liveness probe. What comes back second is closed.
struct ConnectionPool {
  private var idle: [Connection] = []

  mutating func take(_ origin: Origin) -> Connection? {
    idle.removeAll { !$0.isIdle }
    guard let index = idle.firstIndex(where: { $0.origin == origin }) else { return nil }
    return idle.remove(at: index)
  }

  func hasIdle(_ origin: Origin) -> Bool { idle.contains { $0.origin == origin && $0.isIdle } }

  mutating func put(_ connection: Connection) {
    idle.removeAll { !$0.isIdle }
    guard connection.isIdle, !idle.contains(where: { $0.origin == connection.origin }) else {
      return connection.close()
    }
    idle.append(connection)
  }

  mutating func closeAll() {
    for connection in idle { connection.close() }
    idle = []
  }
}
