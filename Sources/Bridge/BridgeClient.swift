/// The caller's side of a control socket: asks, and waits for the answer on the thread it is called on.
package final class BridgeClient {
  private let socket: BridgeSocket

  package var path: String { socket.path }
  package var welcome: Welcome { socket.welcome }

  /// Connects to the first place at which somebody listens.
  ///
  /// - Parameter patience: seconds that the other side may take to say who it is.
  package static func connect(
    to place: SocketPlace, patience: Double = 10
  ) throws(BridgeError) -> BridgeClient {
    BridgeClient(try BridgeSocket.connect(to: place, patience: patience))
  }

  private init(_ socket: BridgeSocket) { self.socket = socket }

  /// The other side has closed the connection.
  var hasGone: Bool { socket.hasGone }
  /// It has let a question wait for too long.
  var isSilent: Bool { socket.isSilent }

  /// Asks, and waits for what comes of it.
  ///
  /// - Parameter silence: seconds without a byte after which no more is waited for.
  package func ask(
    _ request: Request, patience: Double = 60, silence: Double? = nil
  ) throws(BridgeError) -> Reply {
    try socket.ask(request, until: .now + .seconds(patience), silence: silence)
  }
}
