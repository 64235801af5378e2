import Canvas
import Console
import Foundation
import Settings
import Testing
import YAMLText

private func read(_ text: String) throws -> SettingsFile {
  try SettingsFile.parse(text, path: "config.yaml")
}

/// The problems of a settings file, a line each, as they print.
private func problems(_ text: String) -> [String] {
  do {
    _ = try read(text)
    return []
  } catch let error as FileProblems {
    return error.problems.map(\.description)
  } catch {
    return ["\(error)"]
  }
}

@Suite("The settings file")
struct SettingsFileTests {
  @Test("The sample reads as it is written")
  func sample() throws {
    let file = try SettingsFile.load(path: Shipped.samples.appending(path: "config.yaml").path())
    #expect(file.theme?.value == "dark")
    #expect(file.color == nil)
    #expect(file.glyphs?.value == .unicode)
    #expect(file.mouse?.value == false)
    // Where nothing is said it rings for what waits for people, and for no keys.
    #expect(file.bell == nil)
    #expect(file.link?.value == 0)
    #expect(file.linear?.value == false)
    #expect(file.columns?.value == FleetColumn.standard)
    #expect(file.keys?.value.meaning(of: .control("r"), in: .fleet) == .command(.reload))
  }

  @Test("A value remembers its line; a file of comments alone says nothing")
  func places() throws {
    let file = try read("# mine\n\ntheme: light\nlink: 9_600\n")
    #expect(file.theme == Setting("light", from: .file("config.yaml", line: 3, column: 8)))
    #expect(file.link?.value == 9600)
    #expect(file.mouse == nil && file.keys == nil)
    #expect(try read("# nothing yet\n") == SettingsFile())
    #expect(try read("") == SettingsFile())
  }

  @Test("A theme's file is looked for beside the settings, or in the home")
  func themeFile() throws {
    func theme(_ text: String) throws -> String? {
      try SettingsFile.parse("theme: \(text)", path: "/c/damcon/config.yaml", home: "/home/ada")
        .theme?.value
    }
    #expect(try theme("light") == "light")
    #expect(try theme("mine.yaml") == "/c/damcon/mine.yaml")
    #expect(try theme("./a/mine.yaml") == "/c/damcon/./a/mine.yaml")
    #expect(try theme("~/mine.yaml") == "/home/ada/mine.yaml")
    #expect(try theme("/etc/mine.yaml") == "/etc/mine.yaml")
  }

  @Test("A file that is not there says nothing; no home, no file")
  func absent() throws {
    let scratch = try Scratch()
    let folders = UserFolders(environment: ["XDG_CONFIG_HOME": scratch.path])
    #expect(try SettingsFile.load(folders) == SettingsFile())
    try scratch.write("theme: light", to: "damcon/config.yaml")
    #expect(try SettingsFile.load(folders).theme?.value == "light")
    #expect(try SettingsFile.load(UserFolders(environment: [:])) == SettingsFile())
  }

