import Foundation
import Synchronization
import Testing

/// What the fleet file's policy keeps from being done, by keys and by commands, and what takes itself back.
@Suite("Policy of actions", .serialized)
struct PolicyTests {
  /// A service with a dial: POST turns it to 5, DELETE back to 100. It may bear the 5 badly.
  private final class Dial: Sendable {
    private struct Turns {
      var limit = 100
      var down = 0
      var up = 0
    }

    private let turns = Mutex(Turns())
    private let bearsIt: Bool

    init(bearsIt: Bool = true) { self.bearsIt = bearsIt }

    var limit: Int { turns.withLock(\.limit) }
    var down: Int { turns.withLock(\.down) }
    var up: Int { turns.withLock(\.up) }

    func listen() throws -> Listener {
      try Listener { [self] request, connection in
        let words = request.split(separator: " ")
        var (status, body) = (200, #"{"status":"pass"}"#)
        switch words.dropFirst().first {
        case "/limit":
          turns.withLock { turns in
            if words.first == "POST" { (turns.limit, turns.down) = (5, turns.down + 1) }
            if words.first == "DELETE" { (turns.limit, turns.up) = (100, turns.up + 1) }
          }
          body = #"{"limit":\#(limit)}"#
        case "/ready":
          if !bearsIt, limit == 5 { (status, body) = (503, #"{"status":"fail"}"#) }
        case "/healthz": break
        default: status = 404
        }
        Listener.send(
          "HTTP/1.1 \(status) -\r\nContent-Type: application/json\r\nContent-Length: "
            + "\(body.utf8.count)\r\n\r\n\(body)", to: connection)
      }
    }
  }

  private static let cap = """
        kind: cap-concurrency
        risk: low
        http: {method: POST, url: "{instance}/limit"}
        read: {url: "{instance}/limit", pointer: /limit, expect: 5}
        revert: {method: DELETE}
    """

  /// Two services with a dial each, and the action that turns either.
  private final class Shop {
    let dials = [Dial(), Dial()]
    let folder: FleetFolder
    private let listeners: [Listener]

    /// - Parameter lines: what the fleet file says beside them.
    init(_ name: String, _ lines: String) throws {
      listeners = try dials.map { try $0.listen() }
      folder = try FleetFolder(
        name,
        """
        services:
          - {name: pay, instances: ["\(listeners[0].url)"], metrics: none}
          - {name: ship, instances: ["\(listeners[1].url)"], metrics: none}
        actions:
          cap:
        \(PolicyTests.cap)
        \(lines)
        """)
    }

    func stop() { for listener in listeners { listener.stop() } }
  }

  private func watch(
    _ folder: FleetFolder, columns: Int = 120, recording file: String
  ) throws -> Terminal {
    let terminal = try Terminal(
      "XDG_STATE_HOME=\(folder.state) \(Damcon.path) watch --config \(folder.file) --record \(file)",
      columns: columns, rows: 40)
    try #require(terminal.wait(60) { $0.contains("LIVE") && $0.contains("pay") })
    return terminal
  }

  /// A key that comes sooner than anybody reads is not taken: it is pressed as a person would.
  private func confirm(_ terminal: Terminal, until isSent: () -> Bool) -> Bool {
    waitUntil(30) {
      if terminal.screen.contains("low risk. y does it.") { terminal.type("y") }
      return waitUntil(1, isSent)
    }
  }

  // MARK: Freezes and gates

  @Test("a freeze refuses by keys; who may break it says why, and the journal keeps that")
  func freeze() throws {
    let shop = try Shop(
      "frozen",
      """
      policy:
        freezes:
          - {from: 2020-01-01, until: 2090-01-01, reason: the sale, services: ship}
          - {from: 2020-01-01, until: 2091-01-01, services: pay, break: \(NSUserName())}
      """)
    defer { shop.stop() }
    let (dials, folder) = (shop.dials, shop.folder)
    let file = folder.folder.appendingPathComponent("frozen.damcon").path
    let terminal = try watch(folder, recording: file)
    terminal.type(":arm", "Enter")
    #expect(terminal.wait { $0.contains("ARMED") })

    terminal.type(":service ship", "Enter")
    terminal.type("a")
    try #require(terminal.wait { $0.contains("What can be done about ship") }, "\(terminal.screen)")
    #expect(terminal.wait { $0.contains("frozen until") }, "\(terminal.screen)")
    terminal.type("Enter")
    #expect(terminal.wait { $0.contains("not now: frozen until") }, "\(terminal.screen)")
    #expect(!terminal.screen.contains("y does it"))

    terminal.type("Escape")
    terminal.type(":service pay", "Enter")
    terminal.type("a")
    try #require(terminal.wait { $0.contains("What can be done about pay") }, "\(terminal.screen)")
    terminal.type("Enter")
    try #require(terminal.wait { $0.contains("in spite of it because: ") }, "\(terminal.screen)")
    // Without a reason nothing comes of it.
    terminal.type("Enter")
    #expect(terminal.wait { $0.contains("say it in a few words") }, "\(terminal.screen)")
    terminal.type("-l", "pay is down")
    terminal.type("Enter")
    try #require(terminal.wait { $0.contains("low risk. y does it.") }, "\(terminal.screen)")
    #expect(terminal.wait { $0.contains("broken by") }, "\(terminal.screen)")
    #expect(confirm(terminal) { dials[0].down == 1 }, "\(terminal.screen)")
    terminal.type(":q!", "Enter")
    #expect(terminal.waitForExit() == 0)
    #expect(dials.map(\.down) == [1, 0])
    let story = try Damcon.run("export", file, "--format", "jsonl").output
    #expect(story.contains("planned cap on pay: pay is down"), "\(story.suffix(3000))")
    #expect(!story.contains("planned cap on ship"))
  }

  @Test("where nobody knows how much budget is left, what exposes more is refused by keys")
  func gate() throws {
    let dial = Dial()
    let listener = try dial.listen()
    defer { listener.stop() }
    let folder = try FleetFolder(
      "gated",
      """
      services: [{name: pay, instances: ["\(listener.url)"], metrics: none}]
      actions:
        cap:
      \(Self.cap)
      policy:
        gates: [{actions: cap, budget: 25%}]
      """)
    let terminal = try watch(
      folder, recording: folder.folder.appendingPathComponent("gated.damcon").path)
    terminal.type(":arm", "Enter")
    #expect(terminal.wait { $0.contains("ARMED") })
    terminal.type(":service pay", "Enter")
    terminal.type("a")
    try #require(terminal.wait { $0.contains("What can be done about pay") }, "\(terminal.screen)")
    terminal.type("Enter")
    #expect(
      terminal.wait { $0.contains("nobody knows how much error budget") }, "\(terminal.screen)")
    terminal.type(":q!", "Enter")
    #expect(terminal.waitForExit() == 0)
    #expect(dial.down == 0)
  }

  // MARK: Without the screen

  private func said(_ folder: FleetFolder, _ command: String) -> String {
    (try? folder.run("action", command)).map { $0.output + $0.errors } ?? ""
  }

  private func environment(_ folder: FleetFolder) throws -> String {
    let status = try folder.run("action", "status", "--format", "json").object()
    return try #require(status["fleet"] as? String)
  }

  private func waitForList(_ folder: FleetFolder, _ word: String) throws {
    try #require(
      waitUntil(60) { (try? folder.run("action", "list"))?.output.contains(word) == true },
      "\(said(folder, "list"))")
  }

