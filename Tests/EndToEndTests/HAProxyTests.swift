import Foundation
import Synchronization
import Testing

/// A real HAProxy in front of two servers: one of them is drained from the dashboard, proved by HAProxy's own
/// metrics, and taken back.
@Suite("HAProxy", .serialized)
struct HAProxyTests {
  @Test("a server is drained by keys, proved on HAProxy's metrics, and taken back")
  func drained() throws {
    guard let balancer = try RunningHAProxy.start() else { return }
    defer { balancer.stop() }
    try #require(
      waitUntil(30) { balancer.servers.values.allSatisfy(\.isUp) && balancer.answers("/") })
    #expect(balancer.servers.count == 2)
    #expect(balancer.whoAnswers == ["b1", "b2"])
    let folder = try FleetFolder("balanced", "")
    try fleet(balancer).write(toFile: folder.file, atomically: true, encoding: .utf8)
    let checked = try folder.run("check")
    #expect(checked.status == 0, "\(checked.output) \(checked.errors)")

    let file = folder.folder.appendingPathComponent("haproxy.damcon").path
    let terminal = try Terminal(
      "\(Damcon.path) watch --config \(folder.file) --record \(file)", columns: 120, rows: 40,
      environment: ["XDG_STATE_HOME": folder.state])
    try #require(terminal.wait(60) { $0.contains("LIVE") && $0.contains("balancer") })
    terminal.type(":service balancer", "Enter")
    try #require(terminal.wait(60) { $0.contains("healthy") }, "\(terminal.screen)")
    terminal.type(":arm", "Enter")
    #expect(terminal.wait { $0.contains("ARMED") })
    terminal.type("a")
    #expect(terminal.wait { $0.contains("What can be done about balancer") })
    terminal.type("Enter")
    #expect(
      terminal.wait { $0.contains("haproxy-drain: backend=shop server=b1") }, "\(terminal.screen)")
    terminal.type("Enter")
    try #require(terminal.wait { $0.contains("medium risk.") }, "\(terminal.screen)")
    #expect(balancer.servers["b1"]?.isDraining == false)

    try sayYes(terminal, "to do it")
    #expect(
      terminal.wait { $0.contains("verifying") || $0.contains("verified") }, "\(terminal.screen)")
    #expect(waitUntil(10) { balancer.servers["b1"]?.isDraining == true })
    #expect(balancer.servers["b2"]?.isDraining == false)
    #expect(balancer.whoAnswers == ["b2"])
    #expect(terminal.wait(90) { $0.contains("✔ verified") }, "\(terminal.screen)")
    #expect(balancer.whoAnswers == ["b2"])

    // Asked twice for, however low the risk was.
    #expect(
      press("t", terminal) { $0.contains("take it back?") && $0.contains("[ No ]") },
      "\(terminal.screen)")
    try sayYes(terminal, "to take it back")
    #expect(terminal.wait { $0.contains("reverted") }, "\(terminal.screen)")
    #expect(balancer.servers.values.allSatisfy { !$0.isDraining && $0.isUp })
    #expect(waitUntil(10) { balancer.whoAnswers == ["b1", "b2"] })
    terminal.type(":q!", "Enter")
    #expect(terminal.waitForExit() == 0)

    #expect(try Damcon.run("verify", file).status == 0)
    let story = try Damcon.run("export", file, "--format", "jsonl").output
    for part in [
      "planned haproxy-drain backend=shop server=b1 on balancer", "confirmed it",
      "it is being sent", "sent to balancer",
      "it is being taken back", "taking it back, sent to balancer",
    ] { #expect(story.contains(part), "the journal does not tell: \(part)") }
    let picture = try Damcon.run(
      "render", file, "--pane", "action", "--service", "balancer", "--size", "120x40"
    ).output
    #expect(picture.contains("reverted"), "\(picture)")
  }

  @Test("what somebody else has changed since is not taken back")
  func changedSince() throws {
    guard let balancer = try RunningHAProxy.start() else { return }
    defer { balancer.stop() }
    try #require(
      waitUntil(30) { balancer.servers.values.allSatisfy(\.isUp) && balancer.answers("/") })
    let folder = try FleetFolder("balanced", "")
    try fleet(balancer).write(toFile: folder.file, atomically: true, encoding: .utf8)
    let terminal = try Terminal(
      "\(Damcon.path) watch --config \(folder.file) --record \(folder.folder.path)/other.damcon",
      columns: 120, rows: 40, environment: ["XDG_STATE_HOME": folder.state])
    try #require(terminal.wait(60) { $0.contains("LIVE") && $0.contains("balancer") })
    terminal.type(":service balancer", "Enter")
    try #require(terminal.wait(60) { $0.contains("healthy") })
    terminal.type(":arm", "Enter")
    #expect(terminal.wait { $0.contains("ARMED") })
    terminal.type("a")
    #expect(terminal.wait { $0.contains("What can be done about balancer") })
    terminal.type("Enter")
    #expect(terminal.wait { $0.contains("haproxy-drain: backend=shop server=b1") })
    terminal.type("Enter")
    try #require(terminal.wait { $0.contains("medium risk.") })
    try sayYes(terminal, "to do it")
    #expect(terminal.wait(90) { $0.contains("✔ verified") }, "\(terminal.screen)")
    _ = balancer.tell("set server shop/b1 state maint")
    #expect(
      press("t", terminal) { $0.contains("take it back?") && $0.contains("[ No ]") })
    try sayYes(terminal, "to take it back")
    #expect(terminal.wait { $0.contains("somebody has changed it since") }, "\(terminal.screen)")
    #expect(balancer.servers["b1"]?.administered == 1)
    terminal.type(":q!", "Enter")
    #expect(terminal.waitForExit() == 0)
  }

  /// Yes, and the letter that only this dialog shows, at the pace of a person.
  private func sayYes(_ terminal: Terminal, _ words: String) throws {
    try #require(
      press("Right", terminal) { $0.contains("[ Yes ]") }, "\(terminal.screen)")
    try #require(press("Enter", terminal) { $0.contains(words) }, "\(terminal.screen)")
    let shown = terminal.screen
    let letter = try #require(shown.firstMatch(of: /Press\s+([a-z])\s+to\b/)?.1, "\(shown)")
    #expect(press(String(letter), terminal) { !$0.contains("any other key leaves it undone") })
  }

  /// Presses a key until something comes of it: one that comes sooner than anybody reads is not taken.
  private func press(
    _ key: String, _ terminal: Terminal, until isDone: (String) -> Bool
  ) -> Bool {
    waitUntil(30) {
      terminal.type(key)
      return terminal.wait(2, until: isDone)
    }
  }

  /// The preset that comes with Damcon, for this socket, with what proves it here.
  private func fleet(_ balancer: RunningHAProxy) throws -> String {
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../samples/actions/haproxy.yaml").standardized
    let preset = try String(contentsOf: file, encoding: .utf8)
    var actions = String(
      preset[..<(try #require(preset.range(of: "\n  haproxy-ready:"))).lowerBound])
    let changes = [
      "/run/haproxy/admin.sock": balancer.socket,
      "      backend: {type: text}": "      backend: {type: text, default: shop}",
      "      server: {type: text}": "      server: {type: text, default: b1}",
      "    kind: drain\n": """
          kind: drain
          services: [balancer]
          preconditions: [health is healthy]
          verification: {conditions: [b1_draining >= 1, b2_up >= 1], window: 4s, within: 1m}

      """,
    ]
    for (old, new) in changes {
      try #require(actions.contains(old), "the preset has no \(old)")
      actions = actions.replacing(old, with: new)
    }
    return """
      version: 1
      fleet: balanced
      environment: {name: rehearsal}
      poll: {interval: 1s}
      services:
        - name: balancer
          instances: ["http://127.0.0.1:\(balancer.metricsPort)"]
          health: {liveness: /healthz, readiness: /healthz}
          metrics: /metrics
          signals:
            - {name: b1_draining, metric: haproxy_server_status, match: {proxy: shop, server: b1, state: DRAIN}}
            - {name: b2_up, metric: haproxy_server_status, match: {proxy: shop, server: b2, state: UP}}
      \(actions)

      """
  }
}

/// Debian's HAProxy in front of two servers of the test's own.
final class RunningHAProxy: RunningServer {
  let metricsPort: UInt16
  let socket: String
  private let backends: [Listener]

  /// A server as HAProxy tells of it.
  struct Server {
    var isUp: Bool
    /// What an administrator wants of it, in bits.
    var administered: Int
    var isDraining: Bool { administered & 8 != 0 }
  }

  /// nil where Debian's HAProxy or socat is not installed, outside CI.
  static func start() throws -> RunningHAProxy? {
    let programs = ["/usr/sbin/haproxy", "/usr/bin/socat"]
    if programs.allSatisfy(FileManager.default.isExecutableFile) { return try RunningHAProxy() }
    #expect(
      ProcessInfo.processInfo.environment["CI"] == nil,
      "haproxy or socat is missing: make deps-test")
    print("skipped: haproxy and socat are not installed; `make deps-test` installs them")
    return nil
  }

  private init() throws {
    let backends = try ["b1", "b2"].map { name in
      try Listener.service { _ in (200, "text/plain", name) }
    }
    self.backends = backends
    let metricsPort = try FreePort.take()
    self.metricsPort = metricsPort
    // A socket's path is a short one.
    let socket = "/tmp/damcon-\(UUID().uuidString.prefix(8)).sock"
    self.socket = socket
    try super.init("/usr/sbin/haproxy") { port, folder in
      let file = folder.appendingPathComponent("haproxy.cfg")
      let servers = zip(["b1", "b2"], backends).map { name, backend in
        "  server \(name) 127.0.0.1:\(backend.port) check inter 500ms"
      }
      try """
      global
        stats socket \(socket) mode 600 level admin
      defaults
        mode http
        timeout connect 2s
        timeout client 10s
        timeout server 10s
      frontend front
        bind 127.0.0.1:\(port)
        default_backend shop
      backend shop
        balance roundrobin
        option httpchk GET /
      \(servers.joined(separator: "\n"))
      frontend numbers
        bind 127.0.0.1:\(metricsPort)
        http-request return status 200 content-type text/plain string ok if { path /healthz }
        http-request use-service prometheus-exporter if { path /metrics }

      """.write(to: file, atomically: true, encoding: .utf8)
      return ["-db", "-f", file.path]
    }
  }

  override func stop() {
    super.stop()
    for backend in backends { backend.stop() }
    unlink(socket)
  }

  /// What it says to a command of its runtime API.
  func tell(_ command: String) -> String {
    let answer = try? Command.run(
      "/bin/sh", ["-c", "echo '\(command)' | socat -t5 STDIO UNIX-CONNECT:\(socket)"], seconds: 10)
    return answer?.output ?? ""
  }

  var servers: [String: Server] {
    var servers: [String: Server] = [:]
    for line in tell("show servers state shop").split(separator: "\n") {
      let words = line.split(separator: " ")
      guard words.count > 6, words[1] == "shop", let administered = Int(words[6]) else { continue }
      servers[String(words[3])] = Server(isUp: words[5] == "2", administered: administered)
    }
    return servers
  }

  /// The servers that eight requests in a row are answered by.
  var whoAnswers: Set<String> {
    Set((0..<8).compactMap { _ in get("/").map { String(decoding: $0, as: UTF8.self) } })
  }
}
