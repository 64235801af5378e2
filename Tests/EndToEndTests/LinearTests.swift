import Foundation
import Synchronization
import TerminalTesting
import Testing

/// The watch without a screen, against real listeners.
@Suite("Linear mode", .serialized)
struct LinearTests {
  /// A service that is well until it is told to fail.
  private final class Patient: Sendable {
    private let failing = Mutex(false)
    private let said = Mutex("pool saturated")

    func fail(_ message: String = "pool saturated") {
      said.withLock { $0 = message }
      failing.withLock { $0 = true }
    }
    func recover() { failing.withLock { $0 = false } }

    func listen() throws -> Listener {
      try Listener.service { [self] path in
        guard path == "/healthz" else { return nil }
        let message = said.withLock { $0 }
        return failing.withLock { $0 }
          ? (503, "application/json", #"{"status":"fail","message":"\#(message)"}"#)
          : (200, "application/json", #"{"status":"pass","version":"1.0.0"}"#)
      }
    }
  }

  /// The program writing into a file, as it would into a pipe or a log.
  private final class Run {
    let child: Child
    private let folder: URL
    private var file: URL { folder.appendingPathComponent("output") }

    init(_ arguments: [String], locale: String = "C.UTF-8") throws {
      folder = FileManager.default.temporaryDirectory
        .appendingPathComponent("damcon-\(UUID().uuidString)")
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      child = try Child(
        "/usr/bin/env", ["-u", "TERM", "LC_ALL=\(locale)", Damcon.path] + arguments,
        output: folder.appendingPathComponent("output").path)
    }

    deinit {
      child.signal(SIGKILL)
      try? FileManager.default.removeItem(at: folder)
    }

    var text: String {
      (try? Data(contentsOf: file)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
    var lines: [String] { text.split(separator: "\n").map(String.init) }

    func wait(_ seconds: Double = 20, for words: String) -> Bool {
      waitUntil(seconds) { text.contains(words) }
    }
  }

  private static let hostile = #"\u001b]0;owned\u0007red\u009b31m \u202eevil\u0000👩‍🚀\r\nend"#

  private func isPlain(_ text: String) -> Bool {
    text.unicodeScalars.allSatisfy { scalar in
      scalar == "\n"
        || scalar.value >= 0x20 && !(0x7f..<0xa0).contains(scalar.value)
          && !(0x202a...0x202e).contains(scalar.value) && scalar.value != 0x200d
    }
  }

  @Test("a line for what is watched, how it is, and each change with its cause")
  func changes() throws {
    let patient = Patient()
    let (first, second) = (try patient.listen(), try Patient().listen())
    let run = try Run(["watch", "--linear", "--interval", "0.5", first.url, second.url])
    #expect(run.wait(for: "2 services: all healthy"), "\(run.text)")
    #expect(run.lines.first?.hasSuffix("Z watching 2 services of watch, 2 targets") == true)
    patient.fail()
    #expect(run.wait(for: "healthy -> unhealthy after "), "\(run.text)")
    #expect(run.text.contains("127.0.0.1:\(first.port) healthy -> unhealthy after "))
    #expect(run.text.contains("liveness 503: pool saturated"))
    patient.recover()
    #expect(run.wait(for: "unhealthy -> healthy after "), "\(run.text)")
    second.stop()
    #expect(run.wait(for: "127.0.0.1:\(second.port) healthy -> unreachable after "), "\(run.text)")
    run.child.signal(SIGTERM)
    #expect(run.child.wait(10) == 0)
    #expect(isPlain(run.text))
    #expect(run.lines.allSatisfy { $0.contains(/^\d\d:\d\d:\d\dZ \S/) }, "\(run.text)")
  }

  @Test(
    "Ctrl-C, kill and the end of the terminal end it in order",
    arguments: [SIGINT, SIGTERM, SIGHUP])
  func ended(_ number: Int32) throws {
    let listener = try Patient().listen()
    let run = try Run(["watch", "--linear", "--interval", "1", listener.url])
    #expect(run.wait(for: "1 service: healthy"), "\(run.text)")
    run.child.signal(number)
    #expect(run.child.wait(10) == 0)
  }

  @Test("a reader that goes away ends it quietly, though nothing changes any more")
  func closedPipe() throws {
    let listener = try Patient().listen()
    let result = try Command.run(
      "/usr/bin/env",
      [
        "bash", "-c", "\"$0\" \"$@\" | head -n 2; exit ${PIPESTATUS[0]}", Damcon.path, "watch",
        "--linear", "--interval", "1", listener.url,
      ], seconds: 20)
    #expect(result.status == 0)
    #expect(result.output.split(separator: "\n").count == 2)
    #expect(result.errors.isEmpty, "\(result.errors)")
  }

  @Test("a full disk behind it is told of, with exit code 3")
  func fullDisk() throws {
    let listener = try Patient().listen()
    let errors = FileManager.default.temporaryDirectory
      .appendingPathComponent("damcon-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: errors) }
    let child = try Child(
      Damcon.path, ["watch", "--linear", listener.url], output: "/dev/full", errors: errors.path)
    #expect(child.wait(20) == 3)
    let said = String(decoding: try Data(contentsOf: errors), as: UTF8.self)
    #expect(said == "standard output cannot be written: No space left on device\n")
  }

  @Test(
    "what a service says gets in no line raw, and in ASCII alone where the locale has no more",
    arguments: ["C.UTF-8", "C"])
  func hostile(_ locale: String) throws {
    let patient = Patient()
    patient.fail(Self.hostile)
    let listener = try patient.listen()
    let run = try Run(["watch", "--linear", "--interval", "0.5", listener.url], locale: locale)
    #expect(run.wait(for: "1 service: unhealthy"))
    patient.recover()
    #expect(run.wait(for: "unhealthy -> healthy"))
    patient.fail(Self.hostile)
    #expect(run.wait(for: "evil"), "\(run.text)")
    run.child.signal(SIGTERM)
    #expect(run.child.wait(10) == 0)
    #expect(isPlain(run.text), "\(run.text.debugDescription)")
    #expect(run.text.contains(locale == "C" ? "^[]0;owned" : "␛]0;owned"), "\(run.text)")
    if locale == "C" { #expect(run.text.utf8.allSatisfy { $0 < 0x80 }) }
  }

  @Test(
    "a dumb terminal gets lines and no escape code, and Ctrl-C ends it", arguments: ["dumb", ""])
  func dumb(_ term: String) throws {
    let listener = try Patient().listen()
    let terminal = try PseudoTerminal(
      Damcon.path, ["watch", "--linear", "--interval", "1", listener.url],
      environment: term.isEmpty ? [:] : ["TERM": term])
    try terminal.wait(forOutput: "1 service: healthy")
    #expect(terminal.isModeRestored, "the terminal is left as it was")
    terminal.type("\u{3}")
    #expect(try terminal.waitForEnd() == .exited(0))
    #expect(!terminal.output.contains(0x1b))
  }

  @Test("a terminal that is taken away ends it")
  func hangUp() throws {
    let listener = try Patient().listen()
    let terminal = try PseudoTerminal(
      Damcon.path, ["watch", "--linear", "--interval", "1", listener.url], environment: [:])
    try terminal.wait(forOutput: "1 service: healthy")
    terminal.hangUp()
    #expect(try terminal.waitForEnd() == .exited(0))
  }

  @Test("a changed fleet file is told of, and a wrong one")
  func reload() throws {
    let (first, second) = (try Patient().listen(), try Patient().listen())
    let file = FileManager.default.temporaryDirectory
      .appendingPathComponent("damcon-\(UUID().uuidString).yaml")
    defer { try? FileManager.default.removeItem(at: file) }
    func write(_ services: [(String, Listener)], extra: String = "") throws {
      let lines = services.map { "  - {name: \($0.0), instances: [\"\($0.1.url)\"]}\n" }.joined()
      try "version: 1\nfleet: shop\npoll: {interval: 1s}\nservices:\n\(lines)\(extra)"
        .write(to: file, atomically: true, encoding: .utf8)
    }
    try write([("cart", first)])
    let run = try Run(["watch", "--linear", "--config", file.path])
    #expect(run.wait(for: "1 service: healthy"), "\(run.text)")
    try write([("cart", first), ("search", second)])
    #expect(run.wait(for: "search is watched from now on"), "\(run.text)")
    #expect(run.text.contains("damcon: read the fleet file again: 2 services"))
    #expect(run.wait(for: "search unknown -> healthy"), "\(run.text)")
    try write([("cart", first)], extra: "intervall: 5s\n")
    #expect(run.wait(for: "the fleet before it stays in use"), "\(run.text)")
    #expect(run.text.contains("damcon error: "))
  }

  @Test("the demo tells its incident in lines")
  func demo() throws {
    let result = try Damcon.run("demo", "--linear", "--speed", "10", "--for", "6s")
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.contains("watching 8 services of shop-simulated"))
    #expect(result.output.contains("cart fallback cached-prices engaged: "), "\(result.output)")
    #expect(isPlain(result.output))
  }
}
