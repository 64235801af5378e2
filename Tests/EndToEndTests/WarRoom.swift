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
  /// One that everybody can run, wherever it was built.
  var program: String { people == nil ? Damcon.path : folder + "/damcon" }

  enum Person: Int { case asker, agreer, second, viewer, stranger }

  /// - Parameters:
  ///   - approvals: that its action needs.
  ///   - more: what its action says beside.
  ///   - runbook: named `full-pool`.
  init(
    people wanted: Bool = false, approvals: Int = 0, more: String = "", runbook: String? = nil
  ) throws {
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
    if let people {
      try files.copyItem(atPath: Damcon.path, toPath: program)
      try #require(chmod(program, 0o755) == 0)
      try #require(
        try Command.run("/usr/bin/env", ["usermod", "-g", "nogroup", people.names[4]]).status == 0)
      try #require(
        try Command.run("/usr/bin/env", ["chgrp", people.group, folder + "/room"]).status == 0)
    }
    if let runbook {
      try files.createDirectory(atPath: folder + "/runbooks", withIntermediateDirectories: true)
      try runbook.write(
        toFile: folder + "/runbooks/full-pool.md", atomically: true, encoding: .utf8)
    }
    let text = fleet(
      approvals: approvals, more: more, runbooks: runbook == nil ? "" : "runbooks: [runbooks/]")
    try text.write(toFile: file, atomically: true, encoding: .utf8)
  }

  deinit {
    daemon = nil
    listener.stop()
    try? FileManager.default.removeItem(atPath: folder)
  }

  private func fleet(approvals: Int, more: String, runbooks: String) -> String {
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
      \(runbooks)
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
          timeout: 60s
          approvals: \(approvals)
          \(more)
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

  /// A command that is under way while the test goes on.
  func begin(_ words: String..., by person: Person? = nil) throws -> Child {
    try Child("/usr/bin/env", login(person) + [program] + words + ["--socket", socket])
  }

  /// A screen of somebody's own.
  func screen(
    _ words: String = "", by person: Person? = nil, columns: Int = 80, rows: Int = 24
  ) throws -> Terminal {
    // tmux is the test's own; who runs in it is another.
    let program = (login(person) + [program]).joined(separator: " ")
    return try Terminal(
      "\(program) attach --socket \(socket) \(words)", columns: columns, rows: rows,
      environment: ["XDG_STATE_HOME": folder + "/state-of-nobody"])
  }

  /// The state of a run, asked of the daemon.
  func state(of run: String) -> String? { (try? told(of: run))?.state }

  /// What is known of a run, for who reads that a test has failed.
  func words(of run: String) -> String {
    (try? told(of: run)).map { "\($0)" } ?? "\(run) is gone; \(daemon?.said ?? "nothing listens")"
  }

  func told(of run: String) throws -> ToldRun {
    try ask("action", "status", run, "--format", "json").run()
  }
}
