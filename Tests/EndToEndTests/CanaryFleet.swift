import Foundation
import Synchronization

/// A fleet whose actions need secrets, at targets that say every secret back in every way there is.
final class CanaryFleet {
  /// A secret, by where it is from.
  struct Canary: Sendable {
    var place: String
    var text: String

    /// As it may be written by somebody who was told it.
    var forms: [String] {
      var unreserved = CharacterSet.alphanumerics
      unreserved.insert(charactersIn: "-._~")
      let json = text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
      return [
        text, json, json.replacing("/", with: "\\/"),
        text.addingPercentEncoding(withAllowedCharacters: unreserved) ?? text,
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? text,
        Data(text.utf8).base64EncodedString().replacing("=", with: ""),
      ]
    }
  }

  let folder: FleetFolder
  let canaries: [Canary]
  private let target: Listener
  private let heard: Heard
  /// Leaves nothing of the environment to what else the test runs.
  let environmentFile: String

  private final class Heard: Sendable {
    let requests = Mutex<[String]>([])
  }

  static let actions = [
    "echo-file", "echo-environment", "echo-command", "redirect", "header", "garbage", "quiet",
    "program-file", "program-environment", "program-command",
  ]

  init() throws {
    var canaries: [Canary] = []
    for place in ["file", "environment", "command"] {
      // With the signs that are written otherwise in JSON, in an address and in base64.
      let text = "k9-\(UUID().uuidString.lowercased())/+=\"~\(place)"
      canaries.append(Canary(place: place, text: text))
    }
    self.canaries = canaries
    let heard = Heard()
    self.heard = heard
    let target = try Listener { request, connection in
      heard.requests.withLock { $0.append(request) }
      CanaryFleet.answer(request, connection)
    }
    self.target = target
    folder = try FleetFolder("canary", "environment: {name: rehearsal}")
    let path = folder.folder.path
    environmentFile = path + "/environment.sh"
    func keep(_ name: String, _ text: String) throws {
      try text.write(toFile: "\(path)/\(name)", atomically: true, encoding: .utf8)
      chmod("\(path)/\(name)", 0o600)
    }
    try keep("secret-file", canaries[0].text + "\n")
    try keep("secret-command", canaries[2].text + "\n")
    try keep("environment.sh", "CANARY='\(canaries[1].text)'\nexport CANARY\n")
    // Says what it was told on both of its outputs, and fails.
    try keep(
      "tell.sh",
      """
      #!/bin/sh
      echo "told $TOKEN"
      echo "told $TOKEN" >&2
      printf '%s' "$TOKEN" | base64 -w 0
      exit 3
      """)
    chmod(path + "/tell.sh", 0o700)

    let places = [
      "file": "{file: secret-file}", "environment": "{env: CANARY}",
      "command": "{command: [cat, \(path)/secret-command]}",
    ]
    var services = ""
    var actions = ""
    for name in Self.actions {
      // Each at an address of its own: what nobody knows of one keeps no other from being done.
      services += "  - {name: of-\(name), instances: [\"\(target.url)/of-\(name)\"]}\n"
      let place = name.split(separator: "-").dropFirst().first.map(String.init)
      let secret = places[place ?? ""] ?? places["file"] ?? ""
      let order =
        name.hasPrefix("program")
        ? "command: {run: [\"\(path)/tell.sh\"], env: {TOKEN: \(secret)}}"
        : "http: {method: PUT, url: \"{instance}/\(name)\", headers: {X-Token: \(secret)}, body: {}}"
      actions += """
          \(name):
            kind: custom
            services: [of-\(name)]
            risk: low
            timeout: 5s
            \(order)

        """
    }
    try """
    version: 1
    fleet: canary
    environment: {name: rehearsal}
    poll: {interval: 1s}
    services:
    \(services)actions:
    \(actions)
    """.write(toFile: folder.file, atomically: true, encoding: .utf8)
  }

  deinit { target.stop() }

