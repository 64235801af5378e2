import Foundation
import Synchronization
import Testing

/// Rules act by themselves, as often as they may and no more, and anybody stops them.
@Suite("Rules", .serialized)
struct RuleTests {
  /// A service that is not ready, with a dial that is turned by POST.
  private final class Dial: Sendable {
    private let state = Mutex<(limit: Int, turns: Int)>((100, 0))
    var turns: Int { state.withLock(\.turns) }

    func listen() throws -> Listener {
      try Listener { [self] request, connection in
        let words = request.split(separator: " ")
        let isPost = words.first == "POST"
        var (status, body) = (200, #"{"status":"pass"}"#)
        switch words.dropFirst().first {
        case "/limit":
          if isPost {
            state.withLock {
              $0.limit = 5
              $0.turns += 1
            }
          }
          body = #"{"limit":\#(state.withLock(\.limit))}"#
        case "/ready": (status, body) = (503, #"{"status":"fail"}"#)
        case "/healthz": break
        default: status = 404
        }
        Listener.send(
          "HTTP/1.1 \(status) -\r\nContent-Type: application/json\r\nContent-Length: "
            + "\(body.utf8.count)\r\n\r\n\(body)", to: connection)
      }
    }
  }

  private func fleet(_ listener: Listener) throws -> FleetFolder {
    try FleetFolder(
      "ruled",
      """
      services: [{name: pay, instances: ["\(listener.url)"], metrics: none}]
      actions:
        cap:
          kind: cap-concurrency
          risk: low
          mode: automatable
          http: {method: POST, url: "{instance}/limit", body: {limit: 5}}
          read: {url: "{instance}/limit", pointer: /limit, expect: 5}
          revert: {body: {limit: "{captured}"}}
      automation:
        rules:
          calm:
            when: readiness is fail
            action: cap
            services: [pay]
            at_most: 1 per 1h
            countdown: 5s
      """)
  }

  private func watch(_ folder: FleetFolder, _ file: String) throws -> Command {
    try Command.run(
      "/usr/bin/timeout",
      [
        "--preserve-status", "-s", "INT", "20", "/usr/bin/env", "XDG_STATE_HOME=\(folder.state)",
        Damcon.path, "watch", "--linear", "--config", folder.file, "--record", file,
      ])
  }

  @Test("one acts once after its countdown, and not again after a restart within its hour")
  func once() throws {
    let dial = Dial()
    let listener = try dial.listen()
    let folder = try fleet(listener)
    let file = folder.folder.appendingPathComponent("ruled.damcon").path
    let first = try watch(folder, file)
    #expect(first.status == 0, "\(first.errors)")
    #expect(dial.turns == 1, "\(first.output)")
    let story = try Damcon.run("export", file, "--format", "jsonl").output
    #expect(story.contains("rule calm"), "\(story.suffix(3000))")
    let second = try watch(folder, file)
    #expect(second.status == 0, "\(second.errors)")
    #expect(dial.turns == 1, "\(second.output)")
    listener.stop()
  }

  @Test("S stops a countdown from any pane, and nothing is sent")
  func stopped() throws {
    let dial = Dial()
    let listener = try dial.listen()
    let folder = try fleet(listener)
    let terminal = try Terminal(
      "XDG_STATE_HOME=\(folder.state) \(Damcon.path) watch --config \(folder.file) --record "
        + folder.folder.appendingPathComponent("stopped.damcon").path, columns: 100, rows: 30)
    try #require(terminal.wait(60) { $0.contains("LIVE") && $0.contains("pay") })
    let isAnnounced = terminal.wait(30) { $0.contains("calm") }
    #expect(isAnnounced, "\(terminal.screen)")
    terminal.type("S")
    #expect(terminal.wait { !$0.contains("calm") || $0.contains("stopped") }, "\(terminal.screen)")
    // Longer than its countdown.
    #expect(!waitUntil(8) { dial.turns > 0 }, "\(terminal.screen)")
    terminal.type(":q!", "Enter")
    #expect(terminal.waitForExit() == 0)
    listener.stop()
  }
}
