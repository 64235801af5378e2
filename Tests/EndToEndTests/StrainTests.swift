import Foundation
import Synchronization
import TerminalTesting
import Testing

/// What happens to a dashboard in a long night: windows dragged about, text pasted, keys held,
/// links that stall and die.
@Suite("A terminal under strain", .serialized)
struct StrainTests {
  static let environment = ["TERM": "xterm-256color", "LANG": "C.UTF-8"]

  /// A process that is many services, by the first part of the path, and counts its polls.
  private final class Many: Sendable {
    private let polls = Mutex(0)
    var count: Int { polls.withLock { $0 } }

    func listen() throws -> Listener {
      try Listener.service { [self] path in
        guard path.hasSuffix("/healthz") else { return nil }
        polls.withLock { $0 += 1 }
        return (200, "application/json", #"{"status":"pass","version":"1.2.3"}"#)
      }
    }
  }

  private func fleet(_ count: Int, at url: String) throws -> URL {
    let file = FileManager.default.temporaryDirectory
      .appendingPathComponent("damcon-\(UUID().uuidString).yaml")
    let services = (1...count).map {
      "  - {name: service-\($0), instances: [\"\(url)/\($0)\"], metrics: none,"
        + " health: {liveness: /healthz, readiness: none}}\n"
    }
    try ("version: 1\nfleet: many\npoll: {interval: 1s}\nservices:\n" + services.joined())
      .write(to: file, atomically: true, encoding: .utf8)
    return file
  }

  private func watching(
    _ count: Int = 1, _ many: Many = Many(), columns: UInt16 = 100, rows: UInt16 = 24,
    _ body: (PseudoTerminal, Many) throws -> Void
  ) throws {
    let listener = try many.listen()
    let file = try fleet(count, at: listener.url)
    defer {
      listener.stop()
      try? FileManager.default.removeItem(at: file)
    }
    let terminal = try PseudoTerminal(
      Damcon.path, ["watch", "--config", file.path], columns: columns, rows: rows,
      environment: Self.environment)
    // A count that grows may come digit by digit; drawn anew, it comes whole.
    var redraw = ContinuousClock.now + .seconds(1)
    try terminal.wait(for: "all services", seconds: 30) {
      if ContinuousClock.now >= redraw {
        terminal.type("\u{c}")
        redraw = .now + .seconds(1)
      }
      return terminal.text.contains("●\(count)")
    }
    try body(terminal, many)
    terminal.type("\u{3}")
    #expect(try terminal.waitForEnd() == .exited(0))
    #expect(terminal.isModeRestored)
  }

  @Test("200 resizes end in the right picture for the last size")
  func resizes() throws {
    var seed: UInt64 = 42
    func random(_ limit: UInt64) -> UInt16 {
      seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return UInt16(seed >> 33 % limit) + 1
    }
    try watching(3) { terminal, _ in
      for _ in 0..<200 {
        terminal.resize(columns: random(500), rows: random(200))
        terminal.pump(2)
      }
      terminal.readToRest()
      terminal.forgetOutput()
      terminal.resize(columns: 97, rows: 31)
      try terminal.wait(for: "the last size") { terminal.text.contains("service-3") }
      terminal.readToRest()
      // A real terminal of that size says what picture those bytes are.
      let bytes = FileManager.default.temporaryDirectory
        .appendingPathComponent("damcon-\(UUID().uuidString)")
      defer { try? FileManager.default.removeItem(at: bytes) }
      try Data(terminal.output).write(to: bytes)
      let picture = try Terminal(
        "stty raw; cat \(bytes.path); exec sleep 60", columns: 97, rows: 31)
      #expect(picture.wait { $0.contains("service-3") })
      let rows = picture.screen.split(separator: "\n", omittingEmptySubsequences: false)
      #expect(rows.count >= 31)
      #expect(rows.first?.contains("many") == true && rows.first?.contains("●3") == true)
      #expect(rows[30].contains("? help"), "\(picture.screen)")
      #expect(rows.count { $0.contains("service-2") } == 1, "\(picture.screen)")
    }
  }

  @Test("a pasted kilobyte presses no key, and is text where text is asked for")
  func paste() throws {
    let text = String(repeating: "q:quit\r/x\u{1b}[A?", count: 80)
    try watching(3) { terminal, _ in
      terminal.forgetOutput()
      terminal.type("\u{1b}[200~" + text + "\u{1b}[201~")
      try terminal.wait(forOutput: "press / first")
      terminal.type("/")
      terminal.type("\u{1b}[200~service-2\u{1b}[201~")
      try terminal.wait(forOutput: "service-2")
      terminal.type("\r")
      terminal.readToRest()
      #expect(!terminal.text.contains("MOVING"))
      terminal.type("\u{1b}")
      terminal.readToRest(400)
      terminal.type("?")
      try terminal.wait(forOutput: "MOVING")
    }
  }