  @Test(
    "What is wrong is one sentence with its place and the nearest right word",
    arguments: [
      ("thme: light", "config.yaml:1:1: unknown key 'thme' in the settings; did you mean 'theme'?"),
      ("theme: [a]", "config.yaml:1:8: theme: expected a theme's name or its file, found a list"),
      (
        "color: 255",
        "config.yaml:1:8: unknown color depth '255'; expected none, 8, 16, 256 or truecolor; "
          + "did you mean '256'?"
      ),
      (
        "glyphs: brail",
        "config.yaml:1:9: unknown glyph set 'brail'; expected unicode, braille, blocks or ascii; "
          + "did you mean 'braille'?"
      ),
      ("mouse: maybe", "config.yaml:1:8: mouse: expected yes or no, found 'maybe'"),
      (
        "link: 5",
        "config.yaml:1:7: link: expected bits a second such as 9600, or none, found '5'"
      ),
      (
        "columns: [name, latency99]",
        "config.yaml:1:17: unknown column 'latency99'; expected name, version, rate, trend, "
          + "errors, p50, p95, p99, saturation, age, why, instances, since or owner"
      ),
      (
        "columns: [why, rate, why]",
        "config.yaml:1:22: columns[2]: the column 'why' is named twice"
      ),
      ("theme: light\n\tx", "config.yaml:2:1: tabs cannot indent YAML; use spaces"),
      ("- theme", "config.yaml:1:1: expected settings, such as theme: light, found a list"),
      (
        "theme: light\ntheme: dark",
        "config.yaml:2:1: the key 'theme' is written twice; it is also on line 1"
      ),
    ])
  func wrong(_ text: String, _ sentence: String) { #expect(problems(text) == [sentence]) }

  @Test("The schema and the reader know the same keys and words")
  func schema() throws {
    let data = try Data(contentsOf: Shipped.samples.appending(path: "config.schema.json"))
    let schema = try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
    let properties = try #require(schema["properties"] as? [String: Any])
    #expect(Set(properties.keys) == Set(SettingKey.allCases.map(\.rawValue)))
    #expect(schema["additionalProperties"] as? Bool == false)
    let keys = try #require(properties["keys"] as? [String: Any])
    let commands = try #require(keys["properties"] as? [String: Any])
    #expect(Set(commands.keys) == Set(Command.allCases.map(\.rawValue)))
    #expect(keys["additionalProperties"] as? Bool == false)
    let columns = try #require(properties["columns"] as? [String: Any])
    #expect(words(columns["items"]) == Set(FleetColumn.allCases.map(\.rawValue)))
    #expect(words(properties["glyphs"]) == Set(GlyphChoice.allCases.map(\.rawValue)))
    #expect(words(properties["color"]) == Set(ColorDepth.allCases.map(\.rawValue)))
  }

  private func words(_ definition: Any?) -> Set<String> {
    let words = (definition as? [String: Any])?["enum"] as? [Any] ?? []
    return Set(words.map { "\($0)" })
  }
}

@Suite("Rebinding")
struct RebindingTests {
  @Test("Keys are read by the names that help prints, modifiers in any case")
  func names() throws {
    for binding in KeyMap.standard.bindings where !binding.isFixed {
      for key in binding.keys { #expect(try KeyName.read(key.name(ascii: true)) == key) }
    }
    for (text, key) in [
      ("ctrl-f", Key.control("f")), ("CTRL-F", .control("f")), ("alt-X", .alt("X")),
      ("pgdn", .pageDown), ("PageDown", .pageDown), ("Escape", .escape), ("G", .character("G")),
      ("g", .character("g")), ("ä", .character("ä")), ("Space", .character(" ")),
      ("f12", .function(12)),
      ("Ctrl-Space", .control(" ")), ("Ctrl-]", .control("]")), ("Alt--", .alt("-")),
    ] {
      #expect(try KeyName.read(text) == key, "\(text)")
      #expect(try KeyName.read(key.name(ascii: true)) == key, "\(text)")
    }
  }

  @Test("The standard table has no key of two meanings")
  func standard() { #expect(KeyMap.standard.clashes == []) }

  @Test("A command takes other keys; help, hints and the table say so")
  func rebound() throws {
    let file = try read(
      "keys: {poll: P, page-down: [Ctrl-N, PgDn], sort: none, quit: Q, down: [Down, v], skip: none}"
    )
    let map = try #require(file.keys?.value)
    #expect(map.meaning(of: .character("P"), in: .fleet) == .command(.poll))
    #expect(map.meaning(of: .character("p"), in: .fleet) == .nothing)
    #expect(map.meaning(of: .control("n"), in: .log) == .command(.pageDown))
    #expect(map.meaning(of: .control("f"), in: .log) == .nothing)
    #expect(map.meaning(of: .character("s"), in: .fleet) == .nothing)
    #expect(map.meaning(of: .character("Q"), in: .fleet) == .command(.quit))
    #expect(map.meaning(of: .control("c"), in: .service) == .command(.quit))
    #expect(map.text.contains("  P                         poll everything now\n"))
    #expect(map.text.contains("  Ctrl-N, PgDn              down a page\n"))
    #expect(
      map.text.contains("  no key                    sort by the next column (in the fleet)\n"))
  }

  @Test("Ctrl-C quits whatever is bound")
  func panic() throws {
    let map = try #require(try read("keys: {quit: none}").keys?.value)
    #expect(map.meaning(of: .character("q"), in: .fleet) == .nothing)
    for place in Place.allCases {
      #expect(map.meaning(of: .control("c"), in: place) == .command(.quit))
    }
  }

  @Test(
    "What cannot be bound is told with its place",
    arguments: [
      (
        "keys: {pol: p}",
        "config.yaml:1:8: unknown command 'pol' in keys; did you mean 'poll'?"
      ),
      (
        "keys: {poll: s}",
        "config.yaml:1:14: keys.poll: 's' is already sort in the fleet; give sort another key, "
          + "or none"
      ),
      (
        "keys:\n  poll: [P, s]\n  sort: [E, P]",
        "config.yaml:3:13: keys.sort: 'P' is already poll in the fleet; give poll another key, "
          + "or none"
      ),
      (
        "keys: {poll: Ctrl-C}",
        "config.yaml:1:14: keys.poll: Ctrl-C always quits, and can do nothing else"
      ),
      (
        "keys: {poll: Ctrl-Z}",
        "config.yaml:1:14: keys.poll: Ctrl-Z always stops Damcon; choose another key"
      ),
      (
        "keys: {poll: Ctrl-I}",
        "config.yaml:1:14: keys.poll: terminals send Ctrl-I as Tab; write Tab"
      ),
      (
        "keys: {poll: [p, Meta-p]}",
        "config.yaml:1:18: keys.poll[1]: 'Meta-p' is no key; keys are such as p, G, Ctrl-F, Alt-x, "
          + "PgDn, Space, F5"
      ),
      (
        "keys: {poll: \"\\e[2J\"}",
        "config.yaml:1:14: keys.poll: '␛[2J' is no key; keys are such as p, G, Ctrl-F, Alt-x, PgDn, "
          + "Space, F5"
      ),
      (
        "keys: {poll: {a: b}}",
        "config.yaml:1:14: keys.poll: expected a key such as p, a list of keys, or none, "
          + "found a mapping"
      ),
      ("keys: [p]", "config.yaml:1:7: keys: expected a mapping, found a list"),
    ])
  func wrong(_ text: String, _ sentence: String) {
    #expect(problems(text).first == sentence)
  }

  @Test("One wrong key leaves no key bound")
  func whole() { #expect(problems("keys: {poll: P, sort: F99}").count == 1) }

  @Test("Two commands can share a key where they are never met together")
  func apart() throws {
    let map = try #require(try read("keys: {filter: x, next-service: x}").keys?.value)
    #expect(map.meaning(of: .character("x"), in: .fleet) == .command(.filter))
    #expect(map.meaning(of: .character("x"), in: .service) == .command(.nextService))
  }
}
