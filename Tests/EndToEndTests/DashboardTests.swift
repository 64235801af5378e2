import Foundation
import Testing

/// The program in a real terminal, on real sockets.
@Suite("The dashboard in a terminal", .serialized)
struct DashboardTests {
  /// A service that is well, speaks the health contract and counts requests.
  private func service(_ version: String = "1.2.3") throws -> Listener {
    try Listener.service { path in
      switch path {
      case "/healthz", "/readyz":
        (200, "application/json", #"{"status":"pass","version":"\#(version)"}"#)
      case "/metrics":
        (
          200, "text/plain; version=0.0.4",
          "# TYPE http_requests_total counter\nhttp_requests_total{code=\"200\"} 5\n"
        )
      default: nil
      }
    }
  }

  private func watch(
    _ urls: String..., columns: Int = 100, rows: Int = 24, environment: [String: String] = [:]
  ) throws -> Terminal {
    try Terminal(
      "\(Damcon.path) watch --interval 1 \(urls.joined(separator: " "))",
      columns: columns, rows: rows, environment: environment)
  }

  @Test("shows a healthy service found from its address alone, and q leaves the terminal as it was")
  func startsAndQuits() throws {
    let listener = try service()
    let terminal = try watch(listener.url)
    #expect(terminal.wait { $0.contains("LIVE") && $0.contains("1.2.3") && $0.contains("●1") })
    #expect(terminal.isAlternate)
    terminal.type("q")
    #expect(terminal.waitForExit() == 0)
    #expect(!terminal.isAlternate)
  }

  @Test("keys go in and out of panes")
  func keys() throws {
    let listener = try service()
    let terminal = try watch(listener.url)
    #expect(terminal.wait { $0.contains("●1") })
    terminal.type("Enter")
    #expect(terminal.wait { $0.contains("INSTANCES") })
    terminal.type("Escape")
    #expect(terminal.wait { !$0.contains("INSTANCES") && $0.contains("SERVICE") })
    terminal.type("?")
    #expect(terminal.wait { $0.contains("MOVING") })
    terminal.type("Escape")
    #expect(terminal.wait { !$0.contains("MOVING") })
    terminal.type("/")
    terminal.type("z", "z", "z", "Enter")
    #expect(terminal.wait { $0.contains("zzz") && !$0.contains("1.2.3") })
    terminal.type("Escape")
    #expect(terminal.wait { $0.contains("1.2.3") })
  }

  @Test(
    "draws at every size, down to a strip, and comes back",
    arguments: [(20, 5), (200, 60), (40, 10)])
  func resizes(_ columns: Int, _ rows: Int) throws {
    let listener = try service()
    let terminal = try watch(listener.url)
    #expect(terminal.wait { $0.contains("●1") })
    terminal.resize(columns: columns, rows: rows)
    #expect(terminal.wait { $0.contains("●1") || $0.contains("● 1") || $0.contains("1●") })
    terminal.resize(columns: 100, rows: 24)
    #expect(terminal.wait { $0.contains("LIVE") && $0.contains("1.2.3") })
    terminal.type("q")
    #expect(terminal.waitForExit() == 0)
  }

  @Test("a target that hangs is told of, and costs neither the others nor the keys anything")
  func hanging() throws {
    let good = try service()
    let bad = try Listener.hanging()
    let terminal = try watch(good.url, bad.url)
    #expect(terminal.wait { $0.contains("●1") && $0.contains("no answer in") })
    terminal.type("?")
    #expect(terminal.wait(5) { $0.contains("MOVING") })
    terminal.type("Escape")
    #expect(terminal.wait(5) { $0.contains("polls on time") })
  }

  @Test("a target that talks garbage is told of, and none of it reaches the terminal raw")
  func garbage() throws {
    let good = try service()
    let bad = try Listener.garbage()
    let terminal = try watch(good.url, bad.url)
    #expect(terminal.wait { $0.contains("●1") && $0.contains("HTTP") })
    #expect(terminal.format("#{pane_title}") != "owned")
  }

  @Test("a service that dies turns from healthy to unreachable")
  func killed() throws {
    let listener = try service()
    let terminal = try watch(listener.url)
    #expect(terminal.wait { $0.contains("●1") })
    listener.stop()
    #expect(terminal.wait { $0.contains("⊘1") && $0.contains("refused") })
  }

  @Test("escapes and bidi marks in what a service says are made visible")
  func hostileText() throws {
    let listener = try Listener.service { path in
      path == "/healthz"
        ? (
          503, "application/json",
          #"{"status":"fail","message":"\u001b]0;owned\u0007 red \u202eevil"}"#
        ) : nil
    }
    let terminal = try watch(listener.url, columns: 160)
    #expect(terminal.wait { $0.contains("✖1") && $0.contains("red") })
    #expect(!terminal.screen.unicodeScalars.contains("\u{202E}"))
    #expect(terminal.format("#{pane_title}") != "owned")
  }

  @Test("draws ASCII alone where asked to")
  func ascii() throws {
    let listener = try service()
    let terminal = try Terminal(
      "\(Damcon.path) watch --ascii --interval 1 \(listener.url)", columns: 80, rows: 24)
    #expect(terminal.wait { $0.contains("LIVE") && $0.contains("1.2.3") })
    let others = terminal.screen.unicodeScalars.filter { !$0.isASCII }
    #expect(others.isEmpty)
  }

  @Test("SIGTERM ends it in order, with the terminal given back")
  func terminated() throws {
    let listener = try service()
    let terminal = try watch(listener.url)
    #expect(terminal.wait { $0.contains("●1") })
    kill(try #require(terminal.processID), SIGTERM)
    #expect(terminal.waitForExit() == 0)
    #expect(!terminal.isAlternate)
  }

  @Test(
    "a crash gives the terminal back before the process is gone",
    arguments: [SIGSEGV, SIGILL, SIGABRT])
  func crashes(_ signal: Int32) throws {
    let listener = try service()
    let terminal = try watch(listener.url)
    #expect(terminal.wait { $0.contains("●1") })
    kill(try #require(terminal.processID), signal)
    #expect(terminal.waitForExit() == 128 + Int(signal))
    #expect(!terminal.isAlternate)
  }

  @Test("a terminal that can show nothing gets one sentence that names the way out")
  func dumb() throws {
    let terminal = try watch("http://127.0.0.1:9", columns: 160, environment: ["TERM": "dumb"])
    #expect(terminal.waitForExit() == 3)
    #expect(terminal.wait { $0.contains("damcon snapshot") })
  }

  @Test("an incident is declared and resolved by command, and the log says who asked")
  func incident() throws {
    let listener = try service()
    let terminal = try Terminal(
      "\(Damcon.path) watch --interval 1 \(listener.url)", columns: 120, rows: 30)
    #expect(terminal.wait { $0.contains("●1") })
    terminal.type(":resolve\r")
    #expect(terminal.wait { $0.contains("no incident is open") })
    terminal.type(":declare carts are empty\r")
    #expect(terminal.wait { $0.contains("declaring an incident") })
    terminal.type("3")
    #expect(terminal.wait { $0.contains("asked: declare incident: carts are empty") })
    terminal.type(":declare again\r")
    #expect(terminal.wait { $0.contains("an incident is open already: carts are empty") })
    terminal.type(":resolve\r")
    #expect(terminal.wait { $0.contains("asked: resolve the incident") })
  }

  @Test("a changed fleet file is taken up, and a wrong one is told of while the old one stays")
  func reload() throws {
    let first = try service("1.0.0")
    let second = try service("2.0.0")
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("damcon-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appendingPathComponent("damcon.yaml")
    func write(_ services: [(String, Listener)], extra: String = "") throws {
      let lines = services.map { "  - {name: \($0.0), instances: [\"\($0.1.url)\"]}" }
      try
        "version: 1\nfleet: shop\npoll: {interval: 1s}\nservices:\n\(lines.joined(separator: "\n"))\n\(extra)"
        .write(to: file, atomically: true, encoding: .utf8)
    }
    try write([("first", first)])
    let terminal = try Terminal(
      "\(Damcon.path) watch --config \(file.path)", columns: 120, rows: 30)
    #expect(terminal.wait { $0.contains("shop") && $0.contains("1.0.0") })
    try write([("first", first), ("second", second)])
    #expect(terminal.wait { $0.contains("2.0.0") })
    try write([("first", first)], extra: "intervall: 5s\n")
    terminal.type("3")
    #expect(terminal.wait { $0.contains("unknown key 'intervall'") })
    terminal.type("1")
    #expect(terminal.wait { $0.contains("2.0.0") })
  }
}
