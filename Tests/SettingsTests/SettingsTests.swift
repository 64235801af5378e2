import Canvas
import Console
import Foundation
import Settings
import Testing
import YAMLText

@Suite("Settings")
struct SettingsTests {
  private let file: SettingsFile
  private let folders = UserFolders(environment: ["HOME": "/home/ada"])

  init() throws {
    file = try SettingsFile.parse(
      """
      theme: light
      color: 256
      glyphs: braille
      mouse: yes
      bell: on
      link: 2400
      columns: [name, errors]
      keys: {poll: P}
      """, path: "/home/ada/.config/damcon/config.yaml")
  }

  @Test("Flag over environment over file over default, each remembering where it was said")
  func precedence() throws {
    let environment = [
      "DAMCON_THEME": "war-room", "DAMCON_GLYPHS": "ascii", "DAMCON_MOUSE": "no",
      "DAMCON_LINK": "9600",
    ]
    let all = try Settings(
      flags: Settings.Flags(theme: "mono.yaml", mouse: true, link: 0), environment: environment,
      file: file)
    #expect(all.theme == Setting("mono.yaml", from: .flag("--theme")))
    #expect(all.glyphs == Setting(.ascii, from: .environment("DAMCON_GLYPHS")))
    #expect(all.mouse == Setting(true, from: .flag("--mouse")))
    #expect(all.link == Setting(nil, from: .flag("--link")))
    #expect(all.bell.value && all.bell.origin.words(folders).hasSuffix("config.yaml:5"))
    #expect(all.linear == Setting(false, from: .standard))
    let some = try Settings(environment: environment, file: file)
    #expect(some.theme == Setting("war-room", from: .environment("DAMCON_THEME")))
    #expect(some.link == Setting(9600, from: .environment("DAMCON_LINK")))
    #expect(some.mouse == Setting(false, from: .environment("DAMCON_MOUSE")))
    let few = try Settings(file: file)
    #expect(few.theme.value == "light" && few.columns.value == [.name, .errors])
    let none = try Settings()
    #expect(none.theme == Setting("dark", from: .standard))
    #expect(none.color.value == nil && none.glyphs.value == nil && none.link.value == nil)
    #expect(none.columns.value == nil && none.keys.value == .standard)
    #expect(!none.mouse.value && !none.bell.value && !none.linear.value)
  }

  @Test("NO_COLOR beats the file where it is not empty, and yields to a flag and DAMCON_COLOR")
  func noColor() throws {
    func color(_ environment: [String: String], _ flag: ColorDepth? = nil) throws -> ColorDepth? {
      try Settings(
        flags: Settings.Flags(color: flag), environment: environment, file: file
      ).color.value
    }
    #expect(try color([:]) == .indexed)
    #expect(try color(["NO_COLOR": ""]) == .indexed)
    #expect(try color(["NO_COLOR": "1"]) == ColorDepth.none)
    #expect(try color(["NO_COLOR": "1", "DAMCON_COLOR": "16"]) == .sixteen)
    #expect(try color(["NO_COLOR": "1"], .truecolor) == .truecolor)
  }

  @Test("A wrong variable is told by its name; all of them are")
  func wrongEnvironment() {
    #expect {
      try Settings(environment: [
        "DAMCON_MOUSE": "maybe", "DAMCON_LINK": "fast", "DAMCON_GLYPHS": "emoji\u{1b}[2J",
        "DAMCON_BELL": "",
      ])
    } throws: { error in
      (error as? FileProblems)?.problems.map(\.description) == [
        "DAMCON_GLYPHS: expected unicode, braille, blocks or ascii, found 'emoji␛[2J'",
        "DAMCON_MOUSE: expected yes or no, found 'maybe'",
        "DAMCON_LINK: expected bits a second such as 9600, or 0 for none, found 'fast'",
      ]
    }
  }

  @Test("A theme that is not there is told where its name was said")
  func unknownTheme() throws {
    func sentence(_ settings: Settings) -> String {
      do {
        _ = try settings.theme(from: Shipped.library)
        return ""
      } catch {
        return error.description
      }
    }
    let advice = "no theme 'ligt'; did you mean 'light'?"
    #expect(
      sentence(try Settings(flags: Settings.Flags(theme: "ligt"))) == "--theme: \(advice)")
    #expect(
      sentence(try Settings(environment: ["DAMCON_THEME": "ligt"])) == "DAMCON_THEME: \(advice)")
    let file = try SettingsFile.parse("\ntheme: ligt", path: "c.yaml")
    #expect(sentence(try Settings(file: file)) == "c.yaml:2:8: \(advice)")
    #expect(sentence(try Settings(file: self.file)) == "")
  }

  @Test("Every setting is explained with its value and where it came from")
  func explanation() throws {
    let settings = try Settings(
      flags: Settings.Flags(bell: false), environment: ["DAMCON_THEME": "war-room"], file: file)
    #expect(
      settings.explanation(folders) == """
        theme   = war-room       from DAMCON_THEME
        color   = 256            from ~/.config/damcon/config.yaml:2
        glyphs  = braille        from ~/.config/damcon/config.yaml:3
        mouse   = yes            from ~/.config/damcon/config.yaml:4
        bell    = no             from --no-bell
        link    = 2400 bits/s    from ~/.config/damcon/config.yaml:6
        linear  = no             default
        columns = name, errors   from ~/.config/damcon/config.yaml:7
        keys    = poll: P        from ~/.config/damcon/config.yaml:8

        """)
  }

  @Test("A choice of glyphs never asks for more than the locale has")
  func glyphs() {
    #expect(GlyphChoice.braille.glyphs(.unicode) == .braille)
    #expect(GlyphChoice.braille.glyphs(.ascii) == .ascii)
    #expect(GlyphChoice.ascii.glyphs(.unicode) == .ascii)
    #expect(GlyphChoice.blocks.glyphs(.braille) == .unicode)
  }
}
