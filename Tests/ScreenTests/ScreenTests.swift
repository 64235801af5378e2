import Foundation
import TerminalTesting
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The screen in a real pseudo-terminal, watched from the terminal's side.
@Suite(.serialized) struct ScreenTests {
  static let utf8 = ["TERM": "xterm-256color", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"]
  private let leftAlternate = "\u{1b}[?1049l"
  private let pasteOff = "\u{1b}[?2004l"

  /// The probe is built beside the tests.
  static let probe: String = {
    var folder = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
    if let own = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe") {
      folder = URL(fileURLWithPath: own)
    }
    while folder.path.count > 1 {
      folder.deleteLastPathComponent()
      let candidate = folder.appendingPathComponent("ScreenProbe").path
      if FileManager.default.isExecutableFile(atPath: candidate) { return candidate }
    }
    return "ScreenProbe"
  }()

  private func start(_ changes: [String: String] = [:]) throws -> PseudoTerminal {
    let terminal = try PseudoTerminal(
      Self.probe, environment: Self.utf8.merging(changes) { $1 })
    return terminal
  }

  private func started(_ changes: [String: String] = [:]) throws -> PseudoTerminal {
    let terminal = try start(changes)
    try terminal.wait(forOutput: "size 80x24")
    try terminal.wait(forEvent: "event resize")
    return terminal
  }

  @Test("A quit gives the terminal back as it was")
  func quit() throws {
    let terminal = try started()
    #expect(!terminal.isModeRestored)
    terminal.type("q")
    #expect(try terminal.waitForEnd() == .exited(0))
    #expect(terminal.isModeRestored)
    #expect(terminal.text.contains(leftAlternate))
    #expect(terminal.text.contains(pasteOff))
    #expect(terminal.events.contains("exit finished"))
  }

  @Test("SIGTERM and SIGHUP end the program in order", arguments: [SIGTERM, SIGHUP])
  func asked(_ number: Int32) throws {
    let terminal = try started()
    terminal.signal(number)
    #expect(try terminal.waitForEnd() == .exited(0))
    #expect(terminal.isModeRestored)
    #expect(terminal.text.contains(leftAlternate))
    #expect(terminal.events.contains(number == SIGTERM ? "terminated" : "hangup"))
  }

  @Test("Someone stuck is not waited for: the second interrupt ends the screen")
  func twice() throws {
    let terminal = try started()
    terminal.signal(SIGINT)
    try terminal.wait(forEvent: "interrupted")
    terminal.signal(SIGINT)
    try terminal.wait(forEvent: "exit abandoned")
    _ = try terminal.waitForEnd()
    #expect(terminal.isModeRestored)
  }

  @Test(
    "A crash gives the terminal back, and still is a crash",
    arguments: ["trap", "segv", "abort", "quit"])
  func crash(_ kind: String) throws {
    let terminal = try started()
    let expected: [Int32]
    switch kind {
    case "segv": expected = [SIGSEGV]
    case "abort": expected = [SIGABRT]
    case "quit": expected = [SIGQUIT]
    default: expected = [SIGILL, SIGTRAP]
    }
    if kind == "trap" { terminal.type("x") } else { terminal.signal(expected[0]) }
    let end = try terminal.waitForEnd()
    #expect(expected.map { .signalled($0) }.contains(end))
    #expect(terminal.isModeRestored)
    #expect(terminal.text.contains(leftAlternate))
    if kind == "trap" {
      // What the runtime said on standard error is still there to read, after the screen is left.
      let left = try #require(terminal.text.range(of: leftAlternate))
      #expect(terminal.text[left.upperBound...].contains("told to crash"))
    }
  }

  @Test("Standard error comes out after the screen is left, not on it")
  func standardError() throws {
    let terminal = try started()
    terminal.type("wq")
    _ = try terminal.waitForEnd()
    let left = try #require(terminal.text.range(of: leftAlternate))
    #expect(!terminal.text[..<left.lowerBound].contains("a warning"))
    #expect(terminal.text[left.upperBound...].contains("a warning on standard error"))
  }

