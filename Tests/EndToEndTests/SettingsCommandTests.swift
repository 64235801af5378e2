import Foundation
import Testing

@Suite("Settings from the command line")
struct SettingsCommandTests {
  private let folder = FileManager.default.temporaryDirectory
    .appendingPathComponent("damcon-\(UUID().uuidString)")

  /// Runs the program with a settings file of its own and the variables given.
  private func run(
    settings: String?, _ variables: [String] = [], _ arguments: String...
  ) throws -> Command {
    let home = folder.appendingPathComponent("damcon")
    try FileManager.default.createDirectory(at: home, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    if let settings {
      try settings.write(
        to: home.appendingPathComponent("config.yaml"), atomically: true, encoding: .utf8)
    }
    let clean = ["-u", "NO_COLOR", "-u", "DAMCON_THEME", "XDG_CONFIG_HOME=\(folder.path)"]
    return try Command.run(
      "/usr/bin/env", clean + variables + [Damcon.path] + arguments, in: folder)
  }

  @Test("damcon keys prints the keys in force")
  func keys() throws {
    let result = try run(settings: "keys: {poll: P}", [], "keys")
    #expect(result.status == 0)
    #expect(result.output.contains("  P                         poll everything now\n"))
  }

  @Test("check --explain says where each setting came from")
  func explain() throws {
    let result = try run(
      settings: "\n\ntheme: light\nbell: yes\n", ["DAMCON_THEME=war-room", "NO_COLOR=1"], "check",
      "--explain")
    #expect(result.status == 1, "there is no fleet file")
    let lines = result.output.split(separator: "\n").map { $0.split(separator: " ") }
    func line(_ name: String) -> String {
      lines.first { $0.first == name[...] }?.joined(separator: " ") ?? ""
    }
    #expect(line("theme") == "theme = war-room from DAMCON_THEME")
    #expect(line("color") == "color = none from NO_COLOR")
    #expect(line("bell") == "bell = yes from \(folder.path)/damcon/config.yaml:4")
    #expect(line("mouse") == "mouse = no default")
  }

  @Test("a wrong settings file is refused with its place and exit code 2, and check exits 1")
  func wrong() throws {
    let sentence =
      "\(folder.path)/damcon/config.yaml:1:14: keys.poll: ']' is already next-service in a service; give "
      + "next-service another key, or none\n"
    let keys = try run(settings: "keys: {poll: ']'}", [], "keys")
    #expect(keys.status == 2 && keys.output == "" && keys.errors == sentence)
    let check = try run(settings: "keys: {poll: ']'}", [], "check")
    #expect(check.status == 1 && check.errors.hasPrefix(sentence))
  }

  @Test("check warns of a theme of one's own that is hard to read, and refuses a wrong one")
  func ownThemes() throws {
    let themes = folder.appendingPathComponent("damcon/themes")
    try FileManager.default.createDirectory(at: themes, withIntermediateDirectories: true)
    try "based_on: dark\nroles: {header: \"#404a55\"}\n".write(
      to: themes.appendingPathComponent("mine.yaml"), atomically: true, encoding: .utf8)
    try "based_on: dark\nroles: {heder: bold}\n".write(
      to: themes.appendingPathComponent("wrong.yaml"), atomically: true, encoding: .utf8)
    let result = try run(settings: "theme: mine", [], "check")
    #expect(result.status == 1)
    #expect(result.errors.contains("warning: the theme mine is hard to read: header on "))
    #expect(
      result.errors.contains(
        "\(themes.path)/wrong.yaml:2:9: unknown key 'heder' in roles; did you mean 'header'?\n"))
  }

  @Test("a theme is tried on while its name is typed; Esc takes it back, Enter keeps it")
  func live() throws {
    let terminal = try Terminal(
      "\(Damcon.path) demo calm", columns: 100,
      environment: [
        "XDG_CONFIG_HOME": folder.path, "DAMCON_THEME": "light", "NO_COLOR": "", "COLORTERM": "",
      ])
    // Grounds as 256 colors: paper, the night of dark.
    let (light, dark) = ("48;5;231m", "48;5;233m")
    func wears(_ ground: String, _ other: String) -> Bool {
      waitUntil(20) { terminal.colored.contains(ground) && !terminal.colored.contains(other) }
    }
    #expect(terminal.wait { $0.contains("LIVE") } && wears(light, dark))
    terminal.type(":", "t", "h", "e", "m", "e", "Space", "d", "a", "r", "k")
    #expect(wears(dark, light))
    terminal.type("Escape")
    #expect(wears(light, dark))
    terminal.type(":", "t", "h", "e", "m", "e", "Space", "d", "a", "Tab", "Enter")
    #expect(terminal.wait { !$0.contains(":theme") } && wears(dark, light))
    terminal.type("q")
    #expect(terminal.waitForExit() == 0)
  }

  @Test("a wrong theme or key is told before the terminal is touched")
  func refused() throws {
    let terminal = try Terminal(
      "\(Damcon.path) demo calm --theme ligt",
      environment: ["XDG_CONFIG_HOME": folder.path])
    #expect(terminal.waitForExit() == 2)
    #expect(terminal.screen.contains("--theme: no theme 'ligt'; did you mean 'light'?"))
  }

  @Test("render takes every theme that is shipped, and says which one was meant")
  func render() throws {
    let drawn = try run(
      settings: nil, [], "render", "calm", "--after", "1s", "--format", "ansi", "--theme", "light")
    #expect(drawn.status == 0, "\(drawn.errors)")
    #expect(drawn.output.contains(";48;2;250;248;244m"))
    let wrong = try run(settings: nil, [], "render", "calm", "--theme", "ligt")
    #expect(wrong.status == 2 && wrong.errors == "no theme 'ligt'; did you mean 'light'?\n")
  }
}
