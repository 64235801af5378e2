/// One message of a sender, as far as it has been read: nothing of it has been believed yet.
package struct Beat: Sendable, Hashable {
  package enum Verb: Sendable, Hashable {
    /// I am here, and this is how I am.
    case tell
    /// I leave: do not miss me.
    case leave
  }

  package var verb: Verb
  package var service: String
  /// The name of the instance.
  package var instance: String
  /// What it showed to be let in; nil where it showed nothing, or more than one thing.
  package var token: String?
  package var contentType: String?
  package var body: [UInt8]
  /// Where it came from, to be told where it is turned away.
  package var peer: String

  package init(
    _ verb: Verb = .tell, service: String, instance: String, token: String?,
    contentType: String? = nil, body: [UInt8] = [], peer: String = ""
  ) {
    self.verb = verb
    self.service = service
    self.instance = instance
    self.token = token
    self.contentType = contentType
    self.body = body
    self.peer = peer
  }

  /// Bytes of a body: a report of hundreds of checks is smaller.
  package static let largestBody = 64 << 10
}

/// What a sender hears.
package enum BeatAnswer: Sendable, Hashable {
  /// The next one is awaited within so many seconds.
  case taken(next: Double)
  case farewell
  /// With the status of HTTP that means it.
  case refused(Int, String)
}
