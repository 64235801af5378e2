import Foundation
import TerminalTesting
import Testing

/// The dashboard on each kind of terminal that people have, judged by the bytes it gets.
@Suite("Kinds of terminal", .serialized)
struct KindsOfTerminalTests {
  private func service() throws -> Listener {
    try Listener.service { path in
      path == "/healthz"
        ? (200, "application/json", #"{"status":"pass","version":"1.2.3"}"#) : nil
    }
  }

  private func watch(_ listener: Listener, _ environment: [String: String]) throws
    -> PseudoTerminal
  {
    try PseudoTerminal(
      Damcon.path, ["watch", "--interval", "1", listener.url], columns: 100, rows: 24,
      environment: environment)
  }

  /// The parameters of every rendition in `text`: `38;5;9`.
  private func renditions(_ text: String) -> [Substring] {
    text.matches(of: /\u{1b}\[([0-9;:]*)m/).map(\.1)
  }

  /// Some rendition asks for a colour; `39` and `49` only take it back.
  private func hasColor(_ text: String) -> Bool {
    renditions(text).contains { parameters in
      parameters.split(separator: ";").compactMap { Int($0.prefix { $0 != ":" }) }.contains {
        (30...38).contains($0) || (40...48).contains($0) || (90...97).contains($0)
          || (100...107).contains($0)
      }
    }
  }

  static let able = ["xterm-256color", "tmux-256color", "screen", "linux", "vt100"]

  @Test(
    "draws in the characters of the locale and in colour only where NO_COLOR is empty",
    arguments: able, ["C", "C.UTF-8"])
  func draws(_ term: String, _ locale: String) throws {
    let listener = try service()
    for noColor in [nil, "", "1"] {
      var environment = ["TERM": term, "LANG": locale]
      environment["NO_COLOR"] = noColor
      let terminal = try watch(listener, environment)
      try terminal.wait(for: "the service") {
        terminal.text.contains("LIVE") && terminal.text.contains("1.2.3")
      }
      terminal.type("q")
      #expect(try terminal.waitForEnd() == .exited(0))
      #expect(terminal.isModeRestored)
      #expect(terminal.text.contains("●") == (locale != "C"))
      if locale == "C" { #expect(terminal.output.allSatisfy { $0 < 0x80 }) }
      #expect(
        hasColor(terminal.text) == (term != "vt100" && noColor != "1"),
        "\(term) \(locale) NO_COLOR \(noColor ?? "unset")")
    }
  }

  @Test(
    "24-bit colours where COLORTERM says so and the direct entry is there, else 256",
    arguments: ["truecolor", "24bit", ""])
  func colorterm(_ word: String) throws {
    let listener = try service()
    let terminal = try watch(
      listener, ["TERM": "xterm-256color", "LANG": "C.UTF-8", "COLORTERM": word])
    try terminal.wait(forOutput: "1.2.3")
    terminal.type("q")
    #expect(try terminal.waitForEnd() == .exited(0))
    let hasDirect = renditions(terminal.text).contains { $0.contains(/[34]8[:;]2/) }
    #expect(hasDirect == !word.isEmpty)
  }

  @Test(
    "what can show nothing gets one sentence with the ways out, and stays as it was",
    arguments: [nil, "", "dumb", "nonsense-9", "../../etc/passwd"] as [String?])
  func unable(_ term: String?) throws {
    for locale in ["C", "C.UTF-8"] {
      var environment = ["LANG": locale]
      environment["TERM"] = term
      let terminal = try PseudoTerminal(
        Damcon.path, ["watch", "http://127.0.0.1:9"], environment: environment)
      #expect(try terminal.waitForEnd() == .exited(3))
      #expect(terminal.text.contains("damcon snapshot"))
      #expect(terminal.text.contains("--linear"))
      #expect(terminal.text.split(separator: "\r\n").count == 1, "\(terminal.text)")
      #expect(!terminal.output.contains(0x1b))
      #expect(terminal.isModeRestored)
    }
  }
}
