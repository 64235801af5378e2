import Canvas
import Foundation
import Settings
import Testing
import YAMLText

/// The problems of a theme's text, a line each, as they print.
private func problems(_ text: String, base: (String) -> Theme? = { _ in nil }) -> [String] {
  do {
    _ = try ThemeFile.parse(text, path: "mine.yaml", base: base)
    return []
  } catch {
    return error.problems.map(\.description)
  }
}

@Suite("Theme files")
struct ThemeFileTests {
  @Test("The compiled-in themes are the shipped files, to the last color", arguments: Theme.builtIn)
  func compiledIn(_ theme: Theme) throws {
    let reading = try ThemeFile.load(path: Shipped.themeFile(theme.name))
    #expect(reading.theme == theme)
  }

  @Test("A style is an ink, a ground and renditions; an ink left out is that of text")
  func styles() throws {
    let text = """
      colors:
        sand: {rgb: "#f0e0c0", ansi: bright-yellow, indexed: 223}
        sea: "#003355"
      based_on: dark
      grounds: {plain: sand on sea}
      roles:
        text: sand
        strong: bold underline
        unhealthy: "sea on #ffcc00 bold"
        link: default italic
        dim: dim reverse
      """
    let theme = try ThemeFile.parse(text, path: "a/mine.yaml", base: { _ in .dark }).theme
    let sand = Color(0xf0e0c0, index16: 11, index256: 223)
    let sea = Color(0x003355, index16: 0)
    #expect(theme.name == "mine")
    #expect(theme[.text] == Paint(sand))
    #expect(theme[.strong] == Paint(sand, [.bold, .underline]))
    #expect(theme[.unhealthy].background?.hex == "#ffcc00")
    #expect(theme[.unhealthy].foreground?.hex == sea.hex)
    #expect(theme[.link] == Paint(nil, .italic))
    #expect(theme[.dim] == Paint(sand, [.dim, .reverse]))
    #expect(theme[.plain].background?.hex == "#003355")
    #expect(theme[.degraded] == Theme.dark[.degraded])
    #expect(theme[.selection] == Theme.dark[.selection])
  }

  @Test("A color without stand-ins takes the nearest of the 256 and of the 16")
  func nearest() throws {
    let text = """
      based_on: dark
      roles: {text: "#fe0203", dim: "#0a0a0a", strong: "#e0e0e0"}
      """
    let theme = try ThemeFile.parse(text, path: "mine.yaml", base: { _ in .dark }).theme
    #expect(theme[.text].foreground?.index16 == 9 && theme[.text].foreground?.index256 == 196)
    #expect(theme[.dim].foreground?.index16 == 0 && theme[.dim].foreground?.index256 == 232)
    #expect(theme[.strong].foreground?.index16 == 7 && theme[.strong].foreground?.index256 == 254)
  }

  @Test(
    "What is wrong is told with its place and the nearest right word",
    arguments: [
      (
        "roles: {txt: default}\ngrounds: {plain: default}",
        "mine.yaml:1:9: unknown key 'txt' in roles; did you mean 'text'?"
      ),
      (
        "rols: {}",
        "mine.yaml:1:1: unknown key 'rols' in the theme; did you mean 'roles'?"
      ),
      (
        "based_on: x\ncolors: {green: \"#00ff00\"}\nroles: {healthy: gren bold}",
        "mine.yaml:3:18: roles.healthy: 'gren' is neither a color of this theme nor a rendition; "
          + "did you mean 'green'?"
      ),
      (
        "based_on: x\ncolors: {green: \"#00ff00\"}\nroles: {healthy: green bolt}",
        "mine.yaml:3:24: roles.healthy: 'bolt' is one ink too many"
      ),
      (
        "based_on: x\nroles:\n  bad: 'default on pruple bold'",
        "mine.yaml:3:20: roles.bad: 'pruple' is neither a color of this theme nor a rendition; "
          + "colors are named under colors:"
      ),
      (
        "based_on: x\nroles: {bad: bold on}",
        "mine.yaml:2:14: roles.bad: a color is missing after 'on'"
      ),
      (
        "based_on: x\nroles: {bad: default on default on default}",
        "mine.yaml:2:33: roles.bad: 'on' is one ground too many"
      ),
      (
        "based_on: x\ncolors: {green: 00ff00}",
        "mine.yaml:2:17: colors.green: expected a color such as \"#10151c\", in quotes, "
          + "found '00ff00'"
      ),
      (
        "based_on: x\ncolors: {green: {rgb: \"#00ff00\", ansi: gren}}",
        "mine.yaml:2:40: unknown ANSI color 'gren'; expected black, red, green, yellow, blue, "
          + "magenta, cyan, white, bright-black, bright-red, bright-green, bright-yellow, "
          + "bright-blue, bright-magenta, bright-cyan or bright-white; did you mean 'green'?"
      ),
      (
        "based_on: x\ncolors: {green: {rgb: \"#00ff00\", indexed: 3}}",
        "mine.yaml:2:43: colors.green.indexed: expected a whole number from 16 to 255, found '3'"
      ),
      (
        "based_on: x\ncolors: {bold: \"#00ff00\"}",
        "mine.yaml:2:10: 'bold' cannot be the name of a color"
      ),
      (
        "based_on: drak\nroles: {text: default}",
        "mine.yaml:1:11: no theme 'drak' can be read to base this one on"
      ),
      (
        "grounds: {plain: default}",
        "mine.yaml:1:1: 'roles' is missing: a theme says how each role looks, or names a theme in "
          + "based_on"
      ),
      (
        "roles: {text: default}",
        "mine.yaml:1:1: grounds: 'plain' is missing: the screen needs a ground, if only 'default'"
      ),
      ("- a", "mine.yaml:1:1: expected the keys of a theme, such as roles:, found a list"),
      ("", "mine.yaml: the file is empty; a theme has roles:"),
      (
        "roles: {text: [a, b]}\nbased_on: x",
        "mine.yaml:1:15: roles.text: expected a style such as 'black on yellow bold', found a list"
      ),
    ])
  func wrong(_ text: String, _ sentence: String) {
    #expect(problems(text, base: { $0 == "x" ? .dark : nil }) == [sentence])
  }