  @Test("A resize is told and drawn at once")
  func resize() throws {
    let terminal = try started()
    terminal.forgetOutput()
    terminal.resize(columns: 100, rows: 30)
    try terminal.wait(forEvent: "resize(100x30)")
    try terminal.wait(for: "the new size") { terminal.text.contains("100x30") }
  }

  @Test("200 resizes in a row, down to nothing, leave the last size on the screen")
  func manyResizes() throws {
    let terminal = try started()
    for i in 0..<200 {
      terminal.resize(columns: UInt16(1 + i * 37 % 300), rows: UInt16(1 + i * 13 % 90))
      terminal.pump(1)
    }
    terminal.resize(columns: 77, rows: 22)
    try terminal.wait(forEvent: "resize(77x22)")
    try terminal.wait(for: "the last size") { terminal.text.contains("77x22") }
    terminal.type("q")
    #expect(try terminal.waitForEnd() == .exited(0))
  }

  @Test("Esc alone is Esc; with `[A` within 250 ms it is an arrow")
  func escape() throws {
    let terminal = try started()
    terminal.type("\u{1b}")
    terminal.pump(60)
    terminal.type("[")
    terminal.pump(60)
    terminal.type("A")
    try terminal.wait(forEvent: "Key.up")
    #expect(!terminal.events.contains("Key.escape"))
    terminal.type("\u{1b}")
    try terminal.wait(forEvent: "Key.escape")
  }

  @Test("A pasted kilobyte is one event and no keys")
  func paste() throws {
    let terminal = try started()
    let text = String(repeating: "qqqq kill -9\r\n", count: 80)
    terminal.type("\u{1b}[200~" + text + "\u{1b}[201~")
    try terminal.wait(forEvent: "event paste")
    terminal.type("z")
    try terminal.wait(forEvent: "character(\"z\")")
    #expect(!terminal.events.contains("character(\"q\")"))
    #expect(terminal.events.components(separatedBy: "event paste").count == 2)
  }

  @Test("An equal frame writes no byte")
  func equalFrame() throws {
    let terminal = try started()
    terminal.forgetOutput()
    terminal.type("e")
    try terminal.wait(forEvent: "posted equal")
    // A later key that is answered proves that the loop has been round.
    terminal.type("k")
    try terminal.wait(forEvent: "character(\"k\")")
    for _ in 0..<5 { terminal.pump(20) }
    #expect(terminal.output.isEmpty)
  }

  @Test("One changed digit costs few bytes")
  func smallChange() throws {
    let terminal = try started()
    terminal.forgetOutput()
    terminal.type("n")
    try terminal.wait(for: "a change") { !terminal.output.isEmpty }
    for _ in 0..<5 { terminal.pump(20) }
    #expect(terminal.output.count < 60, "\(terminal.text.debugDescription)")
  }

  @Test("The bytes counted are the bytes that came")
  func counted() throws {
    let terminal = try started()
    terminal.type("n")
    try terminal.wait(forEvent: "character(\"n\")")
    for _ in 0..<5 { terminal.pump(20) }
    terminal.type("s")
    try terminal.wait(forEvent: "bytes ")
    #expect(terminal.events.contains("bytes \(terminal.output.count)\n"))
  }

  @Test("Nothing hostile reaches the terminal raw")
  func hostile() throws {
    for locale in ["C.UTF-8", "C"] {
      let terminal = try started(["LC_ALL": locale])
      terminal.type("q")
      _ = try terminal.waitForEnd()
      let text = terminal.text
      #expect(!text.contains("\u{1b}[31mred"))
      for raw in ["\u{9b}", "\u{202e}", "\u{200b}", "\u{7}", "\u{0}"] {
        #expect(!text.contains(raw))
      }
      #expect(
        text.contains(
          locale == "C" ? "a^[[31mred<U+009B>31m^G^Mcr^@nul" : "a␛[31mred<U+009B>31m␇␍cr␀nul"))
      if locale == "C" { #expect(terminal.output.allSatisfy { $0 < 0x80 }) }
    }
  }

