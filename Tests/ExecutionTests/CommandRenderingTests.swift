import Containment
import Execution
import Foundation
import Testing

/// Whatever is typed, what is run has the shape that the fleet file gave it.
@Suite(.timeLimit(.minutes(2)))
struct CommandRenderingTests {
  private static let values = [
    "a b", "a;b", "$(reboot)", "`reboot`", "&& reboot", "| reboot", "> /etc/passwd", "'", "\"",
    "\\",
    "*", "?", "~root", "$HOME", "a=b", "../..", "é", "🚨", "%s%n", "{x}", "#", "!!",
    String(repeating: "x", count: 256),
  ]

  private func rendered(
    _ order: CommandOrder, _ value: Argument, captured: Argument? = nil
  ) throws -> PlannedCommand {
    let rendering = OrderRendering(
      service: "pricing", instance: nil, arguments: [.init(name: "x", value: value)],
      captured: captured)
    guard case .command(let command) = try rendering.order(.command(order)) else {
      throw ArgumentError(reason: "it is no command")
    }
    return command
  }

  private func templates(_ texts: String...) throws -> [Template] {
    try texts.map { try Template($0) }
  }

  @Test("Each template is one argument that reaches the program as it is")
  func arguments() async throws {
    let shop = try Workshop()
    let path = shop.folder + "/script.sh"
    try Data("for word in \"$@\"; do printf '%s\\0' \"$word\"; done > \(shop.folder)/got".utf8)
      .write(to: URL(fileURLWithPath: path))
    for (place, value) in Self.values.enumerated() {
      let order = CommandOrder(try templates("sh", path, "{x}", "--of={x}", "{x}{x}", "{service}"))
      let command = try rendered(order, .text(value))
      #expect(command.arguments == ["sh", path, value, "--of=\(value)", value + value, "pricing"])
      #expect(
        await shop.send(command, as: SendingName(run: "run-1", place: place))
          == .applied("exit code 0"))
      let got = try shop.text("got").split(separator: "\0").map(String.init)
      #expect(got == Array(command.arguments.dropFirst(2)))
    }
  }

  @Test("A value is no option, and no line", arguments: ["-rf", "--all", "-"])
  func options(value: String) throws {
    let error = ArgumentError(
      reason: "'\(value)' would be taken for an option: an argument cannot begin with it")
    #expect(throws: error) { try rendered(CommandOrder(templates("rm", "{x}")), .text(value)) }
    #expect(throws: error) { try rendered(CommandOrder(templates("rm", "{x}.log")), .text(value)) }
    let command = try rendered(CommandOrder(templates("rm", "./{x}")), .text(value))
    #expect(command.arguments == ["rm", "./" + value])
    #expect(throws: ArgumentError.self) {
      try rendered(CommandOrder(templates("scale", "{x}")), .integer(-1))
    }
  }

  @Test("A value is one part of a path", arguments: ["../x", "a/b", "..", "."])
  func paths(value: String) throws {
    for path in [
      "--file=/etc/app/{x}", "/etc/{service}-{x}.conf", "{x}/app.conf", "/etc/{captured}{x}",
      "/etc/{captured}",
    ] {
      #expect(
        throws: ArgumentError(reason: "'\(value)' would be more than one part of a path"), "\(path)"
      ) {
        try rendered(
          CommandOrder(templates("deploy", path)), .text(value),
          captured: .text(path.contains("{x}") ? "a" : value))
      }
    }
    // What the fleet file does not write as a path is the value's own affair, however often it comes.
    for template in ["--image={x}", "{x}{x}", "{x}:{captured}"] {
      let command = try rendered(
        CommandOrder(templates("deploy", template)), .text(value), captured: .text(value))
      let expected = template.replacing("{x}", with: value).replacing("{captured}", with: value)
      #expect(command.arguments == ["deploy", expected])
    }
  }

  @Test(
    "A value with control signs is none",
    arguments: ["a\nb", "\0", "a\tb", "\u{7f}", "\u{9b}1m", ""])
  func controls(value: String) throws {
    let order = CommandOrder(try templates("echo", "x{x}"))
    #expect(throws: ArgumentError.self) { try rendered(order, .text(value)) }
    #expect(throws: ArgumentError.self) {
      try rendered(
        CommandOrder(templates("echo", "{captured}")), .text("a"), captured: .text(value))
    }
    guard !value.isEmpty else { return }
    var told = CommandOrder(try templates("env"))
    told.environment = [.init(name: "X", value: .text(try Template("{x}")))]
    #expect(throws: ArgumentError.self) { try rendered(told, .text(value)) }
  }

  @Test("In what a program reads, a value is one word")
  func words() throws {
    var order = CommandOrder(try templates("socat"))
    order.input = try Template("set server {x}/web1 state drain\n")
    #expect(
      try rendered(order, .text("web-1.a_b~c:d@e%f+g")).input
        == "set server web-1.a_b~c:d@e%f+g/web1 state drain\n")
    for value in Self.values + ["a/b", "a,b", "a\r\nb", "a;shutdown"]
    where value.contains(where: {
      !$0.isASCII || !($0.isLetter || $0.isNumber || "._~:@%+-".contains($0))
    }) {
      let error = #expect(throws: ArgumentError.self) { try rendered(order, .text(value)) }
      #expect(error?.reason.hasPrefix("'\(value)' cannot be put into what a program reads") == true)
    }
  }

  @Test("Nothing is put into the name of a program")
  func program() throws {
    for text in ["{x}", "/bin/{x}", "{service}", ""] {
      #expect(throws: ArgumentError(reason: "nothing is put into the name of a program")) {
        try rendered(CommandOrder(templates(text)), .text("sh"))
      }
    }
  }

  @Test("In a pattern, a value stands for itself")
  func patterns() async throws {
    for value in Self.values + ["a.b", "(", "[a-z]", "a|b", ".*", "^$", "a{2}", "-", "\\d"] {
      let reading = Action.Reading(
        order: .http(HTTPOrder(method: "GET", url: try Template("http://h/"))),
        place: .match(try Template("^<{x}> (\\w+)$")), expected: .fixed(.text("")))
      let rendering = OrderRendering(
        service: "s", instance: nil, arguments: [.init(name: "x", value: .text(value))])
      guard case .match(let pattern) = try rendering.reading(reading).place else {
        Issue.record("it is no pattern")
        return
      }
      let expression = try Regex(pattern).anchorsMatchLineEndings()
      let match = try expression.firstMatch(in: "<other> a\n<\(value)> found\n<> b")
      #expect(match?.output[1].substring == "found", "\(value)")
    }
  }

  // MARK: Readings

  private func reading(
    _ command: PlannedCommand, _ place: ReadingPlace, expected: Argument = .text("")
  ) -> PlannedReading {
    PlannedReading(order: .command(command), place: place, expected: expected)
  }

  @Test(
    "What a program prints is read as what a server says is, whatever exit code says that it is right"
  )
  func readings() async throws {
    let shop = try Workshop()
    var command = try shop.script("echo noise >&2; echo '{\"weight\": 50}'; exit 3")
    command.success = [0...0, 3...3]
    let executor = shop.executor
    #expect(
      await executor.read(reading(command, .pointer("/weight")), timeout: 30)
        == .success(.integer(50)))
    #expect(
      await executor.read(
        reading(command, .match("(\\d+)"), expected: .integer(0)), timeout: 30)
        == .success(.integer(50)))
    #expect(
      await executor.read(reading(try shop.script("echo ' active '"), .whole), timeout: 30)
        == .success(.text("active")))
    #expect(!FileManager.default.fileExists(atPath: shop.spool + "/run-1-1"))
  }

  @Test("A program that does not say so is not waited for, and says why")
  func noReadings() async throws {
    let shop = try Workshop()
    #expect(
      await shop.executor.read(
        reading(try shop.script("echo out; echo 'no such unit' >&2; exit 4"), .whole), timeout: 30)
        == .failure(ReadingError(reason: "exit code 4: no such unit")))
    let endless = try shop.script(
      "trap '' TERM; sleep 300 & echo $! > $1/child; echo $$ > $1/self; wait; sleep 300")
    #expect(
      await shop.executor.read(reading(endless, .whole), timeout: 3)
        == .failure(ReadingError(reason: "it did not end in 3.0s and was stopped")))
    let child = try #require(shop.number("child"))
    let own = try #require(shop.number("self"))
    #expect(await eventually { !isAlive(child) && !isAlive(own) })
  }

  @Test(
    "Trying out adds its arguments, tells all that is said, and is not there where nobody declared it"
  )
  func triesOut() async throws {
    let shop = try Workshop()
    var command = try shop.script("echo \"$2\"; echo scaled")
    #expect(await shop.executor.tryOut(.command(command), timeout: 30) == nil)
    command.dryRun = ["--dry-run=server"]
    #expect(
      await shop.executor.tryOut(.command(command), timeout: 30)
        == .success("--dry-run=server\nscaled\n"))
  }
}
