/// What the server saw since it began or was last reset, written and read as lines of text.
struct ServerCounts: CustomStringConvertible {
  /// Expositions sent whole, by target.
  private(set) var byTarget: [Int]
  private(set) var bytes = 0
  var connections = 0
  /// Requests to targets for anything but their metrics.
  var others = 0
  /// Bytes pushed to the sink.
  var sinkBytes = 0
  /// What clients said of themselves and were given, each once.
  private(set) var clients: [Client] = []

  struct Client: Equatable {
    var userAgent: String
    var acceptEncoding: String
    var given: String
  }

  init(targets: Int) { byTarget = [Int](repeating: 0, count: targets) }

  var scrapes: Int { byTarget.reduce(0, +) }

  mutating func answered(_ target: Int, bytes: Int) {
    byTarget[target] += 1
    self.bytes += bytes
  }

  mutating func asked(by request: HTTPRequest, gzip: Bool) {
    // A client says the same each time: the last one is nearly always the one looked for.
    if let last = clients.last, last.userAgent == request.userAgent { return }
    let client = Client(
      userAgent: request.userAgent, acceptEncoding: request.acceptEncoding,
      given: gzip ? "gzip" : "identity")
    if !clients.contains(client), clients.count < 16 { clients.append(client) }
  }

  mutating func reset() {
    let targets = byTarget.count
    self = ServerCounts(targets: targets)
  }

  var description: String {
    var lines = [
      "targets \(byTarget.map(String.init).joined(separator: ","))", "bytes \(bytes)",
      "connections \(connections)", "others \(others)", "sink \(sinkBytes)",
    ]
    for client in clients {
      lines.append("client \(client.userAgent)\t\(client.acceptEncoding)\t\(client.given)")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  init(parsing text: String) {
    self.init(targets: 0)
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ", maxSplits: 1).map(String.init)
      guard words.count == 2 else { continue }
      switch words[0] {
      case "targets": byTarget = words[1].split(separator: ",").compactMap { Int($0) }
      case "bytes": bytes = Int(words[1]) ?? 0
      case "connections": connections = Int(words[1]) ?? 0
      case "others": others = Int(words[1]) ?? 0
      case "sink": sinkBytes = Int(words[1]) ?? 0
      case "client":
        let parts = words[1].split(separator: "\t", omittingEmptySubsequences: false)
          .map(String.init)
        guard parts.count == 3 else { continue }
        clients.append(Client(userAgent: parts[0], acceptEncoding: parts[1], given: parts[2]))
      default: break
      }
    }
  }
}
