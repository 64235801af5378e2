import Fleet
import Health
import NIOCore

/// What the exchanges of one event loop share. Confined to that loop.
final class Client: @unchecked Sendable {
  let loop: any EventLoop
  let connector: Connector
  let resources: Resources
  var buffers = BufferPool()

  init(loop: any EventLoop, connector: Connector, resources: Resources) {
    self.loop = loop
    self.connector = connector
    self.resources = resources
  }
}

/// What one target keeps between its exchanges. Confined to its event loop.
final class Keeping: @unchecked Sendable {
  var pool = ConnectionPool()
  /// What was found wrong with the certificate, and when: looked at again only after a minute.
  var distrust: (reason: String, at: NIODeadline)?
  /// The size of the last body, by which the next one's buffer is chosen.
  var lastBodySize = 0

  /// What is under way, so that it can be called off.
  private var exchanges: [ObjectIdentifier: Exchange] = [:]
  private(set) var isRetired = false

  func began(_ exchange: Exchange) { exchanges[ObjectIdentifier(exchange)] = exchange }

  func isBusy(_ origin: Origin, apartFrom exchange: Exchange) -> Bool {
    exchanges.values.contains { $0 !== exchange && $0.occupies(origin) }
  }

  /// The next in turn, if one waits, may have the connection now.
  func ended(_ exchange: Exchange) {
    exchanges[ObjectIdentifier(exchange)] = nil
    for exchange in exchanges.values { exchange.reconsider() }
  }

  /// Calls off everything: nothing is kept any more, nothing answered.
  func retire() {
    isRetired = true
    for exchange in exchanges.values { exchange.cancel() }
    exchanges = [:]
    pool.closeAll()
  }
}

/// A whole HTTP answer, unpacked.
struct Response: Sendable {
  var status: Int
  var contentType: String?
  var headers: [(name: String, value: String)]
  var body: ByteBuffer
}

/// How an exchange ended, and how long it took.
struct Outcome: Sendable {
  enum Result: Sendable {
    case response(Response)
    case fault(Fault)
  }
  var result: Result
  /// Seconds from the first byte sent, connection included, to the last received.
  var duration: Double
}