  @Test("several actions as one plan are done in their order, and taken back, by commands")
  func several() throws {
    let shop = try Shop(
      "several",
      """
      plans:
        both:
          title: Cap both
          steps:
            - {action: cap, service: pay}
            - {action: cap, service: ship}
      """)
    defer { shop.stop() }
    let (dials, folder) = (shop.dials, shop.folder)
    let watch = try folder.watch()
    defer { _ = watch }
    try waitForList(folder, "plan:both")
    let environment = try environment(folder)
    let done = try folder.run(
      "action", "run", "plan:both", "--reason", "both are full", "--yes", "--arm", environment,
      "--wait", "40s")
    let all = try folder.run("action", "status", "--format", "json").object()
    let id = try #require(
      (all["actions"] as? [[String: Any]])?.first?["id"] as? String,
      "\(done.output)\(done.errors)")
    let run = try folder.run("action", "status", id, "--format", "json").run()
    #expect(done.status == 0, "\(run): \(done.output)\(done.errors)")
    #expect(done.output.contains("pay") && done.output.contains("ship"), "\(done.output)")
    #expect(dials.map(\.down) == [1, 1], "\(run)")
    #expect(run.state == "applied", "\(run)")
    #expect(run.steps.map { $0["service"] as? String } == ["pay", "ship"], "\(run)")
    let back = try folder.run("action", "revert", id, "--arm", environment, "--wait", "40s")
    let after = try folder.run("action", "status", id, "--format", "json").run()
    #expect(back.status == 0, "\(after): \(back.output)\(back.errors)")
    #expect(dials.map(\.up) == [1, 1] && dials.map(\.limit) == [100, 100], "\(after)")
    // What is said to be typed next talks to the same process.
    let unsaid = try folder.run("action", "run", "plan:both", "--arm", environment)
    #expect(unsaid.status == 1)
    #expect(unsaid.errors.contains("--config \(folder.file)"), "\(unsaid.errors)")
  }