  @Test("A theme that leaves roles out is read, and warned of")
  func incomplete() throws {
    let all = Role.allCases.filter { ![.mark, .cursor].contains($0) }
    let roles = all.map { "  \($0.name): default\n" }.joined()
    let reading = try ThemeFile.parse(
      "grounds: {plain: default}\nroles:\n\(roles)", path: "mine.yaml")
    #expect(
      reading.warnings.map(\.description) == [
        "mine.yaml:2:1: roles: mark and cursor look like text; state them, or name a theme in "
          + "based_on"
      ])
    #expect(reading.theme[.mark] == Paint())
  }
}

@Suite("The theme library")
struct ThemeLibraryTests {
  private func sentence(_ library: ThemeLibrary, _ name: String) -> String {
    do {
      _ = try library.theme(name)
      return ""
    } catch {
      return error.description
    }
  }

  @Test("The shipped themes are found by name, the compiled-in ones first")
  func names() throws {
    let names = Shipped.library.names()
    #expect(names.prefix(2) == ["dark", "monochrome"])
    #expect(names.sorted() == Shipped.themes)
    for name in names { #expect(try Shipped.library.theme(name).theme.name == name) }
  }

  @Test("Without any folder the compiled-in themes are there")
  func alone() throws {
    let library = ThemeLibrary(own: nil, shipped: [])
    #expect(library.names() == ["dark", "monochrome"])
    #expect(try library.theme("dark").theme == .dark)
    #expect(sentence(library, "drak") == "no theme 'drak'; did you mean 'dark'?")
    #expect(sentence(library, "sunset") == "no theme 'sunset'; expected dark or monochrome")
  }

  @Test("A file of one's own wins over a compiled-in theme of its name, and can be based on it")
  func own() throws {
    let scratch = try Scratch()
    try scratch.write("based_on: dark\nroles: {mark: \"#ffffff\"}", to: "themes/dark.yaml")
    try scratch.write("based_on: light", to: "themes/mine.yaml")
    var library = Shipped.library
    library.own = scratch.path + "/themes"
    let dark = try library.theme("dark").theme
    #expect(dark[.mark].foreground?.hex == "#ffffff")
    #expect(dark[.text] == Theme.dark[.text])
    #expect(library.ownNames() == ["dark", "mine"])
    #expect(library.names().contains("mine"))
    let light = try Shipped.library.theme("light").theme
    #expect(try library.theme("mine").theme[.unhealthy] == light[.unhealthy])
  }

  @Test("Themes that are based on each other end in a sentence")
  func circle() throws {
    let scratch = try Scratch()
    try scratch.write("based_on: b", to: "a.yaml")
    try scratch.write("based_on: a", to: "b.yaml")
    let library = ThemeLibrary(own: scratch.path, shipped: [])
    #expect(
      sentence(library, "a")
        == "\(scratch.path)/a.yaml:1:11: no theme 'b' can be read to base this one on")
  }

  @Test("A path is read as a file")
  func path() throws {
    let scratch = try Scratch()
    let path = try scratch.write("based_on: dark", to: "x.yaml")
    #expect(try Shipped.library.theme(path).theme.name == "x")
    #expect(
      sentence(Shipped.library, "./no/such.yaml")
        == "./no/such.yaml: cannot be read: there is no such file")
  }

  @Test("Folders: one's own, beside the program, its checkout, the system's")
  func folders() {
    let user = UserFolders(environment: [
      "HOME": "/home/ada", "XDG_DATA_DIRS": "/opt/share/:relative:/usr/share",
    ])
    let library = ThemeLibrary.standard(folders: user, executable: "/src/.build/release/damcon")
    #expect(library.own == "/home/ada/.config/damcon/themes")
    #expect(
      library.shipped == [
        "/src/.build/share/damcon/themes", "/src/themes", "/opt/share/damcon/themes",
        "/usr/share/damcon/themes",
      ])
    let installed = ThemeLibrary.standard(
      folders: UserFolders(environment: [:]), executable: "/usr/local/bin/damcon")
    #expect(installed.own == nil)
    #expect(
      installed.shipped == ["/usr/local/share/damcon/themes", "/usr/share/damcon/themes"])
    #expect(
      UserFolders(environment: ["HOME": "/h", "XDG_CONFIG_HOME": "/c/"]).configuration
        == "/c/damcon")
    #expect(
      UserFolders(environment: ["HOME": "/h", "XDG_CONFIG_HOME": "rel"]).configuration
        == "/h/.config/damcon")
    #expect(UserFolders(environment: [:]).configuration == nil)
  }
}
