import Fleet
import HTTPServing
import Incident
import Synchronization

/// The desk behind its window: requests in, answers out, and events in the order in which they happened.
final class BeaconPost: Sendable {
  // Requests come on any thread; what a beat means is decided for one after another.
  private let desk: Mutex<BeaconDesk>
  private let now: @Sendable () -> Double
  private let sink: @Sendable (Event) -> Void

  /// - Parameter sink: is called for one event after another; it must not wait.
  init(
    fleet: Fleet, remembering memory: BeaconMemory, now: @escaping @Sendable () -> Double,
    sink: @escaping @Sendable (Event) -> Void
  ) {
    desk = Mutex(BeaconDesk(fleet: fleet, remembering: memory, at: now()))
    self.now = now
    self.sink = sink
  }

  func begin() { turn { desk, _, events in desk.begin(into: &events) } }

  func adopt(_ fleet: Fleet, _ tokens: BeaconTokens) {
    turn { desk, now, events in desk.adopt(fleet, tokens, at: now, into: &events) }
  }

  /// As the file says it.
  var fleet: Fleet { desk.withLock(\.base) }

  func take(_ tokens: BeaconTokens) {
    turn { desk, _, events in desk.take(tokens, into: &events) }
  }

  func look() { turn { desk, now, events in desk.look(at: now, into: &events) } }

  /// The events are given away before the next turn begins: nobody can come in between.
  private func turn<Answer: Sendable>(
    _ body: (inout BeaconDesk, Double, inout [Event]) -> Answer
  ) -> Answer {
    desk.withLock { desk in
      var events: [Event] = []
      defer { for event in events { sink(event) } }
      return body(&desk, now(), &events)
    }
  }

  // MARK: Requests

  static let methods = "POST, PUT, DELETE"

  func answer(_ request: HTTPRequestSeen) -> HTTPAnswer {
    guard let path = BeatPath(request.path) else { return .text(404, BeatSentence.place) }
    let verb: Beat.Verb
    switch request.method {
    case "POST", "PUT": verb = .tell
    case "DELETE": verb = .leave
    default: return .wrongMethod(allowed: BeaconPost.methods)
    }
    let isPacked = request.headers.all("content-encoding").contains {
      $0.lowercased() != "identity"
    }
    if isPacked { return .text(415, "a beat is sent as it is, without a Content-Encoding") }
    let beat = Beat(
      verb, service: path.service, instance: path.instance,
      token: BeaconPost.token(request.headers), contentType: request.headers["content-type"],
      body: request.body, peer: request.peer)
    switch turn({ desk, now, events in desk.take(beat, at: now, into: &events) }) {
    case .taken(let next):
      let whole = Int(next.rounded())
      return .json(200, "{\"next_check_seconds\":\(whole)}")
    case .farewell:
      return HTTPAnswer(status: 204, contentType: "text/plain; charset=utf-8", body: [])
    case .refused(let status, let sentence):
      var headers = HTTPFields()
      if status == 401 { headers.add("www-authenticate", "Bearer") }
      if status == 429 { headers.add("retry-after", "1") }
      return .text(status, sentence, headers: headers)
    }
  }

  /// What stands after `Bearer`; nil where there is not exactly one.
  private static func token(_ headers: HTTPFields) -> String? {
    let lines = headers.all("authorization")
    guard lines.count == 1, let line = lines.first else { return nil }
    let parts = line.split(separator: " ", omittingEmptySubsequences: true)
    guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
    return String(parts[1])
  }
}

/// `/v1/beat/SERVICE/INSTANCE`, with what is escaped in it put back.
struct BeatPath: Hashable {
  var service: String
  var instance: String

  init?(_ path: String) {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 5, parts[0].isEmpty, parts[1] == "v1", parts[2] == "beat",
      let service = BeatPath.plain(parts[3]), let instance = BeatPath.plain(parts[4]),
      !service.isEmpty, !instance.isEmpty
    else { return nil }
    (self.service, self.instance) = (service, instance)
  }

  /// nil where an escape is none, or what it stands for is no text.
  private static func plain(_ segment: Substring) -> String? {
    var bytes: [UInt8] = []
    var rest = Array(segment.utf8)[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      guard let high = rest.popFirst().flatMap(digit), let low = rest.popFirst().flatMap(digit)
      else { return nil }
      bytes.append(high << 4 | low)
    }
    return String(validating: bytes, as: UTF8.self)
  }

  private static func digit(_ byte: UInt8) -> UInt8? {
    Character(UnicodeScalar(byte)).hexDigitValue.map { UInt8($0) }
  }
}