  @Test("what makes it worse is taken back by itself, where its policy says so")
  func regression() throws {
    let dial = Dial(bearsIt: false)
    let listener = try dial.listen()
    defer { listener.stop() }
    let folder = try FleetFolder(
      "worse",
      """
      services: [{name: pay, instances: ["\(listener.url)"], metrics: none}]
      actions:
        cap:
      \(Self.cap)
          verification: {conditions: [readiness is pass], window: 5s, within: 10s}
          regression: revert
      """)
    let watch = try folder.watch()
    defer { _ = watch }
    try waitForList(folder, "cap")
    let environment = try environment(folder)
    let done = try folder.run("action", "run", "cap", "pay", "--yes", "--arm", environment)
    #expect(done.status == 0, "\(done.output)\(done.errors)")
    #expect(waitUntil(60) { dial.up == 1 }, "\(said(folder, "status"))")
    #expect(dial.limit == 100 && dial.down == 1, "\(said(folder, "status"))")
    #expect(
      waitUntil(20) {
        (try? folder.run("action", "status"))?.output.contains("reverted") == true
      }, "\(said(folder, "status"))")
  }

  @Test("an action that is added to a file of actions is there without a restart")
  func included() throws {
    let dial = Dial()
    let listener = try dial.listen()
    defer { listener.stop() }
    let folder = try FleetFolder(
      "included",
      """
      services: [{name: pay, instances: ["\(listener.url)"], metrics: none}]
      actions:
        - file: more.yaml
      """)
    let more = folder.folder.appendingPathComponent("more.yaml").path
    func write(_ names: String...) throws {
      let actions = names.map { "  \($0):\n\(Self.cap)\n" }
      try ("actions:\n" + actions.joined()).write(
        toFile: more, atomically: true, encoding: .utf8)
    }
    try write("first-cap")
    let watch = try folder.watch()
    defer { _ = watch }
    try waitForList(folder, "first-cap")
    try write("first-cap", "second-cap")
    try waitForList(folder, "second-cap")
    // A mistake in it keeps what was there.
    try "actions:\n  third-cap: {kind: nothing}\n".write(
      toFile: more, atomically: true, encoding: .utf8)
    #expect(
      !waitUntil(5) {
        (try? folder.run("action", "list"))?.output.contains("second-cap") != true
      })
  }
}