  @Test("A stop gives the terminal to the shell, and going on draws all again")
  func suspend() throws {
    let terminal = try started()
    terminal.signal(SIGTSTP)
    // Sessions of their own are orphaned groups, which a SIGTSTP does not stop: it must simply go on then.
    try terminal.wait(forEvent: "event resumed")
    // Events come by another way than the output, and may be ahead of it.
    try terminal.wait(forOutput: leftAlternate)
    terminal.forgetOutput()
    terminal.signal(SIGSTOP)
    try terminal.waitUntilStopped()
    terminal.signal(SIGCONT)
    try terminal.wait(forOutput: "damcon probe")
    #expect(!terminal.isModeRestored)
    terminal.type("q")
    #expect(try terminal.waitForEnd() == .exited(0))
    #expect(terminal.isModeRestored)
  }

  @Test(
    "A reader that stops freezes nothing: keys are taken meanwhile, and the picture is right after")
  func stoppedReader() throws {
    let terminal = try started()
    var last = 0
    // Far more than the terminal holds, without reading any of it.
    for i in 1...400 {
      terminal.resize(columns: UInt16(80 + i % 2), rows: 24)
      terminal.type("n")
      last = i
      if i % 50 == 0 {
        try terminal.wait(for: "\(i) keys", reading: false) {
          terminal.events.components(separatedBy: "character(\"n\")").count > i
        }
      }
    }
    // Only digits that differ are written; a new size has all of them written again.
    terminal.pump(20)
    terminal.resize(columns: 90, rows: 24)
    try terminal.wait(for: "the last step, whole") { terminal.text.contains("step \(last)") }
    terminal.type("q")
    #expect(try terminal.waitForEnd() == .exited(0))
  }

  @Test(
    "A terminal that cannot do it gets one sentence naming `damcon snapshot`",
    arguments: ["", "dumb", "nonsense-9", "../../etc/passwd"])
  func unfit(_ term: String) throws {
    let terminal = try start(["TERM": term])
    #expect(try terminal.waitForEnd() == .exited(3))
    #expect(terminal.text.contains("damcon snapshot"))
    #expect(!terminal.text.contains("\u{1b}"))
    #expect(terminal.isModeRestored)
  }

  @Test(
    "Each kind of terminal gets a screen",
    arguments: ["xterm", "screen", "linux", "vt100", "tmux-256color"])
  func kinds(_ term: String) throws {
    let terminal = try start(["TERM": term])
    try terminal.wait(forOutput: "80x24")
    terminal.type("q")
    #expect(try terminal.waitForEnd() == .exited(0))
    #expect(terminal.isModeRestored)
  }

  private static let hasDirect = ["/usr/share/terminfo", "/lib/terminfo", "/etc/terminfo"].contains
  {
    FileManager.default.fileExists(atPath: $0 + "/x/xterm-direct")
  }

  @Test(
    "COLORTERM gives 24-bit colours where the direct entry is installed", .enabled(if: hasDirect))
  func truecolor() throws {
    let terminal = try started(["COLORTERM": "truecolor"])
    terminal.type("q")
    _ = try terminal.waitForEnd()
    #expect(terminal.events.contains("terminal xterm-direct truecolor"))
    #expect(terminal.text.contains(":255:128:120m") || terminal.text.contains(";255;128;120m"))
  }

  @Test("NO_COLOR takes the colours away only where it says something")
  func noColor() throws {
    let without = try started(["NO_COLOR": "1"])
    #expect(!without.text.contains("38;5"))
    let with = try started(["NO_COLOR": ""])
    #expect(with.text.contains("38;5"))
    for terminal in [without, with] {
      terminal.type("q")
      _ = try terminal.waitForEnd()
    }
  }
}
