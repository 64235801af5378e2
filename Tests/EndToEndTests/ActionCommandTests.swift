import Foundation
import Testing

/// Containment without the screen: the commands against a process that watches, over its control socket.
@Suite("Actions from the command line", .serialized)
struct ActionCommandTests {
  /// A folder with a short name, for a socket's path is short.
  private let folder = "/tmp/damcon-\(String(UInt32.random(in: 0 ... .max), radix: 36))"
  private var socket: String { folder + "/shop.sock" }

  init() throws {
    try FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
  }

  private func damcon(_ arguments: [String], as user: String? = nil) throws -> Command {
    let words = arguments + ["--socket", socket]
    guard let user else { return try Command.run(Damcon.path, words) }
    return try Command.run(
      "/usr/bin/env",
      ["setpriv", "--reuid", user, "--regid", user, "--init-groups", Damcon.path] + words)
  }

  private func watch(_ arguments: [String]) throws -> Watcher {
    let watcher = try Watcher(
      arguments + ["--linear", "--record", folder + "/story.damcon", "--socket", socket],
      state: folder + "/state")
    try #require(
      waitUntil(60) { FileManager.default.fileExists(atPath: socket) }, "nothing listens")
    return watcher
  }

  // MARK: The demo

  @Test("listed, planned, refused, done, looked at and taken back on the demo")
  func life() throws {
    let demo = try watch(["demo", "pricing-timeout"])
    defer { _ = demo }
    try #require(
      waitUntil(90) {
        guard
          let list = try? damcon(["action", "list", "--service", "pricing", "--format", "json"]),
          let actions = try? list.object()["actions"] as? [[String: Any]]
        else { return false }
        return actions.contains {
          $0["id"] as? String == "pricing-timeout/cap-concurrency"
            && $0["available"] as? Bool == true
        }
      }, "it is never to be had")
    let table = try damcon(["action", "list"])
    #expect(table.status == 0 && table.output.contains("cap-concurrency"), "\(table.errors)")
    #expect(!table.output.contains("\u{1b}"))
    let arm = try #require(
      try damcon(["action", "status", "--format", "json"]).object()["fleet"] as? String)
    let environment =
      (try damcon(["action", "status", "--format", "json"]).object()["environment"] as? String)
      ?? arm

    // A plan, and nothing that is confirmed by accident.
    let planned = try damcon([
      "action", "plan", "pricing-timeout/cap-concurrency", "pricing", "limit=32", "--reason",
      "queue of the dead",
      "--format", "json",
    ])
    #expect(planned.status == 0, "\(planned.errors)")
    let plan = try planned.run()
    #expect(plan.state == "planned" && plan.hash.count == 64)
    let unarmed = try damcon(["action", "run", plan.id, "--confirm", plan.hash, "--yes"])
    #expect(unarmed.status == 1)
    #expect(unarmed.errors.contains("--arm \(environment)"), "\(unarmed.errors)")
    let wrong = try damcon([
      "action", "run", plan.id, "--confirm", String(repeating: "0", count: 64), "--yes", "--arm",
      environment,
    ])
    #expect(wrong.status == 1 && wrong.errors.contains("the plan is another one now"))
    #expect(
      try damcon(["action", "status", plan.id, "--format", "json"]).run().state == "planned")

    let done = try damcon(["action", "run", plan.id, "--confirm", plan.hash, "--arm", environment])
    #expect(done.status == 0, "\(done.output)\(done.errors)")
    #expect(done.output.contains("was 256, will be 32"))
    try #require(
      waitUntil(30) {
        (try? damcon(["action", "status", plan.id]))?.output.contains("done, HTTP 200") == true
      })
    let again = try damcon(["action", "run", plan.id, "--confirm", plan.hash, "--arm", environment])
    #expect(again.status == 1, "once is once")

    let reverted = try damcon([
      "action", "revert", plan.id, "--arm", environment, "--wait", "30s", "--format", "json",
    ])
    #expect(reverted.status == 0, "\(reverted.output)\(reverted.errors)")
    #expect(try reverted.run().state == "reverted")
    let all = try damcon(["action", "status", "--format", "json"]).object()
    let actions = try #require(all["actions"] as? [[String: Any]])
    #expect(actions.first?["by"] as? String == NSUserName())

    // Stopped, nothing new; lifted, it goes on.
    let stopped = try damcon(["action", "stop", "--reason", "enough"])
    #expect(stopped.status == 0 && stopped.output.contains("everything is stopped"))
    let refused = try damcon([
      "action", "plan", "pricing-timeout/cap-concurrency", "pricing", "--format", "json",
    ])
    #expect(refused.status == 1)
    #expect((try refused.object()["refused"] as? String)?.contains("everything is stopped") == true)
    #expect(try damcon(["action", "stop", "--lift"]).status == 0)
  }

  @Test("wrong use is 2, nobody who listens is 3")
  func codes() throws {
    let nobody = try damcon(["action", "status"])
    #expect(nobody.status == 3)
    #expect(nobody.errors.contains("damcon watch"), "\(nobody.errors)")
    for words in [
      ["action", "plan", "cap"], ["action", "plan", "cap", "pricing", "limit"],
      ["action", "run", "x", "pricing", "--confirm", "y"], ["reject", "x"], ["approve"],
      ["action", "plan", "cap", "pricing", "a=1", "a=2"],
    ] { #expect(try damcon(words).status == 2, "\(words)") }
  }

  @Test("a socket is gone with its process, and one that is left behind is taken over")
  func left() throws {
    let source = CountingService()
    let listener = try source.listen()
    defer { listener.stop() }
    let words = ["watch", listener.url]
    #expect(try watch(words).end(SIGKILL) == -SIGKILL)
    #expect(FileManager.default.fileExists(atPath: socket))
    #expect(try damcon(["action", "status"]).status == 3)
    let second = try Watcher(
      words + ["--linear", "--record", folder + "/second.damcon", "--socket", socket],
      state: folder + "/state")
    #expect(waitUntil(30) { (try? damcon(["action", "status"]))?.status == 0 })
    #expect(second.end() == 0)
    #expect(!FileManager.default.fileExists(atPath: socket))
  }

  // MARK: Several people

  @Test(
    "who may do what is the kernel's word: a viewer looks, who asks cannot agree, nor can root",
    .enabled(if: geteuid() == 0, "it takes root to make users"))
  func people() throws {
    let people = try People(4)
    let (asker, agreer, viewer, stranger) = (
      people.names[0], people.names[1], people.names[2], people.names[3]
    )
    // The last one is not of the group that shares the folder.
    try #require(
      try Command.run("/usr/bin/env", ["usermod", "-g", "nogroup", stranger]).status == 0)
    let target = try Listener.service { path in
      switch path {
      case "/healthz", "/ready": (200, "application/json", #"{"status":"pass"}"#)
      case "/limit": (200, "application/json", #"{"limit":5}"#)
      default: nil
      }
    }
    defer { target.stop() }
    try """
    version: 1
    fleet: team
    environment: test
    poll: {interval: 1s}
    access:
      responder: {users: [\(asker), root]}
      approver: {users: [\(agreer), root]}
    services:
      - {name: pricing, instances: ["\(target.url)"]}
    actions:
      cap:
        kind: cap-concurrency
        services: [pricing]
        risk: low
        parameters: {limit: {type: integer, min: 1, max: 9, default: 5}}
        http: {url: "{instance}/limit", body: {limit: "{limit}"}}
        approvals: 1
    """.write(toFile: folder + "/damcon.yaml", atomically: true, encoding: .utf8)
    let shared = folder + "/shared"
    try #require(mkdir(shared, 0o750) == 0)
    try #require(
      try Command.run("/usr/bin/env", ["chgrp", people.group, shared]).status == 0)
    try #require(chmod(shared, 0o750) == 0 && chmod(folder, 0o755) == 0)
    let socket = shared + "/team.sock"
    let watcher = try Watcher(
      [
        "watch", "--linear", "--config", folder + "/damcon.yaml", "--socket", socket, "--record",
        folder + "/team.damcon",
      ], state: folder + "/state")
    defer { _ = watcher }
    try #require(waitUntil(60) { FileManager.default.fileExists(atPath: socket) })
    var status = stat()
    #expect(stat(socket, &status) == 0 && status.st_mode & 0o777 == 0o660)

    // Everybody can run the program, wherever it was built.
    let program = folder + "/damcon"
    try FileManager.default.copyItem(atPath: Damcon.path, toPath: program)
    try #require(chmod(program, 0o755) == 0)
    func damcon(_ user: String, _ words: String...) throws -> Command {
      try Command.run(
        "/usr/bin/env",
        ["setpriv", "--reuid", user, "--regid", user == stranger ? "nogroup" : people.group]
          + ["--init-groups", program] + words + ["--socket", socket])
    }

    let outside = try damcon(stranger, "action", "status")
    #expect(outside.status == 3 && outside.errors.contains("may not"), "\(outside.errors)")
    try #require(waitUntil(30) { (try? damcon(asker, "action", "list"))?.status == 0 })
    #expect(try damcon(viewer, "action", "status").status == 0)
    let looked = try damcon(viewer, "action", "plan", "cap", "pricing")
    #expect(looked.status == 1 && looked.errors.contains("viewer"), "\(looked.errors)")

    let planned = try damcon(asker, "action", "plan", "cap", "pricing", "--format", "json")
    let plan = try planned.run()
    #expect(plan.state == "awaiting-approval", "\(planned.output)")
    #expect(try damcon(asker, "approve", plan.id).status == 1)
    #expect(try damcon(viewer, "approve", plan.id).status == 1)
    #expect(try damcon(viewer, "reject", plan.id, "--reason", "no").status == 1)
    let root = try damcon("root", "approve", plan.id)
    #expect(root.status == 1 && root.errors.contains("never counts"), "\(root.errors)")
    let early = try damcon(
      asker, "action", "run", plan.id, "--confirm", plan.hash, "--arm", "test")
    #expect(early.status == 1 && early.errors.contains("more to approve"), "\(early.errors)")
    let other = try damcon(
      agreer, "approve", plan.id, "--hash", String(repeating: "0", count: 64))
    #expect(other.status == 1)
    let agreed = try damcon(agreer, "approve", plan.id, "--hash", plan.hash)
    #expect(agreed.status == 0, "\(agreed.errors)")
    let done = try damcon(
      asker, "action", "run", plan.id, "--confirm", plan.hash, "--arm", "test", "--wait", "30s")
    #expect(done.status == 0, "\(done.output)\(done.errors)")

    let second = try damcon(asker, "action", "plan", "cap", "pricing", "--format", "json").run()
    #expect(try damcon(agreer, "reject", second.id, "--reason", "not now").status == 0)
    let story = try damcon(viewer, "action", "status", second.id, "--format", "json").run()
    #expect(story.state == "cancelled")
  }
}
