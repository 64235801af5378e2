import Foundation
import Synchronization
import Testing

/// A daemon of a fleet of two services, one of which has a limit to turn, and people who may be there.
final class WarRoom {
  let folder: String
  let people: People?
  let target: TurnedService
  private let listener: Listener
  private(set) var daemon: Watcher?
  var socket: String { folder + "/room/s.sock" }
  var file: String { folder + "/damcon.yaml" }
  var journal: String { folder + "/room.damcon" }
  /// Everybody can run it, wherever it was built.
  var program: String { folder + "/damcon" }

  enum Person: Int { case asker, agreer, second, viewer, stranger }

  /// - Parameter approvals: that its action needs.
  init(people wanted: Bool = false, approvals: Int = 0, verify: String = "") throws {
    folder = "/tmp/dcw\(String(UInt32.random(in: 0 ... .max), radix: 36))"
    people = wanted ? try People(5) : nil
    target = TurnedService()
    listener = try target.listen()
    let files = FileManager.default
    try files.createDirectory(
      atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
    try files.createDirectory(
      atPath: folder + "/room", withIntermediateDirectories: true,
      attributes: [.posixPermissions: wanted ? 0o750 : 0o700])
    try files.copyItem(atPath: Damcon.path, toPath: program)
    try #require(chmod(program, 0o755) == 0)
    if let people {
      try #require(
        try Command.run("/usr/bin/env", ["usermod", "-g", "nogroup", people.names[4]]).status == 0)
      try #require(
        try Command.run("/usr/bin/env", ["chgrp", people.group, folder + "/room"]).status == 0)
    }
    try fleet(approvals: approvals, verify: verify)
      .write(toFile: file, atomically: true, encoding: .utf8)
  }

  deinit {
    daemon = nil
    listener.stop()
    try? FileManager.default.removeItem(atPath: folder)
  }

  private func fleet(approvals: Int, verify: String) -> String {
    let access: String
    if let people {
      access = """
        access:
          responder: {users: [\(people.names[0])]}
          approver: {users: [\(people.names[1]), \(people.names[2])]}
        """
    } else {
      access = ""
    }
    return """
      version: 1
      fleet: room
      environment: test
      poll: {interval: 1s}
      \(access)
      services:
        - {name: pricing, tier: critical, instances: ["\(listener.url)"], metrics: none}
        - {name: catalog, instances: ["\(listener.url)/"], metrics: none}
      actions:
        cap:
          kind: cap-concurrency
          services: [pricing]
          risk: low
          http: {url: "{instance}/limit", body: {limit: 5}}
          read: {url: "{instance}/limit", pointer: /limit, expect: 5}
          revert: {body: {limit: "{captured}"}}
          timeout: 5s
          approvals: \(approvals)
          \(verify)
      """
  }

  /// Starts the daemon, and returns once it listens.
  func start(_ more: String...) throws {
    daemon = try Watcher(
      ["serve", "--config", file, "--socket", socket, "--record", journal] + more,
      state: folder + "/state")
    try #require(
      waitUntil(60) { (try? ask("action", "status"))?.status == 0 },
      "nothing listens: \(daemon?.said ?? "")")
  }

  @discardableResult func end(_ signal: Int32 = SIGTERM) -> Int32? {
    defer { daemon = nil }
    return daemon?.end(signal)
  }

  func name(_ person: Person) -> String { people?.names[person.rawValue] ?? NSUserName() }

  /// The words that make a program run as somebody.
  func login(_ person: Person?) -> [String] {
    guard let people, let person else { return [] }
    let name = people.names[person.rawValue]
    return [
      "setpriv", "--reuid", name, "--regid", person == .stranger ? "nogroup" : people.group,
      "--init-groups",
    ]
  }

  func ask(_ words: String..., by person: Person? = nil) throws -> Command {
    try Command.run(
      "/usr/bin/env",
      login(person) + ["env", "XDG_STATE_HOME=\(folder)/state", program] + words + [
        "--socket", socket,
      ])
  }

  /// A screen of somebody's own.
  func screen(
    _ words: String = "", by person: Person? = nil, columns: Int = 80, rows: Int = 24
  ) throws -> Terminal {
    // tmux is the test's own; who runs in it is another.
    let program = (login(person) + [people == nil ? Damcon.path : program]).joined(separator: " ")
    return try Terminal(
      "\(program) attach --socket \(socket) \(words)", columns: columns, rows: rows,
      environment: ["XDG_STATE_HOME": folder + "/state-of-nobody"])
  }

  func json(_ command: Command) throws -> [String: Any] {
    try #require(
      try? JSONSerialization.jsonObject(with: Data(command.output.utf8)) as? [String: Any],
      "\(command.output)\(command.errors)")
  }

  func run(_ command: Command) throws -> (id: String, hash: String, state: String) {
    let run = try #require(try json(command)["run"] as? [String: Any], "\(command.errors)")
    return (
      try #require(run["id"] as? String), try #require(run["hash"] as? String),
      try #require(run["state"] as? String)
    )
  }

  /// The state of a run, asked of the daemon.
  func state(of run: String) -> String? {
    guard let status = try? ask("action", "status", run, "--format", "json") else { return nil }
    return try? self.run(status).state
  }
}

/// A service with a limit that is turned by POST, and that can be ill, slow or silent.
final class TurnedService: Sendable {
  private struct Course {
    var limit = 100
    var turns = 0
    var isIll = false
    var isHanging = false
  }

  private let course = Mutex(Course())
  var turns: Int { course.withLock(\.turns) }
  var limit: Int { course.withLock(\.limit) }
  func isIll(_ ill: Bool) { course.withLock { $0.isIll = ill } }
  /// What is sent to it is counted and done, and never answered.
  func hangs(_ hanging: Bool) { course.withLock { $0.isHanging = hanging } }

  func listen() throws -> Listener {
    try Listener { [self] request, connection in
      let words = request.split(separator: " ")
      let isPost = words.first == "POST"
      var (status, body) = (200, #"{"status":"pass"}"#)
      var path = words.dropFirst().first.map(String.init) ?? ""
      while path.hasPrefix("//") { path.removeFirst() }
      switch path {
      case "/limit":
        if isPost {
          let wanted = request.split(separator: "limit\":").last
            .flatMap { Int($0.prefix { $0.isNumber }) }
          let isHanging = course.withLock { course in
            course.limit = wanted ?? 5
            course.turns += 1
            return course.isHanging
          }
          if isHanging { return }
        }
        body = #"{"limit":\#(limit)}"#
      case "/ready":
        if course.withLock(\.isIll) {
          (status, body) = (503, #"{"status":"fail","message":"pool saturated"}"#)
        }
      case "/healthz": break
      default: status = 404
      }
      Listener.send(
        "HTTP/1.1 \(status) -\r\nContent-Type: application/json\r\nContent-Length: "
          + "\(body.utf8.count)\r\n\r\n\(body)", to: connection)
    }
  }
}