  /// How often a target was told a secret.
  func times(_ action: String) -> Int {
    heard.requests.withLock { requests in
      requests.count { request in
        request.hasPrefix("PUT /of-\(action)/\(action) ")
          && canaries.contains { request.contains($0.text) }
      }
    }
  }

  // MARK: What says everything back

  private static func answer(_ request: String, _ connection: Int32) {
    let path = String(request.split(separator: " ").dropFirst().first ?? "/")
    let line = request.split(separator: "\r\n").first { $0.lowercased().hasPrefix("x-token: ") }
    guard let secret = line.map({ String($0.dropFirst(9)) }) else {
      let isHealth = path.hasSuffix("/healthz") || path.hasSuffix("/ready")
      return send(
        isHealth ? "200 OK" : "404 X", [], isHealth ? #"{"status":"pass"}"# : "", connection)
    }
    let canary = Canary(place: "", text: secret)
    switch path.split(separator: "/").last {
    case "redirect":
      send("302 Found", ["Location: http://127.0.0.1:1/?t=\(canary.forms[3])"], "", connection)
    case "header":
      send(
        "500 \(secret)", ["X-Echo: \(secret)", "WWW-Authenticate: Bearer \(secret)"],
        #"{"error":"\#(canary.forms[1])"}"#, connection)
    case "garbage":
      Listener.send("\(secret) is no HTTP\r\n\r\n\(secret)", to: connection)
      shutdown(connection, Int32(SHUT_RDWR))
    case "quiet": send("200 OK", [], secret, connection)
    default:
      send("409 Conflict", [], canary.forms.joined(separator: " "), connection)
    }
  }

  private static func send(
    _ status: String, _ headers: [String], _ body: String, _ connection: Int32
  ) {
    let lines = ["HTTP/1.1 \(status)", "Content-Length: \(body.utf8.count)"] + headers
    Listener.send(lines.joined(separator: "\r\n") + "\r\n\r\n" + body, to: connection)
  }

  // MARK: Where they are looked for

  /// Where a secret is found that should be nowhere, and as which.
  func leaks(in bytes: Data, _ what: String) -> [String] {
    canaries.flatMap { canary in
      Set(canary.forms).filter { bytes.range(of: Data($0.utf8)) != nil }
        .map { "\(what): the secret from the \(canary.place), as \($0)" }
    }
  }

  func leaks(in text: String, _ what: String) -> [String] { leaks(in: Data(text.utf8), what) }

  /// In every file below the folder but those that hold them.
  func leaksInFiles() -> [String] {
    let own = ["secret-file", "secret-command", "environment.sh"]
    let files = FileManager.default.enumerator(atPath: folder.folder.path)
    var found: [String] = []
    for case let name as String in files ?? .init() where !own.contains(name) {
      let file = folder.folder.appendingPathComponent(name)
      if let bytes = try? Data(contentsOf: file) { found += leaks(in: bytes, name) }
    }
    return found
  }
}

/// Looks at the arguments of every process there is, again and again.
final class ArgumentWatch: Sendable {
  private struct State {
    var found: Set<String> = []
    var looks = 0
    var isOver = false
    var hasEnded = false
  }
  private let state = Mutex(State())

  init(for texts: [String]) {
    let wanted = texts.map { Data($0.utf8) }
    Thread.detachNewThread { [self] in
      while !state.withLock(\.isOver) {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        where Int(name) != nil {
          guard let words = FileManager.default.contents(atPath: "/proc/\(name)/cmdline"),
            wanted.contains(where: { words.range(of: $0) != nil })
          else { continue }
          state.withLock { state in
            _ = state.found.insert(
              String(decoding: words, as: UTF8.self).replacing("\0", with: " "))
          }
        }
        state.withLock { $0.looks += 1 }
        Thread.sleep(forTimeInterval: 0.01)
      }
      state.withLock { $0.hasEnded = true }
    }
  }

  /// The arguments in which one was found.
  func stop() -> (found: [String], looks: Int) {
    state.withLock { $0.isOver = true }
    _ = waitUntil(10) { state.withLock(\.hasEnded) }
    return state.withLock { ($0.found.sorted(), $0.looks) }
  }
}
