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
      "\(folder.path)/damcon/config.yaml:1:14: keys.poll: 's' is already sort in the fleet; give "
      + "sort another key, or none\n"
    let keys = try run(settings: "keys: {poll: s}", [], "keys")
    #expect(keys.status == 2 && keys.output == "" && keys.errors == sentence)
    let check = try run(settings: "keys: {poll: s}", [], "check")
    #expect(check.status == 1 && check.errors.hasPrefix(sentence))
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
