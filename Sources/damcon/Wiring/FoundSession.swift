import Bridge
import Fleet
import Session
import YAMLText

/// A session that another process keeps, as it was found: asked once, so that what is wrong is said before a screen is
/// taken over.
struct FoundSession: Sendable {
  let place: SocketPlace
  let welcome: Welcome
  /// Who the other side takes this user for; the names of groups are this host's.
  let responder: Principal

  init(_ place: SocketPlace, _ welcome: Welcome) {
    self.place = place
    self.welcome = welcome
    var own = Peer.own.principal
    if !welcome.you.isEmpty { own.name = welcome.you }
    // What they may where the fleet file does not say it is the other side's to say.
    own.role = welcome.role.flatMap(Role.init) ?? .viewer
    responder = own
  }

  /// Asks who listens there; throws what is wrong as a sentence.
  static func at(_ place: SocketPlace) throws(BridgeError) -> FoundSession {
    FoundSession(place, try BridgeClient.connect(to: place).welcome)
  }

  /// One of a daemon; nil where there is none, or where what listens is somebody's dashboard, or watches another fleet.
  /// Throws where there may be one that cannot be joined: nobody is to poll a second time without knowing it.
  static func served(at place: SocketPlace, fleet: String) throws -> FoundSession? {
    do {
      let found = try at(place)
      return found.welcome.fleet == fleet && found.welcome.kind == "serve" ? found : nil
    } catch {
      // Whoever may not talk to it, or has no such place, watches alone as ever.
      guard error.cause == .refused || error.cause == .broken else { return nil }
      throw Failure("\(error); --alone polls without it")
    }
  }
}