  @Test("a key held down for ten seconds is not still being answered when it is let go")
  func heldKey() throws {
    try watching(60) { terminal, _ in
      // Thirty repeats a second.
      for _ in 0..<10 {
        terminal.type(String(repeating: "j", count: 30))
        terminal.pump(1)
      }
      let letGo = ContinuousClock.now
      terminal.type("\r")
      try terminal.wait(forOutput: "INSTANCES")
      #expect(ContinuousClock.now - letGo < .seconds(2))
      terminal.readToRest()
      terminal.forgetOutput()
      terminal.resize(columns: 101, rows: 24)
      // The last row, and it was not overshot.
      try terminal.wait(forOutput: "service-60")
    }
  }

  @Test(
    "while nobody reads the terminal polling goes on, and keys work after", .timeLimit(.minutes(1)))
  func stoppedReader() throws {
    try watching(20) { terminal, many in
      let before = many.count
      var columns: UInt16 = 100
      // Ten rounds of polls, and far more drawn meanwhile than a terminal holds unread.
      try terminal.wait(for: "ten rounds of polls", seconds: 30, reading: false) {
        columns = columns == 100 ? 160 : 100
        terminal.resize(columns: columns, rows: 50)
        return many.count >= before + 10 * 20
      }
      terminal.type("?")
      try terminal.wait(forOutput: "MOVING")
      terminal.type("\u{1b}")
    }
  }

  @Test("a link that dies ends the watch in order")
  func hangUp() throws {
    let listener = try Many().listen()
    let terminal = try PseudoTerminal(
      Damcon.path, ["watch", "--interval", "1", listener.url], environment: Self.environment)
    try terminal.wait(forOutput: "LIVE")
    terminal.hangUp()
    #expect(try terminal.waitForEnd() == .exited(0))
  }

  @Test("Ctrl-Z gives the terminal to the shell; fg brings the dashboard back whole")
  func suspend() throws {
    let listener = try Many().listen()
    let terminal = try Terminal(
      "set -m; \(Damcon.path) watch --interval 1 \(listener.url); echo the shell has it; "
        + "read line; echo \"it read $line\"; fg", columns: 100, rows: 24)
    #expect(terminal.wait { $0.contains("●1") && $0.contains("1.2.3") })
    terminal.type("C-z")
    #expect(terminal.wait { $0.contains("the shell has it") })
    #expect(!terminal.isAlternate)
    terminal.type("word", "Enter")
    #expect(terminal.wait { $0.contains("●1") && $0.contains("1.2.3") }, "\(terminal.screen)")
    #expect(terminal.isAlternate)
    terminal.type("?")
    #expect(terminal.wait { $0.contains("MOVING") })
    terminal.type("C-c")
    #expect(terminal.waitForExit() == 0)
    #expect(terminal.screen.contains("it read word"))
    #expect(!terminal.isAlternate)
  }

  @Test("what a terminal answers late turns into no key, whole or torn")
  func lateAnswers() throws {
    try watching(3) { terminal, _ in
      for answer in [
        "\u{1b}[?62;22c", "\u{1b}]11;rgb:1e1e/1e1e/1e1e\u{7}", "\u{1b}]11;rgb:q:/?\u{1b}\\",
        "\u{1b}P1+r5463=q\u{1b}\\", "\u{1b}[>41;354;0c", "\u{1b}[24;80R",
      ] {
        terminal.forgetOutput()
        terminal.type(answer)
        for half in [answer.prefix(4), answer.dropFirst(4)] {
          terminal.type(String(half))
          terminal.readToRest(60)
        }
        // A key that is answered proves that all before it was taken.
        terminal.type("?")
        try terminal.wait(forOutput: "MOVING")
        #expect(!terminal.text.contains("means nothing"), "\(answer.debugDescription)")
        terminal.type("?")
        terminal.readToRest()
      }
    }
  }

  @Test("Esc and, 200 ms later, the rest of an arrow is an arrow")
  func slowArrow() throws {
    try watching(3) { terminal, _ in
      terminal.type("j")
      terminal.readToRest()
      // A machine that was busy for so long that the time had passed proves nothing; try again.
      for _ in 0..<5 {
        terminal.forgetOutput()
        let began = ContinuousClock.now
        terminal.type("\u{1b}")
        while ContinuousClock.now - began < .milliseconds(200) { terminal.pump(5) }
        terminal.type("[A")
        let took = ContinuousClock.now - began
        terminal.readToRest()
        if took < .milliseconds(220) { break }
      }
      #expect(!terminal.text.contains("means nothing"))
      #expect(!terminal.text.contains("inside one"), "[ alone is a key of its own")
    }
  }
}
